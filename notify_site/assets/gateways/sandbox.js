// New messages come in without moving what one is reading: scrolled places are kept over each swap.
(() => {
  const places = new Map();
  const keepers = () => document.querySelectorAll("[data-keeps-scroll]");
  document.addEventListener("htmx:beforeSwap", () => {
    places.clear();
    keepers().forEach((keeper) => places.set(keeper.dataset.keepsScroll, keeper.scrollTop));
    places.set("", window.scrollY);
  });
  document.addEventListener("htmx:afterSwap", () => {
    keepWhole();
    keepers().forEach((keeper) => { keeper.scrollTop = places.get(keeper.dataset.keepsScroll) || 0; });
    window.scrollTo({ top: places.get("") || 0, behavior: "instant" });
  });

  // Numbers like A-1042 stay on one line. Only the look changes: copied, the text is what the customer got.
  const keepWhole = () => document.querySelectorAll(".bubble").forEach((bubble) => {
    const words = bubble.textContent.split(/(\S{1,20}-\d\S{0,10})/);
    bubble.replaceChildren(...words.map((word, at) => {
      if (at % 2 === 0) return word;
      const whole = document.createElement("span");
      whole.className = "g-nowrap";
      whole.textContent = word;
      return whole;
    }));
  });
  keepWhole();
})();
