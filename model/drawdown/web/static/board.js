import { ask, el, fill, isolated, lang, root, svg, word } from "./common.js";
import { revealed } from "./debrief.js";
import { follow } from "./live.js";
import { cities, outline, px, py } from "./map.js";
import { card, chart, clock, indicators, publicChoices, put, where } from "./parts.js";
import { signatures } from "./talks.js";

const code = location.pathname.split("/").pop();
const app = document.getElementById("app");
const drawn = JSON.parse(document.getElementById("parts").textContent).map;

const places = Object.fromEntries(["join", "teams", "debrief", "map", "chart", "numbers", "news", "public", "text"].map((n) => [n, el("div", { id: `part-${n}` })]));
const status = el("p", { class: "status", role: "status" }), ticking = clock(document.getElementById("clock"));
fill(app, status, places.join, places.debrief, places.teams, places.text, el("div", { class: "wall" }, places.map, el("div", {}, places.chart, places.numbers), el("div", {}, places.news, places.public)));

/** Draws the attacks of the last turn that the press reported, town by town. */
function map(state) {
  const picture = outline(drawn, word("board_map"));
  for (const p of state.places) picture.append(svg("circle", { cx: px(p.lon), cy: py(p.lat), r: 5 + 5 * Math.sqrt(p.n), class: "attacks" }, svg("title", {}, `${p.n.toFixed(0)}`)));
  cities(picture, drawn);
  return card(word("board_map"), picture);
}

follow(code, async () => {
  const state = await ask(`${root}api/exercise/${code}/board?lang=${lang}`);
  const [reported, ...others] = state.indicators, over = state.phase === "revealed";
  put(document.getElementById("heading"), state.title, () => el("bdi", {}, state.title));
  ticking(state.clock);
  const line = where(state);
  if (status.textContent !== line) status.textContent = line;
  put(places.join, state.phase === "waiting", () => (state.phase === "waiting" ? card(word("join_head"),
    el("p", {}, state.address ? word("join_here", { address: isolated(`${state.address}/r/${code}`) }) : word("only_here")),
    el("p", { class: "code" }, code), el("img", { class: "qr", src: `${root}api/exercise/${code}/qr.svg`, alt: word("qr_told") })) : null));
  const done = over || state.phase === "ended";
  put(places.teams, [state.ready, done], () => (done ? null : el("ul", { class: "names" }, ...state.roles.map((r) => el("li", { class: state.ready.includes(r.name) ? "good" : "" }, `${state.ready.includes(r.name) ? "✓" : "…"} ${r.title}`)))));
  put(places.text, [state.communique, over], () => (state.communique.text && !over ? card(word("communique_head"), signatures(state.communique)) : null));
  put(places.map, [state.places, over], () => (over ? null : map(state)));
  put(places.chart, [reported, over], () => (over ? null : card(reported.label, el("p", { class: "value" }, reported.value || word("no_turn_yet")), chart(reported, null, state.turns))));
  put(places.numbers, [others, over], () => (over ? null : card(word("public_numbers"), indicators(others.map((i) => ({ ...i, past: [] }))))));
  put(places.news, [state.news, over], () => (over || !state.news.length ? null : card(word("news"), el("ul", {}, ...state.news.slice(-5).reverse().map((n) => el("li", {}, word("news_in", { n: isolated(n.turn), text: `\u2068${n.text}\u2069` })))))));
  put(places.public, [state.turn, state.public, state.promises, over], () => (state.turn && !over ? card(word("public_choices"), publicChoices(state), state.promises.length ? el("ul", {}, ...state.promises.map((p) => el("li", {}, p))) : null) : null));
  await revealed(places.debrief, code, state, { board: true });
});
