// Sending what waits, in the order in which it was written, with the same key however often it is tried.
import { openId } from "./conversation.js";
import { Refused, csrf, inbox, sayExpired, sayOther, toast, word } from "./net.js";
import { drawRefused, tellRefused } from "./refused.js";
import { fetchNewer, toEnd } from "./thread.js";
import { all, change, find, makeKey, put, remove, startUnsent } from "./unsent.js";

const AGAIN = 3_000;
const TAKEN_FOR = 20_000; // so long the other tabs leave a reply to the one that is sending it
const tab = makeKey();
let isBusy = false;

const waiting = () => all().filter((item) => !item.problem);
const isTakenElsewhere = (item) => item.takenBy && item.takenBy !== tab && item.takenUntil > Date.now();

export function enqueue(item) {
  put({ ...item, key: makeKey(), at: performance.timeOrigin + performance.now(), user: inbox.dataset.user, takenBy: tab, takenUntil: Date.now() + TAKEN_FOR });
  toEnd();
  work();
}

// What was refused goes again, having seen what came meanwhile.
export function sendAnyway(key, seen) {
  change(key, { problem: "", status: 0, seen, isLate: false, takenBy: tab, takenUntil: Date.now() + TAKEN_FOR });
  work();
}

export async function work() {
  if (isBusy) return;
  isBusy = true;
  const stuck = new Set(); // conversations whose reply was not taken: the next one must not overtake it
  try {
    for (let item = nextOf(stuck); item; item = nextOf(stuck)) {
      if (!(await attempt(item, stuck))) break;
    }
  } finally { isBusy = false; }
}

const nextOf = (stuck) => {
  const first = new Map();
  for (const item of waiting()) if (!first.has(item.conversation)) first.set(item.conversation, item);
  return [...first.values()].find((item) => !stuck.has(item.conversation) && !isTakenElsewhere(item));
};

// Whether it is worth trying the next one.
async function attempt(item, stuck) {
  change(item.key, { takenBy: tab, takenUntil: Date.now() + TAKEN_FOR });
  try {
    await deliver(item);
    remove(item.key);
    if (item.conversation === openId()) await fetchNewer();
    return true;
  } catch (error) {
    stuck.add(item.conversation);
    if (!(error instanceof Refused)) {
      change(item.key, { isLate: true, takenUntil: 0, why: error.message });
      return error.isOfOne === true;
    }
    change(item.key, { problem: error.message, status: error.status, takenUntil: 0 });
    if (find(item.key)) tellRefused(item, error);
    stuck.delete(item.conversation);
    return true;
  }
}

function notTaken(words, isOfOne = false) {
  const error = new Error(words);
  error.isOfOne = isOfOne;
  return error;
}

// Not by fetch: only this tells how far a file has come.
function deliver(item) {
  const data = new FormData();
  for (const [name, value] of Object.entries({ text: item.text, once_key: item.key, is_hidden: item.isHidden ? "1" : "", way: item.way, seen: item.seen })) data.append(name, value);
  item.files?.forEach((file) => data.append("files", file));
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    const bar = document.getElementById("o-progress");
    request.open("POST", item.address);
    request.setRequestHeader("X-CSRFToken", csrf());
    request.setRequestHeader("X-User", item.user);
    request.upload.addEventListener("progress", (event) => {
      if (bar && item.files?.length && event.lengthComputable) { bar.hidden = false; bar.value = (100 * event.loaded) / event.total; }
    });
    request.addEventListener("loadend", () => {
      if (bar) bar.hidden = true;
      if (request.status === 204) done();
      else failed(problemOf(request));
    });
    request.send(data);
  });
}

function problemOf(request) {
  if (request.responseURL.includes(inbox.dataset.login)) { sayExpired(); return notTaken(word("expired")); }
  if (request.status < 400) return notTaken(word("offline"));
  if (request.status >= 500) return notTaken(word("unsent"), true);
  const told = wordsOf(request);
  if (told.code === "other_user") { sayOther(told.problem); return notTaken(told.problem); }
  return new Refused(request.status, told.problem ?? word("failed"));
}

function wordsOf(request) {
  try { return JSON.parse(request.responseText); } catch { return {}; }
}

function button(name, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "g-link";
  made.textContent = word(name);
  made.addEventListener("click", act);
  return made;
}

function bubbleOf(item, isLate) {
  const bubble = document.createElement("article");
  bubble.className = `o-bubble o-operator o-pending${item.isHidden ? " o-hidden" : ""}`;
  const text = document.createElement("p");
  text.className = "o-text";
  text.dir = "auto";
  text.textContent = item.text || item.files.map((file) => file.name).join(", ");
  const foot = document.createElement("p");
  foot.className = "o-foot";
  foot.append(word(isLate ? "unsent" : "sending"));
  if (isLate) foot.append(" ", button("retry", work), " ", button("discard", () => remove(item.key)));
  bubble.append(text, foot);
  return bubble;
}

function draw() {
  const box = document.getElementById("o-messages");
  if (!box) return;
  box.querySelectorAll(".o-pending").forEach((bubble) => bubble.remove());
  let isLate = false; // who stands behind one that is late, is late
  for (const item of waiting().filter((one) => one.conversation === openId())) {
    isLate ||= item.isLate;
    box.append(bubbleOf(item, isLate));
  }
  drawRefused();
}

export function startSending() {
  startUnsent(draw);
  document.addEventListener("inbox:opened", () => { draw(); if (document.querySelector(".o-pending")) toEnd(); });
  document.addEventListener("inbox:back", work);
  window.addEventListener("online", work);
  window.addEventListener("offline", () => {
    const told = toast(word("offline"), { seconds: 0 });
    window.addEventListener("online", () => told.remove(), { once: true });
  });
  window.addEventListener("focus", work);
  setInterval(work, AGAIN);
  draw();
  work();
}
