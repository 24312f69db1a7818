// The keyboard: everything of the day without a mouse.
import { act, leave, openId } from "./conversation.js";
import { handleKey, insertSlash } from "./hints.js";
import { move } from "./list.js";
import { inbox } from "./net.js";

const isTyping = (target) => target.closest?.("input, textarea, select, [contenteditable]");

function openMenu(name) {
  const menu = document.querySelector(`#o-head details[data-menu=${name}]`);
  if (!menu) return;
  menu.open = true;
  menu.querySelector(".o-sheet button")?.focus();
}

function escape(event) {
  const menu = inbox.querySelector("details.o-menu[open]");
  if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
  else if (isTyping(event.target)) event.target.blur();
  else if (openId()) leave();
  else return;
  event.preventDefault();
}

const keys = {
  "/": () => { const search = document.getElementById("o-search"); search.focus(); search.select(); },
  j: () => move(1),
  k: () => move(-1),
  r: () => document.getElementById("o-text")?.focus(),
  h: () => insertSlash(),
  u: () => act("unread"),
  e: () => act(document.querySelector(".o-actions")?.dataset.state === "open" ? "close" : "reopen"),
  s: () => openMenu("snooze"),
  a: () => openMenu("assign"),
  "?": () => document.getElementById("o-keys").showModal(),
};

export function startKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
    if (document.querySelector("dialog[open]")) return;
    if (event.target.id === "o-text" && handleKey(event)) return;
    if (event.key === "Escape") { escape(event); return; }
    if (isTyping(event.target) || !Object.hasOwn(keys, event.key)) return;
    event.preventDefault();
    event.stopImmediatePropagation(); // the admin's lists have keys of their own
    keys[event.key]();
  }, true);
}
