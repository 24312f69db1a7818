// How many chats are unread, in the menu: asked every 20 seconds while the page is seen; the chat's own page tells it
// at once: document.dispatchEvent(new CustomEvent("gonets:unread", { detail: 3 })).
(() => {
  let isTold = false;
  const find = () => document.querySelector("[data-unread-url]"); // the menu may stand below this script
  const show = (count) => {
    const badge = find();
    if (!badge) return;
    badge.textContent = count > 99 ? "99+" : count;
    badge.hidden = !count;
  };
  document.addEventListener("gonets:unread", (event) => { isTold = true; show(event.detail); });
  const ask = async () => {
    const badge = find();
    if (!badge || document.hidden || isTold) return;
    const answer = await fetch(badge.dataset.unreadUrl, { headers: { Accept: "application/json" } }).catch(() => null);
    if (answer && answer.ok && !answer.redirected) show((await answer.json()).unread);
  };
  setInterval(ask, 20000);
  document.addEventListener("visibilitychange", ask);
})();
