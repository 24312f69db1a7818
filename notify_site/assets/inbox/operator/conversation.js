// Opening and leaving a conversation; addresses can be shared, and the browser's Back works.
import { afterPost, backToPlace, markCurrent, queryOf, refreshRow, rowOf, showList } from "./list.js";
import { fetchNewer, newestId } from "./thread.js";
import { complain, get, inbox, nodesOf, post, toast, word } from "./net.js";

const holder = document.getElementById("o-open");
const nothing = holder.querySelector(".o-welcome")?.cloneNode(true);
const title = inbox.dataset.title;
let loading = null;

export const thread = () => document.getElementById("o-thread");
export const openId = () => Number(thread()?.dataset.conversation ?? 0);
const opened = () => document.dispatchEvent(new CustomEvent("inbox:opened"));
const left = () => { if (openId()) document.dispatchEvent(new CustomEvent("inbox:leaving")); };

export async function open(address, { push = true } = {}) {
  loading?.abort();
  loading = new AbortController();
  try {
    const html = await get(address, { headers: { "X-Part": "conversation" }, signal: loading.signal });
    left();
    holder.replaceChildren(nodesOf(html));
    if (push) history.pushState(null, "", address);
    inbox.classList.add("o-has-thread");
    inbox.classList.remove("o-has-panel");
    markCurrent(openId());
    setTitle();
    opened();
  } catch (error) { complain(error); }
}

export function leave({ push = true } = {}) {
  const id = openId();
  left();
  holder.replaceChildren(...(nothing ? [nothing.cloneNode(true)] : []));
  inbox.classList.remove("o-has-thread", "o-has-panel");
  markCurrent(0);
  if (push) history.pushState(null, "", inbox.dataset.root + (queryOf() ? `?${queryOf()}` : ""));
  setTitle();
  backToPlace();
  rowOf(id)?.focus({ preventScroll: true });
}

export function setTitle(unread = Number(inbox.dataset.unread)) {
  inbox.dataset.unread = unread;
  document.dispatchEvent(new CustomEvent("gonets:unread", { detail: Number(unread) }));
  document.title = (unread ? `(${unread > 99 ? "99+" : unread}) ` : "") + (thread() ? `${thread().dataset.name} | ` : "") + title;
}

async function follow() {
  const asked = new URLSearchParams(location.search);
  asked.delete("message");
  if (asked.toString() !== new URLSearchParams(queryOf()).toString()) {
    await showList(asked.toString(), { push: false }).then(backToPlace, complain);
  }
  const id = Number(location.pathname.slice(inbox.dataset.root.length).match(/^(\d+)\//)?.[1] ?? 0);
  if (!id) leave({ push: false });
  else if (id !== openId() || location.search.includes("message=")) await open(location.href, { push: false });
}

export async function refreshHead() {
  const id = openId();
  const html = await get(`${inbox.dataset.root}${id}/head/?${queryOf()}`);
  if (id !== openId()) return;
  const head = document.getElementById("o-head");
  const presence = head.querySelector("#o-presence");
  if (head.querySelector("details[open]")) return;
  const fresh = document.createElement("header");
  fresh.append(nodesOf(html));
  fresh.querySelector("#o-presence").replaceWith(presence.cloneNode(true));
  if (fresh.innerHTML === head.innerHTML) return; // a button that is being pressed must stay
  head.replaceChildren(...fresh.childNodes);
  head.querySelector("#o-presence").replaceWith(presence);
}

// What a button above the thread does, what is said then, and what undoes it: the server says how it was before.
async function change(verb, data, said, undo) {
  const id = openId();
  try {
    const told = await toldBy(await post(`${inbox.dataset.root}${id}/${verb}/`, data));
    document.querySelectorAll("#o-head details[open]").forEach((menu) => { menu.open = false; });
    const back = told.undo ? () => takeBack(told.undo, id) : undo && (() => undo(id));
    if (said) toast(word(said), back ? { label: word("undo"), act: back } : {});
    await Promise.all([id === openId() ? refreshHead() : null, refreshRow(id)]);
  } catch (error) {
    complain(error);
    if (error.status === 409 && id === openId()) fetchNewer();
  }
}

const toldBy = async (answer) => ((answer.headers.get("Content-Type") ?? "").includes("json") ? answer.json() : {});

async function takeBack(what, id) {
  try {
    await post(`${inbox.dataset.root}undo/`, { what });
    await Promise.all([id === openId() ? refreshHead() : null, refreshRow(id, { moves: true })]);
  } catch (error) { complain(error); }
}

const changeBack = (verb, data) => async (id) => {
  try {
    await post(`${inbox.dataset.root}${id}/${verb}/`, data);
    await Promise.all([id === openId() ? refreshHead() : null, refreshRow(id, { moves: true })]);
  } catch (error) { complain(error); }
};

// What changes more than the line above the thread.
async function changeAll(verb, said) {
  const id = openId();
  const show = async () => {
    if (id === openId()) await open(location.href, { push: false });
    await refreshRow(id, { moves: true });
  };
  try {
    const { undo } = await toldBy(await post(`${inbox.dataset.root}${id}/${verb}/`));
    toast(word(said), undo ? { label: word("undo"), act: () => takeBack(undo, id).then(show) } : {});
    await show();
  } catch (error) { complain(error); }
}

export function act(verb, data = {}) {
  const actions = document.querySelector(".o-actions");
  if (!actions) return;
  const before = actions.dataset;
  if (verb === "close") change("close", { seen: newestId() }, "closed");
  else if (verb === "reopen") change("reopen", {}, "reopened");
  else if (verb === "snooze") change("snooze", { ...data, seen: newestId() }, "snoozed");
  else if (verb === "assign") change("assign", data, "assigned", changeBack("assign", { to: before.assignee }));
  else if (verb === "block") changeAll("block", "blocked");
  else if (verb === "unblock") changeAll("reopen", "unblocked");
  else if (verb === "unread") {
    document.dispatchEvent(new CustomEvent("inbox:unread-by-hand"));
    change("unread", {}, "marked_unread");
  }
}

async function pressed(button) {
  button.disabled = true;
  try {
    const told = await toldBy(await post(button.dataset.post));
    await afterPost(button.dataset.then, told);
    if (button.dataset.then === "message") document.dispatchEvent(new CustomEvent("inbox:message-changed", { detail: Number(button.dataset.which) }));
  } catch (error) { complain(error); }
  button.disabled = false;
}

export function startConversation() {
  inbox.addEventListener("click", (event) => {
    const target = event.target;
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    const row = target.closest("a.o-row");
    if (row) { event.preventDefault(); open(row.href); return; }
    if (target.closest("a[data-back]")) { event.preventDefault(); leave(); return; }
    const button = target.closest("button");
    if (!button) return;
    if ("post" in button.dataset) pressed(button);
    else if ("do" in button.dataset) act(button.dataset.do);
    else if ("assign" in button.dataset) act("assign", { to: button.dataset.assign });
    else if ("snooze" in button.dataset) act("snooze", { until: button.dataset.snooze });
    else if ("panel" in button.dataset) inbox.classList.toggle("o-has-panel");
  });
  inbox.addEventListener("submit", (event) => {
    if (event.target.matches("[data-snooze-form]")) { event.preventDefault(); act("snooze", { until: event.target.elements.until.value }); }
  });
  // A menu closes when one presses elsewhere.
  document.addEventListener("click", (event) => {
    inbox.querySelectorAll("details.o-menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
  });
  window.addEventListener("popstate", follow);
  setTitle();
  if (thread()) opened();
}
