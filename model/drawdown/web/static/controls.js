/** What a hand moves: scenarios and readings, levers, conditions, what nobody knows. */

import { el, fill, isolated, press, word, words } from "./common.js";
import { MOST_OWN } from "./own.js";
import { number, toldOwn } from "./told.js";
import { $, changed, parts, scenarioOf, state } from "./state.js";

/** Returns how many digits after the point a step has. */
const digitsOf = (step) => (step >= 1 ? 0 : Math.min(5, Math.ceil(-Math.log10(step) - 1e-9)));

/** Returns a number with the digits of its control; one that was asked for between steps with all that it has. */
function numberText(value, step, asked = false) {
  const digits = digitsOf(step), told = Number(value), off = asked && Math.abs(told - Number(told.toFixed(digits))) > step / 100;
  return isolated(told.toLocaleString("en", off ? { maximumSignificantDigits: 6 } : { maximumFractionDigits: digits, minimumFractionDigits: 0 }).replace(/^-/, "\u2212"));
}

/** What was moved last, for whoever listens instead of looking. */
export const hand = { told: "" };

function setOrDrop(where, name, value) {
  if (value === null) delete where[name];
  else where[name] = value;
}

/** Returns a control; one without a value of its own shows the range that worlds have, and no thumb. */
function slider(item, stands, value, change, about) {
  const id = `s-${item.name}`, withUnit = (v) => (item.unit === undefined ? word(`unit_${item.name}`, { n: numberText(v, item.step, true) }) : `${numberText(v, item.step, true)} ${item.unit}`);
  const output = el("output", { for: id });
  const back = el("button", { type: "button", class: "hidden back", "aria-label": word("reset_one", { name: item.label }) }, "\u21ba");
  const box = el("div", { class: "slider", "data-control": item.name });
  let input, now = value;
  if (item.choices?.length) {
    input = el("select", { id }, ...item.choices.map((c) => el("option", { value: c.value }, c.label)));
    box.append(el("div", { class: "head" }, el("label", { for: id }, item.label), back), input);
  } else {
    // A hand moves from one round number to the next, within what is drawn.
    const round = (way, end) => Number((Math[way](end / item.step + (way === "ceil" ? -1e-9 : 1e-9)) * item.step).toFixed(6));
    input = el("input", { type: "range", id, min: `${round("ceil", item.low)}`, max: `${round("floor", item.high)}`, step: `${item.step}` });
    const ends = el("div", { class: "ends", "aria-hidden": "true" }, el("span", {}, numberText(item.low, item.step)), el("span", {}, numberText(item.high, item.step)));
    box.append(el("div", { class: "head" }, el("label", { for: id }, item.label), el("span", {}, output, " ", back)), input, ends);
  }
  if (about) box.append(about);
  const show = (moved) => {
    const drawn = stands === null && !moved;
    box.classList.toggle("moved", moved);
    input.classList.toggle("drawn", drawn);
    back.classList.toggle("hidden", !moved);
    if (drawn) {
      const at = (v) => `${(100 * (v - item.low)) / (item.high - item.low)}%`;
      input.style.setProperty("--from", at(item.drawn[0]));
      input.style.setProperty("--to", at(item.drawn[1]));
    }
    // A slider's own value is rounded to its steps; what is told is what is played.
    const text = drawn ? `${word("drawn")} ${word("range", { low: numberText(item.drawn[0], item.step), high: numberText(item.drawn[1], item.step) })}${item.unit ? ` ${item.unit}` : ""}` : withUnit(moved ? now : stands);
    output.textContent = text;
    if (input.type === "range") input.setAttribute("aria-valuetext", text);
    return input.type === "range" ? text : input.selectedOptions[0]?.textContent;
  };
  input.value = value ?? stands ?? item.middle;
  show(value !== undefined);
  input.addEventListener("input", () => {
    now = input.value;
    change(now);
    hand.told = word("now_at", { name: item.label, value: show(true) });
    changed(true);
  });
  back.addEventListener("click", () => {
    now = undefined;
    change(null);
    input.value = stands ?? item.middle;
    hand.told = word("now_at", { name: item.label, value: show(false) });
    input.focus();
    changed();
  });
  return box;
}

