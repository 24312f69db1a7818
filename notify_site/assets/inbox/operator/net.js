// Asking the server, and saying what went wrong. A login that expired loses nothing.
export const inbox = document.getElementById("inbox");
export const mayChange = "mayChange" in inbox.dataset;
const texts = new Map([...document.getElementById("o-words").content.querySelectorAll("dt")].map((term) => [term.textContent, term.nextElementSibling.textContent]));
export const word = (name) => texts.get(name) ?? name;

export class Unreachable extends Error {}
export class Refused extends Error {
  constructor(status, problem) { super(problem); this.status = status; }
}

export const csrf = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1]
  ?? document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";

export async function ask(address, options = {}) {
  let answer;
  try {
    answer = await fetch(address, { credentials: "same-origin", redirect: "manual", ...options });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Unreachable(word("offline"));
  }
  if (answer.type === "opaqueredirect") { sayExpired(); throw new Unreachable(word("expired")); }
  if (answer.status >= 500) throw new Unreachable(word("failed"));
  if (!answer.ok) throw await refusalOf(answer);
  sayBack();
  return answer;
}

async function refusalOf(answer) {
  if (!(answer.headers.get("Content-Type") ?? "").includes("json")) return new Refused(answer.status, word("failed"));
  const { problem = word("failed"), code } = await answer.json();
  if (code !== "other_user") return new Refused(answer.status, problem);
  sayOther(problem);
  return new Unreachable(problem);
}

export async function get(address, options = {}) {
  const answer = await ask(address, options);
  return answer.status === 204 ? "" : answer.text();
}

export const getJson = async (address) => (await ask(address)).json();

export async function post(address, data = {}, options = {}) {
  const answer = await ask(address, { method: "POST", body: new URLSearchParams(data), headers: { "X-CSRFToken": csrf(), "X-User": inbox.dataset.user }, ...options });
  other?.remove(); // whose page it is, is logged in again
  return answer;
}

export function nodesOf(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html;
  return holder.content;
}

// A line at the foot of the page; with a button when something can be undone.
export function toast(text, { label = "", act = null, seconds = 6 } = {}) {
  const line = document.createElement("p");
  line.className = "o-toast";
  line.append(text);
  if (act) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = label;
    button.addEventListener("click", () => { line.remove(); act(); });
    line.append(" ", button);
  }
  document.getElementById("o-toasts").replaceChildren(line);
  if (seconds) setTimeout(() => line.remove(), seconds * 1000);
  return line;
}

let expired = null;
export function sayExpired() {
  if (expired?.isConnected) return;
  expired = toast(word("expired"), { seconds: 0 });
  const link = document.createElement("a");
  link.href = `${inbox.dataset.login}?next=${encodeURIComponent(location.pathname + location.search)}`;
  link.target = "_blank";
  link.textContent = word("login");
  expired.append(" ", link);
}

// A colleague has logged in from another tab: this page is still the one's before.
let other = null;
export function sayOther(problem) {
  if (other?.isConnected) return;
  other = toast(problem, { label: word("reload"), act: () => location.reload(), seconds: 0 });
}

function sayBack() {
  if (expired) { expired.remove(); expired = null; document.dispatchEvent(new CustomEvent("inbox:back")); }
}

export function complain(error) {
  if (error.name !== "AbortError") { if (!expired?.isConnected) toast(error.message); }
}

// Words for screen readers, and for nobody else.
export const announce = (text) => { document.getElementById("o-said").textContent = text; };

export const debounce = (work, milliseconds) => {
  let timer;
  const later = (...given) => { clearTimeout(timer); timer = setTimeout(() => work(...given), milliseconds); };
  later.cancel = () => clearTimeout(timer);
  return later;
};
