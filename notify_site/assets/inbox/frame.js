// What every page of the client's side does inside the widget's frame: tells how much is unread, closes on Esc.
"use strict";

(() => {
  if (window.parent === window) return;
  document.documentElement.classList.add("framed"); // a phone shows the widget's cross over the page's corner

  // The sites that may hold the frame are named by the server (frame-ancestors); a number is all that they are told.
  const tell = (kind, more = {}) => window.parent.postMessage({ gonets: kind, ...more }, "*");
  window.gonetsUnread = (unread) => tell("unread", { unread });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") tell("close");
  });
  window.addEventListener("message", (event) => {
    if (event.source !== window.parent || !event.data || event.data.gonets !== "opened") return;
    (document.getElementById("text") || document.querySelector("input[type=text], textarea, main"))?.focus();
  });

  const { unread } = document.body.dataset;
  if (unread === undefined) return tell("ready");
  window.gonetsUnread(Number(unread));
  setInterval(async () => {
    if (document.hidden) return;
    const answer = await fetch(location.href, { headers: { "X-Requested-With": "fetch" } }).catch(() => null);
    if (answer?.ok) window.gonetsUnread((await answer.json()).unread);
  }, 60000);
})();
