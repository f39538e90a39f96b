/** The picture on the first screen: small charts of policies, or of one policy under every reading. */

import { announce, dayText, el, fill, headed, isolated, rowOf, word, words } from "./common.js";
import { COLOURS, Fan, highest, MEAN, shortNumber, soldiersOf, swatch, ticksOf } from "./chart.js";
import { $, changed, parts, scenarioOf, session, state, isMoved } from "./state.js";

const TRIO = ["full-withdrawal", "combat-to-advisory", "sustained-presence"];
const CASE = 0, BASE = 1, THIRD = 2;

/** Returns the scenarios that are shown beside each other, those of the article in its order. */
export function policies(view) {
  const asked = [view.case, ...(view.base === view.case ? [] : [view.base])];
  const names = [...asked, ...TRIO.filter((name) => !asked.includes(name))].slice(0, 3);
  return names.every((name) => TRIO.includes(name)) ? TRIO : names;
}

class Panel {
  constructor(host, { key, title, role, chosen, hint }) {
    this.key = key;
    this.role = role;
    this.title = title;
    this.heading = el("button", { type: "button", class: "plain", "aria-pressed": chosen ? "true" : "false", title: hint }, title);
    this.note = el("span", { class: "role" });
    this.place = el("div", { class: "fan" });
    this.foot = el("p", { class: "foot" });
    this.soldiers = el("div", { class: "soldiers" });
    this.box = el("section", { class: `panel colour-${role}`, "data-key": key }, el("h3", {}, this.heading, " ", this.note), this.place, this.soldiers, this.foot);
    host.append(this.box);
    this.chart = new Fan(this.place, { label: title });
  }
}

export class Picture {
  constructor() {
    this.panels = [];
    this.kind = "";
    this.phases = [];
    this.found = new Map();
    // A chart is drawn in the pixels that there are.
    this.watch = new ResizeObserver(() => { if (this.drawn) this.#paint(); });
    this.watch.observe($("panels"));
    this.watch.observe(document.documentElement);
  }

  /** Returns what the panels of a kind are. */
  #wanted(view) {
    if (state.shown === "structures") return parts.structures.filter((s) => s.name !== "all").map((s) => ({ key: s.name, title: s.label, role: CASE, view: { ...view, structure: s.name }, chosen: s.name === view.structure, pick: () => { state.structure = s.name; } }));
    if (state.shown === "motives") return parts.motives.map((m) => ({ key: m.name, title: m.label, note: words.books.motives[`${m.name}_long`] ?? "", role: CASE, view: { ...view, motive: m.name }, chosen: m.name === view.motive, pick: () => { state.motive = m.name; } }));
    if (state.shown === "one") return [{ key: "one", title: scenarioOf(view.case).title, role: CASE, view, chosen: true, pick: () => {} }];
    return policies(view).map((name) => {
      const role = name === view.case ? CASE : name === view.base ? BASE : THIRD;
      return { key: name, title: scenarioOf(name).title, role, view, chosen: role === CASE, pick: () => this.#change(name) };
    });
  }

  #change(name) {
    if (name === state.case) return;
    if (name === state.base) state.base = state.case;
    Object.assign(state, { case: name, levers: {}, own: [] });
  }

  #build(wanted) {
    const kind = JSON.stringify([state.shown, wanted.map((w) => [w.key, w.role, w.chosen])]);
    if (kind === this.kind) return;
    const focus = document.activeElement?.closest?.(".panel")?.dataset.key;
    this.kind = kind;
    this.found = new Map();
    $("panels").replaceChildren();
    $("panels").className = `panels ${state.shown} many-${wanted.length}`;
    this.panels = wanted.map((item) => {
      const panel = new Panel($("panels"), { ...item, hint: word(state.shown === "policies" ? "pick_policy" : "pick_reading", { name: item.title }) });
      panel.heading.addEventListener("click", () => { item.pick(); changed(); });
      panel.chart.moved = (week) => this.cursor(week);
      panel.chart.said = (week) => this.#said(panel, week);
      return panel;
    });
    if (focus) this.panels.find((p) => p.key === focus)?.heading.focus();
  }

  /** Shades the parts of the run that the answer tells of. */
  shade(parts) {
    this.phases = parts.map((part) => ({ first: part.first, last: part.last, name: words.books.answer[`short_${part.name}`] }));
    if (this.drawn) this.#paint();
  }

  /** Shows what has just been played; what else the picture holds comes once the hand is still. */
  draw(shown, view, moving, world = null) {
    const wanted = this.#wanted(view);
    this.#build(wanted);
    this.shown = shown;
    this.view = view;
    this.world = world;
    this.moving = moving;
    wanted.forEach((item, k) => {
      const panel = this.panels[k];
      Object.assign(panel, { item, stale: false });
      const mine = state.shown === "policies" ? item.role !== THIRD : item.chosen;
      if (mine) this.found.set(item.key, { curves: item.role === BASE && state.shown === "policies" ? shown.base : shown.case, base: shown.base });
      else panel.stale = true;
    });
    if (this.first && state.shown === "policies") {
      const third = this.panels.find((p) => p.stale);
      if (third) { this.found.set(third.key, { curves: this.first, base: shown.base }); third.stale = false; }
    }
    this.first = null;
    this.drawn = true;
    this.#paint();
  }

  /** Plays what the picture holds beside the two scenarios in hand. */
  async rest(turn) {
    for (const panel of this.panels.filter((p) => p.stale)) {
      const { item } = panel;
      const got = state.shown === "policies" ? { curves: await session.player.untouched(this.view, item.key), base: this.shown.base }
        : await session.player.curves(item.view).then((c) => ({ curves: c.case, base: c.base }));
      if (turn !== session.turn) return false;
      this.found.set(item.key, got);
      panel.stale = false;
    }
    this.moving = false;
    this.#paint();
    return true;
  }

