import { ask, el, fill, isolated, lang, root, word } from "./common.js";
import { revealed } from "./debrief.js";
import { follow } from "./live.js";
import { card, indicators, news, publicChoices, put, where } from "./parts.js";

const code = location.pathname.split("/").pop();
const app = document.getElementById("app");

const places = Object.fromEntries(["join", "teams", "debrief", "numbers", "news", "public"].map((n) => [n, el("div", { id: `part-${n}` })]));
const status = el("p", { class: "status", role: "status" });
fill(app, status, places.join, places.debrief, places.teams, places.numbers, el("div", { class: "halves" }, places.news, places.public));

follow(code, async () => {
  const state = await ask(`${root}api/exercise/${code}/board?lang=${lang}`);
  put(document.getElementById("heading"), state.title, () => el("bdi", {}, state.title));
  const line = where(state);
  if (status.textContent !== line) status.textContent = line;
  put(places.join, state.phase === "waiting", () => (state.phase === "waiting" ? card(word("join_head"),
    el("p", {}, state.address ? word("join_here", { address: isolated(`${state.address}/r/${code}`) }) : word("only_here")),
    el("p", { class: "code" }, code), el("img", { class: "qr", src: `${root}api/exercise/${code}/qr.svg`, alt: word("qr_told") })) : null));
  put(places.teams, state.ready, () => card(word("teams"), el("ul", { class: "legend" }, ...state.roles.map((r) => el("li", { class: state.ready.includes(r.name) ? "good" : "soft" }, `${state.ready.includes(r.name) ? "✓" : "…"} ${r.title}`)))));
  put(places.numbers, state.indicators, () => card(word("public_numbers"), indicators(state.indicators)));
  put(places.news, state.news, () => card(word("news"), news(state)));
  put(places.public, state.public, () => (state.public.length ? card(word("public_choices"), publicChoices(state)) : null));
  await revealed(places.debrief, code, state);
});