const people = () => parts.moved_by_conditions.filter((m) => m.soldiers).map((m) => m.name);

/** Where a lever stands that nobody has moved: policing follows the government that was chosen. */
function standing(chosen, item) {
  if (item.name === "policing" && "government" in state.levers) return parts.implied[state.levers.government];
  return chosen.stands[item.name];
}

/** A lever that has nothing to act on is not offered: months where nobody comes or goes. */
function offered(chosen, item) {
  return item.name !== "by" || chosen.departs || people().some((name) => name in state.levers);
}

function moveLever(name, value) {
  setOrDrop(state.levers, name, value);
  if (!offered(scenarioOf(state.case), { name: "by" })) delete state.levers.by;
  // A slider that is in a hand must stay the element that it is.
  fitLevers(name);
}

/** Where a strike changes nothing, a lever of strikes moves little, and that is said beside it. */
function noteOf(item) {
  if (item.name !== "doctrine" || state.structure !== "neutral") return null;
  const all = press(word("see_structures"), () => { state.shown = "structures"; changed(); }, { class: "plain link", id: "see-structures" });
  return el("p", { class: "hint" }, `${word("strikes_note")} `, all);
}

function leverOf(item) {
  return slider({ ...item, middle: (item.low + item.high) / 2, drawn: parts.residual }, standing(scenarioOf(state.case), item), state.levers[item.name], (v) => moveLever(item.name, v), noteOf(item));
}

/** Brings and takes away what another lever makes possible, and moves what follows it. */
function fitLevers(inHand) {
  const chosen = scenarioOf(state.case), boxes = new Map([...$("levers").children].map((box) => [box.dataset.control, box]));
  let before = null;
  for (const item of parts.levers) {
    const box = boxes.get(item.name);
    if (!offered(chosen, item)) { box?.remove(); continue; }
    const follows = item.name === "policing" && inHand === "government";
    const now = box && !follows ? box : leverOf(item);
    if (box && now !== box) box.replaceWith(now);
    else if (!box) { if (before) before.after(now); else $("levers").prepend(now); }
    before = now;
  }
}

function buildLevers() {
  const chosen = scenarioOf(state.case);
  fill($("levers"), ...parts.levers.filter((item) => offered(chosen, item)).map(leverOf));
  $("question").textContent = chosen.question;
  fill($("conditions"), ...chosen.conditions.map((lines) => el("li", {}, lines.join(" "))));
}

/** How far each uncertainty moves this picture (`views.moves`); nothing until that is known. */
let moves = null, waiting = null;

/** Orders them by what was found for this picture; a list in hand is not moved away from it. */
export function orderUncertainties(found) {
  waiting = new Map(found.map((m) => [m.name, strongest(m)]));
  if ($("unknown").open && $("unknown").contains(document.activeElement)) { $("order").textContent = word("order_waits"); return; }
  takeOrder();
}

function takeOrder() {
  moves = waiting;
  waiting = null;
  $("unknown").classList.remove("stale");
  buildUncertainties();
}

/** Another question: what was found for the last one is no longer said of this one. */
export function forgetMoves() {
  waiting = null;
  if (!moves || $("unknown").classList.contains("stale")) return;
  $("unknown").classList.add("stale");
  for (const summary of $("unknown").querySelectorAll("[data-usual]")) summary.textContent = summary.dataset.usual;
  $("order").textContent = word("not_ordered");
}

/** Returns the side that an uncertainty moves more, and whether more than chance would. */
export function strongest(found) {
  const [mean, low, high] = [found.case, found.base].reduce((a, b) => (Math.abs(b[0]) > Math.abs(a[0]) ? b : a));
  const wider = parts.wider.uncertainties;
  return { mean, sure: mean - wider * (mean - low) > 0 || mean + wider * (high - mean) < 0 };
}

