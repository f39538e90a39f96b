/** Plays views in this browser: workers play blocks of worlds, this page draws them together. */

import { Engine } from "./engine.js";
import { unpacked } from "./packed.js";
import { addDays } from "./common.js";
import { numbersOf } from "./answer.js";

const MOST_WORKERS = 8;
const KEPT = 12;

class Hand {
  constructor(address) {
    this.worker = new Worker(address);
    this.waiting = new Map();
    this.next = 0;
    this.worker.onmessage = ({ data: { id, found, fault } }) => {
      const [done, failed] = this.waiting.get(id);
      this.waiting.delete(id);
      if (fault) failed(new Error(fault)); else done(found);
    };
    this.worker.onerror = (event) => {
      for (const [, failed] of this.waiting.values()) failed(new Error(event.message ?? "worker"));
      this.waiting.clear();
    };
  }

  ask(job, given) {
    return new Promise((done, failed) => {
      const id = this.next += 1;
      this.waiting.set(id, [done, failed]);
      this.worker.postMessage({ id, job, given });
    });
  }
}

/** Puts doubles together whose first bytes stand before all second ones, and so on. */
function doubles(packed) {
  const from = new Uint8Array(packed), many = from.length / 8, made = new Uint8Array(from.length);
  for (let k = 0; k < 8; k += 1) for (let i = 0; i < many; i += 1) made[8 * i + k] = from[k * many + i];
  return made.buffer;
}

/** Says whether this browser can play worlds itself. */
export function canPlay() {
  return [typeof WebAssembly, typeof Worker, typeof BigInt, typeof DecompressionStream].every((t) => t !== "undefined");
}

export class Player {
  static async open(carried) {
    const text = async (packed) => new TextDecoder().decode(await unpacked(packed));
    const [module, numbers, posterior, plans] = await Promise.all([
      unpacked(carried.wasm).then((bytes) => WebAssembly.compile(bytes)),
      text(carried.numbers).then(JSON.parse), text(carried.posterior).then(JSON.parse), unpacked(carried.plans).then(doubles),
    ]);
    const address = URL.createObjectURL(new Blob([carried.worker], { type: "text/javascript" }));
    const player = new Player();
    player.numbers = numbers;
    player.engine = new Engine(await WebAssembly.instantiate(module, {}), numbers);
    player.mark = player.engine.free;
    const count = Math.max(1, Math.min(MOST_WORKERS, navigator.hardwareConcurrency || 2));
    player.hands = Array.from({ length: count }, () => new Hand(address));
    await Promise.all(player.hands.map((hand) => hand.ask("open", { module, numbers, posterior, plans })));
    URL.revokeObjectURL(address);
    player.blocks = Math.ceil(numbers.runs / numbers.lanes);
    player.kept = new Map();
    player.known = new Map();
    return player;
  }

  /** Returns the view under one structure, where it asks for all. */
  single(view) { return view.structure === "all" ? { ...view, structure: this.numbers.single } : view; }

  /** Returns the structures that a view is played under. */
  #structures(view) { return view.structure === "all" ? this.numbers.structures : [view.structure]; }

  /** Returns the worlds of a scenario, from the first block on: rows by world, one structure after the other.
   *
   * With `windows`, what is counted in these parts of the run too. */
  worlds(view, name, levers, own, blocks = this.blocks, windows = []) {
    const key = JSON.stringify([view.seed, view.structure, view.motive, Object.entries(view.held).sort(), name, Object.entries(levers).sort(), own, blocks, windows.map((w) => [w.first, w.last])]);
    if (this.kept.has(key)) {
      const found = this.kept.get(key);
      this.kept.delete(key);
      this.kept.set(key, found);
      return found;
    }
    const found = this.#played({ ...view, windows }, name, levers, own, blocks);
    this.kept.set(key, found);
    found.catch(() => this.kept.delete(key));
    while (this.kept.size > KEPT) this.kept.delete(this.kept.keys().next().value);
    return found;
  }

  async #played(view, name, levers, own, blocks) {
    const each = await Promise.all(this.#structures(view).map((structure) => this.#shared("play", { view: { ...view, structure }, name, levers, own }, blocks)));
    return this.#joined(each.map((parts) => parts.flatMap((p) => p.found).sort((a, b) => a.block - b.block)));
  }

