// The messages of the open conversation: older ones above, new ones below, read when they were on the screen.
import { open, openId, thread } from "./conversation.js";
import { refreshRow } from "./list.js";
import { complain, get, inbox, mayChange, nodesOf, post, word } from "./net.js";

const box = () => document.getElementById("o-messages");
const below = () => document.getElementById("o-below");
const NEAR = 120;
export const isNearEnd = () => box().scrollHeight - box().scrollTop - box().clientHeight < NEAR;
// When the composer grows, whoever saw the end goes on seeing it.
let height = 0;
const resizing = new ResizeObserver(() => {
  const holder = box();
  if (!holder) return;
  if (holder.clientHeight < height && holder.scrollHeight - holder.scrollTop - height < NEAR) toEnd();
  height = holder.clientHeight;
});
let isUnreadByHand = false;
let chain = Promise.resolve();

export const newestId = () => Number(thread()?.dataset.newest ?? 0);
export const toEnd = () => { const holder = box(); if (holder) holder.scrollTop = holder.scrollHeight; };

// New messages, one request after another, so that none is shown twice.
export function fetchNewer() {
  chain = chain.then(loadNewer, loadNewer).catch(complain);
  return chain;
}

async function loadNewer() {
  const id = openId();
  if (!id || "hasNewer" in thread().dataset) { if (id) showBelow(); return; }
  const more = nodesOf(await get(`${inbox.dataset.root}${id}/messages/?after=${newestId()}`));
  if (id !== openId()) return;
  const wasNearEnd = isNearEnd();
  const pending = box().querySelector(".o-pending");
  box().querySelector("[data-empty]")?.remove();
  const goesOn = more.querySelector("[data-newer]");
  goesOn?.remove();
  let count = 0;
  for (const node of [...more.children]) {
    if (node.matches("[data-empty]") || (node.id && node.id !== "o-divider" && document.getElementById(node.id))) continue;
    if (node.id === "o-divider" && document.getElementById("o-divider")) continue;
    if (node.dataset.message) { count += 1; thread().dataset.newest = Math.max(newestId(), Number(node.dataset.message)); }
    if (pending) pending.before(node); else box().append(node);
  }
  if (count) { if (wasNearEnd) toEnd(); else showBelow(); }
  seen();
  if (goesOn) await loadNewer();
}

function showBelow() {
  below().textContent = `${word("new_below")} ↓`;
  below().hidden = false;
}

// Everything up to the newest on the screen is read, unless one said otherwise or looks elsewhere.
export async function seen() {
  const id = openId();
  if (!id || !mayChange || isUnreadByHand || document.hidden || "hasNewer" in thread().dataset) return;
  if (Number(thread().dataset.read ?? -1) >= newestId() || !isNearEnd() && !document.querySelector("#o-divider")) return;
  const newest = newestId();
  thread().dataset.read = newest;
  try {
    await post(`${inbox.dataset.root}${id}/read/`, { seen: newest });
    await refreshRow(id);
  } catch (error) { if (thread()) delete thread().dataset.read; complain(error); }
}

async function loadOlder(link) {
  if (link.dataset.isLoading) return;
  link.dataset.isLoading = "1";
  const id = openId();
  try {
    const more = nodesOf(await get(link.href));
    if (id !== openId()) return;
    const days = [...more.querySelectorAll("[data-day]")];
    const holder = box();
    const first = holder.querySelector("[data-day]");
    const height = holder.scrollHeight - holder.scrollTop;
    if (first && days.at(-1)?.dataset.day === first.dataset.day) first.remove();
    link.replaceWith(more);
    holder.scrollTop = holder.scrollHeight - height;
    watchTop();
  } catch (error) { delete link.dataset.isLoading; complain(error); }
}

async function loadLater(link) {
  const id = openId();
  try {
    const more = nodesOf(await get(link.href));
    if (id !== openId()) return;
    const messages = [...more.querySelectorAll("[data-message]")];
    if (messages.length) thread().dataset.newest = messages.at(-1).dataset.message;
    if (!more.querySelector("[data-newer]")) delete thread().dataset.hasNewer;
    link.replaceWith(more);
    seen();
  } catch (error) { complain(error); }
}

const top = new IntersectionObserver((shown) => shown.forEach((one) => { if (one.isIntersecting) loadOlder(one.target); }), { rootMargin: "200px" });
function watchTop() {
  top.disconnect();
  const link = box().querySelector("[data-older]");
  if (link) top.observe(link);
}

function opened() {
  isUnreadByHand = false;
  const found = document.getElementById(`m${thread().dataset.found}`);
  const divider = document.getElementById("o-divider");
  if (found) found.scrollIntoView({ block: "center" });
  else { toEnd(); if (divider && divider.offsetTop < box().scrollTop) box().scrollTop = divider.offsetTop - 60; }
  resizing.disconnect();
  height = box().clientHeight;
  resizing.observe(box());
  watchTop();
  seen();
}

export async function refreshMessage(id) {
  const known = document.getElementById(`m${id}`);
  const conversation = openId();
  if (!known || !conversation) return;
  const html = await get(`${inbox.dataset.root}${conversation}/messages/?only=${id}`);
  const fresh = nodesOf(html).querySelector(".o-bubble");
  if (fresh && conversation === openId()) known.replaceWith(fresh);
}

// The client's page has shown our words up to this one; what left by other lines says itself how far it came.
export function markSeen(upTo) {
  for (const foot of box().querySelectorAll(".o-operator:not(.o-hidden, .o-pending) > .o-foot:not(:has(.o-seen, .g-badge))")) {
    if (Number(foot.parentElement.dataset.message) > upTo) continue;
    const mark = document.createElement("span");
    mark.className = "o-seen";
    mark.textContent = word("seen");
    foot.append(" ", mark);
  }
}

export function startThread() {
  document.addEventListener("inbox:opened", opened);
  document.addEventListener("inbox:unread-by-hand", () => { isUnreadByHand = true; });
  document.addEventListener("inbox:message-changed", (event) => refreshMessage(event.detail).catch(complain));
  document.addEventListener("visibilitychange", () => { if (!document.hidden) seen(); });
  document.getElementById("o-open").addEventListener("click", (event) => {
    const older = event.target.closest("a[data-older]");
    const newer = event.target.closest("a[data-newer]");
    const fold = event.target.closest("[data-unfold]");
    if (older) { event.preventDefault(); loadOlder(older); }
    if (newer) { event.preventDefault(); loadLater(newer); }
    if (fold) {
      const isWhole = fold.previousElementSibling.classList.toggle("o-whole");
      fold.textContent = word(isWhole ? "show_less" : "show_all");
    }
    if (event.target.closest("#o-below")) {
      below().hidden = true;
      if ("hasNewer" in thread().dataset) open(location.pathname);
      else { toEnd(); seen(); }
    }
  });
  document.getElementById("o-open").addEventListener("scroll", (event) => {
    if (event.target === box() && isNearEnd()) { below().hidden = true; seen(); }
  }, true);
}
