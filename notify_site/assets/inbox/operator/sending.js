// What was sent and not yet taken by the server: kept over reloads, sent again with the same key, shown as such.
import { openId } from "./conversation.js";
import { Refused, csrf, inbox, sayExpired, toast, word } from "./net.js";
import { fetchNewer, toEnd } from "./thread.js";

const KEPT = "inbox-unsent";
const AGAIN = 3_000;
let queue = [];
let isBusy = false;
let giveBack = () => {};

const makeKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const load = () => JSON.parse(localStorage.getItem(KEPT) ?? "[]");
const isMine = (item) => item.user === inbox.dataset.user;

// Files cannot be kept over a reload; another person's messages at the same computer wait until they are back.
function keep() {
  const mine = queue.filter((item) => !item.files.length).map(({ files, ...item }) => item);
  localStorage.setItem(KEPT, JSON.stringify([...load().filter((item) => !isMine(item)), ...mine]));
}

export function enqueue(item) {
  queue.push({ ...item, key: makeKey(), user: inbox.dataset.user });
  keep();
  draw();
  work();
}

export function drop(key) {
  queue = queue.filter((item) => item.key !== key);
  keep();
  draw();
}

async function work() {
  if (isBusy || !queue.length) return;
  isBusy = true;
  while (queue.length) {
    const item = queue[0];
    try {
      await deliver(item);
      drop(item.key);
      if (item.conversation === openId()) await fetchNewer();
    } catch (error) {
      if (!(error instanceof Refused)) { item.isLate = true; draw(); break; }
      drop(item.key);
      giveBack(item, error);
    }
  }
  isBusy = false;
}

// Not by fetch: only this tells how far a file has come.
function deliver(item) {
  const data = new FormData();
  for (const [name, value] of Object.entries({ text: item.text, once_key: item.key, is_hidden: item.isHidden ? "1" : "", way: item.way, seen: item.seen })) data.append(name, value);
  item.files.forEach((file) => data.append("files", file));
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    const bar = document.getElementById("o-progress");
    request.open("POST", item.address);
    request.setRequestHeader("X-CSRFToken", csrf());
    request.upload.addEventListener("progress", (event) => {
      if (bar && item.files.length && event.lengthComputable) { bar.hidden = false; bar.value = (100 * event.loaded) / event.total; }
    });
    request.addEventListener("loadend", () => {
      if (bar) bar.hidden = true;
      if (request.status === 204) done();
      else if (request.responseURL.includes(inbox.dataset.login)) { sayExpired(); failed(new Error(word("expired"))); }
      else if (request.status >= 400 && request.status < 500) failed(new Refused(request.status, problemOf(request)));
      else failed(new Error(word("offline")));
    });
    request.send(data);
  });
}

function problemOf(request) {
  try { return JSON.parse(request.responseText).problem ?? word("failed"); } catch { return word("failed"); }
}

function button(name, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "g-link";
  made.textContent = word(name);
  made.addEventListener("click", act);
  return made;
}

function draw() {
  const box = document.getElementById("o-messages");
  if (!box) return;
  box.querySelectorAll(".o-pending").forEach((bubble) => bubble.remove());
  const mine = queue.filter((item) => item.conversation === openId());
  for (const item of mine) {
    const bubble = document.createElement("article");
    bubble.className = `o-bubble o-operator o-pending${item.isHidden ? " o-hidden" : ""}`;
    const text = document.createElement("p");
    text.className = "o-text";
    text.dir = "auto";
    text.textContent = item.text || item.files.map((file) => file.name).join(", ");
    const foot = document.createElement("p");
    foot.className = "o-foot";
    foot.append(word(item.isLate ? "unsent" : "sending"));
    if (item.isLate) foot.append(" ", button("retry", work), " ", button("discard", () => drop(item.key)));
    bubble.append(text, foot);
    box.append(bubble);
  }
  if (mine.length) toEnd();
}

export function startSending({ refused }) {
  giveBack = refused;
  queue = load().filter(isMine).map((item) => ({ ...item, files: [], isLate: true }));
  document.addEventListener("inbox:opened", draw);
  document.addEventListener("inbox:back", work);
  window.addEventListener("online", work);
  window.addEventListener("offline", () => {
    const told = toast(word("offline"), { seconds: 0 });
    window.addEventListener("online", () => told.remove(), { once: true });
  });
  window.addEventListener("focus", work);
  setInterval(work, AGAIN);
  work();
}
