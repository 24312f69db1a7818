// The template editor: tabs, the palette, the offer after "{", and putting an earlier version back.
document.addEventListener("DOMContentLoaded", () => {
  const editor = document.querySelector("[data-editor]");
  if (!editor) return;
  const all = (selector, inside = editor) => [...inside.querySelectorAll(selector)];
  const placeholders = all("[data-insert]");
  const openText = () => editor.querySelector("[data-text]:not([hidden])");
  let lastField = null;

  const changed = (field) => field.dispatchEvent(new Event("input", { bubbles: true }));

  // --- Tabs ---
  const tabs = all("[data-tab]");
  const choose = (tab) => {
    tabs.forEach((other) => {
      other.setAttribute("aria-selected", String(other === tab));
      other.tabIndex = other === tab ? 0 : -1;
    });
    all("[data-text]").forEach((text) => { text.hidden = text.dataset.text !== tab.dataset.tab; });
    lastField = null;
  };
  tabs.forEach((tab, at) => {
    tab.tabIndex = tab.getAttribute("aria-selected") === "true" ? 0 : -1;
    tab.addEventListener("click", () => choose(tab));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const next = tabs[(at + step + tabs.length) % tabs.length];
      choose(next);
      next.focus();
    });
  });

  // --- The palette ---
  const insert = (field, words, from = field.selectionStart) => {
    field.focus();
    field.setRangeText(words, from, field.selectionEnd, "end");
    changed(field);
  };
  editor.addEventListener("focusin", (event) => { if (event.target.matches("[data-words]")) lastField = event.target; });
  placeholders.forEach((button) => button.addEventListener("click", () => {
    const field = lastField || openText().querySelector("textarea");
    if (!field.disabled) insert(field, button.dataset.insert);
  }));
  const use = document.querySelector("#id_use");
  const offerWhatFits = () => {
    if (use) placeholders.forEach((button) => { button.hidden = !button.dataset.uses.split(" ").includes(use.value); });
    all("[data-group]").forEach((group) => { group.hidden = !group.querySelector("[data-insert]:not([hidden])"); });
  };
  if (use) use.addEventListener("change", offerWhatFits);
  offerWhatFits();

  // --- Typing "{" offers placeholders ---
  let offer = null;
  const close = () => { if (offer) offer.list.remove(); offer = null; };
  const take = (option) => {
    const { field, from } = offer;
    close();
    insert(field, option.dataset.words, from);
  };
  const mark = (at) => {
    offer.at = (at + offer.options.length) % offer.options.length;
    offer.options.forEach((option, place) => option.setAttribute("aria-selected", String(place === offer.at)));
    offer.options[offer.at].scrollIntoView({ block: "nearest" });
  };
  const optionOf = (button) => {
    const option = document.createElement("li");
    option.role = "option";
    option.dataset.words = button.dataset.insert;
    option.append(button.querySelector("span").cloneNode(true), button.querySelector("code").cloneNode(true));
    option.addEventListener("mousedown", (event) => { event.preventDefault(); take(option); });
    return option;
  };
  const suggest = (field) => {
    close();
    const begun = /(?<!\{)\{([\p{L}_ ]*)$/u.exec(field.value.slice(0, field.selectionStart));
    if (!begun) return;
    const wanted = begun[1].toLowerCase();
    const fitting = placeholders.filter((button) => !button.hidden && button.textContent.toLowerCase().includes(wanted));
    if (!fitting.length) return;
    const list = document.createElement("ul");
    list.className = "t-offer";
    list.role = "listbox";
    const options = fitting.map(optionOf);
    list.append(...options);
    field.parentElement.append(list);
    offer = { list, options, field, from: begun.index, at: 0 };
    mark(0);
  };
  all("[data-words]").forEach((field) => {
    field.addEventListener("input", (event) => {
      all(".t-error", field.parentElement).forEach((error) => error.remove()); // the preview says what is wrong now
      if (event.inputType) suggest(field);
    });
    field.addEventListener("blur", close);
    field.addEventListener("keydown", (event) => {
      if (!offer) return;
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) mark(offer.at + step);
      else if (event.key === "Enter" || event.key === "Tab") take(offer.options[offer.at]);
      else if (event.key === "Escape") close();
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
  });

  // --- Earlier versions ---
  all("[data-restore]").forEach((button) => button.addEventListener("click", () => {
    const version = button.closest("li");
    const text = button.closest("[data-text]");
    const subject = version.querySelector("[data-version-subject]");
    if (subject) text.querySelector("input[data-words]").value = subject.textContent;
    const field = text.querySelector("textarea");
    field.value = version.querySelector("[data-version-body]").textContent;
    changed(field);
    field.focus();
  }));
});
