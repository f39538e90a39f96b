import { announce, ask, el, fill, isolated, lang, patient, root, send, told, word, words } from "./common.js";
import { revealed } from "./debrief.js";
import { follow, once } from "./live.js";
import { card, clock, goalState, indicators, news, pressOnce, publicChoices, put, single, where } from "./parts.js";
import { communique, prediction, talks, test } from "./talks.js";

const code = location.pathname.split("/").pop();
const base = `${root}api/exercise/${code}`;
const app = document.getElementById("app");
const error = document.getElementById("error");
// Whoever leads may sit for any team.
const as = new URLSearchParams(location.search).get("as"), who = as ? `&as=${encodeURIComponent(as)}` : "";
for (const other of document.querySelectorAll("a.language")) if (as) other.href = `?lang=${other.lang}${who}`;
let state = null, draft = {}, touched = new Set(), built = "", refresh = null, form = null, late = null;

/** Keeps what is chosen and not sent in this tab: through a reload, another language, the way back, the turn's end. */
const shelf = () => `draft ${code} ${state.role}`;
function keep() { sessionStorage.setItem(shelf(), JSON.stringify(Object.fromEntries([...touched].map((name) => [name, draft[name]])))); }
function restore() {
  const found = JSON.parse(sessionStorage.getItem(shelf()) ?? "{}");
  touched = new Set(state.levers.filter((l) => l.options.some((o) => o.name === found[l.name])).map((l) => l.name));
  for (const name of touched) draft[name] = found[name];
}

async function lobby() {
  const room = await ask(`${base}/lobby?lang=${lang}`);
  fill(document.getElementById("where"), el("bdi", {}, room.title));
  const role = el("select", { id: "role" }, ...room.roles.map((r) => el("option", { value: r.name, disabled: r.taken >= r.most }, `${r.title} (${word("seats", { n: r.taken })})`)));
  role.value = [...room.roles].sort((a, b) => a.taken - b.taken)[0].name;
  const name = el("input", { type: "text", id: "name", required: true, maxlength: "40", autocomplete: "off" });
  const button = el("button", { class: "main" }, word("join"));
  const seat = el("form", {},
    el("label", { for: "role" }, word("role")), role,
    el("label", { for: "name" }, word("your_name")), name,
    el("p", {}, button));
  seat.addEventListener("submit", single(button, async () => {
    try {
      await send(`${base}/join?lang=${lang}`, { role: role.value, name: name.value });
      error.textContent = "";
    } catch (fault) {
      if (fault.why === "seat_already") { begin(); return; }
      error.textContent = told(fault);
      return;
    }
    await begin();
  }));
  fill(app, card(word("join_head"), room.doors ? seat : el("p", {}, word("doors_shut"))));
  // Whoever comes late is let in on this page as soon as the facilitator opens the doors.
  clearTimeout(late);
  if (!room.doors) late = setTimeout(() => lobby().catch(() => {}), 2500);
}

/** Asks for the outlook of what is chosen here, sent or not, a moment after the last change. */
let asked = null, foreseen = {};
function foresee() {
  clearTimeout(asked);
  asked = setTimeout(async () => {
    const turn = state.turn;
    try {
      const { outlook } = await send(`${base}/outlook?lang=${lang}${who}`, { choices: draft });
      if (turn === state.turn) { foreseen = outlook; stand(); }
    } catch (fault) { if (fault.status) error.textContent = told(fault); }
  }, 250);
}

/** Shows goals and indicators as they stand, with the outlook of the draft. */
function stand() {
  const shown = state.indicators.map((i) => ({ ...i, ...(touched.size ? foreseen[i.name] : {}) }));
  put(places.indicators, [shown, state.goals], () => card(word("goals"),
    el("ul", { class: "goals" }, ...state.goals.map((g) => el("li", { class: `goal-${g.state}` }, g.text, el("small", {}, goalState(g))))),
    indicators(shown, state.goals, state.turns), el("p", { class: "hint" }, word("outlook_hint"))));
}

/** Builds the decision card of a turn; later changes only set what is in it. */
function decision() {
  const status = el("p", { id: "sent" });
  const button = el("button", { class: "main" }, word("send"));
  const inputs = [], heads = new Map();
  const levers = state.levers.map((lever) => {
    const chosen = el("span", { class: "chosen" });
    heads.set(lever.name, [lever, chosen]);
    const node = el("details", { class: "lever" }, el("summary", {}, el("strong", {}, lever.title), " ", chosen),
      el("fieldset", { class: "options" }, el("legend", { class: "visually-hidden" }, lever.title), ...lever.options.map((o) => {
        const id = `${lever.name}-${o.name}`;
        const input = el("input", { type: "radio", id, name: lever.name, value: o.name });
        input.addEventListener("change", () => { draft[lever.name] = o.name; touched.add(lever.name); keep(); show(); foresee(); });
        inputs.push(input);
        return el("div", { class: "option" }, input, el("label", { for: id }, o.title, o.name === "auto" ? ` (${word("automatic")})` : "", el("small", {}, o.hint)));
      })));
    node.addEventListener("toggle", () => { if (node.open) for (const other of levers) if (other !== node) other.open = false; });
    return node;
  });
  const body = el("form", {}, ...levers, el("div", { class: "thumb" }, button, status));
  body.addEventListener("submit", single(button, async () => {
    const sent = new Set(touched);
    try {
      await patient(() => send(`${base}/choose?lang=${lang}${who}`, { turn: state.turn, version: state.version, once: once(), choices: draft }), status);
      error.textContent = "";
      for (const name of sent) touched.delete(name);
      keep();
      announce(word("sent"), 0);
    } catch (fault) {
      error.textContent = told(fault);
    }
    await refresh();
  }));
  function show() {
    const open = state.phase === "deciding";
    for (const input of inputs) { input.disabled = !open; input.checked = draft[input.name] === input.value; }
    for (const [name, [lever, chosen]] of heads) chosen.textContent = lever.options.find((o) => o.name === draft[name])?.title ?? "";
    button.disabled = !open;
    const sent = state.version > 0 && !touched.size;
    status.textContent = word(sent ? "sent" : "not_sent");
    status.className = sent ? "good" : "soft";
  }
  return { card: card(word("decide_head"), el("p", { class: "hint" }, word("decide_hint")), body), show };
}

