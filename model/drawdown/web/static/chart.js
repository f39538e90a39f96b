import { el, isolated, rtl, svg, words } from "./common.js";

export const COLOURS = ["#0072b2", "#b34700", "#5f5a8c"];
export const PIN_COLOURS = ["#0072b2", "#b34700", "#17683b", "#8a2a5b", "#4b5561"];
export const DASHES = ["none", "7 4", "2 3", "10 3 2 3", "4 2"];
/** Rows of a fan: five quantiles, then the mean, which is its line. */
export const MEAN = 5;
const LEFT = 30, RIGHT = 34, TOP = 26, BOTTOM = 32, LETTERS = 12, INK = "#4b5561";

/** Returns an end of an axis that fits, and ticks that one can say. */
export function ticksOf(most, least = 0.4) {
  const wanted = Math.max(most, least), power = 10 ** Math.floor(Math.log10(wanted / 4));
  const step = [1, 2, 5, 10].map((times) => times * power).find((one) => wanted / one <= 4.2);
  const many = Math.ceil(wanted / step - 1e-9);
  return { top: many * step, ticks: Array.from({ length: many + 1 }, (_, k) => +(k * step).toPrecision(6)) };
}

/** Returns the highest value of some fans. */
export function highest(fans) { return Math.max(0, ...fans.flatMap((rows) => rows[4] ?? rows.at(-1))); }

export function shortNumber(value) {
  return value >= 10000 ? `${+(value / 1000).toFixed(1)}k` : value >= 100 ? `${Math.round(value)}` : `${+value.toFixed(1)}`;
}

function path(points) {
  let text = "";
  for (let i = 0; i < points.length; i += 1) text += `${i ? "L" : "M"}${points[i][0].toFixed(1)} ${points[i][1].toFixed(1)}`;
  return text;
}

const dayOf = (iso) => Date.parse(iso) / 864e5;

/** Draws worlds over weeks: a mean, half of the worlds, 90 of 100, and lines beside them.
 *
 * One unit of its picture is one pixel, so that letters keep their size. */
export class Fan {
  constructor(host, { height = 220, label = "" } = {}) {
    this.host = host;
    this.height = height;
    this.root = svg("svg", { role: "img", direction: "ltr", "aria-label": label });
    this.grid = svg("g", { "font-size": LETTERS, fill: INK });
    this.paths = svg("g", { fill: "none" });
    this.marks = svg("g", { "font-size": LETTERS, fill: INK });
    this.hand = svg("g", { "font-size": LETTERS, class: "cursor" });
    this.root.append(this.grid, this.paths, this.marks, this.hand);
    this.slide = el("div", { class: "hover", tabindex: "0", role: "slider", "aria-label": label, "aria-valuemin": "0", "aria-valuenow": "0" }, this.root);
    host.replaceChildren(this.slide);
    this.made = [];
    this.#listen();
  }

  /** Draws again at the width that there is now. */
  draw(given) {
    this.given = given;
    this.width = Math.max(90, this.host.clientWidth || 300);
    const { weeks, start, top, fans, lines = [], marks = [], told, ticks, phases = [], unit = "" } = given;
    const days = this.days = weeks.map(dayOf), first = days[0], last = days[days.length - 1];
    const narrow = this.width < 170, right = narrow ? 24 : RIGHT, left = narrow ? 20 : LEFT;
    this.inside = [left, this.width - right];
    const x = this.x = (d) => left + ((this.width - left - right) * (d - first)) / (last - first);
    const y = this.y = (v) => this.height - BOTTOM - ((this.height - TOP - BOTTOM) * Math.min(v, top * 1.02)) / top;
    this.root.setAttribute("viewBox", `0 0 ${this.width} ${this.height}`);
    this.root.setAttribute("aria-label", told);
    const frame = JSON.stringify([weeks[0], weeks.length, top, start, this.width, this.height, phases, unit]);
    if (frame !== this.frame) this.#axes(x, y, first, last, start, ticks, narrow, phases, unit);
    this.frame = frame;
    const wanted = [];
    for (const { rows, colour, plain } of fans) {
      const at = (row) => row.map((v, k) => [x(days[k]), y(v)]), band = (low, high) => `${path(at(rows[low]))}${path(at(rows[high]).reverse()).replace("M", "L")}Z`;
      if (plain) for (const k of [0, 4]) wanted.push({ d: path(at(rows[k])), stroke: colour, "stroke-width": 1.2, "stroke-dasharray": "2 3", fill: "none" });
      else wanted.push({ d: band(0, 4), fill: colour, "fill-opacity": 0.14, stroke: "none" }, { d: band(1, 3), fill: colour, "fill-opacity": 0.28, stroke: "none" });
      wanted.push({ d: path(at(rows[MEAN])), stroke: colour, "stroke-width": 2.6, "stroke-dasharray": plain ? "7 4" : "none", fill: "none" });
    }
    for (const { values, colour, dash = "none", width = 1.8 } of lines) wanted.push({ d: path(values.map((v, k) => [x(days[k]), y(v)])), stroke: colour, "stroke-width": width, "stroke-dasharray": dash, fill: "none" });
    while (this.made.length < wanted.length) this.paths.append(this.made[this.made.push(svg("path")) - 1]);
    while (this.made.length > wanted.length) this.made.pop().remove();
    wanted.forEach((attributes, k) => { for (const [name, value] of Object.entries(attributes)) this.made[k].setAttribute(name, value); });
    this.#labels([...fans.map((f) => ({ colour: f.colour, value: f.rows[MEAN].at(-1), name: f.label })), ...lines.filter((l) => l.label !== undefined).map((l) => ({ colour: l.colour, value: l.values.at(-1), name: l.label }))], marks, narrow);
    this.slide.setAttribute("aria-valuemax", `${weeks.length - 1}`);
    if (this.cursorAt !== undefined) this.cursor(this.cursorAt);
  }

