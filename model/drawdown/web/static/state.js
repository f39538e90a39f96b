/** What a reader has chosen, and the words of an address that stand for it. */

import { lang } from "./common.js";
import { MOST_OWN, readOwn } from "./own.js";
import { address } from "./views.js";

export const parts = JSON.parse(document.getElementById("parts").textContent);
export const $ = (id) => document.getElementById(id);

/** What plays (`views.js`), what is shown now, and how often something new was asked for. */
export const session = { player: null, shown: null, rows: null, turn: 0 };

export const usual = { case: "combat-to-advisory", base: "sustained-presence", structure: "neutral", motive: "all", seed: "0", world: "0" };
const page = { shown: "policies", outcome: "foreign", tour: "0", large: "0", embed: "0", claim: "", search: "" };
export const state = { ...usual, ...page, levers: {}, held: {}, own: [], pins: [] };
export const PICTURES = ["policies", "structures", "motives", "one"];
export const MOST_PINS = 5;

/** Returns a view that an address asks for, and what else of the page it names. */
export function readQuery(text) {
  const found = { ...usual, ...page, levers: {}, held: {}, own: [], pins: [] };
  for (const [key, value] of new URLSearchParams(text)) {
    if (key in usual || key in page) found[key] = value;
    else if (key.startsWith("u.")) found.held[key.slice(2)] = value;
    else if (/^when[1-9]$/.test(key) && Number(key[4]) <= MOST_OWN) found.own.push({ name: key.replace("when", "own-"), ...(readOwn(value) ?? { line: value }) });
    else if (key === "pin") found.pins.push(readPin(value));
    else if (!["lang", "model", "numbers", "name"].includes(key)) found.levers[key] = value;
  }
  found.own.sort((a, b) => (a.name < b.name ? -1 : 1));
  if (!PICTURES.includes(found.shown)) found.shown = page.shown;
  if (!["foreign", "state"].includes(found.outcome)) found.outcome = page.outcome;
  found.pins.length = Math.min(MOST_PINS, found.pins.length);
  return found;
}

function readPin(value) {
  const at = value.indexOf("#");
  return { query: at < 0 ? value : value.slice(0, at), name: at < 0 ? "" : value.slice(at + 1) };
}

export function take(found) { Object.assign(state, found); }

/** Returns what is asked of the model; it does not change when a hand moves on. */
export function view(of = state) {
  const own = { levers: { ...of.levers }, held: { ...of.held }, own: of.own.map((one) => ({ ...one })) };
  for (const key of Object.keys(usual)) own[key] = of[key];
  for (const key of ["seed", "world"]) own[key] = Number(of[key]);
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
