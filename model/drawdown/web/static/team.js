import { announce, ask, el, fill, isolated, lang, send, word } from "./common.js";
import { debrief } from "./debrief.js";
import { follow, once } from "./live.js";
import { card, indicators, news, publicChoices, where } from "./parts.js";

const code = location.pathname.split("/").pop();
const base = `/api/exercise/${code}`;
const app = document.getElementById("app");
const error = document.getElementById("error");
let state = null, draft = null, touched = false, built = "", revealed = "", refresh = null;

async function lobby() {
  const room = await ask(`${base}/lobby?lang=${lang}`);
  fill(document.getElementById("where"), el("bdi", {}, room.title));
  const role = el("select", { id: "role" }, ...room.roles.map((r) => el("option", { value: r.name, disabled: r.taken >= r.most }, `${r.title} (${word("seats", { n: r.taken })})`)));
  role.value = [...room.roles].sort((a, b) => a.taken - b.taken)[0].name;
  const name = el("input", { type: "text", id: "name", required: true, maxlength: "40", autocomplete: "off" });
  const form = el("form", {},
    el("label", { for: "role" }, word("role")), role,
    el("label", { for: "name" }, word("your_name")), name,
    el("p", {}, el("button", { class: "main" }, word("join"))));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      await send(`${base}/join?lang=${lang}`, { role: role.value, name: name.value });
      error.textContent = "";
      begin();
    } catch (fault) {
      error.textContent = fault.status === 409 ? word("team_full") : word("error", { text: fault.message });
    }
  });
  fill(app, card(word("join_head"), form));
}

function decision() {
  const open = state.phase === "deciding";
  touched = false;
  draft = { ...Object.fromEntries(state.levers.map((l) => [l.name, "auto"])), ...state.choices };
  const status = el("p", { class: state.version ? "good" : "soft", id: "sent" }, word(state.version ? "sent" : "not_sent"));
  const form = el("form", {}, ...state.levers.map((lever) => el("fieldset", { class: "options" }, el("legend", {}, lever.title),
    ...lever.options.map((o) => {
      const id = `${lever.name}-${o.name}`;
      const input = el("input", { type: "radio", id, name: lever.name, value: o.name, checked: draft[lever.name] === o.name, disabled: !open });
      input.addEventListener("change", () => { draft[lever.name] = o.name; touched = true; status.textContent = word("not_sent"); status.className = "soft"; });
      return el("div", { class: "option" }, input, el("label", { for: id }, o.title, o.name === "auto" ? ` (${word("automatic")})` : "", el("small", {}, o.hint)));
    }))),
    el("p", {}, el("button", { class: "main", disabled: !open }, word("send"))), status);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      await send(`${base}/choose?lang=${lang}`, { turn: state.turn, version: state.version, once: once(), choices: draft });
      error.textContent = "";
      touched = false;
      announce(word("sent"), 0);
    } catch (fault) {
      error.textContent = fault.status === 409 ? word(fault.message.includes("faster") ? "faster" : "turn_over") : word("error", { text: fault.message });
    }
    await refresh();
  });
  return card(word("decide_head"), el("p", { class: "hint" }, word("decide_hint")), form);
}

const shownNow = {};
function section(name, content) { shownNow[name].replaceChildren(content); }

function draw() {
  document.getElementById("heading").textContent = word("you_are", { role: state.role_title });
  document.getElementById("where").textContent = where(state);
  if (built !== "team") {
    for (const name of ["indicators", "decision", "debrief", "news", "public", "secret", "team"]) shownNow[name] = el("div", { id: `part-${name}` });
    fill(app, shownNow.debrief, shownNow.indicators, el("div", { class: "halves" }, el("div", {}, shownNow.decision), el("div", {}, shownNow.secret, shownNow.news, shownNow.public, shownNow.team)));
    built = "team";
  }
  section("indicators", card(word("indicators"), indicators(state.indicators), el("p", { class: "hint" }, word("outlook_hint"))));
  section("news", card(word("news"), news(state)));
  section("public", state.public.length ? card(word("public_choices"), publicChoices(state)) : el("div"));
  const secret = [el("p", {}, state.brief), el("h3", {}, word("goals")), el("ul", {}, ...state.goals.map((g) => el("li", {}, g)))];
  if (state.attributed) {
    secret.push(el("h3", {}, word("intelligence")), el("p", { class: "hint" }, word("intelligence_hint")),
      el("ul", {}, ...state.attributed.map((a) => el("li", {}, word("attacks_n", { name: a.name, n: isolated(a.n), sure: word(`confidence_${a.sure}`) })))),
      el("p", {}, word("official", { n: isolated(state.official) })));
  }
  if (state.quiet !== undefined) secret.push(el("p", {}, word("quiet_days", { n: isolated(state.quiet) })));
  section("secret", card(state.role_title, ...secret));
  const leave = el("button", { type: "button", class: "danger" }, word("leave"));
  leave.addEventListener("click", async () => {
    if (!confirm(word("leave_sure"))) return;
    await send(`${base}/leave?lang=${lang}`, {});
    location.reload();
  });
  section("team", card(word("team"), el("p", {}, el("bdi", {}, state.members.join(lang === "ar" ? "، " : ", "))), leave));
  const form = `${state.turn} ${state.version} ${state.phase}`;
  if (shownNow.decision.dataset.form !== form) {
    const before = shownNow.decision.dataset.form;
    // What somebody was choosing is gone then: it is said, and what stands is shown.
    if (touched && before.split(" ")[0] === `${state.turn}`) error.textContent = word("faster");
    shownNow.decision.dataset.form = form;
    section("decision", ["ended", "revealed"].includes(state.phase) ? el("div") : decision());
    if (before && before.split(" ")[0] !== `${state.turn}`) announce(word("new_turn", { n: state.turn + 1 }), 0);
  }
}

async function update() {
  try {
    state = await ask(`${base}/state?lang=${lang}`);
  } catch (fault) {
    if (fault.status === 403) { built = ""; await lobby(); return; }
    throw fault;
  }
  draw();
  if (state.phase === "revealed" && revealed !== `${state.revision}`) {
    revealed = `${state.revision}`;
    section("debrief", el("p", { class: "status" }, word("computing")));
    const parts = await debrief(code);
    shownNow.debrief.replaceChildren(el("h2", {}, word("debrief")), ...parts);
    announce(word("phase_revealed"), 0);
  } else if (state.phase !== "revealed") { shownNow.debrief.replaceChildren(); revealed = ""; }
}

async function begin() {
  try {
    await ask(`${base}/state?lang=${lang}`);
    refresh = follow(code, update);
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
