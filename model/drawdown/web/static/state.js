/** What a reader has chosen, and the words of an address that stand for it. */

import { lang } from "./common.js";
import { MOST_OWN, readOwn } from "./own.js";
import { address } from "./views.js";

export const parts = JSON.parse(document.getElementById("parts").textContent);
export const $ = (id) => document.getElementById(id);

/** What plays (`views.js`); what is painted and of which question; how often something new was asked. */
export const session = { player: null, shown: null, asked: null, painted: 0, turn: 0 };

export const usual = { case: "combat-to-advisory", base: "sustained-presence", structure: "neutral", motive: "all", seed: "0", world: "0" };
const page = { shown: "policies", outcome: "foreign", tour: "0", large: "0", embed: "0", claim: "", search: "" };
export const state = { ...usual, ...page, levers: {}, held: {}, own: [], pins: [] };
const PICTURES = ["policies", "structures", "motives", "one"];
export const MOST_PINS = 5;

/** Returns a view that an address asks for, and what else of the page it names. */
export function readQuery(text) {
  // Without a prototype, so that no word of an address is one of its members.
  const found = { ...usual, ...page, levers: Object.create(null), held: Object.create(null), own: [], pins: [] }, own = new Map();
  for (const [key, value] of new URLSearchParams(text)) {
    if (Object.hasOwn(usual, key) || Object.hasOwn(page, key)) found[key] = value;
    else if (key.startsWith("u.")) found.held[key.slice(2)] = value;
    else if (/^when[1-9]$/.test(key) && Number(key[4]) <= MOST_OWN) own.set(key, { name: key.replace("when", "own-"), ...(readOwn(value) ?? { line: value }) });
    else if (key === "pin") found.pins.push(readPin(value));
    else if (!["lang", "model", "numbers"].includes(key)) found.levers[key] = value;
  }
  found.own = [...own.keys()].sort().map((key) => own.get(key));
  return found;
}

/** Returns what an address says about the page that there is not: the word and its value. */
export function strangeWords(of = state) {
  const allowed = { shown: PICTURES, outcome: ["foreign", "state"], tour: ["0", "1", "2", "3", "4", "5"], large: ["0", "1"], embed: ["0", "1"] };
  const found = Object.entries(allowed).filter(([key, values]) => !values.includes(of[key])).map(([key, values]) => ({ key, value: of[key], allowed: values.join(", ") }));
  for (const [key, there] of [["claim", parts.claims], ["search", parts.searches]]) if (of[key] && !Object.hasOwn(there, of[key])) found.push({ key, value: of[key], allowed: Object.keys(there).join(", ") });
  if (of.pins.length > MOST_PINS) found.push({ key: "pin", value: of.pins.length, allowed: `0 \u2026 ${MOST_PINS}` });
  return found;
}

/** Returns another view on the same page: what is kept, and how large it is shown, stay. */
export function onThisPage(found) { return { ...found, pins: state.pins, large: state.large, embed: state.embed }; }

function readPin(value) {
  const at = value.indexOf("#");
  return { query: at < 0 ? value : value.slice(0, at), name: at < 0 ? "" : value.slice(at + 1) };
}

export function take(found) { Object.assign(state, found); }

/** Returns what is asked of the model; it does not change when a hand moves on. */
export function view(of = state) {
  const own = { levers: { ...of.levers }, held: { ...of.held }, own: of.own.map((one) => ({ ...one })) };
  for (const key of Object.keys(usual)) own[key] = of[key];
  // What is no whole number stays as it was written, to be told so.
  for (const key of ["seed", "world"]) if (/^\d+$/.test(of[key])) own[key] = Number(of[key]);
  return own;
}

/** Returns the words of an address for the view alone. */
export function viewQuery(of = state) { return address(view(of), usual).toString(); }

/** Returns the words of an address for all that the page shows. */
export function query(language = lang) {
  const q = address(view(), usual);
  for (const [key, value] of Object.entries(page)) if (state[key] !== value) q.set(key, state[key]);
  for (const pin of state.pins) q.append("pin", `${pin.query}#${pin.name}`);
  q.set("lang", language);
  return q.toString();
}

const wishes = new EventTarget();

/** Says that what is asked for has changed; `moving` while a hand is still on a control. */
export function changed(moving = false) { wishes.dispatchEvent(new CustomEvent("changed", { detail: moving })); }
export function onChanged(work) { wishes.addEventListener("changed", (event) => work(event.detail)); }

/** Asks the page to show what an address says. */
export function show(found) { take(found); wishes.dispatchEvent(new CustomEvent("show")); }
export function onShow(work) { wishes.addEventListener("show", work); }

export function scenarioOf(name) { return parts.scenarios.find((s) => s.name === name); }

/** Says whether the first scenario is played otherwise than it is. */
export function isMoved(of = state) { return Object.keys(of.levers).length + of.own.length > 0; }
