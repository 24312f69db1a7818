// The client's chat, live: what is written goes out without a reload, what comes stands there at once.
// Without this script the same page works as plain forms.
"use strict";

(() => {
  const thread = document.getElementById("thread");
  const list = document.getElementById("messages");
  const composer = document.getElementById("composer");
  const { text, file, once } = composer.elements;
  const chosen = document.getElementById("chosen");
  const problem = document.getElementById("problem");
  const words = thread.dataset;
  const page = words.page;
  const SCRIPT = { "X-Requested-With": "fetch" };
  const FINAL = new Set([409, 413, 422]); // the same again would be refused again
  const queue = []; // what is not sent yet, the oldest first: {key, text, files, bubble}
  let files = [];
  let isSending = false;
  let isOver = false;
  let seen = Number(words.seen);
  let told = 0; // up to which message the server knows that we have seen it

  const lastId = () => Number([...list.querySelectorAll("[data-id]")].pop()?.dataset.id || 0);
  const makeKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
  const toEnd = () => { thread.scrollTop = 0; }; // the list is turned around: 0 is its end
  const isAtEnd = () => Math.abs(thread.scrollTop) < 80;

  // --- what the server gives ---

  function take(html) {
    const parsed = new DOMParser().parseFromString(html, "text/html").body.firstElementChild;
    const wasAtEnd = isAtEnd();
    for (const item of parsed.querySelectorAll("ol > li")) {
      if (item.matches(".day")) {
        if ([...list.querySelectorAll(".day")].pop()?.textContent !== item.textContent) list.append(item);
      } else if (!document.getElementById(item.id)) {
        list.append(item);
      }
    }
    for (const waiting of queue) list.append(waiting.bubble); // they come after all that has come
    seen = Number(parsed.dataset.seen);
    for (const bubble of list.querySelectorAll(".mine[data-id]")) {
      if (Number(bubble.dataset.id) <= seen) bubble.querySelector(".state").textContent = words.seenWord;
    }
    const rating = parsed.querySelector("#rating");
    if (rating && rating.innerHTML.trim() !== document.getElementById("rating").innerHTML.trim()) {
      document.getElementById("rating").replaceWith(rating);
    }
    if (lastId()) document.getElementById("empty")?.remove();
    if (wasAtEnd) toEnd();
    tellSeen();
    return parsed.querySelectorAll("li[data-id]").length;
  }

  let asking = null;
  let isAskedAgain = false;
  async function askNews() {
    if (isOver || !words.newest) return;
    if (asking) { isAskedAgain = true; return; }
    asking = fetch(`${page}messages/?after=${lastId()}`, { headers: SCRIPT }).catch(() => null);
    const answer = await asking;
    asking = null;
    setOnline(Boolean(answer));
    if (answer?.ok) {
      if (take(await answer.text()) >= 50) isAskedAgain = true;
    } else if (answer?.status === 403) {
      leave();
    }
    if (isAskedAgain) { isAskedAgain = false; askNews(); }
  }

  // The link was revoked or is too old, or the chat was switched off: the page that stands there now says so. What is
  // being written stays before the client's eyes.
  function leave() {
    isOver = true;
    stream?.close();
    if (text.value.trim() || queue.length) showProblem(words.gone);
    else location.reload();
  }

  function tellSeen() {
    const ours = [...list.querySelectorAll(".ours[data-id]")];
    const newest = Number(ours.pop()?.dataset.id || 0);
    const isLooking = !document.hidden && document.hasFocus();
    const unread = [...list.querySelectorAll(".ours[data-id]")].filter((one) => Number(one.dataset.id) > told).length;
    if (!isLooking) { window.gonetsUnread?.(unread); return; }
    if (newest <= told) return;
    told = newest;
    window.gonetsUnread?.(0);
    fetch(`${page}read/`, { method: "POST", headers: SCRIPT, body: new URLSearchParams({ seen: newest }) }).catch(() => { told = 0; });
  }

  // --- what the client sends ---

  function bubbleOf(entry) {
    const bubble = document.createElement("li");
    bubble.className = "bubble mine waiting";
    const said = document.createElement("p");
    said.dir = "auto";
    said.textContent = entry.text;
    bubble.append(said);
    for (const one of entry.files) {
      const name = document.createElement("span");
      name.className = "file";
      name.textContent = one.name;
      bubble.append(name);
    }
    const foot = document.createElement("small");
    foot.className = "when";
    const state = document.createElement("span");
    state.className = "state";
    state.textContent = words.sending;
    foot.append(state);
    bubble.append(foot);
    return bubble;
  }

  function enqueue() {
    const said = text.value.trim();
    if (!said && !files.length) return;
    if (said.length > Number(words.longest)) return showProblem(words.tooLong);
    showProblem("");
    const entry = { key: makeKey(), text: said, files };
    entry.bubble = bubbleOf(entry);
    queue.push(entry);
    document.getElementById("empty")?.remove();
    list.append(entry.bubble);
    text.value = "";
    once.value = makeKey();
    choose([]);
    grow();
    toEnd();
    sendNext();
  }

  async function sendNext() {
    const entry = queue.find((one) => !one.isRefused);
    if (isSending || isOver || !entry) return;
    isSending = true;
    say(entry, words.sending);
    const answer = await post(entry);
    isSending = false;
    setOnline(answer.status !== 0);
    if (answer.status === 200) {
      queue.splice(queue.indexOf(entry), 1);
      entry.bubble.remove();
      if (words.newest) { take(answer.body); toEnd(); } else location.assign(page);
      return sendNext();
    }
    const told = sentenceOf(answer);
    if (FINAL.has(answer.status)) return refuse(entry, told);
    say(entry, told || words.waiting);
    if (answer.status === 403) return leave();
    setTimeout(sendNext, 1000 * Math.min(60, Number(answer.retryAfter) || 3));
  }

  // XMLHttpRequest, since fetch does not tell how far an upload is.
  function post(entry) {
    return new Promise((resolve) => {
      const form = new FormData();
      form.set("text", entry.text);
      form.set("once", entry.key);
      form.set("after", lastId());
      for (const one of entry.files) form.append("file", one);
      const request = new XMLHttpRequest();
      request.open("POST", page);
      request.setRequestHeader("X-Requested-With", "fetch");
      request.timeout = 120000;
      if (entry.files.length) showProgress(entry, request);
      request.onloadend = () => resolve({
        status: request.status, body: request.responseText, retryAfter: request.status && request.getResponseHeader("Retry-After"),
      });
      request.send(form);
    });
  }

  function showProgress(entry, request) {
    entry.bubble.querySelector("progress")?.remove();
    const bar = document.createElement("progress");
    bar.max = 1;
    bar.value = 0;
    entry.bubble.append(bar);
    request.upload.onprogress = (event) => { if (event.lengthComputable) bar.value = event.loaded / event.total; };
  }

  function sentenceOf(answer) {
    try { return JSON.parse(answer.body).error || ""; } catch { return ""; }
  }

  function say(entry, sentence) {
    entry.bubble.querySelector(".state").textContent = sentence;
  }

  function refuse(entry, sentence) {
    entry.isRefused = true;
    entry.bubble.classList.add("failed");
    entry.bubble.querySelector("progress")?.remove();
    say(entry, sentence);
    const remove = document.createElement("button");
    remove.type = "button";
    remove.textContent = words.remove;
    remove.onclick = () => {
      queue.splice(queue.indexOf(entry), 1);
      entry.bubble.remove();
      if (!text.value) { text.value = entry.text; grow(); }
      text.focus();
    };
    entry.bubble.append(remove);
    sendNext();
  }

  // --- the composer ---

  function choose(picked) {
    files = picked;
    file.value = "";
    chosen.replaceChildren(...files.map((one) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = `${one.name} ×`;
      button.title = words.remove;
      button.onclick = () => choose(files.filter((other) => other !== one));
      return button;
    }));
    chosen.hidden = !files.length;
  }

  function pick(picked) {
    const small = [...picked].filter((one) => one.size <= Number(words.mostBytes));
    showProblem(small.length < picked.length ? words.tooLarge : "");
    choose([...files, ...small].slice(0, 5));
  }

  function showProblem(sentence) {
    problem.textContent = sentence;
    problem.hidden = !sentence;
  }

  function grow() {
    if (CSS.supports("field-sizing", "content")) return;
    text.style.height = "auto";
    text.style.height = `${text.scrollHeight + 2}px`;
  }

  composer.addEventListener("submit", (event) => { event.preventDefault(); enqueue(); });
  file.addEventListener("change", () => { pick([...file.files]); text.focus(); });
  text.addEventListener("input", grow);
  text.addEventListener("paste", (event) => { if (event.clipboardData.files.length) { event.preventDefault(); pick([...event.clipboardData.files]); } });
  text.addEventListener("keydown", (event) => {
    const isPhone = matchMedia("(pointer: coarse)").matches;
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing && !isPhone) { event.preventDefault(); enqueue(); }
  });
  document.addEventListener("submit", async (event) => {
    if (!event.target.matches(".rating")) return;
    event.preventDefault();
    const body = new URLSearchParams({ rating: event.submitter.value, after: lastId() });
    const answer = await fetch(event.target.action, { method: "POST", headers: SCRIPT, body }).catch(() => null);
    if (answer?.ok) take(await answer.text());
  });
  window.addEventListener("beforeunload", (event) => { if (queue.some((one) => !one.isRefused)) event.preventDefault(); });

  // --- live ---

  function setOnline(isOnline) {
    document.getElementById("offline").hidden = isOnline;
  }

  let stream = null;
  let lastEvent = words.lastEvent;
  function listen() {
    if (isOver || !words.newest) return;
    stream = new EventSource(`${page}events/?last=${lastEvent}`);
    for (const kind of ["message", "delivery", "changed", "settings"]) {
      stream.addEventListener(kind, (event) => { lastEvent = event.lastEventId || lastEvent; askNews(); });
    }
    stream.addEventListener("reload", (event) => { lastEvent = event.lastEventId || lastEvent; askNews(); });
    stream.onopen = () => { setOnline(true); askNews(); sendNext(); };
    stream.onerror = () => {
      askNews(); // it says whether the link still opens the chat
      if (stream.readyState === EventSource.CLOSED) setTimeout(listen, 5000);
    };
  }

  setInterval(() => { if (stream?.readyState !== EventSource.OPEN) askNews(); }, 5000);
  window.addEventListener("online", () => { askNews(); sendNext(); });
  window.addEventListener("offline", () => setOnline(false));
  window.addEventListener("focus", () => { askNews(); tellSeen(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) askNews(); });
  window.addEventListener("load", () => { listen(); tellSeen(); });
  grow();
})();
