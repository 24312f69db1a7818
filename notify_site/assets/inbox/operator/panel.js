// The client's panel: folds that are remembered and loaded when they are opened, copying, linking to a client.
import { open } from "./conversation.js";
import { queryOf, showList } from "./list.js";
import { complain, debounce, get, inbox, nodesOf, post, toast, word } from "./net.js";

const panel = () => document.getElementById("o-panel");
const kept = (name) => `inbox-fold-${name}`;

async function fill(fold) {
  const body = fold.querySelector("div");
  if (body.childElementCount) return;
  try { body.replaceChildren(nodesOf(await get(fold.dataset.load))); } catch (error) { complain(error); }
}

function opened() {
  panel().querySelectorAll("details[data-fold]").forEach((fold) => { fold.open = localStorage.getItem(kept(fold.dataset.fold)) === "1"; });
}

const findClients = debounce(async (form) => {
  try {
    const html = await get(`${form.dataset.clients}?${new URLSearchParams(new FormData(form))}`);
    document.getElementById("o-clients")?.replaceChildren(nodesOf(html));
  } catch (error) { complain(error); }
}, 250);

async function join(address, data) {
  try {
    const { conversation } = await (await post(address, data)).json();
    await open(`${inbox.dataset.root}${conversation}/${queryOf() ? `?${queryOf()}` : ""}`);
    await showList(queryOf(), { push: false });
  } catch (error) { complain(error); }
}

async function copy(text) {
  const area = document.createElement("textarea");
  try {
    if (navigator.clipboard) await navigator.clipboard.writeText(text);
    else { area.value = text; document.body.append(area); area.select(); document.execCommand("copy"); }
    toast(word("copied"), { seconds: 2 });
  } catch (error) { complain(error); } finally { area.remove(); }
}

export function startPanel() {
  const holder = document.getElementById("o-open");
  document.addEventListener("inbox:opened", opened);
  holder.addEventListener("toggle", (event) => {
    const fold = event.target;
    if (!fold.dataset?.fold) return;
    localStorage.setItem(kept(fold.dataset.fold), fold.open ? "1" : "0");
    if (fold.open) fill(fold);
  }, true);
  holder.addEventListener("input", (event) => { const form = event.target.closest("[data-clients]"); if (form) findClients(form); });
  holder.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches("[data-clients]")) { event.preventDefault(); findClients(form); }
    if (form.matches("[data-new-client]")) { event.preventDefault(); join(form.dataset.newClient, new FormData(form)); }
  });
  holder.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (button) copy(button.dataset.copy);
    const client = event.target.closest("[data-client]");
    if (client && client.matches("button")) join(document.getElementById("o-clients").dataset.link, { client: client.dataset.client });
    const more = event.target.closest(".o-fold a[data-more]");
    if (more) {
      event.preventDefault();
      try { more.replaceWith(nodesOf(await get(more.href))); } catch (error) { complain(error); }
    }
  });
}