const places = {}, ticking = clock(document.getElementById("clock"));

function decide() {
  const over = ["ended", "revealed"].includes(state.phase);
  if (over) { form = null; places.decision.replaceChildren(); saying(); return; }
  const fresh = !form || form.turn !== state.turn || form.role !== state.role;
  if (fresh) {
    const before = form;
    if (before?.role !== state.role) restore();
    foreseen = {};
    if (touched.size) foresee();
    form = { ...decision(), turn: state.turn, role: state.role, version: state.version };
    places.decision.replaceChildren(form.card);
    if (before) announce(word("new_turn", { n: state.turn + 1 }), 0);
  } else if (form.version !== state.version && touched.size) error.textContent = word("kept_yours");
  form.version = state.version;
  // What a teammate sent stands, but for what was chosen here and not sent yet.
  for (const lever of state.levers) if (!touched.has(lever.name)) draft[lever.name] = state.choices[lever.name] ?? "auto";
  form.show();
  saying();
  places.decision.dataset.form = `${state.turn} ${state.version} ${state.phase}`;
}

let spoken = "", cards = [];

/** Shows the cards in which a team talks: with others while turns last, of the joint text after them. */
function saying() {
  const kind = state.phase === "ended" ? "end" : state.phase === "revealed" ? "" : "turn", key = `${kind} ${state.role}`, again = () => refresh();
  if (spoken !== key) {
    const own = () => Object.fromEntries(state.levers.map((l) => [l.name, draft[l.name] ?? "auto"]));
    const made = { end: () => [communique(base, who, state, again)], turn: () => [talks(base, who, state, own, again), prediction(base, who, state, again)] };
    cards = made[kind]?.() ?? [];
    places.talks.replaceChildren(...cards.map((c) => c.node));
    spoken = key;
  }
  for (const one of cards) one.show(state);
}

function secret() {
  const found = [el("p", {}, state.brief), el("details", {}, el("summary", {}, word("beliefs")), el("ul", {}, ...state.beliefs.map((b) => el("li", {}, b))))];
  if (state.attributed) {
    found.push(el("h3", {}, word("intelligence")), el("p", { class: "hint" }, word("intelligence_hint")),
      el("ul", {}, ...state.attributed.map((a) => el("li", {}, word("attacks_n", { name: a.name, n: isolated(a.n), sure: word(`confidence_${a.sure}`) })))),
      el("p", {}, word("official", { n: isolated(state.official) })));
  }
  if (state.quiet !== undefined) found.push(el("p", {}, word("quiet_days", { n: isolated(state.quiet) })));
  return card(state.role_title, ...found);
}

/** Shows what others announced last turn, and whose promises were kept. */
function announced() {
  if (!state.turn) return null;
  return card(word("public_choices"), publicChoices(state), state.promises.length ? el("ul", {}, ...state.promises.map((p) => el("li", {}, p))) : null);
}

function team() {
  const leave = pressOnce(word("leave"), async () => {
    if (!confirm(word("leave_sure"))) return;
    await send(`${base}/leave?lang=${lang}`, {});
    location.reload();
  }, { class: "danger" });
  return card(word("team"), el("p", {}, el("bdi", {}, state.members.join(words.comma))), leave);
}

function draw() {
  document.getElementById("heading").textContent = word("you_are", { role: state.role_title });
  const line = where(state), place = document.getElementById("where");
  if (place.textContent !== line) place.textContent = line;
  ticking(state.clock);
  if (built !== "team") {
    for (const name of ["test", "indicators", "decision", "talks", "debrief", "news", "public", "secret", "team"]) places[name] = el("div", { id: `part-${name}` });
    fill(app, places.debrief, el("div", { class: "halves" }, el("div", {}, places.test, places.indicators, places.public, places.decision), el("div", {}, places.talks, places.secret, places.news, places.team)));
    built = "team";
    form = null;
    spoken = "";
  }
  stand();
  put(places.news, state.news, () => card(word("news"), news(state)));
  put(places.public, [state.turn, state.public, state.promises], announced);
  put(places.secret, [state.attributed, state.official, state.quiet], secret);
  put(places.team, state.members, team);
  decide();
}

async function update() {
  try {
    state = await ask(`${base}/state?lang=${lang}${who}`);
  } catch (fault) {
    if (fault.status === 403) { built = ""; await lobby(); return; }
    throw fault;
  }
  draw();
  await test(places.test, base, who, () => refresh());
  await revealed(places.debrief, code, state, { team: state.role, query: who, then: () => announce(word("phase_revealed"), 0) });
}

async function begin() {
  try {
    await ask(`${base}/state?lang=${lang}${who}`);
    refresh ??= follow(code, update);
    await refresh();
  } catch (fault) {
    if (fault.status === 403) {
      try { await lobby(); } catch (none) { error.textContent = none.status === 404 ? word("no_room") : word("error", { text: none.message }); }
    } else if (!fault.status) {
      error.textContent = word("lost");
      setTimeout(begin, 2000);
    } else { error.textContent = word("error", { text: fault.message }); }
  }
}
begin();
