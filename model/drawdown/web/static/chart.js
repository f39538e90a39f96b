import { svg, words } from "./common.js";

const WIDE = 760, NARROW = 420, LEFT = 46, RIGHT = 12, TOP = 14, BOTTOM = 40;
export const COLOURS = ["#0072b2", "#b34700"];

function nice(most) {
  const power = 10 ** Math.floor(Math.log10(Math.max(most, 1e-9)));
  for (const step of [1, 2, 2.5, 5, 10]) if (most / (step * power) <= 1) return step * power;
  return 10 * power;
}

function line(points) {
  let path = "";
  for (let i = 0; i < points.length; i += 1) {
    path += `${i ? "L" : "M"}${points[i][0].toFixed(1)} ${points[i][1].toFixed(1)}`;
  }
  return path;
}

/** Draws medians with bands of several series over weeks, and redraws them in place. */
export class Fan {
  constructor(host, { height = 260, colours = COLOURS, dashes = [], small = false } = {}) {
    this.width = small || innerWidth < 600 ? NARROW : WIDE;
    this.height = height;
    this.root = svg("svg", { viewBox: `0 0 ${this.width} ${height}`, role: "img", direction: "ltr" });
    this.title = svg("title");
    this.grid = svg("g", { "font-size": 12, fill: "#4b5561" });
    this.marks = svg("g", { "font-size": 11, fill: "#4b5561" });
    this.paths = svg("g", { fill: "none" });
    this.colours = colours;
    this.dashes = dashes;
    this.root.append(this.title, this.grid, this.paths, this.marks);
    host.replaceChildren(this.root);
    this.made = [];
    this.frame = "";
  }

  draw({ weeks, start, series, events = [], told, most = null }) {
    const days = weeks.map((w) => Date.parse(w) / 864e5);
    const first = days[0], last = days[days.length - 1];
    let top = most ?? 0;
    if (most === null) for (const s of series) top = Math.max(top, ...s[s.length - 1]);
    top = nice(top * 1.02);
    // A scale that shrinks with every step of the hand makes curves jump.
    if (this.top && top < this.top && top > this.top / 3) top = this.top;
    this.top = top;
    const x = (d) => LEFT + ((this.width - LEFT - RIGHT) * (d - first)) / (last - first);
    const y = (v) => this.height - BOTTOM - ((this.height - TOP - BOTTOM) * v) / top;
    const frame = `${weeks[0]} ${weeks.length} ${top} ${start}`;
    if (frame !== this.frame) this.#frame(x, y, top, first, last, start);
    this.frame = frame;
    const wanted = series.length * 3;
    while (this.made.length < wanted) {
      const path = svg("path");
      this.made.push(path);
      this.paths.append(path);
    }
    series.forEach((s, i) => {
      const colour = this.colours[i];
      const at = (row) => row.map((v, k) => [x(days[k]), y(v)]);
      const middle = s.length >> 1;
      for (let b = 0; b < 2; b += 1) {
        const path = this.made[i * 3 + b];
        const [low, high] = b ? [s[1], s[3]] : [s[0], s[4]];
        if (s.length < 5) { path.setAttribute("d", ""); continue; }
        path.setAttribute("d", `${line(at(low))}${line(at(high).reverse()).replace("M", "L")}Z`);
        path.setAttribute("fill", colour);
        path.setAttribute("fill-opacity", b ? 0.26 : 0.13);
        path.setAttribute("stroke", "none");
      }
      const path = this.made[i * 3 + 2];
      path.setAttribute("d", line(at(s[middle])));
      path.setAttribute("stroke", colour);
      path.setAttribute("stroke-width", 2.4);
      path.setAttribute("stroke-dasharray", this.dashes[i] ?? "none");
    });
    this.marks.replaceChildren();
    events.forEach((event, k) => {
      const at = x(Date.parse(event.day) / 864e5);
      this.marks.append(
        svg("line", { x1: at, x2: at, y1: TOP, y2: this.height - BOTTOM, stroke: "#6b7682", "stroke-dasharray": "3 3" }),
      );
      const label = svg("text", { x: at + 3, y: TOP + 9 + 12 * (k % 3), "font-weight": 700 });
      label.textContent = event.mark;
      this.marks.append(label);
    });
    this.title.textContent = told;
  }

  #frame(x, y, top, first, last, start) {
    this.grid.replaceChildren();
    for (let k = 0; k <= 4; k += 1) {
      const value = (top * k) / 4;
      this.grid.append(svg("line", { x1: LEFT, x2: this.width - RIGHT, y1: y(value), y2: y(value), stroke: k ? "#e3e8ed" : "#6b7682" }));
      const text = svg("text", { x: LEFT - 6, y: y(value) + 4, "text-anchor": "end" });
      text.textContent = value >= 1000 ? `${value / 1000}k` : `${+value.toPrecision(3)}`;
      this.grid.append(text);
    }
    const names = words.months_short.split(" ");
    const begin = new Date(first * 864e5);
    let year = begin.getUTCFullYear(), month = Math.ceil((begin.getUTCMonth() + 1) / 3) * 3;
    for (; ; month += 3) {
      const day = Date.UTC(year, month, 1) / 864e5;
      if (day > last) break;
      if (day < first) continue;
      const date = new Date(day * 864e5);
      this.grid.append(svg("line", { x1: x(day), x2: x(day), y1: this.height - BOTTOM, y2: this.height - BOTTOM + 5, stroke: "#6b7682" }));
      const text = svg("text", { x: x(day), y: this.height - BOTTOM + 17, "text-anchor": "middle", direction: "ltr" });
      text.textContent = names[date.getUTCMonth()];
      this.grid.append(text);
      if (date.getUTCMonth() === 0) {
        const label = svg("text", { x: x(day), y: this.height - BOTTOM + 32, "text-anchor": "middle", "font-weight": 700 });
        label.textContent = date.getUTCFullYear();
        this.grid.append(label);
      }
    }
    if (start) {
      const at = x(Date.parse(start) / 864e5);
      this.grid.append(svg("rect", { x: LEFT, y: TOP, width: Math.max(0, at - LEFT), height: this.height - TOP - BOTTOM, fill: "#eef1f4" }));
    }
  }
}

/** Returns a standalone picture of a chart, with its heading and the names of its lines. */
export function pictureOf(chart, heading, names) {
  const head = 30 + 20 * names.length, height = chart.height + head;
  const picture = svg("svg", { xmlns: "http://www.w3.org/2000/svg", viewBox: `0 0 ${chart.width} ${height}`, width: chart.width, height, "font-family": "sans-serif" });
  picture.append(svg("rect", { width: chart.width, height, fill: "#fff" }));
  const rtl = document.documentElement.dir === "rtl";
  const edge = rtl ? chart.width - RIGHT : RIGHT;
  const write = (text, y, attributes) => {
    const node = svg("text", { x: edge, y, direction: rtl ? "rtl" : "ltr", "text-anchor": "start", ...attributes });
    node.textContent = text;
    picture.append(node);
  };
  write(heading, 22, { "font-size": 16, "font-weight": 700, fill: "#1b1f24" });
  names.forEach((name, k) => write(name, 44 + 20 * k, { "font-size": 13, fill: chart.colours[k] }));
  const body = chart.root.cloneNode(true);
  body.setAttribute("y", head);
  body.setAttribute("width", chart.width);
  body.setAttribute("height", chart.height);
  picture.append(body);
  return { text: new XMLSerializer().serializeToString(picture), width: chart.width, height };
}
