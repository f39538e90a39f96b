/** Plays blocks of worlds; runs in a worker. What it computes is lowered from Python. */

import { Engine, sparse } from "./engine.js";
import { movedBy, seenBy } from "./own.js";

const SOLDIERS = ["role", "us_numbers", "coalition", "dates"];
const MOST_LEVELS = 16;
const ROOM = 64;
/** Cells of a world that could act on a day; more than twice as many as there are on average. */
const ROOM_A_LANE = 12;
/** Blocks of drawn parameters that are kept: those of a view under all structures, twice. */
const MOST_DRAWN = 64;

export class Worlds {
  constructor(instance, numbers, posterior, plans) {
    const n = this.n = numbers, e = this.e = new Engine(instance, numbers);
    const L = n.lanes, N = n.parameters.length;
    this.plans = plans;
    this.posterior = posterior;
    this.column = Object.fromEntries(n.plan.map((name, k) => [name, k]));
    const make = (kind, ...shape) => e.array(kind, ...shape);
    Object.assign(this, {
      s: make("double", n.states, L), p: make("double", N, L), own: make("double", N, L),
      d: make("double", n.derived, L), look: make("double", n.work, L),
      replications: make("uint64_t", L), keys: make("uint64_t", L),
      kinds: make("int32_t", N), priors: make("double", N, 6),
      adds: e.filled("uint64_t", n.adds.map(BigInt), N),
      ends: e.filled("double", n.motive_ends, n.motive_ends.length),
      stored: make("double", n.motives.length, posterior[0].find((c) => c.length).length, n.stored_rows.length),
      storedRows: e.filled("int32_t", n.stored_rows, n.stored_rows.length),
      constants: e.filled("double", sparse(n.constants, n.states), n.states),
      sources: e.filled("int32_t", Array.from({ length: n.states }, (_, k) => n.sources[k] ?? -1), n.states),
      terms: make("double", n.terms),
      plan: make("double", n.days, n.plan.length), pastPlan: make("double", n.past.days, n.plan.length),
      noted: make("float", n.past.days + n.memory + n.days, n.counted, L),
      daily: make("float", Math.max(n.days, n.past.days), n.outcomes.length, L),
      counts: make("uint64_t", L), events: make("int32_t", L, ROOM, n.event_fields),
      requests: make("double", L), perIndex: make("double", L), rows: make("double", n.run_outcomes.length, L),
      before: make("double", 2 * n.before, L), tally: make("double", 2 * n.days, L),
      weekly: make("double", 2 * n.weeks, L), people: make("double", 3 * n.people_weeks, L),
      dates: make("int32_t", 6, MOST_LEVELS), levels: make("double", 6, MOST_LEVELS),
      weights: make("double", 6, MOST_LEVELS), many: make("int32_t", 6),
    });
    this.table = n.table.map(([name]) => n.run_outcomes.indexOf(name));
    this.#copyPlan(0, this.pastPlan, n.past.days);
    this.names = Object.keys(n.scenarios);
    this.drawn = { laid: null, blocks: new Map() };
    this.pasts = new Map();
    this.luck = { seed: null, found: new Map(), free: [] };
  }