  /** Lets every worker do its blocks of a job. */
  #shared(job, given, blocks) {
    const mine = (k) => Array.from({ length: blocks }, (_, b) => b).filter((b) => b % this.hands.length === k);
    return Promise.all(this.hands.slice(0, blocks).map((hand, k) => hand.ask(job, { ...given, blocks: mine(k) })));
  }

  #joined(each) {
    const worlds = each[0].reduce((sum, b) => sum + b.used, 0), structures = each.length, all = each.flat(), found = { worlds, structures };
    for (const part of ["weekly", "people", "table", "parts", "motive", "wish"]) found[part] = this.#rowsOfBlocks(all, part, worlds * structures);
    found.curves = this.#curves(found);
    return found;
  }

  #rowsOfBlocks(blocks, part, worlds) {
    const lanes = this.numbers.lanes, rows = blocks[0][part].length / lanes, all = new Float64Array(rows * worlds);
    let first = 0;
    for (const block of blocks) {
      const from = block[part];
      for (let row = 0; row < rows; row += 1) for (let lane = 0; lane < block.used; lane += 1) all[row * worlds + first + lane] = from[row * lanes + lane];
      first += block.used;
    }
    return all;
  }

  #curves({ weekly, people, worlds: each, structures }) {
    const worlds = each * structures;
    const { engine: e, numbers: n } = this, lists = (view, size) => Array.from({ length: view.length / size }, (_, k) => Array.from(view.subarray(k * size, (k + 1) * size)));
    e.release(this.mark);
    const sums = e.filled("double", weekly, 2 * n.weeks, worlds), fan = e.array("double", n.lines + 1, n.weeks), found = {};
    ["attacks_foreign", "attacks_state"].forEach((name, k) => {
      e.call("fan", sums, k * n.weeks, fan);
      found[name] = lists(e.view(fan), n.weeks);
    });
    const rows = e.filled("double", people, 3 * n.people_weeks, worlds), medians = e.array("double", 3 * n.people_weeks);
    e.call("medians", rows, medians);
    found.soldiers = lists(e.view(medians), n.people_weeks);
    return found;
  }

  /** Returns the curves of both scenarios, and the worlds of each. */
  async curves(view, blocks = this.blocks) {
    const [a, b] = await this.#two(view, blocks);
    return { case: a.curves, base: b.curves, worlds: a.worlds };
  }

  /** Plays the two scenarios of a view; with the parts of the run that they are told apart in. */
  async #two(view, blocks) {
    const windows = await this.windows(view);
    return Promise.all([this.#moved(view, blocks, windows), this.#compared(view, blocks, windows)]);
  }

  #moved(view, blocks = this.blocks, windows = []) { return this.worlds(view, view.case, view.levers, view.own, blocks, windows); }
  #compared(view, blocks = this.blocks, windows = []) { return this.worlds(view, view.base, {}, [], blocks, windows); }

  /** Returns the curves of one scenario as it is. */
  async untouched(view, name) { return (await this.worlds(view, name, {}, [])).curves; }

  /** Returns the attacks of one world in 30 days, once a week. */
  async line(view) {
    const { weekly, worlds } = await this.#moved(this.single(view));
    return Array.from({ length: this.numbers.weeks }, (_, week) => weekly[week * worlds + view.world]);
  }

  /** Returns the numbers of the table: levels and paired differences with both intervals. */
  async numbersOf(view) { return this.#rows(...await this.#two(view)); }

  /** Returns the same of the first scenario of a view against that of another view. */
  async against(view, other) { return this.#rows(...await Promise.all([this.#moved(view), this.#moved(other)])); }

  /** Returns the numbers of the one answer for a view, in so many blocks; nothing where its scenarios begin on different days. */
  async answer(view, blocks = this.blocks) {
    const n = this.numbers, windows = await this.windows(view);
    if (!windows.length) return null;
    const rows = n.counted_apart.length + 1, e = this.engine;
    const sides = (await this.#two(view, blocks)).map((side) => {
      const total = side.worlds * side.structures;
      return { ...side, row: (window, k) => side.parts.subarray((window * rows + k) * total, (window * rows + k + 1) * total) };
    });
    const call = (how) => (x, y) => {
      e.release(this.mark);
      return this.#estimate(how, e.filled("double", x, x.length), e.filled("double", y, y.length));
    };
    const average = (values) => { e.release(this.mark); return e.call("average", e.filled("double", values, values.length), values.length); };
    return { ...numbersOf(sides, windows, n, this.#structures(view), { estimate: call("estimate"), ratio: call("ratio"), average }), seed: view.seed };
  }

  /** Lets every worker do jobs of one kind, one by one; returns nothing where `wanted` says in
   * between that nobody waits any more. */
  async #oneByOne(job, list, wanted) {
    const found = [];
    await Promise.all(this.hands.map(async (hand, k) => {
      for (let i = k; i < list.length && wanted(); i += this.hands.length) found.push([i, await hand.ask(job, list[i])]);
    }));
    return found.length < list.length ? null : found.sort((a, b) => a[0] - b[0]).map((pair) => pair[1]);
  }

  /** Plays both scenarios for their tables alone, a block at a time, and keeps nothing. */
  async #passing(view, blocks, wanted) {
    const jobs = this.#structures(view).flatMap((structure, k) => Array.from({ length: blocks }, (_, block) => ({ view: { ...view, structure }, block, structure: k })));
    return this.#sides(await this.#oneByOne("pass", jobs, wanted), this.#structures(view).length);
  }

  /** Returns the tables of both scenarios from their blocks, in order. */
  #sides(found, structures) {
    return found && [0, 1].map((side) => {
      const all = found.reduce((sum, pair) => sum + pair[side].used, 0);
      return { worlds: all / structures, structures, table: this.#rowsOfBlocks(found.map((pair) => pair[side]), "table", all) };
    });
  }

  /** Returns the rows of a view's first scenario, played in passing. */
  async glance(view, wanted) {
    const sides = await this.#passing({ ...view, alone: true }, this.blocks, wanted);
    return sides && this.#rows(...sides);
  }

  /** Returns how far an uncertainty moves both scenarios' attacks from its lowest to its highest. */
  async ends(view, name, low, high, few, wanted) {
    const one = this.single(view), at = (value) => this.#passing({ ...one, held: { ...one.held, [name]: value } }, Math.ceil(few / this.numbers.lanes), wanted);
    const lowest = await at(low), highest = lowest && await at(high);
    if (!highest) return null;
    const { engine: e } = this;
    return [0, 1].map((side) => {
      e.release(this.mark);
      const [x, y] = [highest, lowest].map((ends) => e.filled("double", ends[side].table.subarray(0, few), few));
      const { mean, low: from, high: to } = this.#estimate("estimate", x, y);
      return [mean, from, to];
    });
  }

  /** Returns a difference or a quotient of worlds with both intervals. */
  #estimate(how, x, y) {
    const less = this.engine.array("double", 5);
    this.engine.call(how, x, y, less);
    const [mean, low, high, future_low, future_high] = this.engine.view(less);
    return { mean, low, high, future_low, future_high };
  }

  /** Returns worlds averaged over structures. */
  #averaged(values, worlds, structures) {
    if (structures === 1) return values;
    return Float64Array.from({ length: worlds }, (_, w) => {
      let sum = 0;
      for (let s = 0; s < structures; s += 1) sum += values[s * worlds + w];
      return sum / structures;
    });
  }

  #rows(a, b) {
    const { engine: e, numbers: n } = this, found = [], alike = a.structures === b.structures;
    const put = (name, digits, k, how) => {
      e.release(this.mark);
      const all = [a, b].map((side) => side.table.subarray(k * side.worlds * side.structures, (k + 1) * side.worlds * side.structures));
      const means = [a, b].map((side, i) => this.#averaged(all[i], a.worlds, side.structures));
      const [x, y] = means.map((values) => e.filled("double", values, a.worlds)), mark = e.free;
      const middle = e.call("in_the_middle", e.filled("double", all[0].subarray(0, a.worlds), a.worlds)), mean = this.#estimate(how, x, y);
      const levels = { case: e.call("average", x, a.worlds), base: e.call("average", y, a.worlds) };
      e.release(mark);
      const { future_low, future_high } = this.#estimate(how, ...(alike ? all : means).map((values) => e.filled("double", values, values.length)));
      found.push({ name, digits, world: middle, ...levels, ...mean, future_low, future_high });
    };
    n.table.forEach(([name, digits], k) => {
      put(name, digits, k, "estimate");
      if (name === "tempo_foreign") put("tempo_ratio", 2, k, "ratio");
    });
    return found;
  }

  /** Returns the parts of the run in which the scenarios of a view are compared. */
  async #parts(view, wanted) {
    const n = this.numbers, last = n.days - 1, found = await this.hands[0].ask("running", { view });
    let { begins, ends } = found, byMedian = false;
    for (const which of found.judged) {
      const blocks = Array.from({ length: Math.ceil(n.judges / n.lanes) }, (_, block) => block);
      const asked = n.structures.flatMap((structure) => blocks.map((block) => ({ view, which, structure, block })));
      const days = (await this.#oneByOne("judged", asked, wanted))?.flat();
      if (!days) return null;
      const [first, until] = [0, 1].map((k) => days.map((pair) => pair[k]).sort((x, y) => x - y)[Math.floor(days.length / 2)]);
      if (first > last || until < 0) continue;
      byMedian ||= Math.min(last, until) > ends;
      [begins, ends] = [begins < 0 ? first : Math.min(begins, first), Math.max(ends, Math.min(last, until))];
    }
    const whole = { phase: "whole_run", first: 0, last, by_median: false };
    if (begins < 0 || ends <= begins) return [whole];
    const running = { phase: "while_it_runs", first: begins, last: ends, by_median: byMedian };
    if (ends === last) return [running, whole];
    return [running, { phase: "afterwards", first: ends + 1, last: Math.min(last, ends + n.afterwards), by_median: byMedian }, whole];
  }

  /** Returns the parts of the run that a view's answer tells of, with their days; none where its scenarios begin on
   * different days. */
  windows(view) {
    const n = this.numbers, start = n.scenarios[view.case].start;
    if (start !== n.scenarios[view.base].start) return Promise.resolve([]);
    const key = JSON.stringify([view.seed, view.case, view.base, Object.entries(view.levers).sort(), view.own, Object.entries(view.held).sort(), view.motive]);
    if (!this.known.has(key)) {
      const found = this.#parts(view, () => true).then((all) => all.map((w) => ({ ...w, from: this.day(start + w.first), to: this.day(start + w.last) })));
      this.known.set(key, found);
      found.catch(() => this.known.delete(key));
      while (this.known.size > KEPT) this.known.delete(this.known.keys().next().value);
    }
    return this.known.get(key);
  }

  /** Splits the difference between two scenarios among all that differs, in attacks a month. */
  async split(asked, wanted, most) {
    const view = this.single(asked), n = this.numbers, parts = await this.hands[0].ask("pair", { view });
    if (!parts.length || parts.length > Math.min(most, n.most_split)) return { parts };
    const codes = Array.from({ length: 2 ** parts.length }, (_, code) => code);
    const size = (code) => parts.filter((_, k) => code & (1 << k)).length;
    codes.sort((a, b) => size(a) - size(b) || a - b);
    const worlds = n.runs, all = new Float64Array(codes.length * worlds);
    for (const [row, code] of codes.entries()) {
      if (!wanted()) return null;
      const moved = parts.filter((_, k) => code & (1 << k));
      const found = await this.#shared("between", { view, moved }, this.blocks);
      for (const { block, used, tempo } of found.flat()) all.set(tempo.subarray(0, used), row * worlds + block * n.lanes);
    }
    const e = this.engine;
    e.release(this.mark);
    const values = e.filled("double", all, codes.length, worlds), none = e.filled("double", new Float64Array(worlds), worlds);
    const mark = e.free, estimated = (column) => this.#estimate("estimate", column, none);
    const column = (row) => e.filled("double", e.view(values).slice(row * worlds, (row + 1) * worlds), worlds);
    const place = new Map(codes.map((code, row) => [code, row]));
    const shares = parts.map((name, bit) => {
      e.release(mark);
      const lacks = codes.filter((code) => !(code & (1 << bit)));
      const whole = (list) => e.filled("int32_t", list, list.length), found = e.array("double", worlds);
      const without = lacks.map((code) => place.get(code)), together = lacks.map((code) => place.get(code | (1 << bit)));
      e.call("shapley", values, whole(without), whole(together), whole(lacks.map(size)), parts.length, found);
      const shapley = estimated(found), one = e.array("double", worlds);
      const means = lacks.map((_, k) => { e.call("effect", values, without[k], together[k], one); return e.call("average", one, worlds); });
      const effect = (k) => { e.call("effect", values, without[k], together[k], one); return estimated(one); };
      return { name, shapley, first: effect(0), last: effect(lacks.length - 1), least: Math.min(...means), most: Math.max(...means) };
    });
    e.release(mark);
    return { parts, subsets: codes.length, shares, levels: [estimated(column(0)), estimated(column(codes.length - 1))] };
  }

  /** Lives one world of the first scenario day by day. */
  follow(asked) { const view = this.single(asked); return this.hands[0].ask("follow", { view, name: view.case, levers: view.levers, own: view.own }); }

  /** Returns the dated soldiers of the first scenario as they are moved. */
  moved(view) { return this.hands[0].ask("moved", { name: view.case, levers: view.levers }); }

  /** Returns a day that is counted from the year 1 as text. */
  day(ordinal) { return addDays("1970-01-01", ordinal - 719163); }
}
