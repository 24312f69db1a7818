// The list: filters, search, endless scrolling, rows that change while one looks, without moving what one reads.
import { complain, debounce, get, inbox, nodesOf, post, toast, word } from "./net.js";

const column = inbox.querySelector(".o-list");
const rows = () => column.querySelector("#o-rows");
const root = inbox.dataset.root;
const MOST_PAGES = 20;
let current = 0;
let loading = null;
const turns = new Map(); // by conversation: how often its row was asked for

export const queryOf = () => rows().dataset.query;
export const rowOf = (id) => rows().querySelector(`.o-row[data-row="${id}"]:not(.o-found)`);
const withQuery = (path, query) => (query ? `${path}?${query}` : path);

export async function showList(query, { push = true, keepFocus = false } = {}) {
  loading?.abort();
  loading = new AbortController();
  const html = await get(withQuery(`${root}rows/`, query), { signal: loading.signal });
  const at = keepFocus ? column.querySelector("#o-search").selectionStart : null;
  const typed = keepFocus ? column.querySelector("#o-search").value : null;
  column.replaceChildren(nodesOf(html));
  if (keepFocus) {
    const search = column.querySelector("#o-search");
    search.value = typed;
    search.focus();
    search.setSelectionRange(at, at);
  }
  markCurrent(current);
  watchEnd();
  if (push) history.pushState(null, "", withQuery(location.pathname, query));
}

export function markCurrent(id) {
  if (id !== current) column.querySelectorAll(".o-gone").forEach((row) => row.remove());
  current = id;
  rows().querySelectorAll(".o-row").forEach((row) => {
    if (Number(row.dataset.row) === id && !row.classList.contains("o-found")) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  });
}

// Where one was in this list: kept as one scrolls, since a list that is hidden, or drawn anew, has forgotten it.
const placeKept = () => `inbox-scroll-${queryOf()}`;
function keepPlace(event) {
  if (event.target === rows() && column.offsetParent !== null) sessionStorage.setItem(placeKept(), rows().scrollTop);
}

export async function backToPlace() {
  const wanted = Number(sessionStorage.getItem(placeKept()) ?? 0);
  for (let page = 0; page < MOST_PAGES && rows().scrollHeight - rows().clientHeight < wanted; page += 1) {
    const more = rows().querySelector("[data-more]");
    if (!more || column.offsetParent === null) break;
    await loadMore(more);
  }
  rows().scrollTop = wanted;
}

// What one reads stays where it is, whatever comes in above it.
function steadily(change) {
  const holder = rows();
  const top = holder.getBoundingClientRect().top;
  const anchor = holder.scrollTop > 0 ? [...holder.querySelectorAll(".o-row")].find((row) => row.getBoundingClientRect().bottom > top) : null;
  const before = anchor?.getBoundingClientRect().top;
  change();
  if (anchor?.isConnected) holder.scrollTop += anchor.getBoundingClientRect().top - before;
}

const rank = (row) => [Number(row.dataset.unread), Number(row.dataset.at)];
const isBefore = (one, other) => rank(one)[0] > rank(other)[0] || (rank(one)[0] === rank(other)[0] && rank(one)[1] >= rank(other)[1]);

function place(row) {
  const others = [...rows().querySelectorAll(".o-row")];
  const next = others.find((other) => isBefore(row, other));
  if (next) next.before(row);
  else if (!rows().querySelector("[data-more]")) rows().append(row);
}

// A row as it is now. `moves`: it takes its place in the order; else it stays where it is.
export async function refreshRow(id, { moves = false } = {}) {
  const query = queryOf();
  if (new URLSearchParams(query).get("q")) return;
  const turn = (turns.get(id) ?? 0) + 1;
  turns.set(id, turn);
  const html = await get(withQuery(`${root}${id}/row/`, query));
  if (query !== queryOf() || turn !== turns.get(id)) return; // answers may overtake each other
  const known = rowOf(id);
  const fresh = nodesOf(html).querySelector(".o-row");
  steadily(() => {
    const isFocused = known && known === document.activeElement;
    if (!fresh) {
      if (known && id === current) known.classList.add("o-gone");
      else known?.remove();
      return;
    }
    rows().querySelector(".o-nobody")?.remove();
    if (known && !moves) known.replaceWith(fresh);
    else { known?.remove(); place(fresh); }
    if (isFocused) fresh.focus({ preventScroll: true });
  });
  markCurrent(current);
}

