// The upload: show the chosen file's name, take a dropped one, and say that it is being read.
(() => {
  const form = document.querySelector("[data-upload]");
  if (!form) return;
  const drop = form.querySelector(".i-drop");
  const input = form.querySelector("input[type=file]");
  const name = form.querySelector("[data-file-name]");
  const empty = name.textContent;
  input.addEventListener("change", () => { name.textContent = input.files.length ? input.files[0].name : empty; });
  for (const kind of ["dragenter", "dragover"]) drop.addEventListener(kind, () => drop.classList.add("i-over"));
  for (const kind of ["dragleave", "drop"]) drop.addEventListener(kind, () => drop.classList.remove("i-over"));
  form.addEventListener("submit", () => {
    const button = form.querySelector("[data-busy]");
    button.textContent = button.dataset.busy;
    setTimeout(() => { button.disabled = true; });
  });
  window.addEventListener("pageshow", (event) => { if (event.persisted) window.location.reload(); });
})();
