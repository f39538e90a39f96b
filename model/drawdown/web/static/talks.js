/** What a team says: proposals to others, a range of its own, the joint text at the end. */

import { announce, ask, el, isolated, lang, send, told, word } from "./common.js";
import { once } from "./live.js";
import { card, lasting, pressOnce, put, single } from "./parts.js";

const error = document.getElementById("error");

/** Sends what a team says; returns whether it was taken. */
async function say(base, who, action, more) {
  try {
    await send(`${base}/team?lang=${lang}${who}`, { action, once: once(), ...more });
    error.textContent = "";
    return true;
  } catch (fault) { error.textContent = told(fault); return false; }
}

const option = (o) => el("option", { value: o.name }, o.title);

/** Returns a choice of one lever's option, or of nothing; it is written `lever.option`. */
function oneChoice(id, levers) {
  return el("select", { id }, el("option", { value: "" }, word("nothing_named")),
    ...levers.map((l) => el("optgroup", { label: l.title }, ...l.options.map((o) => option({ name: `${l.name}.${o.name}`, title: o.title })))));
}

/** Returns what an option does, as its card says it. */
const hintOf = (levers, value) => el("p", { class: "hint" }, levers.flatMap((l) => l.options.filter((o) => `${l.name}.${o.name}` === value)).map((o) => o.hint).join(""));

const asChoice = (value) => { const [lever, name] = value.split("."); return value ? { [lever]: name } : {}; };

/** Returns ranges as a list of words. */
const ranges = (outlook, state) => el("ul", { class: "hint" }, ...state.indicators.filter((i) => outlook[i.name]).map((i) =>
  el("li", {}, `${i.label}: ${isolated(outlook[i.name].low)} – ${isolated(outlook[i.name].high)}`)));

/** Shows the outlook under two choices, from what this team knows. */
async function under(place, base, who, state, draft, own, others) {
  if (!Object.keys(own).length && !Object.values(others).some((o) => Object.keys(o).length)) { place.replaceChildren(); return; }
  try {
    const { outlook } = await send(`${base}/outlook?lang=${lang}${who}`, { choices: { ...draft(), ...own }, others });
    place.replaceChildren(el("p", { class: "hint" }, word("outlook_if")), ranges(outlook, state));
  } catch (fault) { place.replaceChildren(el("p", { class: "hint" }, told(fault))); }
}

const outcome = (held, side) => (held === null || held === undefined ? null : el("span", { class: held ? "good" : "error" }, word(`${held ? "kept" : "broken"}_by_${side}`), " "));

function proposal(p, state, base, who, draft, refresh) {
  const place = el("div", {}), open = p.answer === "open" && p.turn === state.turn && state.phase === "deciding";
  if (p.turn === state.turn && p.answer !== "refused") under(place, base, who, state, draft, p.own_choice, p.others);
  const answer = (yes) => async () => { await say(base, who, "answer", { turn: state.turn, number: p.number, yes }); await refresh(); };
  return el("li", { class: "proposal" },
    el("strong", {}, word(p.mine ? "proposal_to" : "proposal_from", { other: p.other })), ` · ${word("turn", { n: isolated(p.turn + 1) })} · ${word(`answer_${p.answer}`)}`,
    el("p", {}, el("bdi", {}, p.text)),
    p.own || p.theirs ? el("p", {}, p.own ? word("we_do", { choice: p.own }) : "", p.own && p.theirs ? el("br") : null, p.theirs ? word("they_do", { choice: p.theirs }) : "") : null,
    p.kept ? el("p", {}, outcome(p.kept.own, "us"), outcome(p.kept.theirs, "them")) : null,
    place,
    open && !p.mine ? el("div", { class: "row" }, pressOnce(word("accept"), answer(true), { class: "main" }), pressOnce(word("refuse"), answer(false))) : null);
}

/** Builds the card in which a team talks with others; later changes only renew the list. */
export function talks(base, who, first, draft, refresh) {
  let state = first;
  const list = el("ul", { class: "plain" }), place = el("div", {});
  const partner = el("select", { id: "partner" }, ...first.others.map((o) => el("option", { value: o.role }, o.title)));
  const text = lasting("textarea", { id: "proposal", rows: "2", maxlength: "300", required: true });
  const gives = oneChoice("gives", first.levers), asked = el("div", {}), given = el("div", {}), wanted = el("div", {});
  const theirs = () => first.others.find((o) => o.role === partner.value).levers;
  let asks = null;
  const show = () => {
    given.replaceChildren(hintOf(first.levers, gives.value));
    wanted.replaceChildren(hintOf(theirs(), asks.value));
    return under(place, base, who, state, draft, asChoice(gives.value), { [partner.value]: asChoice(asks.value) });
  };
  const whom = () => {
    asks = oneChoice("asks", theirs());
    asks.addEventListener("change", show);
    asked.replaceChildren(el("label", { for: "asks" }, word("we_ask")), asks);
    for (const one of [place, wanted]) one.replaceChildren();
  };
  partner.addEventListener("change", whom);
  gives.addEventListener("change", show);
  whom();
  const button = el("button", {}, word("propose_send"));
  const form = el("form", {},
    el("label", { for: "partner" }, word("propose_to")), partner,
    el("label", { for: "proposal" }, word("propose_text")), text,
    el("label", { for: "gives" }, word("we_give")), gives, given, asked, wanted, place, el("p", {}, button));
  form.addEventListener("submit", single(button, async () => {
    if (!await say(base, who, "propose", { turn: state.turn, partner: partner.value, text: text.value, gives: asChoice(gives.value), asks: asChoice(asks.value) })) return;
    text.value = gives.value = asks.value = "";
    text.dispatchEvent(new Event("input"));
    for (const one of [place, given, wanted]) one.replaceChildren();
    await refresh();
  }));
  const make = el("details", {}, el("summary", {}, word("propose")), form);
  const node = card(word("proposals"), list, make);
  return { node, show(now) {
    state = now;
    make.classList.toggle("hidden", now.phase !== "deciding");
    put(list, [now.proposals, now.turn, now.phase], () => {
      // Those of this turn and of the last; older ones are folded.
      const all = [...now.proposals].reverse(), shown = (p) => proposal(p, now, base, who, draft, refresh), old = all.filter((p) => p.turn < now.turn - 1);
      if (!all.length) return el("li", { class: "hint" }, word("no_proposals"));
      return [...all.filter((p) => p.turn >= now.turn - 1).map(shown), old.length ? el("li", {}, el("details", {}, el("summary", {}, word("older")), el("ul", { class: "plain" }, ...old.map(shown)))) : null];
    });
  } };
}

