import { ask, el, fill, isolated, lang, word } from "./common.js";
import { follow } from "./live.js";
import { card, indicators, news, publicChoices, where } from "./parts.js";

const code = location.pathname.split("/").pop();
const app = document.getElementById("app");

follow(code, async () => {
  const state = await ask(`/api/exercise/${code}/board?lang=${lang}`);
  fill(document.getElementById("heading"), el("bdi", {}, state.title));
  const join = state.phase === "waiting" ? card(word("join_head"),
    el("p", {}, state.address ? word("join_here", { address: isolated(`${state.address}/r/${code}`) }) : word("only_here")),
    el("p", { class: "code" }, code), el("img", { class: "qr", src: `/api/exercise/${code}/qr.svg`, alt: word("qr_told") })) : null;
  fill(app, el("p", { class: "status", role: "status" }, where(state)), join,
    card(word("teams"), el("ul", { class: "legend" }, ...state.roles.map((r) => el("li", { class: state.ready.includes(r.name) ? "good" : "soft" }, `${state.ready.includes(r.name) ? "✓" : "…"} ${r.title}`)))),
    card(word("public_numbers"), indicators(state.indicators)),
    el("div", { class: "halves" }, card(word("news"), news(state)), state.public.length ? card(word("public_choices"), publicChoices(state)) : null));
});