function uncertainty(item) {
  const found = $("unknown").classList.contains("stale") ? null : moves?.get(item.name);
  const told = !found ? "" : found.sure ? word("moves_here", { n: isolated(number(Math.abs(found.mean), 1)), way: word(found.mean > 0 ? "way_more" : "way_fewer") }) : found.mean === 0 ? word("moves_nothing") : word("moves_unsure");
  const about = el("details", { class: "about", "data-about": item.name },
    el("summary", { "data-usual": `${word("moves")}: ${item.moves}` }, told || `${word("moves")}: ${item.moves}`),
    el("p", {}, item.meaning),
    el("p", {}, `${word("moves")}: ${item.moves}`),
    el("p", {}, `${word("source")}: `, el("bdi", { dir: "ltr", lang: "en" }, item.source), " · ", el("bdi", { dir: "ltr" }, item.name)),
  );
  return slider({ ...item, middle: item.default[state.structure] ?? item.default.neutral, drawn: [item.low, item.high] }, null, state.held[item.name], (v) => setOrDrop(state.held, item.name, v), about);
}

function buildUncertainties() {
  const wanted = $("find").value.trim().toLowerCase(), focus = document.activeElement?.id;
  const open = new Set([...document.querySelectorAll("[data-about][open]")].map((d) => d.dataset.about));
  const found = parts.parameters.filter((p) => !wanted || `${p.label} ${p.name}`.toLowerCase().includes(wanted));
  const moving = found.filter((p) => !moves || moves.get(p.name).sure || p.name in state.held), still = found.filter((p) => !moving.includes(p));
  if (moves) moving.sort((a, b) => Math.abs(moves.get(b.name).mean) - Math.abs(moves.get(a.name).mean));
  fill($("uncertainties"), ...moving.map(uncertainty));
  $("still").classList.toggle("hidden", !still.length);
  fill($("still-list"), ...still.map(uncertainty));
  $("still-count").textContent = word("still", { n: isolated(still.length) });
  $("order").textContent = word(moves && !$("unknown").classList.contains("stale") ? "ordered" : "not_ordered");
  for (const about of document.querySelectorAll("[data-about]")) about.open = open.has(about.dataset.about);
  if (focus && $(focus) && focus !== document.activeElement?.id) $(focus).focus();
  if (wanted) $("unknown").open = true;
}

// --- conditions of one's own ---

function select(id, label, options, value, change) {
  const box = el("select", { id, onchange: () => change(box.value) }, ...options.map((o) => el("option", { value: o.value }, o.label)));
  box.value = value;
  return el("div", {}, el("label", { for: id }, label), box);
}

function numeric(id, label, value, low, high, step, change) {
  const box = el("input", { type: "number", id, min: `${low}`, max: `${high}`, step: `${step}`, inputmode: "decimal" });
  box.value = value;
  box.addEventListener("change", () => {
    const said = box.value, fits = said !== "" && Number(said) >= low && Number(said) <= high;
    $("own-error").textContent = fits ? "" : word("fault_range", { key: label, low: isolated(low), high: isolated(high), value: isolated(said || "\u2013") });
    if (fits) change(Number(said)); else box.value = value;
  });
  return el("div", {}, el("label", { for: id }, label), box);
}

/** Returns a condition with what belongs to what it looks at and to what it moves. */
function fitting(own) {
  const sight = parts.sights.find((s) => s.name === own.see), fit = { ...own };
  const among = (options, value) => (options.some((o) => o.value === value) ? value : options[0]?.value ?? "");
  fit.about = among(sight.about, own.about);
  fit.counted_by = fit.about === "state" ? "press" : among(sight.counted_by, own.counted_by);
  fit.days = sight.days ? own.days || 90 : "";
  const able = parts.moved_by_conditions.filter((m) => m.decided_by.some((who) => sight.sees.includes(who)));
  const moved = able.find((m) => m.name === own.lever) ?? able[0];
  fit.lever = moved.name;
  if (!moved.soldiers) fit.over = 0;
  const lever = parts.levers.find((l) => l.name === moved.name);
  if (lever.choices.length) fit.to = among(lever.choices, own.to);
  else if (moved.name === "advisers" && own.to === "residual") fit.to = own.to;
  else if (typeof own.to !== "number" || own.to > moved.range[1]) fit.to = Math.min(lever.high, moved.range[1]) / 2;
  return { fit, sight, moved, able, lever };
}

