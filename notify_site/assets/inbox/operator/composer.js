// The composer: draft, files, lines, and sending once, however often one presses and whatever the network does.
import { openId, thread } from "./conversation.js";
import { forget, keep, restore } from "./drafts.js";
import { attachFiles, clearFiles, filesOf, setFiles } from "./files.js";
import { choose, hide, startHints, suggest, unfilledIn } from "./hints.js";
import { debounce, get, inbox, nodesOf, post, word } from "./net.js";
import { notReplying, replying } from "./presence.js";
import { startRefused } from "./refused.js";
import { enqueue, startSending } from "./sending.js";
import { newestId } from "./thread.js";

const form = () => document.getElementById("o-composer");
const area = () => document.getElementById("o-text");
const hidden = () => document.getElementById("o-is-hidden");
const enterKept = "inbox-enter-sends";
const enterSends = () => localStorage.getItem(enterKept) !== "0";
const chosenWay = () => form().querySelector("[name=way]:checked");

export function problem(text, { isOfSize = false } = {}) {
  const place = document.getElementById("o-problem");
  if (!place) return;
  place.textContent = text;
  place.hidden = !text;
  if (isOfSize && text) place.dataset.isOfSize = "1"; else delete place.dataset.isOfSize;
}

function grow() {
  const field = area();
  field.style.height = "auto";
  field.style.height = `${Math.min(field.scrollHeight + 2, innerHeight * 0.4)}px`;
}

const keepDraft = () => keep(openId(), form().dataset.draft, { text: area().value, isHidden: hidden().checked });

function restoreDraft() {
  const kept = restore(openId(), form().dataset.draft);
  if (!kept) return;
  area().value = kept.text;
  hidden().checked = kept.isHidden;
}

const measure = debounce(async () => {
  const place = document.getElementById("o-size");
  const text = area()?.value;
  if (!place) return;
  if (!text || hidden().checked) { place.textContent = ""; return; }
  try {
    const size = await (await post(form().dataset.size, { text, way: chosenWay()?.value ?? "" })).json();
    if (area()?.value !== text) return;
    place.textContent = size.words;
    if (size.problem || document.getElementById("o-problem").dataset.isOfSize) problem(size.problem, { isOfSize: true });
  } catch { place.textContent = ""; }
}, 250);

function showHidden() {
  form().classList.toggle("o-is-hidden", hidden().checked);
  const button = form().querySelector(".o-send");
  button.textContent = hidden().checked ? button.dataset.noteWord : button.dataset.sendWord;
  area().placeholder = hidden().checked ? area().dataset.placeholderHidden : area().dataset.placeholder;
}

function showWay() {
  const way = chosenWay();
  if (!way) return;
  form().querySelector("[data-way-icon]").textContent = way.dataset.icon;
  form().querySelector("[data-way-words]").textContent = way.dataset.words;
}

// The client wrote by another line: the reply goes there, unless it is being written already: then its line stays, and
// that is said.
export async function refreshWays() {
  const id = openId();
  if (!form()) return;
  const fresh = nodesOf(await get(`${inbox.dataset.root}${id}/composer/`));
  const known = document.getElementById("o-ways");
  const ways = fresh.querySelector("#o-ways");
  if (!ways || !known || id !== openId()) return;
  const barred = fresh.querySelector("#o-barred");
  const isBegun = area().value.trim() || filesOf().length;
  if (known.dataset.last === ways.dataset.last || isBegun) {
    const same = ways.querySelector(`[name=way][value="${chosenWay()?.value}"]:not(:disabled)`);
    if (same && !same.checked) {
      same.checked = true;
      if (known.dataset.last !== ways.dataset.last) { barred.textContent = word("line_stays"); barred.hidden = false; }
    }
  }
  ways.open = known.open;
  document.getElementById("o-barred").replaceWith(barred);
  known.replaceWith(ways);
  showWay();
  measure();
}

function send() {
  const text = area().value.trim();
  const files = filesOf();
  if (!text && !files.length) return;
  const missing = unfilledIn(text);
  if (missing) { problem(missing); return; }
  const item = { conversation: openId(), name: thread().dataset.name, address: form().dataset.reply, text, files, isHidden: hidden().checked, way: chosenWay()?.value ?? "", seen: newestId() };
  forget(openId(), form().dataset.draft);
  area().value = "";
  hidden().checked = false;
  clearFiles();
  problem("");
  showHidden();
  grow();
  measure();
  hide();
  notReplying();
  enqueue(item);
}

// By hand, and only into an empty composer: a reply and a note must never become one. Whether it stands there now.
function putBack(item) {
  if (!form()) return false;
  if (area().value.trim() || filesOf().length) { problem(word("not_empty")); return false; }
  area().value = item.text;
  hidden().checked = item.isHidden;
  setFiles(item.files ?? []);
  const way = form().querySelector(`[name=way][value="${Number(item.way)}"]:not(:disabled)`);
  if (way && item.conversation === openId()) { way.checked = true; showWay(); }
  problem("");
  showHidden();
  grow();
  measure();
  keepDraft();
  area().focus();
  return true;
}

function opened() {
  if (!form()) return;
  area().dataset.placeholder = area().placeholder;
  document.getElementById("o-enter").checked = enterSends();
  restoreDraft();
  showHidden();
  grow();
  measure();
  if (matchMedia("(min-width: 1024px)").matches) area().focus({ preventScroll: true });
  area().setSelectionRange(area().value.length, area().value.length);
}

function typed() {
  grow();
  keepDraft();
  suggest();
  measure();
  if (area().value) replying(); else notReplying();
  if (!unfilledIn(area().value)) problem("");
  else problem(unfilledIn(area().value));
}

export function startComposer() {
  const holder = document.getElementById("o-open");
  startHints();
  startRefused(putBack);
  startSending();
  document.addEventListener("inbox:opened", opened);
  holder.addEventListener("input", (event) => { if (event.target.id === "o-text") typed(); });
  holder.addEventListener("change", (event) => {
    if (event.target.id === "o-is-hidden") { showHidden(); keepDraft(); measure(); }
    if (event.target.name === "way") { showWay(); measure(); event.target.closest("details").open = false; }
    if (event.target.id === "o-enter") localStorage.setItem(enterKept, event.target.checked ? "1" : "0");
    if (event.target.id === "o-file") { attachFiles(event.target.files); event.target.value = ""; }
  });
  holder.addEventListener("submit", (event) => { if (event.target === form()) { event.preventDefault(); send(); } });
  holder.addEventListener("keydown", (event) => {
    if (event.target.id !== "o-text" || event.key !== "Enter" || event.isComposing) return;
    if (event.shiftKey ? false : enterSends() || event.ctrlKey || event.metaKey) { event.preventDefault(); send(); }
  });
  holder.addEventListener("click", (event) => {
    const hint = event.target.closest("[data-hint]");
    if (hint) choose(Number(hint.dataset.hint));
  });
  holder.addEventListener("paste", (event) => {
    if (event.target.id === "o-text" && event.clipboardData.files.length) { event.preventDefault(); attachFiles(event.clipboardData.files); }
  });
  holder.addEventListener("dragover", (event) => { if (form()) { event.preventDefault(); form().classList.add("o-drop"); } });
  holder.addEventListener("dragleave", () => form()?.classList.remove("o-drop"));
  holder.addEventListener("drop", (event) => {
    if (!form()) return;
    event.preventDefault();
    form().classList.remove("o-drop");
    attachFiles(event.dataTransfer.files);
  });
}
