// What was sent and not taken by the server yet: an entry of its own for each, so that no tab overwrites another's.
// It carries its author: a colleague who logs in at this computer neither sees nor sends it.
import { inbox } from "./net.js";

const PREFIX = `inbox-unsent-${inbox.dataset.user}-`;
const here = new Map(); // with files, which cannot be kept over a reload: in this tab alone
let told = () => {};

export const makeKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

const kept = (key) => JSON.parse(localStorage.getItem(PREFIX + key) ?? "null");
const keptKeys = () => Object.keys(localStorage).filter((name) => name.startsWith(PREFIX)).map((name) => name.slice(PREFIX.length));

// As it is now, whatever another tab did to it; null when it was sent or discarded.
export const find = (key) => here.get(key) ?? kept(key);

export function all() {
  const items = [...here.values(), ...keptKeys().map(kept)].filter(Boolean);
  return items.sort((one, other) => one.at - other.at);
}

export function put(item) {
  if (item.files?.length) here.set(item.key, item);
  else { const { files, ...rest } = item; localStorage.setItem(PREFIX + item.key, JSON.stringify(rest)); }
  told();
}

// Changes it, unless another tab has sent or discarded it meanwhile.
export function change(key, changes) {
  const item = find(key);
  if (item) put({ ...item, ...changes });
}

export function remove(key) {
  here.delete(key);
  localStorage.removeItem(PREFIX + key);
  told();
}

// The conversation of an address has become a part of a client's: what waits for it goes there.
export function moveTo(was, now) {
  for (const item of all().filter((one) => one.conversation === was)) {
    change(item.key, { conversation: now, address: item.address.replace(`/${was}/`, `/${now}/`) });
  }
}

export function startUnsent(tell) {
  told = tell;
  window.addEventListener("storage", (event) => { if (event.key === null || event.key.startsWith(PREFIX)) told(); });
}
