import { root, word } from "./common.js";

/** Calls refresh at once, after every change of a room, and when a lost connection is back. */
export function follow(code, refresh) {
  let busy = false, dirty = false, source = null, again = null;
  const error = document.getElementById("error");
  async function run() {
    if (busy) { dirty = true; return; }
    busy = true;
    do {
      dirty = false;
      try {
        await refresh();
        if (error.dataset.set && error.dataset.set === error.textContent) error.textContent = "";
        delete error.dataset.set;
      } catch (fault) {
        error.textContent = fault.status ? word("error", { text: fault.message }) : word("lost");
        error.dataset.set = error.textContent;
        again ??= setTimeout(() => { again = null; run(); }, 1500);
      }
    } while (dirty);
    busy = false;
  }
  function listen() {
    source?.close();
    source = new EventSource(`${root}api/exercise/${code}/events`);
    source.onmessage = run;
    source.onerror = () => {
      // A server that was killed refuses at first, and the browser gives up by itself then.
      if (source?.readyState === EventSource.CLOSED) {
        setTimeout(() => { if (!document.hidden) { run(); listen(); } }, 1500);
      } else { run(); }
    };
  }
  // A browser keeps only a few streams open, so a tab that nobody sees gives its own back.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) { source?.close(); source = null; } else if (!source) { listen(); run(); }
  });
  listen();
  run();
  return run;
}

export function once() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
}
