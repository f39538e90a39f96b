/** Where views are played: in this browser, or by the server where a browser cannot. */

import { addDays, ask, lang, root, rtl, word, words } from "./common.js";
import { Player, canPlay } from "./player.js";
import { chronicle, events, toldOwn, toldRows, toldSplit } from "./told.js";
import { lineOf, NUMBER } from "./own.js";
import { digest, scenarioFile } from "./files.js";

/** Returns the words of an address that stand for a view. */
export function address(view, usual) {
  const q = new URLSearchParams();
  for (const key of Object.keys(usual)) if (`${view[key]}` !== usual[key]) q.set(key, view[key]);
  for (const [key, value] of Object.entries(view.levers)) q.set(key, value);
  for (const [key, value] of Object.entries(view.held)) q.set(`u.${key}`, value);
  for (const own of view.own) q.set(own.name.replace("own-", "when"), own.line ?? lineOf(own));
  return q;
}

/** Returns what is wrong with a view, one sentence each. */
export function faults(view, parts) {
  const found = [...(view.wrong ?? [])], say = (name, values) => found.push(word(`fault_${name}`, values));
  const among = (key, value, allowed) => { if (!allowed.includes(value)) say("choice", { key, value, allowed: allowed.join(", ") }); };
  const between = (key, text, low, high, whole) => {
    const value = Number(text);
    if (!NUMBER.test(`${text}`) || !Number.isFinite(value) || (whole && !/^(0|[1-9][0-9]*)$/.test(text))) say(whole ? "whole" : "number", { key, value: text });
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
    const range = Object.hasOwn(parts.ranges, key) ? parts.ranges[key] : null;
    if (!range || key === "motive") say("parameter", { key });
    else between(key, value, ...range);
  }
  for (const own of view.own) {
    const key = own.name.replace("own-", "when"), at = (field) => `${key}: ${field}`;
    if (own.line !== undefined) { say("when", { key }); continue; }
    const sight = parts.sights.find((s) => s.name === own.see), moved = parts.moved_by_conditions.find((m) => m.name === own.lever);
    const options = (list) => (list.length ? list.map((o) => o.value) : [""]);
    among(at("see"), own.see, parts.sights.map((s) => s.name));
    among(at("bound"), own.bound, ["at_least", "at_most"]);
    among(at("lever"), own.lever, parts.moved_by_conditions.map((m) => m.name));
    between(at("lasting"), own.lasting, 1, 2000, true);
    between(at("over"), own.over, 0, 2000, true);
    if (!sight || !moved) continue;
    among(at("about"), own.about, options(sight.about));
    among(at("counted_by"), own.counted_by, own.about === "state" ? ["press"] : options(sight.counted_by));
    if (sight.days) between(at("days"), own.days, 1, 365, true);
    else among(at("days"), own.days, [""]);
    between(at("value"), own.value, ...(own.see === "days_without_attacks" ? [0, 364] : [-Number.MAX_VALUE, Number.MAX_VALUE]));
    const lever = parts.levers.find((l) => l.name === own.lever);
    if (lever.choices.length) among(at("to"), own.to, lever.choices.map((c) => c.value));
    else if (!(own.lever === "advisers" && own.to === "residual")) between(at("to"), own.to, ...moved.range);
    if (own.over > 0 && !moved.soldiers) say("over", { key });
    if (!sight.sees.some((who) => moved.decided_by.includes(who))) say("sees", { key, see: sight.label, lever: moved.label });
  }
  return found;
}

/** Returns JSON's rows with what it cannot say: numbers without a value. */
function whole(found) { return found.map((row) => Object.fromEntries(Object.entries(row).map(([key, value]) => [key, value ?? NaN]))); }

/** Lets whoever asks leave out conditions of their own. */
function completed(player, names) {
  for (const name of names) {
    const work = player[name].bind(player);
    player[name] = (view, ...rest) => work({ own: [], ...view }, ...rest);
  }
  return player;
}

