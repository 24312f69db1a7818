// The chat's button on a shop's page: <script src="https://.../chat/widget.js" data-token="..." async></script>
// Needs of the shop's Content-Security-Policy our address in script-src and frame-src, nothing else: styles are set by
// script in a shadow root, which no policy forbids. Optional: data-label, data-close (words), data-side="left".
"use strict";

(() => {
  const script = document.currentScript;
  if (!script || window.gonetsChat) return;
  const home = new URL("./", script.src); // .../chat/
  const { token = "", label = "Chat", close = "Close the chat", side = "right" } = script.dataset;
  const address = token ? new URL(`${encodeURIComponent(token)}/`, home).href : home.href;
  const isPhone = matchMedia("(max-width: 480px)");

  const host = document.createElement("div");
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    :host { all: initial; }
    button {
      position: fixed; bottom: 20px; ${side === "left" ? "left" : "right"}: 20px; z-index: 2147483646;
      width: 60px; height: 60px; border: 0; border-radius: 50%; cursor: pointer; padding: 0;
      background: #245b8f; color: #fff; box-shadow: 0 3px 14px rgb(0 0 0 / .3);
      display: grid; place-items: center; font: 600 13px/1 system-ui, sans-serif;
    }
    button:focus-visible { outline: 3px solid #fff; outline-offset: -6px; box-shadow: 0 0 0 3px #245b8f; }
    svg { width: 28px; height: 28px; }
    .unread {
      position: absolute; top: -2px; right: -2px; min-width: 22px; height: 22px; padding: 0 6px; border-radius: 11px;
      background: #c62828; color: #fff; display: grid; place-items: center; box-sizing: border-box;
    }
    iframe {
      position: fixed; bottom: 92px; ${side === "left" ? "left" : "right"}: 20px; z-index: 2147483646;
      width: min(390px, calc(100vw - 40px)); height: min(640px, calc(100vh - 112px)); border: 0; border-radius: 14px;
      background: Canvas; box-shadow: 0 8px 40px rgb(0 0 0 / .35); color-scheme: light dark;
    }
    [hidden] { display: none !important; }
    @media (max-width: 480px) {
      iframe { inset: 0; width: 100vw; height: 100dvh; border-radius: 0; }
      button.open { top: 8px; bottom: auto; right: 8px; left: auto; width: 44px; height: 44px; z-index: 2147483647; }
    }
    @media print { :host { display: none; } }
  `);
  root.adoptedStyleSheets = [sheet];

  const button = document.createElement("button");
  button.type = "button";
  const draw = (path) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
    line.setAttribute("d", path);
    line.setAttribute("fill", "none");
    line.setAttribute("stroke", "currentColor");
    line.setAttribute("stroke-width", "2");
    line.setAttribute("stroke-linecap", "round");
    line.setAttribute("stroke-linejoin", "round");
    svg.append(line);
    return svg;
  };
  const talk = draw("M4 4h16v12h-9l-5 4v-4H4z");
  const cross = draw("M6 6l12 12M18 6L6 18");
  const count = document.createElement("span");
  count.className = "unread";
  count.hidden = true;
  button.append(talk, count);

  const frame = document.createElement("iframe");
  frame.title = label;
  frame.hidden = true;
  frame.referrerPolicy = "no-referrer";
  frame.allow = "clipboard-write";
  root.append(frame, button);

  let isOpen = false;
  let isLoaded = false;
  let unread = 0;

  function show() {
    button.classList.toggle("open", isOpen);
    button.setAttribute("aria-expanded", String(isOpen));
    button.setAttribute("aria-label", isOpen ? close : unread ? `${label} (${unread})` : label);
    button.replaceChildren(isOpen ? cross : talk, count);
    count.textContent = unread > 49 ? "50+" : String(unread);
    count.hidden = isOpen || !unread;
    frame.hidden = !isOpen;
    document.documentElement.classList.toggle("gonets-chat-open", isOpen && isPhone.matches);
  }

  const tellOpened = () => frame.contentWindow?.postMessage({ gonets: "opened" }, home.origin);

  function toggle(open) {
    if (open === isOpen) return;
    isOpen = open;
    if (isOpen && !isLoaded) {
      isLoaded = true;
      frame.src = address;
    }
    show();
    if (isOpen) {
      frame.focus();
      tellOpened();
    } else {
      button.focus();
    }
  }

  button.addEventListener("click", () => toggle(!isOpen));
  root.addEventListener("keydown", (event) => { if (event.key === "Escape") toggle(false); });
  window.addEventListener("message", (event) => {
    if (event.origin !== home.origin || event.source !== frame.contentWindow || !event.data) return;
    const { gonets, unread: told } = event.data;
    if (gonets === "unread" && Number.isInteger(told) && told >= 0) { unread = told; show(); }
    if (gonets === "close") toggle(false);
    if (gonets === "ready" && isOpen) tellOpened();
  });

  function begin() {
    document.body.append(host);
    if (token) frame.src = new URL("badge/", address).href;
    show();
  }
  window.gonetsChat = { open: () => toggle(true), close: () => toggle(false) };
  if (document.body) begin();
  else document.addEventListener("DOMContentLoaded", begin);
})();