  /** Writes the last value at the end of each line, none over another. */
  #labels(ends, marks, narrow) {
    this.marks.replaceChildren();
    const placed = ends.map((end) => ({ ...end, at: this.y(end.value) + 4 })).sort((a, b) => a.at - b.at);
    placed.forEach((end, k) => { if (k && end.at < placed[k - 1].at + 13) end.at = placed[k - 1].at + 13; });
    for (const end of placed) {
      this.marks.append(svg("text", { x: this.inside[1] + 3, y: Math.min(end.at, this.height - 4), fill: end.colour, "font-weight": 700, "font-size": narrow ? 11 : 12.5 }, end.name ?? shortNumber(end.value)));
    }
    marks.forEach((mark, k) => {
      const at = this.x(dayOf(mark.day));
      this.marks.append(svg("line", { x1: at, x2: at, y1: TOP, y2: this.height - BOTTOM, stroke: "#6b7682", "stroke-dasharray": "3 3" }));
      this.marks.append(svg("text", { x: at + 3, y: TOP + 9 + 12 * (k % 3), "font-weight": 700 }, mark.mark));
    });
  }

  #axes(x, y, first, last, start, ticks, narrow, phases, unit) {
    this.grid.replaceChildren();
    const [left, right] = this.inside, floor = this.height - BOTTOM;
    if (start) this.grid.append(svg("rect", { x: left, y: TOP, width: Math.max(0, x(dayOf(start)) - left), height: floor - TOP, fill: "#eef1f4" }));
    phases.forEach((phase, k) => {
      const [begin, end] = [phase.first, phase.last].map((day) => Math.max(left, Math.min(right, x(dayOf(day)))));
      if (k === 0) this.grid.append(svg("rect", { x: begin, y: TOP, width: Math.max(0, end - begin), height: floor - TOP, fill: "#f4ead2", "fill-opacity": 0.6 }));
      if (k + 1 < phases.length) this.grid.append(svg("line", { x1: end, x2: end, y1: TOP, y2: floor, stroke: "#6b7682", "stroke-dasharray": "2 3" }));
      const room = (end - begin) / (phase.name.length * LETTERS * 0.5);
      if (room >= 1) this.grid.append(svg("text", { x: (begin + end) / 2, y: TOP + 9, "text-anchor": "middle", "font-size": 10.5, direction: rtl ? "rtl" : "ltr" }, phase.name));
    });
    if (unit) this.grid.append(svg("text", { x: rtl ? right : 2, y: 12, "text-anchor": rtl ? "end" : "start", "font-size": 10.5, direction: "ltr" }, unit));
    const gap = (floor - TOP) / Math.max(1, ticks.length - 1), every_ = Math.ceil(13 / gap);
    for (const value of ticks.filter((_, k) => k % every_ === 0)) {
      this.grid.append(svg("line", { x1: left, x2: right, y1: y(value), y2: y(value), stroke: value ? "#dfe5ea" : "#6b7682" }));
      this.grid.append(svg("text", { x: left - 4, y: y(value) + 4, "text-anchor": "end", "font-size": narrow ? 10.5 : LETTERS }, shortNumber(value)));
    }
    const names = words.months_short.split(" "), months = (last - first) / 30.4, room = (right - left) / months;
    const every = [1, 3, 6, 12].find((step) => room * step >= (step === 12 ? 22 : 44)) ?? 24;
    const begin = new Date(first * 864e5);
    for (let year = begin.getUTCFullYear(), month = 0; ; month += every) {
      const date = new Date(Date.UTC(year, month, 1)), day = date / 864e5;
      if (day > last) break;
      if (day < first) continue;
      const january = date.getUTCMonth() === 0;
      this.grid.append(svg("line", { x1: x(day), x2: x(day), y1: floor, y2: floor + (january ? 7 : 4), stroke: "#6b7682" }));
      const year_ = date.getUTCFullYear(), text = january ? (room * 12 < 42 ? `\u2019${year_ % 100}` : year_) : names[date.getUTCMonth()];
      this.grid.append(svg("text", { x: x(day), y: floor + 19, "text-anchor": "middle", "font-weight": january ? 700 : 400, "font-size": narrow ? 10.5 : LETTERS }, text));
    }
  }

  /** Shows a week: a line down the chart and a dot on each median. */
  cursor(week) {
    this.cursorAt = week;
    this.hand.replaceChildren();
    if (week === undefined || !this.given) return;
    const at = this.x(this.days[week]);
    this.hand.append(svg("line", { x1: at, x2: at, y1: TOP, y2: this.height - BOTTOM, stroke: "#12202f", "stroke-width": 1 }));
    const every = [...this.given.fans.map((f) => [f.rows[MEAN][week], f.colour]), ...(this.given.lines ?? []).map((l) => [l.values[week], l.colour])];
    for (const [value, colour] of every) this.hand.append(svg("circle", { cx: at, cy: this.y(value), r: 3.5, fill: colour, stroke: "#fff", "stroke-width": 1 }));
    this.slide.setAttribute("aria-valuenow", `${week}`);
    this.slide.setAttribute("aria-valuetext", this.said(week));
  }

  /** What is told of a week, and whom a moving hand tells it; set by whoever shows the chart. */
  said() { return ""; }
  moved() {}

  #listen() {
    const point = (event) => {
      if (!this.days) return;
      const box = this.root.getBoundingClientRect(), at = ((event.clientX - box.left) * this.width) / box.width;
      const share = (at - this.inside[0]) / (this.inside[1] - this.inside[0]);
      this.moved(Math.round(Math.max(0, Math.min(1, share)) * (this.days.length - 1)));
    };
    this.slide.addEventListener("pointermove", point);
    this.slide.addEventListener("pointerdown", point);
    this.slide.addEventListener("pointerleave", (event) => { if (event.pointerType === "mouse" && document.activeElement !== this.slide) this.moved(undefined); });
    this.slide.addEventListener("blur", () => this.moved(undefined));
    this.slide.addEventListener("keydown", (event) => {
      const by = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 13, PageDown: -13 }[event.key];
      const last = (this.days?.length ?? 1) - 1, now = this.cursorAt ?? last;
      const to = event.key === "Home" ? 0 : event.key === "End" ? last : by === undefined ? undefined : Math.max(0, Math.min(last, now + by));
      if (to === undefined) return;
      event.preventDefault();
      this.moved(to);
    });
  }
}

