// The upload shows the chosen file's name and that it is being read; another answer to an import is asked about at once.
(() => {
  const busy = (form) => {
    const button = form.querySelector("[data-busy]");
    if (button) button.textContent = button.dataset.busy;
    setTimeout(() => { for (const one of form.querySelectorAll("button")) one.disabled = true; });
  };
  document.addEventListener("submit", (event) => { if (event.target.matches("[data-upload]")) busy(event.target); });
  document.addEventListener("change", (event) => {
    const form = event.target.closest("[data-ask-again]");
    if (form) form.requestSubmit();
  });
  const form = document.querySelector("[data-upload]");
  if (!form) return;
  const drop = form.querySelector(".i-drop");
  const input = form.querySelector("input[type=file]");
  const name = form.querySelector("[data-file-name]");
  const empty = name.textContent;
  input.addEventListener("change", () => { name.textContent = input.files.length ? input.files[0].name : empty; });
  for (const kind of ["dragenter", "dragover"]) drop.addEventListener(kind, () => drop.classList.add("i-over"));
  for (const kind of ["dragleave", "drop"]) drop.addEventListener(kind, () => drop.classList.remove("i-over"));
  window.addEventListener("pageshow", (event) => { if (event.persisted) window.location.reload(); });
})();
