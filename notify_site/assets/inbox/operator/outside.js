// What robots send to the client by SMS and e-mail while one looks: asked for now and then, since no event tells it.
import { openId, thread } from "./conversation.js";
import { ask, inbox, nodesOf } from "./net.js";
import { toEnd, isNearEnd } from "./thread.js";

const EVERY = 8_000;
let mark = "";

async function look() {
  const id = openId();
  if (!id || document.hidden || !thread().dataset.client || "hasNewer" in thread().dataset) return;
  let answer;
  try { answer = await ask(`${inbox.dataset.root}${id}/outside/?was=${mark}`); } catch { return; /* the next look shows it */ }
  if (answer.status === 204) return;
  const fresh = nodesOf(await answer.text());
  if (id !== openId()) return;
  mark = answer.headers.get("X-Mark");
  show([...fresh.querySelectorAll("[data-sent]")]);
}

function show(fresh) {
  const box = document.getElementById("o-messages");
  const known = new Map([...box.querySelectorAll("[data-sent]")].map((one) => [one.dataset.sent, one]));
  const newest = Math.max(0, ...[...known.keys()].map(Number));
  const wasNearEnd = isNearEnd();
  const pending = box.querySelector(".o-pending");
  for (const one of fresh) {
    const old = known.get(one.dataset.sent);
    if (old) { one.open = old.open; old.replaceWith(one); }
    else if (Number(one.dataset.sent) > newest) { if (pending) pending.before(one); else box.append(one); }
  }
  if (wasNearEnd) toEnd();
}

export function startOutside() {
  document.addEventListener("inbox:opened", () => { mark = ""; });
  setInterval(look, EVERY);
}
