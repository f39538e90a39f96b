/** The answer in plain words: what the numbers say, how sure it is, and what decides it. */

import { isolated, word, words } from "./common.js";
import { parts, scenarioOf } from "./state.js";

const row = (rows, name) => rows.find((r) => r.name === name);
const inDigits = (value) => isolated(`${value}`);

/** Returns what a scenario is called in a sentence, as what one does and as what one compares with. */
export function acts(view, moved) {
  const of = (name, kind) => words.books.acts[`${name}_${kind}`] ?? word(`act_${kind}`, { title: scenarioOf(name).title });
  return { do: moved ? word("act_moved", { act: of(view.case, "do") }) : of(view.case, "do"), than: of(view.base, "than") };
}

/** Returns a quotient of attacks in words, such as *8 in 100 fewer*. */
export function change(quotient) {
  const n = Math.round(Math.abs(1 - quotient) * 100);
  if (n === 0) return word("change_none");
  return word(quotient < 1 ? "change_fewer" : "change_more", { n: inDigits(n) });
}

/** Returns which way an interval points: -1 fewer, 1 more, 0 it cannot tell.
 *
 * It is made wider where several statements are told together. */
export function direction(ratio, wider = 1) {
  const low = ratio.mean - wider * (ratio.mean - ratio.low), high = ratio.mean + wider * (ratio.high - ratio.mean);
  return high < 1 ? -1 : low > 1 ? 1 : 0;
}

/** Returns a share of worlds in words, never rounded to none or to all. */
export function share(value, worlds) {
  if (value === 0) return word("worlds_none", { worlds: inDigits(worlds) });
  if (value === 1) return word("worlds_all", { worlds: inDigits(worlds) });
  const n = Math.round(100 * value);
  return n === 0 ? word("worlds_few") : n === 100 ? word("worlds_most") : word("worlds_some", { n: inDigits(n) });
}

/** Returns the sentence that the numbers allow, and none stronger. */
export function answerOf(rows, named, worlds) {
  const ratio = row(rows, "tempo_ratio"), tempo = row(rows, "tempo_foreign"), stop = row(rows, "stop_180");
  const values = { ...named, worlds: inDigits(worlds) }, way = direction(ratio), n = Math.round(Math.abs(1 - ratio.mean) * 100);
  let kind = "unclear";
  if (Number.isNaN(ratio.mean)) kind = "nothing";
  else if (tempo.low === 0 && tempo.high === 0) kind = "same";
  else if (way) kind = `${n ? "" : "hardly_"}${way < 0 ? "fewer" : "more"}`;
  const first = word(`answer_${kind}`, { ...values, n: inDigits(n) });
  const base = word(stop.case === stop.base ? "answer_base_same" : "answer_base", { ...values, share: share(stop.base, worlds) });
  const second = word(stop.case === 0 ? "answer_stop_none" : "answer_stop", { ...values, share: share(stop.case, worlds), base });
  return { kind, text: `${first} ${second}` };
}

/** Returns what year the numbers are about and how sure they are: of a mean, and of single worlds. */
export function sureness(rows, worlds, day) {
  const ratio = row(rows, "tempo_ratio");
  if (Number.isNaN(ratio.mean)) return ["", ""];
  return [word("sure_range", { low: change(ratio.low), high: change(ratio.high), worlds: inDigits(worlds), day }), word("sure_futures", { future_low: change(ratio.future_low), future_high: change(ratio.future_high) })];
}

/** Returns which part makes most of a difference that was split, or that none stands out. */
export function toldWhy(found) {
  const [first, second] = found.levels, all = second.value - first.value, size = (bar) => bar.end - bar.begin;
  const most = found.bars.filter((bar) => Math.sign(size(bar)) === Math.sign(all)).sort((a, b) => Math.abs(size(b)) - Math.abs(size(a)))[0];
  if (!most || Math.abs(size(most)) <= most.half) return word("why_unclear");
  const told = (value) => inDigits(`${value < 0 ? "\u2212" : "+"}${Math.abs(value).toFixed(2)}`);
  return word(Math.abs(size(most)) >= Math.abs(all) / 2 ? "why_part" : "why_largest", { part: most.label, n: told(size(most)), all: told(all) });
}

/** Returns what all readings say together, and which of the two questions decides more. */
export function overReadings(readings) {
  const found = readings.filter((r) => r.motive !== "all").map((r) => ({ ...r, ratio: row(r.rows, "tempo_ratio") })).filter((r) => !Number.isNaN(r.ratio.mean));
  if (!found.length) return null;
  const ways = found.map((r) => direction(r.ratio, parts.wider.readings)), count = (way) => ways.filter((w) => w === way).length;
  const means = found.map((r) => r.ratio.mean), values = {
    all: inDigits(found.length), fewer: inDigits(count(-1)), more: inDigits(count(1)), unclear: inDigits(count(0)),
    low: change(Math.min(...means)), high: change(Math.max(...means)),
  };
  const agreed = count(-1) === found.length || count(1) === found.length;
  const half = found.reduce((sum, r) => sum + (r.ratio.high - r.ratio.low) / 2, 0) / found.length;
  const effect = (key) => {
    const names = [...new Set(found.map((r) => r[key]))].map((name) => {
      const mine = found.filter((r) => r[key] === name);
      return { name, mean: mine.reduce((sum, r) => sum + r.ratio.mean, 0) / mine.length, noise: half / Math.sqrt(mine.length) };
    }).sort((a, b) => a.mean - b.mean);
    const [least, most] = [names[0], names.at(-1)];
    return { key, least, most, range: most.mean - least.mean, noise: least.noise + most.noise };
  };
  const [first, second] = [effect("motive"), effect("structure")].sort((a, b) => b.range - a.range);
  const decides = first.range <= first.noise ? "none" : second.range > second.noise && first.range - second.range <= first.noise ? "both" : first.key;
  return {
    text: word(agreed ? "readings_agree" : "readings_differ", values),
    because: word(`decides_${decides}`, {
      low: change(first.least.mean), high: change(first.most.mean),
      least: words.books[`${first.key}s`][first.least.name], most: words.books[`${first.key}s`][first.most.name],
    }),
  };
}
