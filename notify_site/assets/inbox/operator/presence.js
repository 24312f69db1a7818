// Who else looks at the open conversation, and who is replying.
import { openId } from "./conversation.js";
import { inbox, post, word } from "./net.js";

const LASTS = 30_000;
const EVERY = 20_000;
const me = Number(inbox.dataset.user);
let others = new Map();
let saidReplying = 0;

const address = (id) => `${inbox.dataset.root}${id}/presence/`;

async function say(state, id = openId()) {
  if (!id) return;
  try {
    const answer = await post(address(id), { state }, { keepalive: true });
    if (state !== "gone" && id === openId()) (await answer.json()).present.forEach(heard);
  } catch { /* who is there is told again in a moment */ }
}

export function heard({ user, name, state }) {
  if (Number(user) === me) return;
  if (state === "gone") others.delete(user); else others.set(user, { name, state, at: Date.now() });
  show();
}

function show() {
  const place = document.getElementById("o-presence");
  if (!place) return;
  for (const [user, one] of others) if (Date.now() - one.at > LASTS) others.delete(user);
  const words = [...others.values()].map((one) => `${one.name} ${word(one.state === "replying" ? "replies" : "looks")}`);
  place.textContent = words.length ? `${words.join(", ")} · ` : "";
  place.classList.toggle("o-replying", [...others.values()].some((one) => one.state === "replying"));
}

export function replying() {
  if (Date.now() - saidReplying < 10_000) return;
  saidReplying = Date.now();
  say("replying");
}

export function notReplying() { if (saidReplying) { saidReplying = 0; say("viewing"); } }

export function startPresence() {
  document.addEventListener("inbox:opened", () => { others = new Map(); saidReplying = 0; say("viewing"); });
  document.addEventListener("inbox:leaving", () => { others = new Map(); say("gone"); });
  window.addEventListener("pagehide", () => say("gone"));
  setInterval(() => {
    show();
    if (openId() && !document.hidden) say(Date.now() - saidReplying < EVERY ? "replying" : "viewing");
  }, EVERY);
}