/** Draws soldiers under a chart: Americans in one line, NATO in another, each with its numbers. */
export function soldiersOf(host, soldiers, colour, names) {
  const width = Math.max(90, host.clientWidth || 300), narrow = width < 170, two = width < 340, line = rtl ? 18 : 12, height = two ? 46 + line : 48;
  const us = soldiers[0].map((v, k) => v + soldiers[1][k]), nato = soldiers[2];
  const top = 5200, left = narrow ? 4 : LEFT, right = width - (narrow ? 4 : RIGHT);
  const x = (k, many) => left + ((right - left) * k) / (many - 1), y = (v) => height - 2 - ((height - (two ? 16 + line : 16)) * Math.min(v, top)) / top;
  const n = (v) => v.toLocaleString("en"), told = `${names.us}: ${isolated(`${n(us[0])} \u2192 ${n(us.at(-1))}`)}. ${names.nato}: ${isolated(`${n(nato[0])} \u2192 ${n(nato.at(-1))}`)}.`;
  const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": told, direction: "ltr", "font-size": narrow ? 10 : 11.5 });
  const area = `M${left} ${height - 2}${us.map((v, k) => `L${x(k, us.length).toFixed(1)} ${y(v).toFixed(1)}`).join("")}L${right} ${height - 2}Z`;
  picture.append(svg("path", { d: area, fill: colour, "fill-opacity": 0.3 }), svg("path", { d: path(nato.map((v, k) => [x(k, nato.length), y(v)])), fill: "none", stroke: "#12202f", "stroke-width": 1.4, "stroke-dasharray": "4 3" }));
  const write = (text, x_, y_, anchor, fill) => picture.append(svg("text", { x: x_, y: y_, "text-anchor": anchor, fill, "font-weight": 600 }, text));
  const way = (row) => isolated(`${n(row[0])}\u2192${n(row.at(-1))}`), sides = [`${names.us} ${way(us)}`, `${names.nato} ${way(nato)}`];
  write(sides[0], left, 11, "start", colour);
  write(sides[1], two ? left : right, two ? 11 + line : 11, two ? "start" : "end", "#12202f");
  host.replaceChildren(picture);
}

