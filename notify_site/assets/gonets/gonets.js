// Keyboard in lists: / search, j k move, Enter open, Esc back, ? the list of keys.
(() => {
  const rows = () => [...document.querySelectorAll("#result_list tr.data-row")];
  let at = -1;
  const mark = (step) => {
    const all = rows();
    if (!all.length) return;
    at = Math.max(0, Math.min(all.length - 1, at + step));
    const link = all[at].querySelector("th a, td a");
    if (link) { link.focus({ preventScroll: true }); all[at].scrollIntoView({ block: "nearest" }); }
  };
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const search = document.querySelector("#searchbar");
    if (event.key === "/" && search) { event.preventDefault(); search.focus(); search.select(); }
    else if (event.key === "j") mark(1);
    else if (event.key === "k") mark(-1);
    else if (event.key === "Escape" && !document.querySelector("dialog[open]")) {
      const arrow = [...document.querySelectorAll("#header-inner a")].find((link) => link.textContent.trim() === "arrow_back");
      if (arrow) arrow.click();
    }
    else if (event.key === "?") { const keys = document.querySelector("#g-keys"); if (keys) keys.showModal(); }
  });
})();

// "Choose all shown" on the page of held messages.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-tick-all]");
  if (!button) return;
  const ticks = [...button.form.querySelectorAll("input[type=checkbox]")];
  const value = ticks.some((tick) => !tick.checked);
  ticks.forEach((tick) => { tick.checked = value; });
});

// A link that is to be handed on.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copies]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copies);
  button.textContent = button.dataset.done;
});

// What was typed into a form is not lost by a wrong click: the browser asks before it leaves.
document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("form[id$=_form]:not(#changelist-form)");
  if (!form) return;
  let isChanged = Boolean(form.querySelector(".errorlist, .errornote")); // refused, so not saved yet
  form.addEventListener("input", (event) => { if (event.isTrusted || event.target.matches("textarea")) isChanged = true; });
  form.addEventListener("submit", () => { isChanged = false; });
  window.addEventListener("beforeunload", (event) => { if (isChanged) event.preventDefault(); });
});

// A list stands where it was left, after a visit to one of its rows; the browser's own way back does so by itself.
document.addEventListener("DOMContentLoaded", () => {
  if (!document.querySelector("#result_list")) return;
  const place = `list ${location.pathname}${location.search}`;
  const from = document.referrer ? new URL(document.referrer).pathname : "";
  const wasAtRow = from.startsWith(location.pathname) && from.endsWith("/change/");
  const isBack = performance.getEntriesByType("navigation")[0]?.type === "back_forward";
  const comeBack = () => window.scrollTo(0, Number(sessionStorage.getItem(place)));
  if (wasAtRow && !isBack) window.addEventListener("load", () => requestAnimationFrame(comeBack)); // rows are shown late
  window.addEventListener("pagehide", () => sessionStorage.setItem(place, window.scrollY));
});

// Parts of a page that stay true while it is open: each is fetched again, unless somebody is in it or nobody looks.
document.addEventListener("DOMContentLoaded", () => {
  const parts = () => [...document.querySelectorAll("[data-live][id]")];
  if (!parts().length) return;
  const refresh = async () => {
    if (document.hidden) return;
    const answer = await fetch(location.href).catch(() => null);
    if (!answer || !answer.ok || answer.redirected) return; // logged out, or the site is away: the page stays as it is
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    parts().forEach((part) => {
      const next = fresh.getElementById(part.id);
      if (next && !part.contains(document.activeElement) && next.innerHTML !== part.innerHTML) part.innerHTML = next.innerHTML;
    });
  };
  setInterval(refresh, Number(parts()[0].dataset.live) * 1000);
  document.addEventListener("visibilitychange", refresh);
});

// Pages show the company's clock; whose own clock differs finds theirs by pointing at a time.
document.addEventListener("mouseover", (event) => {
  const time = event.target.closest && event.target.closest("time[datetime]:not([data-both])");
  const keys = document.querySelector("#g-keys");
  if (!time || !keys) return;
  time.dataset.both = "1";
  const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)$/.exec(time.dateTime) || [];
  const at = new Date(time.dateTime);
  if (!sign || Number(`${sign}1`) * (Number(hours) * 60 + Number(minutes)) === -at.getTimezoneOffset()) return;
  const own = at.toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
  time.title = `${time.title || time.textContent}\n${keys.dataset.ownTime}: ${own}`;
});

// Fields that search while one types are called by their label when read aloud: their script gives them no name.
(() => {
  const label = (select) => select && select.labels && select.labels[0];
  const name = () => document.querySelectorAll("select.select2-hidden-accessible").forEach((select) => {
    const box = select.nextElementSibling;
    const words = label(select);
    if (!box || !words) return;
    words.id ||= `${select.id}_label`;
    box.querySelectorAll("[role=textbox]").forEach((one) => { one.removeAttribute("role"); one.removeAttribute("aria-readonly"); });
    box.querySelectorAll(".select2-selection").forEach((one) => {
      const chosen = one.querySelector(".select2-selection__rendered[id]");
      one.setAttribute("aria-labelledby", `${words.id} ${chosen ? chosen.id : ""}`);
    });
    box.querySelectorAll(".select2-search__field").forEach((one) => one.setAttribute("aria-labelledby", words.id));
  });
  const nameHelp = () => document.querySelectorAll("span.help-tooltip[aria-label]").forEach((one) => one.setAttribute("role", "img"));
  addEventListener("load", () => setTimeout(() => { name(); nameHelp(); })); // their scripts run at "load" too
  document.addEventListener("formset:added", () => setTimeout(name));
  document.addEventListener("focusin", (event) => {
    if (!event.target.matches(".select2-search__field:not([aria-labelledby])")) return;
    const open = document.querySelector(".select2-container--open");
    const words = label(open && open.previousElementSibling);
    if (words) event.target.setAttribute("aria-labelledby", words.id);
  });
})();
