// The times of messages by the clock of whoever reads, where that is not the company's. The page's own stay beside them.
"use strict";

(() => {
  const list = document.getElementById("messages");
  const language = document.documentElement.lang;
  const clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const date = new Intl.DateTimeFormat(language, { day: "numeric", month: "numeric" });

  function show(time) {
    time.dataset.here = "";
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.getTime()) || clock.format(at) === time.textContent) return;
    const [year, month, day] = time.dateTime.slice(0, 10).split("-").map(Number); // the day under which it stands
    const isSameDay = at.getFullYear() === year && at.getMonth() + 1 === month && at.getDate() === day;
    time.title = time.textContent;
    time.textContent = isSameDay ? clock.format(at) : `${date.format(at)} ${clock.format(at)}`;
  }

  const showNew = () => list.querySelectorAll("time[datetime]:not([data-here])").forEach(show);
  new MutationObserver(showNew).observe(list, { childList: true });
  showNew();
})();
