// What happens is told by the server; a connection that was lost resumes where it ended.
import { refreshWays } from "./composer.js";
import { openId, refreshHead, setTitle, thread } from "./conversation.js";
import { queryOf, refreshChips, refreshRow, rowOf, showList } from "./list.js";
import { announce, complain, inbox, word } from "./net.js";
import { heard } from "./presence.js";
import { fetchNewer, markSeen, refreshMessage } from "./thread.js";
import { moveTo } from "./unsent.js";

const AGAIN = 5_000;
const CATCH_UP = 3_000;
const KINDS = ["message", "delivery", "changed", "all_read", "presence", "hints", "settings", "reload"];
let last = inbox.dataset.last;
const soundKept = "inbox-sound";

const isSearching = () => new URLSearchParams(queryOf()).has("q");
const reloadList = () => (isSearching() ? null : showList(queryOf(), { push: false }));

async function message(told) {
  const isOpen = told.conversation === openId();
  await Promise.all([isOpen ? fetchNewer() : null, isOpen ? refreshWays() : null, refreshRow(told.conversation, { moves: !isOpen })]);
  const name = isOpen ? thread().dataset.name : rowOf(told.conversation)?.querySelector(".o-name")?.textContent;
  if (name && rowOf(told.conversation)?.dataset.unread === "1") { announce(`${word("new_message")} ${name}`); beep(); }
}

async function changed(told) {
  if (told.was) moveTo(told.was, told.conversation);
  if (told.was && told.was === openId()) { location.assign(`${inbox.dataset.root}${told.conversation}/`); return; }
  if (told.was) await refreshRow(told.was);
  if (told.client_read_up_to && told.conversation === openId()) { markSeen(told.client_read_up_to); return; }
  await Promise.all([told.conversation === openId() ? refreshHead() : null, refreshRow(told.conversation, { moves: !rowOf(told.conversation) })]);
}

async function hear(kind, told) {
  if (told.unread !== undefined) setTitle(told.unread);
  if (kind === "message" || kind === "changed") refreshChips();
  if (kind === "message") await message(told);
  else if (kind === "delivery") { if (told.conversation === openId() && told.message) await refreshMessage(told.message); }
  else if (kind === "changed") await changed(told);
  else if (kind === "all_read") await reloadList();
  else if (kind === "presence") { if (told.conversation === openId()) heard(told); }
  else if (kind === "hints") document.dispatchEvent(new CustomEvent("inbox:hints"));
  else if (kind === "settings") await refreshWays();
  else if (kind === "reload") await Promise.all([reloadList(), openId() ? fetchNewer() : null]);
}

// Something that was told could not be shown: until everything is shown as it is now, it is asked for again.
let hearing = Promise.resolve();
let isBehind = false;
function catchUp(error) {
  complain(error);
  if (isBehind) return;
  isBehind = true;
  setTimeout(async () => {
    isBehind = false;
    try { await Promise.all([hear("reload", {}), openId() ? refreshHead() : null]); } catch (again) { catchUp(again); }
  }, CATCH_UP);
}

function listen() {
  const source = new EventSource(`${inbox.dataset.events}?last=${last}`);
  for (const kind of KINDS) {
    source.addEventListener(kind, (event) => {
      hearing = hearing.then(() => hear(kind, JSON.parse(event.data))).then(() => { last = event.lastEventId || last; }, catchUp);
    });
  }
  source.addEventListener("error", () => {
    if (source.readyState === EventSource.CLOSED) { source.close(); setTimeout(listen, AGAIN); }
  });
  window.addEventListener("pagehide", () => source.close(), { once: true });
}

// A short soft tone, when one wants it.
let audio = null;
function beep() {
  if (localStorage.getItem(soundKept) !== "1") return;
  audio ??= new AudioContext();
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  tone.frequency.value = 660;
  volume.gain.setValueAtTime(0.08, audio.currentTime);
  volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + 0.25);
  tone.connect(volume).connect(audio.destination);
  tone.start();
  tone.stop(audio.currentTime + 0.25);
}

function showSound() {
  const isOn = localStorage.getItem(soundKept) === "1";
  inbox.querySelectorAll("[data-sound]").forEach((button) => {
    button.setAttribute("aria-pressed", isOn);
    button.title = word(isOn ? "sound_on" : "sound_off");
    button.firstElementChild.textContent = isOn ? "notifications_active" : "notifications_off";
  });
}

function tick() {
  for (const place of document.querySelectorAll("[data-since]")) {
    const minutes = Math.max(0, Math.floor((Date.now() / 1000 - Number(place.dataset.since)) / 60));
    if (minutes < 60) place.textContent = place.textContent.replace(/\d+/, minutes);
  }
}

export function startLive() {
  listen();
  setInterval(tick, 20_000);
  showSound();
  new MutationObserver(showSound).observe(inbox.querySelector(".o-list"), { childList: true });
  inbox.addEventListener("click", (event) => {
    if (!event.target.closest("[data-sound]")) return;
    localStorage.setItem(soundKept, localStorage.getItem(soundKept) === "1" ? "0" : "1");
    showSound();
    beep();
  });
}