const ASKED = ["curves", "numbers", "rows", "glance", "world", "difference", "stamp", "file", "answer", "moves", "untouched", "against"];

class Served {
  constructor(usual) { this.usual = usual; this.own = false; completed(this, ASKED); }
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
  async untouched(view, name) { return (await this.curves({ ...view, case: name, levers: {}, own: [] })).case; }
  async rows(view) { return whole(await this.#ask("rows", view)); }
  async glance(view) { return this.rows(view); }
  answer(view) { return this.#ask("answer", view); }
  async against(view, other) {
    const q = address(view, this.usual);
    q.set("other", address(other, this.usual));
    return whole(await ask(`${root}api/against?${q}`));
  }
  moves(view) { return this.#ask("moves", view); }
  async file(view) {
    const answer = await fetch(`${root}download/scenario.yaml?${address(view, this.usual)}`);
    if (!answer.ok) throw Object.assign(new Error(answer.statusText), { status: answer.status });
    return answer.text();
  }
}

class Own {
  constructor(player, parts, served) {
    Object.assign(this, { player, parts, served, own: true, all: player.blocks, slow: false });
    completed(this, ASKED);
  }

  #title(name) { return this.parts.scenarios.find((s) => s.name === name).title; }

  /** Returns curves; of fewer worlds where the hand still moves and this device is slow. */
  async curves(view, moving = false) {
    const { player } = this, n = player.numbers, begun = performance.now();
    const blocks = moving && this.slow ? Math.ceil(this.all / 4) : this.all;
    this.blocks = blocks;
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

  /** Returns the numbers of the one answer: those carried for a usual view, or of the worlds that the curves show. */
  answer(view) {
    const { answers, reference } = this.player.numbers, held = Object.keys(view.held).length + Object.keys(view.levers).length + view.own.length;
    const usually = !held && view.structure === "all" && view.motive === "all" && Number(view.seed) === 0 && view.base === reference && view.case !== reference;
    return (usually && answers[view.case]) || this.player.answer(view, this.blocks ?? this.all);
  }

  async numbers(view) { return toldRows(await this.rows(view), words.labels[lang], rtl); }
  rows(view) { return this.player.numbersOf(view); }
  glance(view, wanted = () => true) { return this.player.glance(view, wanted); }
  against(view, other) { return this.player.against(view, other); }
  untouched(view, name) { return this.player.untouched(view, name); }

  /** Returns how far each uncertainty moves the attacks of both scenarios. */
  async moves(view, wanted = () => true) {
    const found = [];
    for (const { name, low, high } of this.parts.parameters) {
      const ends = await this.player.ends(view, name, low, high, this.parts.few, wanted);
      if (!ends) return null;
      found.push({ name, case: ends[0], base: ends[1] });
    }
    return found;
  }

  async world(view) {
    const n = this.player.numbers, scenario = n.scenarios[view.case];
    const tests = scenario.conditions.flatMap((c) => Object.values(c.parts)).flat().length;
    const own = view.own.map((one, k) => toldOwn(one, this.parts, tests + k, n.level_names));
    const [found, line] = [await this.player.follow({ ...view, told: own }), await this.player.line(view)];
    return { first: this.player.day(scenario.start), events: chronicle(found, n, scenario, own), people: found.people, step: n.step, line };
  }

  /** Returns a split difference; nothing where nobody waits any more. */
  async difference(view, wanted = () => true, most = Infinity) {
    const found = await this.player.split(view, wanted, most);
    if (!found) return null;
    const many = found.parts.length;
    if (!found.shares) throw Object.assign(new Error(word(many ? "split_many" : "split_nothing", { n: many, most: this.player.numbers.most_split })), { status: 400, many });
    return toldSplit(found, [this.#title(view.base), this.#title(view.case)], this.player.numbers, rtl);
  }

  async stamp(view) {
    const found = { model: this.player.numbers.model };
    const shown = await digest(await this.rows(view), words.labels.en);
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
