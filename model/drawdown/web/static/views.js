/** Where views are played: in this browser, or by the server where a browser cannot. */

import { addDays, ask, lang, root, rtl, word, words } from "./common.js";
import { Player, canPlay } from "./player.js";
import { chronicle, events, rows, toldSplit } from "./told.js";
import { digest, scenarioFile } from "./files.js";

/** Returns the words of an address that stand for a view. */
export function address(view, usual) {
  const q = new URLSearchParams();
  for (const key of Object.keys(usual)) if (`${view[key]}` !== usual[key]) q.set(key, view[key]);
  for (const [key, value] of Object.entries(view.levers)) q.set(key, value);
  for (const [key, value] of Object.entries(view.held)) q.set(`u.${key}`, value);
  return q;
}

/** Returns what is wrong with a view, one sentence each. */
export function faults(view, parts) {
  const found = [], say = (name, values) => found.push(word(`fault_${name}`, values));
  const among = (key, value, allowed) => { if (!allowed.includes(value)) say("choice", { key, value, allowed: allowed.join(", ") }); };
  const between = (key, text, low, high, whole) => {
    const value = Number(text);
    if (`${text}`.trim() === "" || !Number.isFinite(value) || (whole && !/^\d+$/.test(text))) say(whole ? "whole" : "number", { key, value: text });
    else if (value < low || value > high) say("range", { key, value: text, low, high });
  };
  for (const key of ["case", "base"]) among(key, view[key], parts.scenarios.map((s) => s.name));
  among("structure", view.structure, parts.structures.map((s) => s.name));
  among("motive", view.motive, parts.motives.map((m) => m.name));
  between("seed", view.seed, 0, 2 ** 31 - 1, true);
  between("world", view.world, 0, 199, true);
  for (const [key, value] of Object.entries(view.levers)) {
    const lever = parts.levers.find((l) => l.name === key);
    if (!lever) say("key", { key, allowed: parts.levers.map((l) => l.name).join(", ") });
    else if (lever.choices.length) among(key, value, lever.choices.map((c) => c.value));
    else between(key, value, lever.low, lever.high);
  }
  for (const [key, value] of Object.entries(view.held)) {
    const range = parts.ranges[key];
    if (!range || key === "motive") say("parameter", { key });
    else between(key, value, ...range);
  }
  return found;
}

class Served {
  constructor(usual) { this.usual = usual; this.own = false; }
  #ask(what, view) {
    const q = address(view, this.usual);
    q.set("lang", lang);
    return ask(`${root}api/${what}?${q}`);
  }
  curves(view) { return this.#ask("curves", view); }
  numbers(view) { return this.#ask("numbers", view); }
  world(view) { return this.#ask("world", view); }
  difference(view) { return this.#ask("difference", view); }
  stamp(view) { return this.#ask("link", view); }
  async file(view) { return (await fetch(`${root}download/scenario.yaml?${address(view, this.usual)}`)).text(); }
}

class Own {
  constructor(player, parts, served) {
    Object.assign(this, { player, parts, served, own: true, all: player.blocks, slow: false });
    this.weeks = new Map();
  }

  #title(name) { return this.parts.scenarios.find((s) => s.name === name).title; }

  /** Returns curves; of fewer worlds where the hand still moves and this device is slow. */
  async curves(view, moving = false) {
    const { player } = this, n = player.numbers, begun = performance.now();
    const blocks = moving && this.slow ? Math.ceil(this.all / 4) : this.all;
    const moved = player.moved(view), found = await player.curves(view, blocks);
    const took = performance.now() - begun;
    if (blocks === this.all && took > 20) this.slow = took > 400;
    else if (blocks < this.all) this.slow = took > 100;
    const start = player.day(n.scenarios[view.case].start);
    const first = addDays(start, -n.before);
    const weeks = Array.from({ length: n.weeks }, (_, k) => addDays(first, n.window + n.step * k));
    return { ...found, weeks, start, titles: [this.#title(view.case), this.#title(view.base)], events: this.#events(view, start, await moved) };
  }

  #events(view, start, moved) {
    const { player } = this, n = player.numbers, dated = (own) => own.map((levels) => levels.map(([ordinal, ...rest]) => [player.day(ordinal), ...rest]));
    const sides = [
      { scenario: n.scenarios[view.case], own: dated(moved) },
      { scenario: n.scenarios[view.base], own: dated(n.scenarios[view.base].posture) },
    ];
    return events(sides, start, n.days);
  }

  async numbers(view) { return rows(await this.player.numbersOf(view), words.labels[lang], rtl); }

  async world(view) {
    const n = this.player.numbers, found = await this.player.follow(view), scenario = n.scenarios[view.case];
    return { first: this.player.day(scenario.start), events: chronicle(found, n, scenario, lang), people: found.people, step: n.step };
  }

  async difference(view) {
    const found = await this.player.split(view), many = found.parts.length;
    if (!found.shares) throw Object.assign(new Error(word(many ? "split_many" : "split_nothing", { n: many, most: this.player.numbers.most_split })), { status: 400 });
    return toldSplit(found, [this.#title(view.base), this.#title(view.case)], this.player.numbers, rtl);
  }

  async stamp(view) {
    const found = { model: this.player.numbers.model };
    const shown = await digest(await this.player.numbersOf(view), words.labels.en);
    if (shown) found.numbers = shown;
    return found;
  }

  async file(view) { return scenarioFile(view, this.player.numbers, await this.player.moved(view), (ordinal) => this.player.day(ordinal)); }
}

function tooOld(cause = null) {
  return Object.assign(new Error(word("too_old"), { cause }), { status: 501 });
}

/** Returns where views are played. */
export async function opened(parts, usual) {
  const node = document.getElementById("carried");
  const served = node ? null : new Served(usual);
  if (!canPlay() || (!node && !parts.carried)) {
    if (served) return served;
    throw tooOld();
  }
  try {
    const carried = node ? JSON.parse(node.textContent) : await ask(`${root}carried/${parts.carried}.json`);
    return new Own(await Player.open(carried), parts, served);
  } catch (error) {
    console.warn(error);
    if (served) return served;
    throw tooOld(error);
  }
}