/** Returns one standalone picture of some charts in a row or two, with headings and a legend. */
export function pictureOf(heading, lines, panels, legend) {
  const gap = 16, many = panels.length === 1 ? 1 : 3, wide = panels[0].chart.width, tall = Math.max(...panels.map((p) => p.chart.height));
  const width = Math.max(640, many * (wide + gap) + gap), rows = Math.ceil(panels.length / many), fit = Math.floor((width - 2 * gap) / 7.2);
  const text = lines.flatMap((line) => broken(line, fit)), head = 40 + 20 * text.length;
  const height = head + rows * (tall + 34) + 24 * legend.length + 12;
  const picture = svg("svg", { xmlns: "http://www.w3.org/2000/svg", viewBox: `0 0 ${width} ${height}`, width, height, "font-family": "sans-serif" });
  picture.append(svg("rect", { width, height, fill: "#fff" }));
  const write = (said, x, y, attributes) => picture.append(svg("text", { x, y, direction: rtl ? "rtl" : "ltr", "text-anchor": "start", fill: "#1b1f24", ...attributes }, said));
  const edge = rtl ? width - gap : gap;
  write(heading, edge, 26, { "font-size": 17, "font-weight": 700 });
  text.forEach((line, k) => write(line, edge, 48 + 20 * k, { "font-size": 13.5 }));
  panels.forEach((panel, k) => {
    const column = rtl ? many - 1 - (k % many) : k % many, x = gap + column * (wide + gap), y = head + Math.floor(k / many) * (tall + 34);
    write(panel.title, rtl ? x + wide : x, y + 14, { "font-size": 13.5, "font-weight": 700, fill: panel.colour });
    const body = panel.chart.root.cloneNode(true);
    for (const [name, value] of Object.entries({ x, y: y + 20, width: panel.chart.width, height: panel.chart.height })) body.setAttribute(name, value);
    body.querySelector(".cursor")?.replaceChildren();
    picture.append(body);
  });
  legend.forEach((item, k) => {
    const y = head + rows * (tall + 34) + 24 * k + 8, mark = swatch(item);
    for (const [name, value] of Object.entries({ x: rtl ? width - gap - 36 : gap, y: y - 8, width: 36, height: 16 })) mark.setAttribute(name, value);
    picture.append(mark);
    write(item.label, rtl ? width - gap - 44 : gap + 44, y + 5, { "font-size": 12.5 });
  });
  return { text: new XMLSerializer().serializeToString(picture), width, height };
}

/** Returns a text in lines of at most so many letters. */
export function broken(text, most) {
  const found = [""];
  for (const word of text.split(" ")) {
    if (found.at(-1).length + word.length > most) found.push("");
    found[found.length - 1] += `${found.at(-1) ? " " : ""}${word}`;
  }
  return found;
}

/** Returns the small picture that stands for a line in a legend, drawn as the line is. */
export function swatch({ colour, plain = false, band = "", dash = "none", width = 2.6, grey = false }) {
  const picture = svg("svg", { viewBox: "0 0 36 16", width: 36, height: 16, "aria-hidden": "true", class: "swatch" });
  if (grey) { picture.append(svg("rect", { x: 0, y: 1, width: 36, height: 14, fill: "#eef1f4", stroke: "#c9d1d9" })); return picture; }
  if (band !== "" && !plain) picture.append(svg("rect", { x: 0, y: 1, width: 36, height: 14, fill: colour, "fill-opacity": band === "half" ? 0.38 : 0.14 }));
  if (plain && band !== "") for (const y of [2, 14]) picture.append(svg("line", { x1: 0, x2: 36, y1: y, y2: y, stroke: colour, "stroke-width": 1.2, "stroke-dasharray": "2 3" }));
  if (band === "" || band === "all") picture.append(svg("line", { x1: 0, x2: 36, y1: 8, y2: 8, stroke: colour, "stroke-width": width, "stroke-dasharray": plain ? "7 4" : dash }));
  return picture;
}

