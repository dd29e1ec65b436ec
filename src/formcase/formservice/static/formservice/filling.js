// What a form that is filled in does beyond sending its pages: it keeps what is typed, asks what follows from an answer at
// once, and attaches files while the person goes on. Everything works without it.
(() => {
  "use strict";

  const QUIET = 1500; // milliseconds without typing before what was typed is kept
  const form = document.querySelector("form[data-keep]");

  // A form that is being sent is not sent again by a second click.
  for (const once of document.querySelectorAll("[data-once]")) {
    once.form.addEventListener("submit", (event) => {
      if (once.getAttribute("aria-disabled") === "true") event.preventDefault();
      once.setAttribute("aria-disabled", "true");
    });
    addEventListener("pageshow", () => once.removeAttribute("aria-disabled"));
  }
  if (!form) return;

  const kept = document.querySelector("[data-kept]");
  let queue = Promise.resolve();
  let timer = 0;
  let leaving = false;
  form.addEventListener("submit", () => {
    leaving = true;
    clearTimeout(timer);
  });
  addEventListener("pageshow", () => {
    leaving = false;
  });

  // What is typed, without files: those go on their own.
  const typed = () => {
    const data = new FormData();
    for (const [name, value] of new FormData(form)) if (!(value instanceof File)) data.append(name, value);
    return data;
  };
  const written = () =>
    JSON.stringify([...form.querySelectorAll("#questions :is(input:not([type=file]), select, textarea)")].map((control) => [control.name, control.checked, control.value]));

  const parsed = (text) => new DOMParser().parseFromString(text, "text/html");

  async function keep(refresh) {
    const before = written();
    try {
      const answer = await fetch(location.pathname, { method: "POST", body: typed(), headers: { "X-Part": "questions" } });
      if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
      kept.textContent = kept.dataset.text;
      const text = await answer.text();
      if (!refresh || leaving || !text) return;
      // typed on meanwhile: what came is old already
      if (written() !== before) return keep(true);
      show(parsed(text));
    } catch {
      if (leaving) return;
      kept.textContent = kept.dataset.failed;
      clearTimeout(timer);
      timer = setTimeout(() => later(refresh), 10 * QUIET);
    }
  }
  const later = (refresh) => {
    queue = queue.then(() => (leaving ? undefined : keep(refresh)));
  };

  function show(page) {
    const questions = page.getElementById("questions");
    if (!questions) return;
    const focused = document.activeElement?.id;
    document.getElementById("questions").replaceWith(questions);
    if (window.DKFDS) window.DKFDS.init({ scope: questions });
    if (focused) document.getElementById(focused)?.focus();
  }

  form.addEventListener("input", (event) => {
    if (event.target.type === "file") return;
    clearTimeout(timer);
    timer = setTimeout(() => later(false), QUIET);
  });
  form.addEventListener("change", (event) => {
    const control = event.target;
    if (control.type === "file") return void attach(control);
    clearTimeout(timer);
    if (control.hasAttribute("data-decides")) later(true);
    else timer = setTimeout(() => later(false), QUIET);
  });

  // Files: each field's are attached as soon as they are chosen or dropped, and how far they are is shown.
  for (const name of ["dragover", "dragleave", "drop"]) {
    form.addEventListener(name, (event) => {
      const drop = event.target.closest?.("[data-drop]");
      if (!drop || !event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      drop.classList.toggle("drop--over", name === "dragover");
      if (name !== "drop") return;
      const input = drop.querySelector("input[type=file]");
      const files = new DataTransfer();
      for (const file of [...event.dataTransfer.files].slice(0, input.multiple ? undefined : 1)) files.items.add(file);
      input.files = files.files;
      attach(input);
    });
  }

  // A file that misses its place must not take the place of the page.
  for (const name of ["dragover", "drop"]) {
    document.addEventListener(name, (event) => {
      if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
    });
  }

  function attach(input) {
    if (!input.files.length) return;
    const name = input.name;
    const largest = Number(input.dataset.largest);
    const files = [...input.files].filter((file) => file.size <= largest);
    // nobody is to wait for a file that is refused in the end
    const refused = [...input.files].filter((file) => file.size > largest);
    if (files.length) queue = queue.then(() => send(name, files)).then(() => tellTooLarge(name, refused));
    else {
      input.value = "";
      tellTooLarge(name, refused);
    }
  }

  const groupOf = (name) => document.getElementById(name).closest(".form-group");

  function tellTooLarge(name, files) {
    const told = groupOf(name).querySelector("[data-too-large]");
    told.textContent = files.map((file) => told.dataset.tooLarge.replace("[name]", () => file.name)).join(" ");
  }

  function send(name, files) {
    const field = () => groupOf(name);
    const data = typed();
    for (const file of files) data.append(name, file, file.name);
    const progress = field().querySelector("[data-progress]");
    const bar = progress.querySelector("progress");
    const told = progress.querySelector("[data-progress-text]");
    progress.hidden = false;
    told.textContent = told.dataset.text;
    return new Promise((done) => {
      const request = new XMLHttpRequest();
      request.upload.addEventListener("progress", (event) => {
        if (event.lengthComputable) bar.value = (100 * event.loaded) / event.total;
      });
      request.addEventListener("loadend", () => {
        const page = request.status === 200 ? parsed(request.responseText) : null;
        const fresh = page?.getElementById(name)?.closest(".form-group");
        if (fresh) {
          field().replaceWith(fresh);
          if (window.DKFDS) window.DKFDS.init({ scope: fresh });
          document.getElementById(name).focus();
          kept.textContent = kept.dataset.text;
        } else {
          // the files stay chosen, so that the next button takes them along
          told.textContent = told.dataset.failed;
        }
        done();
      });
      request.open("POST", location.pathname);
      request.setRequestHeader("X-Part", "questions");
      request.send(data);
    });
  }
})();