// The counts on the switches above the list, once for several changes.
export const refreshChips = debounce(async () => {
  const query = queryOf();
  try {
    const html = await get(withQuery(`${root}chips/`, query));
    const chips = column.querySelector(".o-chips");
    if (query === queryOf() && !chips.contains(document.activeElement)) chips.replaceChildren(nodesOf(html));
  } catch (error) { complain(error); }
}, 400);

export function move(step) {
  const all = [...rows().querySelectorAll(".o-row")];
  if (!all.length) return;
  const focused = all.indexOf(document.activeElement);
  const from = focused >= 0 ? focused : all.findIndex((row) => row.hasAttribute("aria-current"));
  const to = all[Math.max(0, Math.min(all.length - 1, from < 0 ? 0 : from + step))];
  to.focus({ preventScroll: true });
  to.scrollIntoView({ block: "nearest" });
}

async function loadMore(link) {
  if (link.dataset.isLoading) return;
  link.dataset.isLoading = "1";
  try {
    const more = nodesOf(await get(link.href));
    for (const row of more.querySelectorAll(".o-row:not(.o-found)")) rowOf(row.dataset.row)?.remove();
    link.replaceWith(more);
    markCurrent(current);
    watchEnd();
  } catch (error) { delete link.dataset.isLoading; complain(error); }
}

const end = new IntersectionObserver((seen) => seen.forEach((one) => { if (one.isIntersecting) loadMore(one.target); }), { rootMargin: "300px" });
function watchEnd() {
  end.disconnect();
  const more = rows().querySelector("[data-more]");
  if (more) end.observe(more);
}

const search = debounce((value) => {
  const query = new URLSearchParams(queryOf());
  if (value.trim()) query.set("q", value.trim()); else query.delete("q");
  showList(query.toString(), { keepFocus: true }).catch(complain);
}, 250);

async function keepView(form) {
  try {
    await post(form.action, new FormData(form));
    await showList(queryOf(), { push: false });
  } catch (error) { complain(error); }
}

export async function afterPost(then, told = {}) {
  const show = () => showList(queryOf(), { push: false });
  const undo = async () => { try { await post(`${root}undo/`, { what: told.undo }); await show(); } catch (error) { complain(error); } };
  if (then === "all-read") { toast(word("all_read"), told.undo ? { label: word("undo"), act: undo, seconds: 12 } : {}); await show(); }
  if (then === "list") await showList(queryOf(), { push: false });
}

export function startList() {
  current = Number(document.getElementById("o-thread")?.dataset.conversation ?? 0);
  markCurrent(current);
  watchEnd();
  backToPlace();
  column.addEventListener("scroll", keepPlace, true);
  column.addEventListener("input", (event) => { if (event.target.id === "o-search") search(event.target.value); });
  column.addEventListener("submit", (event) => {
    event.preventDefault();
    if (event.target.matches("[data-keep]")) keepView(event.target);
    else if (event.target.matches("[data-filter-form]")) {
      const chosen = [...new FormData(event.target)].filter(([, value]) => value);
      showList(new URLSearchParams(chosen).toString()).catch(complain);
    } else if (event.target.matches(".o-search")) search(event.target.elements.q.value);
  });
  column.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-list]");
    if (link && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      showList(new URL(link.href).search.slice(1)).catch(complain);
    }
    const more = event.target.closest("a[data-more]");
    if (more) { event.preventDefault(); loadMore(more); }
  });
  column.addEventListener("toggle", async (event) => {
    const menu = event.target;
    if (menu.open && menu.dataset.filters && !menu.querySelector("form")) {
      try { menu.querySelector(".o-sheet").replaceChildren(nodesOf(await get(menu.dataset.filters))); } catch (error) { complain(error); }
    }
  }, true);
}