  outcome() { return `attacks_${state.outcome}`; }

  #paint() {
    const name = this.outcome(), present = this.panels.filter((p) => this.found.has(p.key));
    const tops = present.flatMap((p) => { const f = this.found.get(p.key); return [f.curves[name], state.shown === "policies" ? [[0]] : f.base[name].slice(MEAN)]; });
    let { top, ticks } = ticksOf(highest(tops));
    // A scale that shrinks with every step of the hand makes curves jump.
    if (this.moving && this.top > top && this.top < 3 * top) ({ top, ticks } = ticksOf(this.top));
    this.top = top;
    const tall = getComputedStyle($("panels")).getPropertyValue("--fan") || "220";
    for (const panel of this.panels) {
      const { item } = panel, f = this.found.get(panel.key), moved = item.role === CASE && (state.shown !== "policies" || isMoved());
      panel.box.classList.toggle("stale", panel.stale);
      panel.note.textContent = state.shown === "policies" ? word(moved ? "moved" : ["role_case", "role_base", "role_third"][item.role]) : item.note ?? "";
      if (!f) continue;
      const colour = COLOURS[item.role], lines = [], rows = f.curves[name];
      const fans = [{ rows, colour }];
      if (state.shown === "one") fans.push({ rows: f.base[name], colour: COLOURS[BASE], plain: true });
      else if (item.role !== BASE) lines.push({ values: f.base[name][MEAN], colour: COLOURS[BASE], dash: "7 4", width: 1.6 });
      if (this.world && item.role === CASE && item.chosen && state.outcome === "foreign") lines.push({ values: this.world, colour: "#12202f", width: 1.3 });
      panel.chart.height = Number.parseInt(tall, 10);
      panel.chart.draw({
        weeks: this.shown.weeks, start: this.shown.start, top, ticks, fans, lines, told: this.#message(panel, rows), phases: this.phases, unit: word(`unit_${state.outcome}`),
        marks: state.shown === "one" ? this.shown.events.map((e, k) => ({ ...e, mark: k + 1 })) : [],
      });
      panel.foot.textContent = word("foot", { n: isolated(shortNumber(rows[MEAN].at(-1))), day: dayText(this.shown.weeks.at(-1)) });
      const people = ["policies", "one"].includes(state.shown);
      panel.soldiers.classList.toggle("hidden", !people);
      if (people) soldiersOf(panel.soldiers, f.curves.soldiers, colour, { us: word("us_short"), nato: word("nato_short") });
    }
    this.#legend();
    if (this.at !== undefined) this.cursor(this.at);
  }

  #message(panel, rows) {
    const last = (k) => isolated(shortNumber(rows[k].at(-1))), first = isolated(shortNumber(rows[MEAN][0]));
    return word("chart_message", { what: word(state.outcome), title: panel.title, first, last: last(MEAN), low: last(0), high: last(4) });
  }

  /** Returns what stands for what, for the page, a picture and print. */
  legend() {
    const mine = { colour: COLOURS[CASE] }, base = scenarioOf(this.view.base).title;
    const items = [{ ...mine, band: "", label: word("legend_mean") }, { ...mine, band: "half", label: word("legend_half") }, { ...mine, band: "all", label: word("legend_most") }];
    if (state.shown === "one") items.push({ colour: COLOURS[BASE], plain: true, band: "all", label: word("legend_base_all", { base }) });
    else items.push({ colour: COLOURS[BASE], plain: true, width: 1.6, label: word("legend_base", { base }) });
    items.push({ grey: true, label: word("legend_past") });
    if (this.world) items.push({ colour: "#12202f", width: 1.3, label: word("legend_world", { n: isolated(state.world) }) });
    return items;
  }

  #legend() {
    fill($("legend"), ...this.legend().map((item) => el("li", {}, swatch(item), " ", item.label)));
  }

  /** Returns what a panel shows of a week, as text. */
  #of(panel, week) {
    const [low, , , , high, n] = this.found.get(panel.key).curves[this.outcome()].map((row) => isolated(shortNumber(row[week])));
    return { title: panel.title, n, low, high };
  }

  #said(panel, week) { return word("cursor_of", { day: dayText(this.shown.weeks[week]), ...this.#of(panel, week) }); }

  /** Shows the values of a week in all charts at once. */
  cursor(week) {
    this.at = week;
    const there = this.panels.filter((p) => this.found.has(p.key) && p.chart.given);
    for (const panel of there) panel.chart.cursor(week);
    if (week === undefined) { $("readout").textContent = word("readout_hint"); return; }
    const each = there.map((p) => el("span", { class: `of colour-${p.role}` }, word("cursor_short", this.#of(p, week))));
    fill($("readout"), el("strong", {}, dayText(this.shown.weeks[week])), ...each);
  }

  /** Fills a table with what the charts show, a month a row. */
  table() {
    const name = this.outcome(), there = this.panels.filter((p) => this.found.has(p.key));
    const body = [];
    for (let week = 0; week < this.shown.weeks.length; week += 4) {
      body.push(rowOf(dayText(this.shown.weeks[week]), ...there.map((p) => {
        const rows = this.found.get(p.key).curves[name], n = (k) => shortNumber(rows[k][week]);
        return isolated(`${n(MEAN)} [${n(0)}, ${n(4)}]`);
      })));
    }
    fill($("data"), ...headed([word("day"), ...there.map((p) => p.title)], body, `${word(state.outcome)}: ${word("data_caption")}`));
  }

  say(label, text) { announce(`${label}${label ? ". " : ""}${text}`, 0); }
}
