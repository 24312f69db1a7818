// The page of a hint: its text filled with sample values while it is typed; a placeholder goes in at the cursor.
(() => {
  const text = document.querySelector("#id_text");
  const card = document.querySelector("[data-hint-preview]");
  if (!text || !card) return;
  let timer = 0, asked = 0;
  const look = async () => {
    const mine = ++asked;
    const body = new FormData();
    body.set("text", text.value);
    const token = document.querySelector("input[name=csrfmiddlewaretoken]").value;
    const answer = await fetch(card.dataset.hintPreview, { method: "POST", body, headers: { "X-CSRFToken": token } }).catch(() => null);
    if (answer && answer.ok && mine === asked) document.querySelector("#hint-preview").innerHTML = await answer.text();
  };
  const later = () => { clearTimeout(timer); timer = setTimeout(look, 300); };
  text.addEventListener("input", later);
  document.addEventListener("click", (event) => {
    const chip = event.target.closest("[data-insert]");
    if (!chip) return;
    text.setRangeText(`{${chip.dataset.insert}}`, text.selectionStart, text.selectionEnd, "end");
    text.focus();
    later();
  });
})();
