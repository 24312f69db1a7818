// Times by the clock of whoever reads, where that is not the company's: of messages, their days, when somebody answers.
// The page's own times stay beside them.
"use strict";

(() => {
  const list = document.getElementById("messages");
  const opening = document.getElementById("opening");
  const language = document.documentElement.lang;
  const clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const date = new Intl.DateTimeFormat(language, { day: "numeric", month: "long", year: "numeric" });
  const weekday = new Intl.DateTimeFormat(language, { weekday: "long" });

  const dayOf = (at) => new Date(at.getFullYear(), at.getMonth(), at.getDate());
  const daysUntil = (at) => Math.round((dayOf(at) - dayOf(new Date())) / 86400000); // round: a day may have 23 hours

  function wordsOf(at) {
    const days = daysUntil(at);
    return days === 0 ? list.dataset.today : days === -1 ? list.dataset.yesterday : date.format(at);
  }

  // A page names its times with the company's distance from UTC: 2026-03-04T22:30:00+01:00
  function isElsewhere(time) {
    const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)$/.exec(time.dateTime) || [];
    if (!sign) return false;
    return new Date(time.dateTime).getTimezoneOffset() !== (sign === "+" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
  }

  function show(time) {
    time.dataset.here = "";
    if (!isElsewhere(time)) return;
    time.title = time.textContent;
    time.textContent = clock.format(new Date(time.dateTime));
  }

  function showDays() {
    list.querySelectorAll(".day").forEach((line) => line.remove());
    let before = "";
    for (const bubble of list.querySelectorAll("[data-id]")) {
      const at = new Date(bubble.querySelector("time").dateTime);
      if (dayOf(at).getTime() !== before) {
        const line = document.createElement("li");
        line.className = "day";
        line.textContent = wordsOf(at);
        bubble.before(line);
      }
      before = dayOf(at).getTime();
    }
  }

  function showNew() {
    list.querySelectorAll("time[datetime]:not([data-here])").forEach(show);
    if ([...list.querySelectorAll("time[datetime]")].some(isElsewhere)) showDays();
    watching.takeRecords(); // what was written here is no news
  }

  function showOpening() {
    const at = new Date(opening.dateTime);
    const days = daysUntil(at);
    const { today, tomorrow, later } = opening.dataset;
    const day = `${language === "en" ? weekday.format(at) : weekday.format(at).toLowerCase()}, ${at.getDate()}.${String(at.getMonth() + 1).padStart(2, "0")}`;
    opening.title = opening.textContent;
    opening.textContent = (days === 0 ? today : days === 1 ? tomorrow : later).replace("TIME", clock.format(at)).replace("DAY", day);
  }

  const watching = new MutationObserver(showNew);
  watching.observe(list, { childList: true });
  showNew();
  if (opening && isElsewhere(opening)) showOpening();
})();
