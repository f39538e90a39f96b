/** What a reader has chosen, and the words of an address that stand for it. */

import { lang, word } from "./common.js";
import { readOwn } from "./own.js";
import { address } from "./views.js";

export const parts = JSON.parse(document.getElementById("parts").textContent);
export const $ = (id) => document.getElementById(id);

/** What plays (`views.js`); what is painted and of which question; how often something new was asked. */
export const session = { player: null, shown: null, asked: null, painted: 0, turn: 0 };

export const usual = { case: "combat-to-advisory", base: "sustained-presence", structure: "all", motive: "all", seed: "0", world: "0" };
const page = { shown: "policies", outcome: "foreign", tour: "0", large: "0", embed: "0", claim: "", search: "" };
export const state = { ...usual, ...page, levers: {}, held: {}, own: [], pins: [], wrong: [] };

const grammar = parts.link;
export const MOST_PINS = grammar.most_pins;
const wholly = (pattern) => new RegExp(`^(?:${pattern})$`, "u"), HELD = wholly(grammar.held);
const SPELLED = Object.fromEntries(Object.entries(grammar.spelled).map(([kind, pattern]) => [kind, wholly(pattern)]));
const cut = (text) => [...text].slice(0, 60).join("");

/** Returns what is wrong with how a word of an address is written, or nothing: `misspelled` in `web/address.py` says the same. */
function misspelled(key, value) {
  const kind = Object.hasOwn(grammar.kinds, key) ? grammar.kinds[key] : HELD.test(key) ? "number" : null, told = { key: cut(key), value: cut(value) };
  if (!kind) return word("fault_key", { key: cut(key), allowed: grammar.levers.join(", ") });
  if (typeof kind !== "string") return kind.includes(value) ? null : word("fault_choice", { ...told, allowed: kind.join(", ") });
  return SPELLED[kind].test(value) && (kind !== "number" || Number.isFinite(Number(value))) ? null : word(`fault_${kind}`, told);
}

/** Returns a view that an address asks for, what else of the page it names, and what is wrong with how it is written. */
export function readQuery(text, pinned = false) {
  // Without a prototype, so that no word of an address is one of its members.
  const found = { ...usual, ...page, levers: Object.create(null), held: Object.create(null), own: [], pins: [], wrong: [] }, own = new Map(), seen = new Set();
  if ([...text.replace(/^\?/, "")].length > grammar.most) { found.wrong.push(word("fault_long", { most: grammar.most })); return found; }
  for (const [key, value] of new URLSearchParams(text)) {
    const wrong = key !== "pin" && seen.has(key) ? word("fault_twice", { key: cut(key) }) : misspelled(pinned && key === "pin" ? "pin in pin" : key, value);
    seen.add(key);
    if (wrong) found.wrong.push(wrong);
    else if (Object.hasOwn(usual, key) || Object.hasOwn(page, key)) found[key] = value;
    else if (key.startsWith("u.")) found.held[key.slice(2)] = value;
    else if (grammar.kinds[key] === "when") own.set(key, { name: key.replace("when", "own-"), ...(readOwn(value) ?? { line: value }) });
    else if (key === "pin") {
      found.pins.push(readPin(value));
      found.wrong.push(...readQuery(found.pins.at(-1).query, true).wrong);
    }
    else if (grammar.levers.includes(key)) found.levers[key] = value;
  }
  found.own = [...own.keys()].sort().map((key) => own.get(key));
  if (found.pins.length > MOST_PINS) found.wrong.push(word("fault_choice", { key: "pin", value: found.pins.length, allowed: `0 \u2026 ${MOST_PINS}` }));
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
  const own = { levers: { ...of.levers }, held: { ...of.held }, own: of.own.map((one) => ({ ...one })), wrong: of.wrong ?? [] };
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
