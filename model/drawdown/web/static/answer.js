/** The one answer, as `questions/answer.py` gives it: its numbers for worlds that are played here, and its words. */

import { dayText, filled, isolated, words } from "./common.js";

const COUNTED = ["attacks_foreign", "attacks_state", "dead_us", "dead_coalition", "dead_iraqi"];
const TOLD = { attacks: "attacks_foreign", dead: "dead_us" };
const QUIET = 180, SAME = 0.03, SURE = 3, OPEN = [0.1, 0.4, 0.6, 0.9], FIFTHS = 5, FEWEST = 20;
const FORMS = ["never", "rarely", "even", "mostly", "always"];
const SIGN = "\u2212", DOTS = "\u2026";

const say = (name, values = {}) => filled(words.books.answer[name], values);
const has = (value) => value !== null && !Number.isNaN(value);

/** Returns a share as a whole number of 100. */
const inHundred = (value) => Math.floor(100 * value + 0.5);

/** Returns a difference in hundredths with its sign. */
export function signed(value) {
  const n = Math.floor(100 * value + 0.5);
  return n < 0 ? `${SIGN}${-n}` : n > 0 ? `+${n}` : "0";
}

/** Returns a mean count: with one digit where it is small. */
export function countText(value) {
  const tenths = Math.floor(10 * value + 0.5);
  return tenths < 100 ? (tenths / 10).toFixed(1) : Math.floor(value + 0.5).toLocaleString("en");
}

const enough = (group) => group.worlds >= FEWEST;

/** Returns which readings surely show fewer attacks, which more, and which neither. */
export function wayOf(group) {
  const half = (group.half * SURE) / 1.96;
  if (!enough(group) || !has(group.half)) return 0;
  return group.ratio + half < 1 ? -1 : group.ratio - half > 1 ? 1 : 0;
}

const waysOf = (part) => {
  const ways = part.groups.reading.filter(enough).map(wayOf), many = (way) => ways.filter((w) => w === way).length;
  return [many(-1), many(1), many(0)];
};

function inWords(change, what) {
  if (!has(change.ratio)) return say(`${what}_none`);
  const both = { case: isolated(countText(change.case)), base: isolated(countText(change.base)) };
  if (change.low >= 1 - SAME && change.high <= 1 + SAME) return say(`${what}_as_many`, both);
  if (!(change.high < 1 || change.low > 1)) return say(`${what}_unsure`, both);
  const n = isolated(signed(change.ratio - 1).replace(/^[+\u2212]+/, ""));
  return say(`${what}_${change.ratio < 1 ? "fewer" : "more"}`, { n, ...both });
}

/** Returns what decides the answer most, or nothing where nothing does by more than chance. */
export function decides(answer) {
  const last = toldOfStop(answer) ?? answer.parts.at(-1), open = has(last.stop) && last.stop >= OPEN[0] && last.stop <= OPEN.at(-1);
  for (const stop of open ? [true, false] : [false]) {
    const part = stop ? last : answer.parts[0];
    let found = null, widest = 0;
    for (const by of ["wish", "motive", "structure"]) {
      if (by === "wish" && !stop) continue;
      const groups = (part.groups[by] ?? []).filter(enough).map((g) => (stop ? [g.stop, g.stop_half, g] : [g.ratio, g.half, g])).filter((g) => has(g[0]));
      if (groups.length < 2) continue;
      const least = by === "wish" ? groups[0] : groups.reduce((a, b) => (b[0] < a[0] ? b : a));
      const most = by === "wish" ? groups.at(-1) : groups.reduce((a, b) => (b[0] > a[0] ? b : a)), apart = Math.abs(most[0] - least[0]);
      if (apart > Math.max(widest, Math.sqrt(least[1] * least[1] + most[1] * most[1]))) {
        widest = apart;
        found = [stop ? "stop" : "attacks", by, least[2], most[2]];
      }
    }
    if (found) return found;
  }
  return null;
}

/** Returns the last part that is long enough to tell of a stop. */
function toldOfStop(answer) { return answer.parts.findLast((part) => has(part.stop)); }

const kindOfPart = (part) => (part.about && part.name !== "whole_run" ? `${part.name}_about` : part.name);

