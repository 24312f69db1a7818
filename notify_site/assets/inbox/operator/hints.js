// The hint chooser: "/" and a part of the name; the text comes in filled with this client's values.
import { complain, getJson, word } from "./net.js";

const area = () => document.getElementById("o-text");
const chooser = () => document.getElementById("o-chooser");
let known = null;
let shown = [];
let at = 0;
let asked = "";
let dismissed = "";
const problems = new Map();

// What stands before the caret: "/" at the beginning of a word.
function slash() {
  const field = area();
  if (!field || field.selectionStart !== field.selectionEnd) return null;
  const match = field.value.slice(0, field.selectionStart).match(/(^|\s)\/([^/\n]{0,40})$/);
  return match ? { start: field.selectionStart - match[2].length - 1, words: match[2].toLowerCase().trim() } : null;
}

async function load() {
  const address = document.getElementById("o-composer").dataset.hints;
  if (asked !== address || !known) { asked = address; known = (await getJson(address)).hints; }
  return known;
}

export async function suggest() {
  const found = slash();
  if (!found || area().value === dismissed) { hide(); return; }
  try {
    const all = await load();
    const wanted = found.words.split(/\s+/).filter(Boolean);
    shown = all.filter((hint) => wanted.every((one) => hint.name.toLowerCase().includes(one)));
    if (found.words.includes(" ") && !shown.length) { hide(); return; }
    at = Math.min(at, Math.max(0, shown.length - 1));
    draw(all.length ? "no_hint" : "no_hints");
  } catch (error) { complain(error); }
}

function draw(empty) {
  const rows = shown.map((hint, index) => {
    const row = document.createElement("button");
    row.type = "button";
    row.className = "o-hint";
    row.id = `o-hint-${index}`;
    row.setAttribute("role", "option");
    row.setAttribute("aria-selected", index === at);
    row.dataset.hint = index;
    row.textContent = hint.name;
    if (hint.problem) { const mark = document.createElement("span"); mark.className = "g-badge g-amber"; mark.textContent = word("missing"); row.append(" ", mark); }
    return row;
  });
  if (!rows.length) { const none = document.createElement("p"); none.className = "g-soft"; none.textContent = word(empty); rows.push(none); }
  chooser().replaceChildren(...rows);
  chooser().hidden = false;
  area().setAttribute("aria-activedescendant", `o-hint-${at}`);
  chooser().children[at]?.scrollIntoView({ block: "nearest" });
}

export function hide() {
  const list = chooser();
  if (list) { list.hidden = true; at = 0; area().removeAttribute("aria-activedescendant"); }
}

export function choose(index) {
  const hint = shown[index];
  const found = slash();
  if (!hint || !found) return;
  const field = area();
  hide();
  field.focus();
  field.setRangeText(hint.text, found.start, field.selectionStart, "end");
  if (hint.problem) {
    const [empty] = hint.unfilled;
    problems.set(empty, hint.problem);
    const at = found.start + hint.text.lastIndexOf(empty); // before it, a name may look the same
    field.setSelectionRange(at, at + empty.length);
  }
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

// Why this text must not be sent; "" when it may.
export function unfilledIn(text) {
  for (const [written, problem] of problems) if (written && text.includes(written)) return problem;
  return "";
}

export function insertSlash() {
  const field = area();
  if (!field) return;
  field.focus();
  const before = field.value.slice(0, field.selectionStart);
  field.setRangeText(before && !/\s$/.test(before) ? " /" : "/", field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

// Whether the key was for the chooser.
export function handleKey(event) {
  if (!chooser() || chooser().hidden) return false;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    at = (at + (event.key === "ArrowDown" ? 1 : shown.length - 1)) % Math.max(1, shown.length);
    draw("no_hint");
  } else if ((event.key === "Enter" || event.key === "Tab") && shown.length) choose(at);
  else if (event.key === "Escape") { dismissed = area().value; hide(); }
  else return false;
  event.preventDefault();
  event.stopPropagation();
  return true;
}

export function startHints() {
  document.addEventListener("inbox:hints", () => { known = null; });
  document.addEventListener("inbox:opened", () => { known = null; problems.clear(); dismissed = ""; });
}
