import { announce, ask, el, fill, isolated, lang, root, send, word } from "./common.js";
import { revealed } from "./debrief.js";
import { follow, once } from "./live.js";
import { card, clock, indicators, lasting, news, pressOnce, publicChoices, put, single, table, where } from "./parts.js";

const app = document.getElementById("app");
const error = document.getElementById("error");
const code = new URLSearchParams(location.search).get("room");
let state = null;

function failed(fault) { error.textContent = fault.status ? word("error", { text: fault.message }) : word("lost"); }

function askKey() {
  const key = el("input", { type: "text", id: "key", required: true, autocomplete: "off", spellcheck: "false", dir: "ltr" });
  const form = el("form", {}, el("label", { for: "key" }, word("key")), key, el("p", {}, el("button", { class: "main" }, word("enter"))));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const { room } = await send(`${root}api/exercise/enter?lang=${lang}`, { key: key.value.trim() });
      error.textContent = "";
      // A key of one room leads there and nowhere else.
      if (room && room !== code) { location.href = `${root}exercise/facilitator?room=${room}&lang=${lang}`; return; }
      begin();
    } catch (fault) {
      error.textContent = fault.status === 403 ? word("wrong_key") : word("error", { text: fault.message });
    }
  });
  fill(app, card(word("facilitate_head"), form));
}

/** Returns a button that asks for a key and shows it. */
function keyButton(id, label, path, place) {
  return pressOnce(word(label), async () => {
    try { place.textContent = word("key_is", { key: isolated((await send(`${root}api/exercise/${path}`, {})).key) }); } catch (fault) { failed(fault); }
  }, { id });
}

async function listRooms() {
  const { rooms } = await ask(`${root}api/exercise/rooms`);
  const title = el("input", { type: "text", id: "title", required: true, maxlength: "40", autocomplete: "off" });
  const make = el("button", { class: "main" }, word("new_room"));
  const form = el("form", {}, el("label", { for: "title" }, word("room_title")), title, el("p", {}, make));
  form.addEventListener("submit", single(make, async () => {
    try {
      const made = await send(`${root}api/exercise/rooms?lang=${lang}`, { title: title.value });
      location.href = `${root}exercise/facilitator?room=${made.code}&lang=${lang}`;
    } catch (fault) { failed(fault); }
  }));
  const told = el("p", { class: "status", role: "status" });
  const fresh = keyButton("new-key", "new_key", "new-key", told);
  const out = pressOnce(word("leave_lead"), async () => {
    try { await send(`${root}api/exercise/log-out`, {}); location.href = `${root}exercise/facilitator?lang=${lang}`; } catch (fault) { failed(fault); }
  }, { id: "log-out" });
  fill(app, card(word("new_room"), form), card(word("access"), el("div", { class: "row" }, out, fresh), told), card(word("rooms"), table(word("rooms"), [word("room"), word("turn_head"), word("phase_head"), word("seats_head"), word("decided_head")], rooms.map((r) => [
    el("a", { href: `${root}exercise/facilitator?room=${r.code}&lang=${lang}` }, el("bdi", {}, r.title), " · ", el("bdi", { dir: "ltr" }, r.code)),
    isolated(`${Math.min(r.turn + 1, r.turns)} / ${r.turns}`), word(`phase_${r.phase}`), isolated(r.seats), isolated(`${r.decided} / ${r.teams}`)]))));
}

async function act(action, more = {}) {
  try {
    const answer = await send(`${root}api/exercise/${code}/control?lang=${lang}`, { action, once: once(), ...more });
    error.textContent = "";
    return answer;
  } catch (fault) { failed(fault); return false; }
}

function button(action, label, { kind = "", sure = () => "", more = () => ({}) } = {}) {
  return pressOnce(label, async () => {
    const question = sure();
    if (question && !confirm(question)) return;
    const done = await act(action, more());
    if (done && done.code) { location.href = `${root}exercise/facilitator?room=${done.code}&lang=${lang}`; return; }
    if (done && action === "delete") { location.href = `${root}exercise/facilitator?lang=${lang}`; return; }
    await refresh();
  }, { class: kind, id: `act-${action}` });
}

let parts = null, refresh = null;

