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
    keepers().forEach((keeper) => { keeper.scrollTop = places.get(keeper.dataset.keepsScroll) || 0; });
    window.scrollTo({ top: places.get("") || 0, behavior: "instant" });
  });
})();
