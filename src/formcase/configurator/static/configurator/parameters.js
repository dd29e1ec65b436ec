// Choosing a parameter's value from a list: a form is put into the comma-separated list or taken out of it, a user takes
// the place of the one before. What is chosen is checked as if it had been typed and left.
(() => {
  "use strict";

  const chosenIn = (field) => field.value.split(",").map((part) => part.trim()).filter(Boolean);
  const show = () => {
    for (const button of document.querySelectorAll("[data-pick]")) {
      const field = document.getElementById(`id_${button.dataset.for}`);
      button.setAttribute("aria-pressed", String(chosenIn(field).includes(button.dataset.pick)));
    }
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-pick]");
    if (!button) return;
    const field = document.getElementById(`id_${button.dataset.for}`);
    const { pick } = button.dataset;
    const there = chosenIn(field);
    if (!button.hasAttribute("data-many")) field.value = pick;
    else field.value = (there.includes(pick) ? there.filter((one) => one !== pick) : [...there, pick]).join(", ");
    field.dispatchEvent(new Event("change", { bubbles: true }));
    show();
  });
  document.addEventListener("input", show);
  document.addEventListener("htmx:afterSwap", show);
})();
