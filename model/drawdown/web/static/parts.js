import { el, headed, isolated, press, rowOf, svg, word, words } from "./common.js";

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

/** Returns a field whose text or choice stays in this tab until it is sent: through a reload or another language. */
export function lasting(tag, attributes, first = "", ...children) {
  const node = el(tag, attributes, ...children), query = new URLSearchParams(location.search);
  const name = ["text", location.pathname, query.get("room"), query.get("as"), attributes.name ?? attributes.id].join(" ");
  const before = sessionStorage.getItem(name) ?? first;
  if (attributes.type === "radio") node.checked = before === attributes.value;
  else node.value = before;
  node.addEventListener("input", () => sessionStorage.setItem(name, node.value));
  return node;
}

/** Shows what is left to decide, second by second, between two words of the server. */
export function clock(place) {
  let left = 0, runs = false, since = 0;
  const show = () => {
    const now = Math.max(0, Math.round(left - (runs ? (Date.now() - since) / 1000 : 0)));
    const text = left || runs ? `${Math.floor(now / 60)}:${String(now % 60).padStart(2, "0")}` : "";
    if (place.textContent !== text) place.textContent = text;
    place.classList.toggle("over", runs && now === 0);
  };
  setInterval(show, 500);
  return (told) => { left = told.left; runs = told.runs; since = Date.now(); show(); };
}

export function where(state) {
  const number = Math.min(state.turn + 1, state.turns);
  if (state.phase === "revealed") return word("phase_revealed");
  const place = word("turn_of", { n: isolated(number), all: isolated(state.turns), days: state.days });
  return `${place} · ${word(`phase_${state.phase}`)}`;
}

const WIDE = 260, HIGH = 92, EDGE = 8;

/** Draws what an indicator was, what may come this turn, where it began and the goal's line. */
export function chart(item, goal, turns) {
  const added = goal?.how === "sum";
  let sum = 0;
  const past = item.past.map((v) => (v === null ? (added ? 0 : null) : added ? (sum += v) : v));
  const band = item.ends?.map((v) => v + (added ? sum : 0));
  const all = [...past.filter((v) => v !== null), ...(band ?? []), ...(goal?.reach === undefined ? [] : [goal.reach])];
  const low = Math.min(...all, item.counted ? 0 : Infinity), high = Math.max(...all), space = (high - low || Math.abs(high) || 1) * 0.08;
  const x = (k) => EDGE + (WIDE - 2 * EDGE) * k / turns, y = (v) => HIGH - EDGE - (HIGH - 2 * EDGE) * (v - low + space) / (high - low + 2 * space);
  const points = past.map((v, k) => [k, v]).filter(([, v]) => v !== null), last = points.at(-1);
  const picture = svg("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, class: "past", role: "img", "aria-label": word("chart", { label: item.label }) });
  if (goal?.reach !== undefined) picture.append(svg("line", { class: "goal", x1: EDGE, x2: WIDE - EDGE, y1: y(goal.reach), y2: y(goal.reach) }));
  if (band) {
    const from = last ? x(last[0]) : x(past.length - 1), to = x(past.length), at = last ? y(last[1]) : null;
    picture.append(svg("path", { class: "band", d: at === null ? `M${to - 6},${y(band[0])}V${y(band[1])}H${to + 6}V${y(band[0])}Z` : `M${from},${at}L${to},${y(band[1])}V${y(band[0])}Z` }));
    picture.append(svg("line", { class: "ends", x1: to, x2: to, y1: y(band[0]), y2: y(band[1]) }));
  }
  if (points.length > 1) picture.append(svg("polyline", { class: "line", points: points.map(([k, v]) => `${x(k)},${y(v)}`).join(" ") }));
  for (const [k, v] of points) picture.append(svg("circle", { class: k ? "point" : "point start", cx: x(k), cy: y(v), r: 3.5 }));
  return picture;
}

/** Tells where a goal began, where it stands and where it is reached. */
export function goalState(g) {
  const parts = [g.start && word("goal_began", { start: isolated(g.start) }), g.now && word(g.state && g.how !== "end" ? `goal_${g.how}` : "goal_now", { now: isolated(g.now) }),
    g.target && word(g.at_least ? "goal_at_least" : "goal_at_most", { target: isolated(g.target) })];
  if (g.state) parts.push(word(`goal_is_${g.state}`));
  return parts.filter(Boolean).join(" · ");
}

export function indicators(items, goals = [], turns = 7) {
  return el("ul", { class: "indicators" }, ...items.map((i) => el("li", { class: "indicator" },
    el("div", {}, i.label),
    el("div", { class: i.value ? "value" : "soft" }, i.value || word("no_turn_yet"), i.value && i.counted ? el("small", { class: "hint" }, ` ${word("in_last_turn")}`) : null),
    i.low === undefined ? null : el("div", { class: "hint" }, word("outlook", { low: isolated(i.low), high: isolated(i.high) })),
    i.ends || i.past.length > 1 ? chart(i, goals.find((g) => g.of === i.name), turns) : null,
  )));
}

export function news(state) {
  if (!state.news.length) return el("p", { class: "soft" }, word("no_news"));
  return el("ol", { class: "chronicle", tabindex: "0", "aria-label": word("news") }, ...[...state.news].reverse().map((n) => el("li", { class: n.kind ? "kind-strike" : "kind-calendar" }, word("news_in", { n: isolated(n.turn), text: `\u2068${n.text}\u2069` }))));
}

export function publicChoices(state) {
  if (!state.public.length) return el("p", { class: "soft" }, word("nothing_public"));
  return el("ul", {}, ...state.public.map((p) => el("li", {}, el("strong", {}, p.role), ": ", p.choices.join(words.semicolon))));
}

export function table(caption, heads, rows) {
  return el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption }, el("table", {}, ...headed(heads, rows.map((row) => rowOf(...row)))));
}
