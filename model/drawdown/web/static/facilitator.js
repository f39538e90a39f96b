import { announce, ask, el, fill, isolated, lang, send, word } from "./common.js";
import { debrief } from "./debrief.js";
import { follow, once } from "./live.js";
import { card, indicators, news, publicChoices, where } from "./parts.js";

const app = document.getElementById("app");
const error = document.getElementById("error");
const code = new URLSearchParams(location.search).get("room");
let state = null, revealed = "";

function failed(fault) { error.textContent = fault.status ? word("error", { text: fault.message }) : word("lost"); }

function askKey() {
  const key = el("input", { type: "text", id: "key", required: true, autocomplete: "off", spellcheck: "false", dir: "ltr" });
  const form = el("form", {}, el("label", { for: "key" }, word("key")), key, el("p", {}, el("button", { class: "main" }, word("enter"))));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try { await send("/api/exercise/enter", { key: key.value.trim() }); error.textContent = ""; begin(); } catch (fault) {
      error.textContent = fault.status === 403 ? word("wrong_key") : word("error", { text: fault.message });
    }
  });
  fill(app, card(word("facilitate_head"), form));
}

async function listRooms() {
  const { rooms } = await ask("/api/exercise/rooms");
  const title = el("input", { type: "text", id: "title", required: true, maxlength: "40", autocomplete: "off" });
  const form = el("form", {}, el("label", { for: "title" }, word("room_title")), title, el("p", {}, el("button", { class: "main" }, word("new_room"))));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const made = await send("/api/exercise/rooms", { title: title.value });
      location.href = `/exercise/facilitator?room=${made.code}&lang=${lang}`;
    } catch (fault) { failed(fault); }
  });
  fill(app, card(word("new_room"), form), card(word("rooms"), el("ul", {}, ...rooms.map((r) => el("li", {},
    el("a", { href: `/exercise/facilitator?room=${r.code}&lang=${lang}` }, el("bdi", {}, r.title), " · ", el("bdi", { dir: "ltr" }, r.code)), " · ", word(`phase_${r.phase}`))))));
}

async function act(action, more = {}) {
  try {
    await send(`/api/exercise/${code}/control`, { action, once: once(), ...more });
    error.textContent = "";
    return true;
  } catch (fault) { failed(fault); return false; }
}

function button(action, label, { kind = "", sure = null, more = () => ({}), disabled = false } = {}) {
  const node = el("button", { type: "button", class: kind, id: `act-${action}`, disabled }, label);
  node.addEventListener("click", async () => {
    if (sure && !confirm(sure())) return;
    node.disabled = true;
    const done = await act(action, more());
    if (done && action === "delete") { location.href = `/exercise/facilitator?lang=${lang}`; return; }
    await refresh();
  });
  return node;
}

let parts = null, refresh = null;