function sureness(answer) {
  const first = answer.parts[0], every = first.groups.reading.filter(enough).length;
  if (!every) return say("sure_few");
  const [fewer, more, neither] = waysOf(first);
  let how = fewer && more ? "both" : fewer ? "fewer" : more ? "more" : "none";
  if (every === 1) how = `one_${how}`;
  else if (every === fewer || every === more) how = `all_${how}`;
  const always = answer.parts.every((part) => `${waysOf(part)}` === `${[fewer, more, neither]}`), when = always ? "" : say(`when_${first.name}`);
  const told = say(`sure_${how}`, { when, fewer: isolated(fewer), more: isolated(more), all: isolated(every) }), found = decides(answer);
  if (!found) return told + say(every === 1 ? "decides_alone" : "decides_none");
  const [what, by, ...two] = found, ends = {};
  ["least", "most"].forEach((end, k) => {
    ends[end] = isolated(what === "stop" ? inHundred(two[k].stop) : `${signed(two[k].ratio - 1)}%`);
    if (by !== "wish") ends[`${end}_of`] = say(`of_${two[k].motive || two[k].structure}`);
  });
  return told + say(`decides_${what}_${by}`, ends);
}

/** Returns the answer in at most four sentences. */
export function sentences(answer) {
  const told = answer.parts.map((part) => say(kindOfPart(part), {
    first: dayText(part.first), last: dayText(part.last), ...Object.fromEntries(Object.entries(TOLD).map(([what, outcome]) => [what, inWords(part.changes[outcome], what)])),
  }));
  const last = toldOfStop(answer), days = isolated(QUIET);
  if (!last) told.push(say("stop_unknown", { days }));
  else {
    const over = has(last.least) ? say("over_draws", { low: isolated(inHundred(last.least)), high: isolated(inHundred(last.most)) }) : "";
    const against = say("stop_against", { other: isolated(inHundred(last.stop_base)) }), till = last === answer.parts.at(-1) ? "" : say("stop_till", { last: dayText(last.last) });
    told.push(say(`stop_${FORMS[OPEN.filter((edge) => last.stop >= edge).length]}`, { share: isolated(inHundred(last.stop)), over, against, days, till }));
  }
  return [...told, sureness(answer)];
}

function cell(change) {
  if (!has(change.ratio)) return "\u2013";
  const middle = signed(change.ratio - 1);
  if (!has(change.low)) return isolated(middle);
  const ends = [change.low, change.high].map((v) => signed(Math.max(0, v) - 1));
  if (ends.every((e) => e === middle)) return isolated(middle);
  return isolated(`${middle} [${ends[0]}, ${ends[1]}]`);
}

/** Returns the small table: heads, and rows each with its name. */
export function tableOf(answer) {
  const { parts } = answer, heads = parts.map((p) => say(`head_${kindOfPart(p)}`, { first: dayText(p.first), last: dayText(p.last) }).replace("\n", " "));
  const rows = COUNTED.map((o) => [say(`row_${o}`), ...parts.map((p) => cell(p.changes[o]))]);
  rows.push([say("row_stop", { days: isolated(QUIET) }), ...parts.map((p) => (has(p.stop) ? isolated(`${inHundred(p.stop)} [${inHundred(p.stop_low)}, ${inHundred(p.stop_high)}]`) : "\u2013"))]);
  if (parts.some((p) => has(p.least))) rows.push([say("row_over_draws"), ...parts.map((p) => (has(p.least) ? isolated(`${inHundred(p.least)} ${DOTS} ${inHundred(p.most)}`) : "\u2013"))]);
  rows.push([say("row_stop_base"), ...parts.map((p) => (has(p.stop_base) ? isolated(inHundred(p.stop_base)) : "\u2013"))]);
  return { heads, rows };
}

/** Returns what the numbers rest on, and what the words in them mean. */
export function footOf(answer) {
  const one = answer.structures.length === 1, kept = isolated(answer.worlds.toLocaleString("en"));
  const made = one ? say("made_one", { worlds: kept, of: words.books.structures[answer.structures[0]] }) : say("made", { worlds: kept });
  return { made, legend: say("legend", { days: isolated(QUIET) }), glossary: say("glossary") };
}

/** Returns Wilson's interval of a share, from worlds averaged over structures. */
function wilson(found, n) {
  const z = 1.959963984540054, { mean: p, low, high } = found, half = (high - low) / 2;
  const size = half > 0 ? Math.max(n, (p * (1 - p)) / (half / z) ** 2) : n, under = 1 + (z * z) / size;
  const centre = (p + (z * z) / (2 * size)) / under, wide = (z / under) * Math.sqrt((p * (1 - p)) / size + (z * z) / (4 * size * size));
  return [p, p === 0 ? 0 : Math.max(0, centre - wide), p === 1 ? 1 : Math.min(1, centre + wide)];
}