function build() {
  parts = Object.fromEntries(["teams", "numbers", "news", "public", "debrief", "marks"].map((n) => [n, el("div", { id: `part-${n}` })]));
  parts.status = el("p", { class: "status", role: "status" });
  const buttons = {
    start: button("start", word("start"), { kind: "main" }),
    next: button("next", word("next"), { kind: "main", sure: () => word("next_sure", { n: isolated(state.ready.length), all: isolated(state.roles.length) }), more: () => ({ turn: state.turn }) }),
    pause: button("pause", word("pause")),
    resume: button("resume", word("resume")),
    reveal: button("reveal", word("reveal"), { sure: () => word("reveal_sure") }),
    back: button("back", word("back"), { kind: "danger", sure: () => word("back_sure") }),
    open: button("open", word("open_doors")),
    shut: button("shut", word("shut_doors")),
  };
  parts.buttons = buttons;
  const address = state.address ? `${state.address}/r/${code}` : "";
  const join = card(word("room"), el("p", {}, el("strong", {}, el("bdi", {}, state.title))),
    el("p", {}, state.address ? word("join_here", { address: isolated(address) }) : word("only_here")),
    el("p", { class: "code" }, code),
    el("img", { class: "qr", src: `${root}api/exercise/${code}/qr.svg`, alt: word("qr_told") }),
    el("div", { class: "row" }, buttons.open, buttons.shut),
    el("p", {}, el("a", { href: `${root}exercise/board/${code}?lang=${lang}`, target: "_blank", rel: "noopener" }, word("board"))));
  const choose = el("select", { id: "inject" }, ...state.injects.map((i) => el("option", { value: i.name }, i.title)));
  const told = el("p", { class: "hint" });
  const show = () => { told.textContent = state.injects.find((i) => i.name === choose.value).text; };
  choose.addEventListener("change", show);
  show();
  const text = lasting("textarea", { id: "news-text", rows: "2", maxlength: "500" });
  const own = pressOnce(word("bring"), async () => { if (text.value.trim() && await act("news", { text: text.value })) { text.value = ""; text.dispatchEvent(new Event("input")); } }, { id: "act-news" });
  const prepared = button("inject", word("bring"), { more: () => ({ inject: choose.value }) });
  parts.news_buttons = [own, prepared];
  const injects = card(word("injects"), el("label", { for: "inject" }, word("inject_prepared")), choose, told, prepared, el("label", { for: "news-text" }, word("inject_own")), text, own);
  const key = el("p", { class: "status", role: "status" });
  const oneKey = keyButton("room-key", "room_key", `${code}/key`, key);
  const access = card(word("access"), el("div", { class: "row" }, button("renew", word("renew"), { kind: "danger", sure: () => word("renew_sure") }), oneKey), key);
  const records = card(word("records"), el("div", { class: "row" },
    el("a", { class: "button", href: `${root}api/exercise/${code}/export.json?lang=${lang}`, download: "" }, word("export")),
    el("a", { class: "button", href: `${root}api/exercise/${code}/export.csv?lang=${lang}`, download: "" }, word("export_csv")),
    el("a", { class: "button", href: `${root}api/exercise/${code}/marks.csv?lang=${lang}`, download: "" }, word("marks_csv")),
    button("forget", word("forget"), { kind: "danger", sure: () => word("forget_sure") }),
    button("reset", word("reset"), { kind: "danger", sure: () => word("reset_sure") }),
    button("delete", word("delete"), { kind: "danger", sure: () => word("delete_sure") })));
  const row = el("div", { class: "card row" }, buttons.start, buttons.next, buttons.pause, buttons.resume, buttons.back, buttons.reveal);
  const minutes = lasting("input", { type: "number", id: "minutes", min: "0", max: "180", dir: "ltr" }, "3"), face = el("strong", { class: "clock", role: "timer" });
  parts.ticking = clock(face);
  parts.clock_buttons = [button("clock", word("clock_set"), { more: () => ({ seconds: Math.round(60 * (minutes.valueAsNumber || 0)) }) }),
    pressOnce(word("clock_more"), async () => { await act("clock", { seconds: 60, more: true }); await refresh(); }, { id: "act-more" })];
  const time = card(word("clock"), el("div", { class: "row" }, el("label", { for: "minutes" }, word("clock_minutes")), minutes, ...parts.clock_buttons, face));
  fill(app, parts.debrief, el("div", { class: "halves" }, el("div", {}, parts.status, row, time, parts.teams), el("div", {}, join, injects)), parts.numbers, parts.news, parts.public, parts.marks, access, records);
}

