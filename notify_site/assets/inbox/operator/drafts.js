// What is being typed is kept here at once, and with the server when one pauses; each person's apart.
import { complain, debounce, inbox, post } from "./net.js";

const nameOf = (id) => `inbox-draft-${inbox.dataset.user}-${id}`;
const isSame = (one, other) => one?.text === other.text && one?.isHidden === other.isHidden;
let chain = Promise.resolve();

const kept = (id) => JSON.parse(localStorage.getItem(nameOf(id)) ?? "null");

// One after another: an older draft must not arrive after a newer one.
const tell = debounce((id, address, draft) => { chain = chain.then(() => save(id, address, draft)); }, 600);

async function save(id, address, draft) {
  try {
    await post(address, { text: draft.text, is_hidden: draft.isHidden ? "1" : "" });
    if (isSame(kept(id), draft)) localStorage.removeItem(nameOf(id));
  } catch (error) { if (error.status) complain(error); }
}

export function keep(id, address, draft) {
  localStorage.setItem(nameOf(id), JSON.stringify(draft));
  tell(id, address, draft);
}

// It has been sent: what stands with the server of it goes.
export function forget(id, address) {
  tell.cancel();
  localStorage.removeItem(nameOf(id));
  chain = chain.then(() => save(id, address, { text: "", isHidden: false }));
}

export function restore(id, address) {
  const draft = kept(id);
  if (draft) tell(id, address, draft);
  return draft;
}
