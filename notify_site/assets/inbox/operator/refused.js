// What the server refused waits in a box above the composer: it changes nothing of what is being typed there.
import { open, openId } from "./conversation.js";
import { announce, inbox, toast, word } from "./net.js";
import { sendAnyway } from "./sending.js";
import { fetchNewer, newestId } from "./thread.js";
import { all, find, remove } from "./unsent.js";

const GONE = 404; // its conversation is there no more: it can only be put into another one, by hand
let putBack = () => false;

const isHere = (item) => item.problem && (item.conversation === openId() || item.status === GONE);

export function tellRefused(item, error) {
  announce(error.message);
  if (item.conversation === openId()) { if (error.status === 409) fetchNewer(); return; }
  const act = () => open(`${inbox.dataset.root}${item.conversation}/`);
  toast(`${item.name}: ${error.message}`, error.status === GONE ? {} : { label: word("open"), act, seconds: 0 });
}

function button(name, act, isMain = false) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = `g-button${isMain ? " g-main" : ""}`;
  made.textContent = word(name);
  made.addEventListener("click", act);
  return made;
}

function line(className, words) {
  const made = document.createElement("p");
  made.className = className;
  made.textContent = words;
  return made;
}

function boxOf(item) {
  const box = document.createElement("article");
  box.className = `o-refused${item.isHidden ? " o-hidden" : ""}`;
  box.dataset.key = item.key;
  const text = line("o-text", item.text || item.files.map((file) => file.name).join(", "));
  text.dir = "auto";
  const buttons = document.createElement("div");
  buttons.className = "o-bar";
  if (item.status !== GONE) buttons.append(button("send_anyway", () => sendAnyway(item.key, newestId()), true));
  buttons.append(
    button("put_back", () => { const now = find(item.key); if (now && putBack(now)) remove(item.key); }),
    button("discard", () => remove(item.key)),
  );
  const what = word(item.isHidden ? "refused_note" : "refused_reply");
  box.append(line("o-problem", item.problem), line("o-from", item.status === GONE ? `${what} · ${item.name}` : what), text, buttons);
  return box;
}

export function drawRefused() {
  const holder = document.getElementById("o-refusals");
  if (!holder) return;
  const items = all().filter(isHere);
  const shown = [...holder.children].map((box) => box.dataset.key).join();
  if (shown === items.map((item) => item.key).join()) return; // a button that is being pressed must stay
  holder.replaceChildren(...items.map(boxOf));
}

export function startRefused(intoComposer) { putBack = intoComposer; }