function build() {
  parts = Object.fromEntries(["status", "buttons", "teams", "injects", "numbers", "debrief", "more"].map((n) => [n, el("div", { id: `part-${n}` })]));
  const address = state.address ? `${state.address}/r/${code}` : "";
  const join = card(word("room"), el("p", {}, el("strong", {}, el("bdi", {}, state.title))),
    el("p", {}, state.address ? word("join_here", { address: isolated(address) }) : word("only_here")),
    el("p", { class: "code" }, code),
    el("img", { class: "qr", src: `/api/exercise/${code}/qr.svg`, alt: word("qr_told") }),
    el("p", {}, el("a", { href: `/exercise/board/${code}?lang=${lang}`, target: "_blank", rel: "noopener" }, word("board"))));
  const choose = el("select", { id: "inject" }, ...state.injects.map((i) => el("option", { value: i.name }, i.title)));
  const told = el("p", { class: "hint" });
  const show = () => { told.textContent = state.injects.find((i) => i.name === choose.value).text; };
  choose.addEventListener("change", show);
  show();
  const text = el("textarea", { id: "news-text", rows: "2", maxlength: "500" });
  const own = el("button", { type: "button", id: "act-news" }, word("bring"));
  own.addEventListener("click", async () => { if (text.value.trim() && await act("news", { text: text.value })) text.value = ""; });
  fill(parts.injects, card(word("injects"),
    el("label", { for: "inject" }, word("inject_prepared")), choose, told, button("inject", word("bring"), { more: () => ({ inject: choose.value }) }),
    el("label", { for: "news-text" }, word("inject_own")), text, own));
  fill(parts.more, card(word("records"), el("div", { class: "row" },
    el("a", { class: "button", href: `/api/exercise/${code}/export.json?lang=${lang}`, download: "" }, word("export")),
    el("a", { class: "button", href: `/api/exercise/${code}/export.csv?lang=${lang}`, download: "" }, word("export_csv")),
    button("forget", word("forget"), { kind: "danger", sure: () => word("forget_sure") }),
    button("reset", word("reset"), { kind: "danger", sure: () => word("reset_sure") }),
    button("delete", word("delete"), { kind: "danger", sure: () => word("delete_sure") }))));
  fill(app, el("div", { class: "halves" }, el("div", {}, parts.status, parts.buttons, parts.teams), el("div", {}, join, parts.injects)), parts.debrief, parts.numbers, parts.more);
}

function draw() {
  if (!parts) build();
  fill(parts.status, el("p", { class: "status", role: "status" }, where(state)));
  const p = state.phase;
  fill(parts.buttons, el("div", { class: "card row" },
    button("start", word("start"), { kind: "main", disabled: p !== "waiting" }),
    button("next", word("next"), { kind: "main", disabled: p !== "deciding", sure: state.ready.length < state.roles.length ? () => word("next_sure", { n: isolated(state.ready.length) }) : null, more: () => ({ turn: state.turn }) }),
    p === "paused" ? button("resume", word("resume")) : button("pause", word("pause"), { disabled: p !== "deciding" }),
    button("reveal", word("reveal"), { disabled: !state.turn || !["deciding", "paused", "ended"].includes(p) })));
  fill(parts.teams, card(word("teams"), el("ul", {}, ...state.teams.map((t) => el("li", {},
    el("strong", {}, t.title), ` · ${word("seats", { n: isolated(t.members.length) })} · `,
    el("span", { class: t.decided ? "good" : "soft" }, word(t.decided ? "decided" : "undecided")),
    el("br"), el("bdi", { class: "soft" }, t.members.filter(Boolean).join(lang === "ar" ? "، " : ", ")))))));
  fill(parts.numbers, card(word("public_numbers"), indicators(state.indicators)), card(word("news"), news(state)), state.public.length ? card(word("public_choices"), publicChoices(state)) : null);
  document.getElementById("act-inject").disabled = document.getElementById("act-news").disabled = !["deciding", "paused"].includes(p);
}

async function update() {
  state = await ask(`/api/exercise/${code}/control?lang=${lang}`);
  draw();
  if (state.phase === "revealed" && revealed !== `${state.turn}`) {
    revealed = `${state.turn}`;
    fill(parts.debrief, el("p", { class: "status" }, word("computing")));
    fill(parts.debrief, el("h2", {}, word("debrief")), ...await debrief(code));
    announce(word("phase_revealed"), 0);
  } else if (state.phase !== "revealed") { fill(parts.debrief); revealed = ""; }
}

async function begin() {
  const given = new URLSearchParams(location.hash.slice(1)).get("key");
  if (given) {
    history.replaceState(null, "", location.pathname + location.search);
    try { await send("/api/exercise/enter", { key: given }); } catch (fault) { failed(fault); }
  }
  try {
    if (code) { await ask(`/api/exercise/${code}/control?lang=${lang}`); refresh = follow(code, update); } else await listRooms();
  } catch (fault) {
    if (fault.status === 403) askKey();
    else failed(fault);
  }
}
document.getElementById("language").href = `?${new URLSearchParams({ ...(code ? { room: code } : {}), lang: lang === "ar" ? "en" : "ar" })}`;
begin();
