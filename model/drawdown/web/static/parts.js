import { el, headed, isolated, press, rowOf, word, words } from "./common.js";

export function card(title, ...children) {
  return el("div", { class: "card" }, el("h2", {}, title), ...children);
}

/** Fills a place anew only where what it shows has changed, so that focus and scroll stay. */
export function put(place, shows, make) {
  const key = JSON.stringify(shows);
  if (place.dataset.shows === key) return;
  place.dataset.shows = key;
  place.replaceChildren(...[make()].flat().filter(Boolean));
}

/** Runs some work once at a time: a second press while it is under way does nothing. */
export function single(button, work) {
  let busy = false;
  return async (event) => {
    event?.preventDefault?.();
    if (busy) return;
    busy = true;
    button.setAttribute("aria-busy", "true");
    try { await work(event); } finally { busy = false; button.removeAttribute("aria-busy"); }
  };
}

/** Returns a button whose work is done once at a time. */
export function pressOnce(label, work, more = {}) {
  const node = press(label, (event) => done(event), more), done = single(node, work);
  return node;
}

export function where(state) {
  const number = Math.min(state.turn + 1, state.turns);
  const place = word("turn_of", { n: isolated(number), all: isolated(state.turns), days: state.days });
  return `${place} · ${word(`phase_${state.phase}`)}`;
}

export function indicators(items) {
  return el("ul", { class: "indicators" }, ...items.map((i) => el("li", { class: "indicator" },
    el("div", {}, i.label),
    el("div", { class: i.value ? "value" : "soft" }, i.value || word("no_turn_yet")),
    i.low === undefined ? null : el("div", { class: "hint" }, word("outlook", { low: i.low, high: i.high })),
  )));
}

export function news(state) {
  if (!state.news.length) return el("p", { class: "soft" }, word("no_news"));
  return el("ol", { class: "chronicle", tabindex: "0", "aria-label": word("news") }, ...[...state.news].reverse().map((n) => el("li", { class: n.kind ? "kind-strike" : "kind-calendar" }, word("news_in", { n: isolated(n.turn), text: `\u2068${n.text}\u2069` }))));
}

export function publicChoices(state) {
  return el("ul", {}, ...state.public.map((p) => el("li", {}, el("strong", {}, p.role), ": ", p.choices.join(words.semicolon))));
}

export function table(caption, heads, rows) {
  return el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption }, el("table", {}, ...headed(heads, rows.map((row) => rowOf(...row)))));
}