function usualOwn(name) {
  const first = people().find((lever) => scenarioOf(state.case).stands[lever] !== 0) ?? "nato_target";
  return { name, see: "attacks", about: "all", counted_by: "press", days: 90, bound: "at_most", value: 3, lasting: 30, lever: first, to: 0, over: 180 };
}

function ownCondition(own, k) {
  const { fit, sight, moved, able, lever } = fitting(own);
  const at = (field) => `${own.name}-${field}`;
  const set = (values) => {
    const next = fitting({ ...fit, ...values }).fit;
    if (values.see) { const other = parts.sights.find((s) => s.name === next.see); next.value = Math.min(other.high, Math.max(other.low, next.value)); }
    state.own[k] = next;
    hand.told = toldOwn(next, parts).sentence;
    const focus = document.activeElement?.id;
    buildOwn();
    if (focus) $(focus)?.focus();
    changed();
  };
  const away = press(word("own_drop"), () => { state.own.splice(k, 1); buildOwn(); changed(); $("own-add").focus(); });
  const choices = (name, list, value) => (list.length > 1 ? [select(at(name), word(`own_${name}`), list, value, (v) => set({ [name]: v }))] : []);
  const counted = fit.about === "state" ? [] : sight.counted_by;
  const bounds = ["at_least", "at_most"].map((b) => ({ value: b, label: word(`own_${b}`) }));
  const residual = [{ value: "number", label: word("own_number") }, { value: "residual", label: word("own_residual") }];
  const level = sight.count || sight.high > 1 ? 1 : 0.05;
  return el("fieldset", { class: "own" }, el("legend", {}, word("own_title", { n: isolated(own.name.slice(4)) })),
    select(at("see"), word("own_see"), parts.sights.map((s) => ({ value: s.name, label: s.label })), fit.see, (v) => set({ see: v })),
    ...choices("about", sight.about, fit.about), ...choices("counted_by", counted, fit.counted_by),
    ...(sight.days ? [numeric(at("days"), word("own_days"), fit.days, 1, 365, 1, (v) => set({ days: v }))] : []),
    select(at("bound"), word("own_bound"), bounds, fit.bound, (v) => set({ bound: v })),
    numeric(at("value"), `${word("own_value")} (${sight.unit})`, fit.value, sight.name === "days_without_attacks" ? 0 : -1e6, sight.name === "days_without_attacks" ? 364 : 1e6, level, (v) => set({ value: v })),
    numeric(at("lasting"), word("own_lasting"), fit.lasting, 1, 2000, 1, (v) => set({ lasting: v })),
    select(at("lever"), word("own_lever"), able.map((m) => ({ value: m.name, label: m.label })), fit.lever, (v) => set({ lever: v })),
    ...(moved.name === "advisers" ? [select(at("kind"), word("own_kind"), residual, fit.to === "residual" ? "residual" : "number", (v) => set({ to: v === "residual" ? v : lever.high / 2 }))] : []),
    ...(fit.to === "residual" ? [] : [lever.choices.length ? select(at("to"), word("own_to"), lever.choices, fit.to, (v) => set({ to: v })) : numeric(at("to"), word("own_to"), fit.to, moved.range[0], moved.range[1], Math.min(1, lever.step), (v) => set({ to: v }))]),
    ...(moved.soldiers ? [numeric(at("over"), word("own_over"), fit.over, 0, 2000, 1, (v) => set({ over: v }))] : []),
    el("p", { class: "hint" }, toldOwn(fit, parts).sentence), away);
}

