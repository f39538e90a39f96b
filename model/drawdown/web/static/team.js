import { announce, ask, el, fill, isolated, lang, root, send, told, word, words } from "./common.js";
import { revealed } from "./debrief.js";
import { follow, once } from "./live.js";
import { card, indicators, news, pressOnce, publicChoices, put, single, where } from "./parts.js";

const code = location.pathname.split("/").pop();
const base = `${root}api/exercise/${code}`;
const app = document.getElementById("app");
const error = document.getElementById("error");
let state = null, draft = {}, touched = new Set(), built = "", refresh = null, form = null;

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
}

/** Builds the decision card of a turn; later changes only set what is in it. */
function decision() {
  const status = el("p", { id: "sent" });
  const button = el("button", { class: "main" }, word("send"));
  const inputs = [];
  const body = el("form", {}, ...state.levers.map((lever) => el("fieldset", { class: "options" }, el("legend", {}, lever.title),
    ...lever.options.map((o) => {
      const id = `${lever.name}-${o.name}`;
      const input = el("input", { type: "radio", id, name: lever.name, value: o.name });
      input.addEventListener("change", () => { draft[lever.name] = o.name; touched.add(lever.name); show(); });
      inputs.push(input);
      return el("div", { class: "option" }, input, el("label", { for: id }, o.title, o.name === "auto" ? ` (${word("automatic")})` : "", el("small", {}, o.hint)));
    }))),
    el("p", {}, button), status);
  body.addEventListener("submit", single(button, async () => {
    const sent = new Set(touched);
    try {
      await send(`${base}/choose?lang=${lang}`, { turn: state.turn, version: state.version, once: once(), choices: draft });
      error.textContent = "";
      for (const name of sent) touched.delete(name);
      announce(word("sent"), 0);
    } catch (fault) {
      error.textContent = told(fault);
    }
    await refresh();
  }));
  function show() {
    const open = state.phase === "deciding";
    for (const input of inputs) { input.disabled = !open; input.checked = draft[input.name] === input.value; }
    button.disabled = !open;
    const sent = state.version > 0 && !touched.size;
    status.textContent = word(sent ? "sent" : "not_sent");
    status.className = sent ? "good" : "soft";
  }
  return { card: card(word("decide_head"), el("p", { class: "hint" }, word("decide_hint")), body), show };
}

const places = {};

function decide() {
  const over = ["ended", "revealed"].includes(state.phase);
  if (over) { form = null; places.decision.replaceChildren(); return; }
  const fresh = !form || form.turn !== state.turn || form.role !== state.role;
  if (fresh) {
    const before = form;
    touched = new Set();
    form = { ...decision(), turn: state.turn, role: state.role, version: state.version };
    places.decision.replaceChildren(form.card);
    if (before) announce(word("new_turn", { n: state.turn + 1 }), 0);
  } else if (form.version !== state.version && touched.size) error.textContent = word("kept_yours");
  form.version = state.version;
  // What a teammate sent stands, but for what was chosen here and not sent yet.
  for (const lever of state.levers) if (!touched.has(lever.name)) draft[lever.name] = state.choices[lever.name] ?? "auto";
  form.show();
  places.decision.dataset.form = `${state.turn} ${state.version} ${state.phase}`;
}

function secret() {
  const found = [el("p", {}, state.brief), el("h3", {}, word("goals")), el("ul", {}, ...state.goals.map((g) => el("li", {}, g)))];
  if (state.attributed) {
    found.push(el("h3", {}, word("intelligence")), el("p", { class: "hint" }, word("intelligence_hint")),
      el("ul", {}, ...state.attributed.map((a) => el("li", {}, word("attacks_n", { name: a.name, n: isolated(a.n), sure: word(`confidence_${a.sure}`) })))),
      el("p", {}, word("official", { n: isolated(state.official) })));
  }
  if (state.quiet !== undefined) found.push(el("p", {}, word("quiet_days", { n: isolated(state.quiet) })));
  return card(state.role_title, ...found);
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
  if (built !== "team") {
    for (const name of ["indicators", "decision", "debrief", "news", "public", "secret", "team"]) places[name] = el("div", { id: `part-${name}` });
    fill(app, places.debrief, places.indicators, el("div", { class: "halves" }, el("div", {}, places.decision), el("div", {}, places.secret, places.news, places.public, places.team)));
    built = "team";
    form = null;
  }
  put(places.indicators, state.indicators, () => card(word("indicators"), indicators(state.indicators), el("p", { class: "hint" }, word("outlook_hint"))));
  put(places.news, state.news, () => card(word("news"), news(state)));
  put(places.public, state.public, () => (state.public.length ? card(word("public_choices"), publicChoices(state)) : null));
  put(places.secret, [state.goals, state.attributed, state.official, state.quiet], secret);
  put(places.team, state.members, team);
  decide();
}

async function update() {
  try {
    state = await ask(`${base}/state?lang=${lang}`);
  } catch (fault) {
    if (fault.status === 403) { built = ""; await lobby(); return; }
    throw fault;
  }
  draw();
  await revealed(places.debrief, code, state, () => announce(word("phase_revealed"), 0));
}

async function begin() {
  try {
    await ask(`${base}/state?lang=${lang}`);
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