/** Builds the card in which a team gives a range of its own. */
export function prediction(base, who, first, refresh) {
  let state = first;
  const what = el("select", { id: "predict" }, ...first.indicators.map((i) => option({ name: i.name, title: i.label })));
  const number = (id) => el("input", { type: "number", id, step: "any", required: true, dir: "ltr" });
  const low = number("predict-low"), high = number("predict-high"), stands = el("p", { class: "good" });
  const button = el("button", {}, word("predict_send"));
  const form = el("form", {}, el("label", { for: "predict" }, word("predict_what")), what,
    el("div", { class: "row" }, el("label", { for: "predict-low" }, word("predict_low")), low, el("label", { for: "predict-high" }, word("predict_high")), high), el("p", {}, button));
  form.addEventListener("submit", single(button, async () => {
    if (await say(base, who, "predict", { turn: state.turn, indicator: what.value, low: low.valueAsNumber, high: high.valueAsNumber })) announce(word("sent"), 0);
    await refresh();
  }));
  const node = card(word("predict_head"), el("p", { class: "hint" }, word("predict_hint")), stands, form);
  return { node, show(now) {
    state = now;
    const p = now.prediction;
    form.classList.toggle("hidden", now.phase !== "deciding");
    stands.textContent = p ? word("predict_stands", { label: now.indicators.find((i) => i.name === p.indicator)?.label ?? "", low: isolated(p.low), high: isolated(p.high) }) : "";
  } };
}

/** Builds the test that is open to this seat: before the first turn, and at the debrief. */
export async function test(place, base, who, refresh) {
  if (who) return;
  const { test: which, questions, sure } = await ask(`${base}/test?lang=${lang}`);
  if (!which) {
    // Who was writing when it was closed learns that it was not sent.
    place.replaceChildren(...(place.dataset.test ? [el("p", { class: "hint" }, word("test_over"))] : []));
    return;
  }
  if (place.dataset.test === which) return;
  place.dataset.test = which;
  const button = el("button", { class: "main" }, word("test_send"));
  const form = el("form", {}, ...questions.map((q, k) => el("fieldset", { class: "options" }, el("legend", {}, q.question),
    ...q.choices.map((c, i) => el("div", { class: "option" }, lasting("input", { type: "radio", id: `q${k}-${i}`, name: `${which}-q${k}`, value: `${i}`, required: true }), el("label", { for: `q${k}-${i}` }, c))),
    el("label", { for: `sure${k}` }, word("test_sure")), lasting("select", { id: `sure${k}`, name: `${which}-sure${k}`, required: true }, "", el("option", { value: "" }, "…"), ...sure.map((s) => el("option", { value: `${s}` }, isolated(`${s} %`)))))), el("p", {}, button));
  form.addEventListener("submit", single(button, async () => {
    const answers = questions.map((_, k) => [Number(form.querySelector(`input[name=${which}-q${k}]:checked`).value), Number(form.querySelector(`#sure${k}`).value)]);
    if (await say(base, who, "mark", { test: which, answers })) place.dataset.test = "";
    await refresh();
  }));
  place.replaceChildren(el("details", { class: "card" }, el("summary", {}, el("strong", {}, word(`test_${which}`))), el("p", { class: "hint" }, word("test_hint")), form));
}

/** Says who has signed the joint text. */
export function signatures(c) {
  return el("div", {}, el("p", {}, c.text ? el("bdi", {}, `“${c.text}”`) : word("no_text")),
    c.signed.length ? el("ul", {}, ...c.signed.map((s) => el("li", { class: s.yes ? "good" : "soft" }, `${s.title}: ${word(s.yes ? "signed_yes" : "signed_no")}`))) : null);
}

/** Builds the card of the joint text at the end of the game. */
export function communique(base, who, first, refresh) {
  let state = first, touched = false;
  const place = el("div", {}), text = el("textarea", { id: "communique", rows: "4", maxlength: "1200" });
  text.addEventListener("input", () => { touched = true; });
  const act = (action, more) => async () => {
    if (await say(base, who, action, { version: state.communique.version, ...more() })) touched = false;
    await refresh();
  };
  const node = card(word("communique_head"), el("p", { class: "hint" }, word("communique_hint")), place,
    el("div", { class: "row" }, pressOnce(word("sign"), act("sign", () => ({ yes: true })), { class: "main", id: "sign" }), pressOnce(word("sign_not"), act("sign", () => ({ yes: false })), { id: "sign-not" })),
    el("label", { for: "communique" }, word("communique_text")), text,
    el("p", {}, pressOnce(word("communique_save"), act("write", () => ({ text: text.value })), { id: "communique-save" })));
  return { node, show(now) {
    state = now;
    put(place, now.communique, () => signatures(now.communique));
    if (!touched) text.value = now.communique.text;
  } };
}