function buildOwn() {
  fill($("own-list"), ...state.own.filter((own) => own.line === undefined).map(ownCondition));
  $("own-add").disabled = state.own.length >= MOST_OWN;
}

/** Returns in words what is moved, held and asked for, for print, kept settings and whoever listens. */
export function settingOf(of = state) {
  const lever = (name) => parts.levers.find((l) => l.name === name), parameter = (name) => parts.parameters.find((p) => p.name === name);
  const said = [];
  for (const [name, value] of Object.entries(of.levers)) {
    const item = lever(name);
    if (item) said.push(`${item.label}: ${item.choices.length ? item.choices.find((c) => c.value === value)?.label ?? value : word(`unit_${name}`, { n: numberText(value, item.step) })}`);
  }
  for (const own of of.own) if (own.line === undefined) said.push(toldOwn(own, parts).sentence);
  for (const [name, value] of Object.entries(of.held)) said.push(`${parameter(name)?.label ?? name}: ${parameter(name) ? numberText(value, parameter(name).step) : isolated(value)}`);
  said.push(`${word("structure")}: ${parts.structures.find((s) => s.name === of.structure)?.label ?? of.structure}`);
  said.push(`${word("motive")}: ${words.books.motives[of.motive === "all" ? "pooled" : of.motive] ?? of.motive}`);
  if (`${of.seed}` !== "0") said.push(`${word("seed")}: ${isolated(of.seed)}`);
  return said.join(words.semicolon);
}

/** Builds what depends on what is chosen; focus stays where it was. */
export function buildControls() {
  const focus = document.activeElement?.id;
  for (const id of ["case", "base"]) {
    fill($(id), ...parts.scenarios.map((s) => el("option", { value: s.name }, s.title)));
    $(id).value = state[id];
  }
  fill($("structure"), ...parts.structures.map((s) => el("option", { value: s.name }, s.label)));
  $("structure").value = state.structure;
  fill($("motive"), ...parts.motives.map((m) => el("option", { value: m.name }, m.label)));
  $("motive").value = state.motive;
  $("outcome").value = state.outcome;
  for (const radio of document.querySelectorAll("[name=shown]")) radio.checked = radio.value === state.shown;
  buildLevers();
  buildOwn();
  buildUncertainties();
  if (focus && focus !== document.activeElement?.id) $(focus)?.focus();
}

/** Connects what stands on the page from the beginning. */
export function listen() {
  for (const id of ["case", "base", "structure", "motive", "outcome"]) {
    $(id).addEventListener("change", () => {
      state[id] = $(id).value;
      hand.told = word("now_at", { name: word(id === "outcome" ? "outcome" : id), value: $(id).selectedOptions[0].textContent });
      if (id === "case") { state.levers = {}; state.own = []; buildLevers(); buildOwn(); }
      if (id === "structure") { buildLevers(); buildUncertainties(); }
      changed();
    });
  }
  for (const radio of document.querySelectorAll("[name=shown]")) radio.addEventListener("change", () => { state.shown = radio.value; changed(); });
  $("find").addEventListener("input", buildUncertainties);
  $("unknown").addEventListener("focusout", (event) => { if (waiting && !$("unknown").contains(event.relatedTarget)) setTimeout(() => { if (waiting) takeOrder(); }); });
  $("controls").addEventListener("submit", (event) => event.preventDefault());
  $("own-add").addEventListener("click", () => {
    const name = ["own-1", "own-2", "own-3"].find((free) => !state.own.some((own) => own.name === free));
    state.own.push(fitting(usualOwn(name)).fit);
    state.own.sort((a, b) => (a.name < b.name ? -1 : 1));
    buildOwn();
    changed();
    $(`${name}-see`).focus();
  });
  $("reset").addEventListener("click", () => {
    Object.assign(state, { levers: {}, held: {}, own: [], claim: "", search: "" });
    $("find").value = "";
    buildControls();
    changed();
  });
}