/** Works the numbers of an answer out.
 *
 * `sides` are the two scenarios' worlds: `row(window, k)` gives a count of a part of the run, one number a world under
 * each structure, one structure after the other; `estimate` and `ratio` are those that are lowered from Python. */
export function numbersOf(sides, windows, n, structures, { estimate, ratio, average }) {
  const [a, b] = sides, W = a.worlds, every = Array.from({ length: W }, (_, w) => w);
  const rowsOf = structures.map((_, s) => s);
  const means = (values, rows, which) => Float64Array.from(which, (w) => rows.reduce((sum, s) => sum + values[s * W + w], 0) / rows.length);
  const two = (x, y, how) => (x.length > 1 ? how(x, y) : { mean: NaN, low: NaN, high: NaN, future_low: NaN, future_high: NaN });
  const share = (values) => {
    const found = two(values, new Float64Array(values.length), estimate);
    return Number.isNaN(found.mean) ? [NaN, NaN, NaN] : wilson(found, values.length);
  };
  const motiveOf = (code) => every.filter((w) => b.motive[w] === code);
  const motives = n.motives.map((name, code) => [name, motiveOf(code)]).filter(([, which]) => which.length);
  const wish = a.wish.subarray(0, W), order = every.slice().sort((i, j) => wish[i] - wish[j] || i - j);
  const quietOf = (side, k) => side.row(k, n.counted_apart.length);
  const parts = windows.map((w, k) => ({ w, k })).filter(({ w }) => windows.length === 1 || w.phase !== "whole_run").map(({ w, k }) => {
    const days = w.last - w.first + 1, changes = {};
    for (const outcome of COUNTED) {
      const at = n.counted_apart.indexOf(outcome), [x, y] = [a.row(k, at), b.row(k, at)];
      const [xm, ym] = [x, y].map((values) => means(values, rowsOf, every)), found = two(xm, ym, ratio), wide = two(x, y, ratio);
      changes[outcome] = { ratio: found.mean, low: found.low, high: found.high, least: wide.future_low, most: wide.future_high, case: average(xm), base: average(ym) };
    }
    const stops = days >= QUIET ? [a, b].map((side) => Float64Array.from(quietOf(side, k), (quiet) => (quiet >= QUIET ? 1 : 0))) : null;
    const [stop, stop_low, stop_high] = stops ? share(means(stops[0], rowsOf, every)) : [NaN, NaN, NaN];
    const [x, y] = [a.row(k, 0), b.row(k, 0)];
    const group = (rows, which, structure = "", motive = "") => {
      const found = two(means(x, rows, which), means(y, rows, which), ratio), [p, low, high] = stops ? share(means(stops[0], rows, which)) : [NaN, NaN, NaN];
      return { structure, motive, worlds: which.length, ratio: found.mean, half: (found.high - found.low) / 2, stop: p, stop_half: (high - low) / 2 };
    };
    const groups = { reading: structures.flatMap((s, i) => motives.map(([m, which]) => group([i], which, s, m))) };
    if (motives.length > 1) groups.motive = motives.map(([m, which]) => group(rowsOf, which, "", m));
    if (structures.length > 1) groups.structure = structures.map((s, i) => group([i], every, s));
    if (Math.max(...wish) > Math.min(...wish)) {
      const ends = Array.from({ length: FIFTHS + 1 }, (_, f) => Math.floor((W * f) / FIFTHS));
      groups.wish = ends.slice(1).map((end, f) => order.slice(ends[f], end)).filter((which) => which.length).map((which) => group(rowsOf, which));
    }
    return {
      name: w.phase, first: w.from, last: w.to, about: w.by_median, changes, stop, stop_low, stop_high, least: NaN, most: NaN,
      stop_base: stops ? average(means(stops[1], rowsOf, every)) : NaN, groups,
    };
  });
  return { parts, worlds: W, structures };
}

/** Returns which part makes most of a difference that was split, or that none stands out. */
export function toldWhy(found, tell) {
  const [first, second] = found.levels, all = second.value - first.value, size = (bar) => bar.end - bar.begin;
  const most = found.bars.filter((bar) => Math.sign(size(bar)) === Math.sign(all)).sort((x, y) => Math.abs(size(y)) - Math.abs(size(x)))[0];
  if (!most || Math.abs(size(most)) <= most.half) return tell("why_unclear");
  const told = (value) => isolated(`${value < 0 ? SIGN : "+"}${Math.abs(value).toFixed(2)}`);
  return tell(Math.abs(size(most)) >= Math.abs(all) / 2 ? "why_part" : "why_largest", { part: most.label, n: told(size(most)), all: told(all) });
}
