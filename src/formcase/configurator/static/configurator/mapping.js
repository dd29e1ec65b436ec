// What the pages of a mapping do beyond submitting forms: dragging a field onto a property, and narrowing a list while
// something is typed. Dropping presses the button “Put here” of that place, which everybody can press.
(() => {
  "use strict";

  const mapping = document.querySelector("[data-mapping]");
  let dragged = null;

  const placeOf = (event) => (dragged ? event.target.closest("[data-place]") : null);
  const leave = () => mapping.querySelectorAll(".is-over").forEach((place) => place.classList.remove("is-over"));
  const end = () => {
    leave();
    dragged?.classList.remove("is-dragged");
    dragged = null;
  };

  if (mapping) {
    for (const field of mapping.querySelectorAll("[data-drag]")) {
      field.draggable = true;
      field.addEventListener("dragstart", (event) => {
        dragged = field;
        field.classList.add("is-dragged");
        event.dataTransfer.effectAllowed = "link";
        event.dataTransfer.setData("text/plain", field.querySelector("input").value);
      });
      field.addEventListener("dragend", end);
    }
    mapping.addEventListener("dragover", (event) => {
      const place = placeOf(event);
      leave();
      if (!place) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = "link";
      place.classList.add("is-over");
    });
    mapping.addEventListener("drop", (event) => {
      const place = placeOf(event);
      if (!place) return;
      event.preventDefault();
      dragged.querySelector("input").checked = true;
      end();
      const button = mapping.querySelector(`[name="put"][value="${CSS.escape(place.dataset.place)}"]`);
      mapping.requestSubmit(button);
    });
  }

  for (const filter of document.querySelectorAll("[data-filter]")) {
    const list = document.getElementById(filter.dataset.filter);
    if (!list) continue;
    filter.addEventListener("input", () => {
      const wanted = filter.value.trim().toLowerCase();
      for (const row of list.querySelectorAll("[data-text]")) {
        row.hidden = !row.dataset.text.toLowerCase().includes(wanted);
      }
    });
  }

  // Enter in a search field searches, and does not press the form's first button.
  for (const search of document.querySelectorAll("[data-seek]")) {
    search.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      const button = search.parentElement.querySelector("button");
      if (button) search.form.requestSubmit(button);
    });
  }
})();