  /** Copies a plan that is carried column after column. */
  #copyPlan(place, to, days) {
    const columns = this.n.plan.length, view = this.e.view(to), past = columns * this.n.past.days;
    for (let c = 0; c < columns; c += 1) {
      const from = place === 0 ? c * days : past + this.n.plan_places[place - 1][c] * days;
      for (let t = 0; t < days; t += 1) view[t * columns + c] = this.plans[from + t];
    }
  }

  /** Lays out the plan of a scenario with its levers moved. */
  lay(name, levers, own = []) {
    const { e, n } = this, scenario = n.scenarios[name];
    this.#copyPlan(1 + this.names.indexOf(name), this.plan, n.days);
    e.view(this.terms).set(sparse(scenario.terms, n.terms));
    for (const one of own) {
      const mark = e.free, moved = movedBy(one, n);
      const levers = e.filled("int32_t", moved.map((m) => m[0]), moved.length), to = e.filled("double", moved.map((m) => m[1]), moved.length);
      e.call("add_condition", this.terms, ...seenBy(one, n), one.lasting, one.over, levers, to);
      e.release(mark);
    }
    const soldiers = this.moved(name, levers);
    if (soldiers.some) e.call("lay", this.dates, this.levels, this.weights, this.many, scenario.start, this.plan);
    const fill = (column, value) => e.call("fill", this.plan, this.column[column], value);
    for (const [lever, columns] of Object.entries(n.columns_by_lever)) {
      if (lever in levers) for (const [column, codes] of Object.entries(columns)) fill(column, codes ? codes[levers[lever]] ?? 0 : levers[lever]);
    }
    if ("government" in levers && !("policing" in levers)) fill("policing", n.implied[levers.government]);
    if ("us_iran" in levers) {
      const plan = e.view(this.plan), column = this.column.opening;
      this.#opened(name, levers).forEach((value, t) => { plan[t * n.plan.length + column] = value; });
    }
  }

  /** Returns the days after dealings: of one part, or of all; a hand on that lever ends the talks. */
  #opened(name, levers, part = null) {
    const { n } = this, found = new Float64Array(n.days);
    for (const [which, runs] of Object.entries(n.scenarios[name].openings)) {
      if ((part && which !== part) || (which === "abroad" && "us_iran" in levers)) continue;
      runs.forEach(([first, value], k) => {
        for (let t = first; t < (runs[k + 1]?.[0] ?? n.days); t += 1) found[t] = Math.max(found[t], value);
      });
    }
    return found;
  }

  /** Returns a stepped lever as a run plays it: what holds on the first day, and changes. */
  #stepped(name, levers, lever) {
    const { n } = this, dated = n.scenarios[name].stepped[lever];
    if (lever in levers) return JSON.stringify([[0, typeof dated[0][1] === "number" ? Number(levers[lever]) : levers[lever]]]);
    if (lever === "policing" && "government" in levers) return JSON.stringify([[0, n.implied[levers.government]]]);
    return JSON.stringify(dated);
  }

  /** Takes two scenarios apart: the one compared with, and the one whose levers are moved. */
  pair(view) {
    const { e, n } = this;
    if (!this.two) {
      const side = () => ({ plan: e.array("double", n.days, n.plan.length), soldiers: e.array("double", 7, n.days) });
      this.two = [side(), side()];
    }
    const sides = [[view.base, {}, []], [view.case, view.levers, view.own]];
    sides.forEach(([name, levers, own], k) => {
      this.lay(name, levers, own);
      e.view(this.two[k].plan).set(e.view(this.plan));
      Object.assign(this.two[k], { name, levers, own, terms: e.view(this.terms).slice() });
      e.call("soldiers", this.two[k].plan, n.residual, this.two[k].soldiers);
    });
    const [a, b] = this.two;
    this.parts = n.parts.filter((part) => {
      if (SOLDIERS.includes(part)) return e.call("differ", a.soldiers, b.soldiers, SOLDIERS.indexOf(part));
      if (part === "announced" && e.call("announced_differ", a.plan, b.plan)) return true;
      if ((n.levers_of[part] ?? []).some((l) => this.#stepped(a.name, a.levers, l) !== this.#stepped(b.name, b.levers, l))) return true;
      if (part === "conditions" && b.own.length) return true;
      return n.scenarios[a.name].same[part] !== n.scenarios[b.name].same[part];
    });
    return this.parts;
  }

  /** Returns between which days the plans of a view's scenarios differ and move, and whose conditions count. */
  running(view) {
    const { e, n } = this;
    this.pair(view);
    const [b, a] = this.two, mark = e.free, edges = e.array("double", 2);
    e.call("running", a.plan, b.plan, e.filled("double", n.kinds_of_plan, n.plan.length), edges);
    const [begins, ends] = e.view(edges), same = a.terms.every((value, k) => value === b.terms[k]);
    e.release(mark);
    const judged = [1, 0].filter((k) => !same && n.scenarios[this.two[k].name].conditions.length + this.two[k].own.length);
    return { begins, ends, judged };
  }

  /** Lays a side of a pair as `pair` has left it. */
  #side(side) {
    this.e.view(this.plan).set(this.e.view(side.plan));
    this.e.view(this.terms).set(side.terms);
  }

  /** Returns the first and the last day on which conditions move levers in worlds of a block; 0 where they never do. */
  judged(view, which, structure, block) {
    const { e, n } = this, L = n.lanes;
    this.pair(view);
    const side = this.two[which], start = n.scenarios[side.name].start;
    this.#side(side);
    // Not in passing: its past is that of the worlds which are played next.
    this.play({ ...view, structure, windows: [] }, side.name, side.own, block);
    const state = e.view(this.s), many = n.scenarios[side.name].conditions.length + side.own.length, found = [];
    for (let lane = 0; lane < L && block * L + lane < n.judges; lane += 1) {
      const met = Array.from({ length: many }, (_, i) => state[(n.state_at.first_met + i) * L + lane]).filter((day) => day > 0);
      found.push([Math.min(...met, Infinity) - start, state[n.state_at.led_until * L + lane] - start]);
    }
    return found;
  }

  /** Lays out the first scenario with some of what differs as the second has it; plays blocks. */
  between(view, moved, blocks) {
    const { e, n } = this;
    this.pair(view);
    const [a, b] = this.two, of = (part) => (moved.includes(part) ? b : a);
    const whole = moved.length === this.parts.length ? b : moved.length ? null : a;
    e.view(this.plan).set(e.view((whole ?? a).plan));
    if (!whole) {
      const take = (columns, side) => columns.forEach((name) => e.call("take", side.plan, this.column[name], this.plan));
      for (const [part, columns] of Object.entries(n.columns_of)) take(columns, of(part));
      const theirs = this.parts.filter((p) => SOLDIERS.includes(p));
      const mine = theirs.filter((p) => moved.includes(p));
      if (mine.length && mine.length < theirs.length) {
        e.call("mix", a.soldiers, b.soldiers, ...SOLDIERS.map((p) => moved.includes(p)), this.parts.includes("dates"), this.plan);
      } else take(["combat", "combat_residual", "advisers", "advisers_residual", "coalition"], mine.length ? b : a);
      const plan = e.view(this.plan), opened = Object.keys(n.scenarios[a.name].openings).map((part) => this.#opened(of(part).name, of(part).levers, part));
      for (let t = 0; t < n.days; t += 1) plan[t * n.plan.length + this.column.opening] = Math.max(...opened.map((days) => days[t]));
    }
    e.view(this.terms).set((whole ?? of("conditions")).terms);
    const { name: conditions, own } = whole ?? of("conditions"), nature = (whole ?? of("world")).name;
    return blocks.map((block) => {
      const found = this.play(view, conditions, own, block, nature);
      return { block, used: found.used, tempo: found.table.slice(0, n.lanes) };
    });
  }

  /** Fills the dated soldiers of a scenario, moved; returns them, and whether any was. */
  moved(name, levers) {
    const { e, n } = this, scenario = n.scenarios[name];
    const put = (row, levels) => {
      const dates = e.view(this.dates), numbers = e.view(this.levels), weights = e.view(this.weights);
      levels.forEach(([day, number, weight], k) => {
        dates[row * MOST_LEVELS + k] = day; numbers[row * MOST_LEVELS + k] = number; weights[row * MOST_LEVELS + k] = weight;
      });
      e.view(this.many)[row] = levels.length;
    };
    const by = e.call("day_of", scenario.start, "by" in levers ? levers.by : scenario.by);
    let some = false;
    n.posture.forEach((lever, row) => {
      const levels = scenario.posture[row], last = levels[levels.length - 1];
      put(row, levels);
      if (!(lever in levers || ("by" in levers && levels.length > 1))) return;
      some = true;
      const there = !("by" in levers) && levels.length > 1 ? last[0] : by;
      const [number, weight] = lever in levers ? [Number(levers[lever]), 0] : [last[1], last[2]];
      e.call("move", this.dates, this.levels, this.weights, this.many, row, scenario.start, there, number, weight);
    });
    const read = (row) => Array.from({ length: e.view(this.many)[row] }, (_, k) => [this.dates, this.levels, this.weights].map((a) => e.view(a)[row * MOST_LEVELS + k]));
    const own = n.posture.map((_, row) => read(row));
    scenario.announced.forEach((levels, row) => put(3 + row, levels ?? own[row]));
    return { some, own };
  }

  #number(block) {
    const { n } = this, view = this.e.view(this.replications);
    for (let lane = 0; lane < n.lanes; lane += 1) view[lane] = BigInt(Math.min(n.runs - 1, block * n.lanes + lane));
  }

  /** Fills the parameters of a block: drawn, then held. */
  #nature(view, block) {
    const { e, n } = this, key = JSON.stringify([view.seed, view.structure, view.motive]);
    const drawn = `${key} ${block}`;
    if (!this.drawn.blocks.has(drawn) && this.drawn.laid !== key) {
      this.drawn.laid = key;
      const priors = n.priors[view.structure];
      e.view(this.kinds).set(priors.map((p) => p[0]));
      e.view(this.priors).set(priors.flatMap((p) => p.slice(1)));
      const [motives, draws, many] = this.stored.shape, stored = e.view(this.stored).fill(NaN);
      for (let m = 0; m < motives; m += 1) {
        this.posterior[n.structures.indexOf(view.structure) * motives + m].forEach((values, c) => values.forEach((value, i) => { stored[(m * draws + i) * many + c] = value; }));
      }
    }
    this.#number(block);
    if (!this.drawn.blocks.has(drawn)) {
      const motive = view.motive === "all" ? -1 : n.motives.indexOf(view.motive);
      e.call("draw", view.seed, this.replications, this.kinds, this.priors, this.adds, motive, n.motive_row, this.ends, this.stored, this.storedRows, n.stored_add, this.p);
      while (this.drawn.blocks.size >= MOST_DRAWN) this.drawn.blocks.delete(this.drawn.blocks.keys().next().value);
      this.drawn.blocks.set(drawn, e.view(this.p).slice());
    } else e.view(this.p).set(this.drawn.blocks.get(drawn));
    for (const [name, value] of Object.entries(view.held)) e.call("hold", this.p, n.parameters.indexOf(name), Number(value), -1, 0, 0);
  }

  /** Finds once who could act on which day: luck does not depend on what is played. */
  #could(view, block, which, first, days) {
    const { e, n } = this;
    if (this.luck.seed !== view.seed) this.luck = { seed: view.seed, found: new Map(), free: this.luck.free.concat([...this.luck.found.values()]) };
    const key = `${which} ${block}`;
    if (!this.luck.found.has(key)) {
      const place = this.luck.free.findIndex((l) => l.days === days);
      const lists = place >= 0 ? this.luck.free.splice(place, 1)[0] : {
        days, days_at: e.array("int32_t", days + 1), who: e.array("int32_t", days * n.lanes * ROOM_A_LANE), shares: e.array("uint64_t", days * n.lanes * ROOM_A_LANE),
      };
      e.code.drawdown_keys(BigInt.asUintN(64, BigInt(view.seed)), this.replications.at, this.keys.at);
      lists.whole = e.code.drawdown_could(this.keys.at, first, days, lists.days_at.at, lists.who.at, lists.shares.at, days * n.lanes * ROOM_A_LANE) >= 0;
      this.luck.found.set(key, lists);
    }
    const lists = this.luck.found.get(key);
    return lists.whole ? [lists.days_at.at, lists.who.at, lists.shares.at] : [0, 0, 0];
  }

  #advance(view, nature, plan, days, first, past, back, daily, kept, look = 0, could = [0, 0, 0]) {
    const { e } = this, x = e.code;
    x.drawdown_derive(nature.at, this.d.at);
    x.drawdown_keys(BigInt.asUintN(64, BigInt(view.seed)), this.replications.at, this.keys.at);
    x.drawdown_advance(this.s.at, nature.at, this.d.at, this.keys.at, plan, days, first, this.terms.at, past, back, daily, kept, look ? this.events.at : 0, look ? ROOM : 0, this.counts.at, look, ...could);
    e.refuseWhatWasNoted();
  }

  /** Brings a block to the evening before the scenario's first day. */
  #past(view, block, notes, passing) {
    const { e, n } = this, L = n.lanes, key = JSON.stringify([view.seed, view.structure, view.motive, Object.entries(view.held).sort(), notes]);
    if (!this.pasts.has(key) && !passing) {
      this.pasts.set(key, new Map());
      while (this.pasts.size > 6) this.pasts.delete(this.pasts.keys().next().value);
    }
    // What is played in passing must not drive out the past of the view in hand.
    if (passing && this.passed?.key !== key) this.passed = { key, known: new Map() };
    const known = this.pasts.get(key) ?? this.passed.known, size = n.counted * L;
    if (passing && known === this.passed?.known && !known.has(block)) known.clear();
    const begins = n.past.days - n.memory;
    if (!known.has(block)) {
      const terms = e.view(this.terms).slice();
      e.view(this.terms).fill(0);
      this.#nature(view, block);
      e.call("begin", this.s, this.p, this.constants, this.sources);
      e.call("begin_policy", this.s, this.terms, { at: this.noted.at, shape: [0, n.counted, L] });
      this.#advance(view, this.p, this.pastPlan.at, n.past.days, n.past.first, notes ? this.noted.at : 0, 0, this.daily.at, n.before, 0, this.#could(view, block, "past", n.past.first, n.past.days));
      e.call("tally", { at: this.daily.at, shape: [n.before, n.outcomes.length, L] }, this.before);
      known.set(block, {
        p: e.view(this.p).slice(), s: e.view(this.s).slice(), before: e.view(this.before).slice(),
        noted: notes ? e.view(this.noted).slice(begins * size, n.past.days * size) : null,
      });
      e.view(this.terms).set(terms);
    }
    const was = known.get(block);
    this.#number(block);
    e.view(this.p).set(was.p);
    e.view(this.s).set(was.s);
    e.view(this.before).set(was.before);
    if (notes) e.view(this.noted).set(was.noted);
  }

  #begin(view, name, own, block, nature = name, passing = false) {
    const { e, n } = this, notes = n.scenarios[name].conditions.length + own.length > 0;
    this.#past(view, block, notes, passing);
    e.view(this.own).set(e.view(this.p));
    for (const [row, value, scale, low, high] of n.scenarios[nature].world) e.call("hold", this.own, row, value, scale, low, high);
    e.call("begin_policy", this.s, this.terms, { at: this.noted.at, shape: [notes ? n.memory : 0, n.counted, n.lanes] });
    return notes;
  }

  /** Plays a block through the days of the plan that is laid, and reduces it. */
  play(view, name, own, block, nature = name, passing = false) {
    const { e, n } = this, L = n.lanes;
    const notes = this.#begin(view, name, own, block, nature, passing);
    this.#advance(view, this.own, this.plan.at, n.days, n.scenarios[name].start, notes ? this.noted.at : 0, notes ? n.memory : 0, this.daily.at, n.days, 0, this.#could(view, block, "days", n.scenarios[name].start, n.days));
    const daily = { at: this.daily.at, shape: [n.days, n.outcomes.length, L] };
    if (!passing) {
      e.call("tally", daily, this.tally);
      e.call("gather", daily, this.people);
      e.call("weekly", this.before, this.tally, this.weekly);
    }
    e.code.drawdown_summarise(daily.at, n.days, L, this.requests.at, this.perIndex.at, this.rows.at);
    e.refuseWhatWasNoted();
    const rows = e.view(this.rows), table = new Float64Array(this.table.length * L);
    this.table.forEach((row, k) => table.set(rows.subarray(row * L, row * L + L), k * L));
    const used = Math.min(L, n.runs - block * L);
    if (passing) return { block, used, table };
    return { block, used, weekly: e.view(this.weekly).slice(), people: e.view(this.people).slice(), table, ...this.#parts(view, daily) };
  }

  /** Returns what is counted in parts of the run of a block that was played, its motives and the wish that is left. */
  #parts(view, daily) {
    const { e, n } = this, L = n.lanes, windows = view.windows ?? [], mark = e.free;
    const counts = e.array("double", Math.max(1, windows.length * (n.counted_apart.length + 1)), L);
    if (windows.length) e.call("tally_windows", daily, e.filled("double", windows.flatMap((w) => [w.first, w.last]), windows.length, 2), counts);
    const parts = e.view(counts).slice(), nature = e.view(this.own), of = (row, lane) => nature[row * L + lane];
    e.release(mark);
    const lanes = Array.from({ length: L }, (_, lane) => lane);
    return {
      parts, motive: Float64Array.from(lanes, (lane) => of(n.motive_row, lane)),
      wish: Float64Array.from(lanes, (lane) => e.call("remaining", ...n.remaining_takes.map((row) => of(row, lane)))),
    };
  }

  /** What a test compares: the days and the last state of a block. */
  raw() {
    const { e, n } = this;
    return { daily: e.view(this.daily).slice(0, n.days * n.outcomes.length * n.lanes), state: e.view(this.s).slice() };
  }

  /** Lives one world day by day: its events with what explains them, and people by week. */
  follow(view, name, own) {
    const { e, n } = this, L = n.lanes, block = Math.floor(view.world / L), lane = view.world % L;
    const scenario = n.scenarios[name], columns = n.plan.length;
    const notes = this.#begin(view, name, own, block);
    const conditions = [...scenario.conditions, ...view.told];
    const past = notes ? this.noted.at : 0, events = [], people = [];
    const plan = e.view(this.plan).slice(), at = (group, k) => e.view(this.look)[(n.work_at[group] + k) * L + lane];
    const state = (group, k = 0) => e.view(this.s)[(n.state_at[group] + k) * L + lane];
    const nature = (parameter) => e.view(this.own)[n.parameters.indexOf(parameter) * L + lane];
    const many = (group, count, first = 0) => Array.from({ length: count }, (_, k) => at(group, first + k));
    let hold = 0;
    for (let t = 0; t < n.days; t += 1) {
      e.view(this.counts).fill(0n);
      this.#advance(view, this.own, this.plan.at + 8 * t * columns, 1, scenario.start + t, past, notes ? n.memory + t : 0, this.daily.at, 1, this.look.at);
      const found = Math.min(ROOM, Number(e.view(this.counts)[lane])), log = e.view(this.events);
      for (let k = 0; k < found; k += 1) {
        const [, kind, who, where, amount, drone, dead, wounded] = log.subarray((lane * ROOM + k) * n.event_fields, (lane * ROOM + k + 1) * n.event_fields);
        const event = { day: t, kind, who, where, amount, drone, dead, wounded, why: {} }, told = n.kinds[kind];
        if (told === "foreign") {
          event.why = {
            hazard: Math.max(...many("total", n.regions, who * n.regions)),
            motive: e.call("motive_of_usual", at("motive", who), e.view(this.d)[n.derived_at.tempo * L + lane], n.rejection[who]),
            excitation: e.call("excited_percent", at("motive", who), at("excited", who)),
            pull: Math.max(...many("pull", n.regions)), restraint: at("restraint", who),
          };
          event.why.words = e.call("of_attack", event.why.pull, event.why.motive, event.why.excitation, state("grievance", who), state("caution", who), at("campaign", 0), at("quiet", 0), n.obeys[who]);
        } else if (told === "strike") {
          const threshold = ["threshold_limited", "threshold_robust", "hold_back", "robust_hold_factor"].map(nature);
          event.why = {
            imposed: plan[t * columns + this.column.strike_on] > 0, demand: at("weighed", 0),
            threshold: e.call("strike_threshold", Math.trunc(at("lever", n.doctrine_row)), hold, ...threshold),
          };
        } else if (kind === n.condition_kind) {
          event.seen = conditions[amount].parts[n.turns[drone][1]].map((test) => (test.fixed ? 0 : test.count ? state("seen", test.row) : at("level", test.row)));
        }
        events.push(event);
      }
      hold = state("hold");
      if (t % n.step === 0) people.push(n.sites.map((_, j) => e.call("whole", at("people", j))));
    }
    return { events, people, plan };
  }
}
