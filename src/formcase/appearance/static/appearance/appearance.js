// What the pages do in the browser beyond htmx and the design system. Every page works without it.
(() => {
  "use strict";

  const button = document.querySelector(".menu-button");
  const menu = document.getElementById("menu");
  if (button && menu) {
    button.hidden = false;
    const open = (isOpen) => {
      button.setAttribute("aria-expanded", String(isOpen));
      menu.classList.toggle("is-open", isOpen);
    };
    button.addEventListener("click", () => open(button.getAttribute("aria-expanded") !== "true"));
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && menu.classList.contains("is-open")) {
        open(false);
        button.focus();
      }
    });
  }

  // What went wrong with a form is read first.
  const first = (root) => root.querySelector("[data-focus]")?.focus();
  first(document);
  document.addEventListener("htmx:afterSwap", (event) => first(event.target));

  // What renews itself waits while somebody is in it: has the focus there, has opened something, or marks text.
  const isRead = (part) => {
    const marked = window.getSelection();
    return part.contains(document.activeElement) || part.querySelector("details[open]") !== null
      || (marked && !marked.isCollapsed && part.contains(marked.anchorNode));
  };
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.matches("[data-quiet]") && isRead(event.detail.target)) event.detail.shouldSwap = false;
  });

  // All rows of a listing are chosen, or none.
  for (const all of document.querySelectorAll("[data-choose-all]")) {
    all.addEventListener("click", () => {
      const chosen = all.getAttribute("aria-pressed") !== "true";
      all.setAttribute("aria-pressed", String(chosen));
      for (const box of all.form.querySelectorAll("input[type=checkbox][name=key]")) box.checked = chosen;
    });
  }

  if (window.DKFDS) {
    window.DKFDS.init();
    document.addEventListener("htmx:load", (event) => window.DKFDS.init({ scope: event.target }));
  }
})();
