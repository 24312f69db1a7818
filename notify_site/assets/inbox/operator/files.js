// Files that go with the next reply.
import { word } from "./net.js";

let files = [];

function draw() {
  const list = document.getElementById("o-files");
  if (!list) return;
  list.replaceChildren(...files.map((file, index) => {
    const row = document.createElement("li");
    row.textContent = `${file.name} (${Math.max(1, Math.round(file.size / 1024))} KB) `;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "×";
    button.title = word("remove");
    button.setAttribute("aria-label", `${word("remove")} ${file.name}`);
    button.addEventListener("click", () => { files.splice(index, 1); draw(); });
    row.append(button);
    return row;
  }));
}

export const filesOf = () => [...files];
export function setFiles(given) { files = [...given]; draw(); }
export function attachFiles(given) { setFiles([...files, ...given]); document.getElementById("o-text")?.focus(); }
export const clearFiles = () => setFiles([]);
document.addEventListener("inbox:opened", () => {
  clearFiles();
  const input = document.getElementById("o-file");
  if (input) input.hasChangeListener = true; // the admin's own script would look for a text field that is not here
});