function seats(team) {
  return team.members.map((m) => {
    const name = m.name || "–", free = pressOnce("✕", async () => {
      if (confirm(word("free_sure", { name }))) { await act("free", { seat: m.seat }); await refresh(); }
    }, { "aria-label": word("free_seat", { name }) });
    return el("span", { class: "row" }, el("bdi", {}, name), free);
  });
}

function draw() {
  if (!parts) build();
  const line = where(state), p = state.phase, b = parts.buttons;
  if (parts.status.textContent !== line) parts.status.textContent = line;
  b.start.disabled = p !== "waiting";
  b.next.disabled = p !== "deciding";
  b.pause.disabled = p !== "deciding";
  b.pause.classList.toggle("hidden", p === "paused");
  b.resume.classList.toggle("hidden", p !== "paused");
  b.reveal.disabled = !state.turn || !["deciding", "paused", "ended"].includes(p);
  b.open.classList.toggle("hidden", state.doors);
  b.shut.classList.toggle("hidden", !state.doors);
  b.back.disabled = !state.turn || !["deciding", "paused", "ended"].includes(p);
  parts.ticking(state.clock);
  for (const node of [...parts.news_buttons, ...parts.clock_buttons]) node.disabled = !["deciding", "paused"].includes(p);
  put(parts.teams, [state.teams, p], () => card(word("teams"), el("ul", {}, ...state.teams.map((t) => el("li", {},
    el("strong", {}, t.title), ` · ${word("seats", { n: isolated(t.members.length) })} · `,
    ...(["deciding", "paused"].includes(p) ? [el("span", { class: t.decided ? "good" : "soft" }, word(t.decided ? "decided" : "undecided")), " · ",
      el("a", { href: `${root}exercise/room/${code}?as=${t.role}&lang=${lang}`, target: "_blank", rel: "noopener" }, word("sit_for"))] : []), ...seats(t))))));
  put(parts.numbers, state.indicators, () => card(word("public_numbers"), indicators(state.indicators)));
  put(parts.news, state.news, () => card(word("news"), news(state)));
  put(parts.public, [state.turn, state.public], () => (state.turn ? card(word("public_choices"), publicChoices(state)) : null));
}

async function update() {
  state = await ask(`${root}api/exercise/${code}/control?lang=${lang}`);
  draw();
  const { marks } = await ask(`${root}api/exercise/${code}/marks?lang=${lang}`);
  put(parts.marks, marks, () => (marks.some((m) => m.pre.n + m.post.n) ? card(word("marks_head"), el("p", { class: "hint" }, word("marks_hint")),
    table(word("marks_head"), ["", word("marks_before"), word("marks_after"), word("marks_gain"), word("marks_brier"), word("marks_n")], marks.map((m) => [
      `${isolated(m.question)}. ${m.idea}`, m.pre.right, m.post.right, m.gain, isolated(`${m.pre.brier} → ${m.post.brier}`), isolated(`${m.pre.n} / ${m.post.n}`)]))) : null));
  const lead = async (slide, missing) => {
    if (missing && !confirm(word("slide_sure", { n: isolated(missing) }))) return;
    await act("slide", { slide });
    await refresh();
  };
  await revealed(parts.debrief, code, state, { lead, then: () => announce(word("phase_revealed"), 0) });
}

async function begin() {
  const given = new URLSearchParams(location.hash.slice(1)).get("key");
  if (given) {
    history.replaceState(null, "", location.pathname + location.search);
    try { await send(`${root}api/exercise/enter`, { key: given }); } catch (fault) { failed(fault); }
  }
  try {
    if (code) { await ask(`${root}api/exercise/${code}/control?lang=${lang}`); refresh = follow(code, update); } else await listRooms();
  } catch (fault) {
    if (fault.status === 403) askKey();
    else failed(fault);
  }
}
for (const other of document.querySelectorAll("a.language")) other.href = `?${new URLSearchParams({ ...(code ? { room: code } : {}), lang: other.lang })}`;
begin();
