/** What makes the difference: all that two scenarios differ in, each with its share. */

import { announce, el, fill, headed, isolated, rowOf, rtl, svg, trouble, word } from "./common.js";
import { COLOURS } from "./chart.js";
import { $, session, view, viewQuery } from "./state.js";

function waterfall(found) {
  const FALL = innerWidth < 600 ? { width: 400, label: 138, number: 62, row: 64, letters: 18 } : { width: 760, label: 250, number: 74, row: 46, letters: 32 };
  const rows = found.bars.length + 2;
  const seen = [...found.levels.map((l) => l.value), ...found.bars.flatMap((b) => [b.begin, b.end, b.end - b.half, b.end + b.half, b.alone, b.all_but])];
  let low = Math.min(...seen), high = Math.max(...seen);
  if (low < 0.35 * high && low >= 0) low = 0;
  const pad = (high - low) * 0.05 || 1;
  high += pad; if (low !== 0) low -= pad;
  const inner = FALL.width - FALL.label - FALL.number;
  const x = (v) => { const at = FALL.label + (inner * (v - low)) / (high - low); return rtl ? FALL.width - at : at; };
  const side = (at) => (rtl ? FALL.width - at : at);
  const picture = svg("svg", { viewBox: `0 0 ${FALL.width} ${rows * FALL.row + 34}`, role: "img", "aria-label": `${found.title}: ${found.outcome}`, direction: rtl ? "rtl" : "ltr" });
  const write = (at, y, text, anchor, more = {}) => picture.append(svg("text", { x: at, y, "text-anchor": anchor, "font-size": 13, fill: "#12202f", ...more }, text));
  const labels = (y, text) => {
    const lines = [""];
    for (const part of text.split(" ")) {
      if ((lines.at(-1) + part).length > FALL.letters) lines.push("");
      lines[lines.length - 1] += `${lines.at(-1) ? " " : ""}${part}`;
    }
    lines.forEach((line, k) => write(side(FALL.label - 10), y + 4 + 15 * (k - (lines.length - 1) / 2), line, "end"));
  };
  const numbers = (y, text) => write(side(FALL.width - FALL.number + 8), y + 4, isolated(text), "start", { "font-weight": 700 });
  const power = 10 ** Math.floor(Math.log10((high - low) / 3));
  const step = power * [5, 2, 1].find((s) => (s * power * 3 <= high - low) || s === 1);
  for (let value = Math.ceil(low / step - 1e-9) * step; value <= high; value += step) {
    picture.append(svg("line", { x1: x(value), x2: x(value), y1: 4, y2: rows * FALL.row, stroke: "#e3e8ed" }));
    write(x(value), rows * FALL.row + 18, isolated(value.toFixed(Math.max(0, -Math.floor(Math.log10(step) + 1e-9)))), "middle", { "font-size": 11, fill: "#4b5561" });
  }
  const level = (k, item) => {
    const y = FALL.row * (k + 0.5);
    picture.append(svg("rect", { x: x(item.value) - 3, y: y - 14, width: 6, height: 28, fill: "#12202f" }));
    labels(y, item.label);
    numbers(y, item.value.toFixed(2));
  };
  level(0, found.levels[0]);
  found.bars.forEach((b, k) => {
    const y = FALL.row * (k + 1.5);
    const colour = b.end > b.begin ? COLOURS[1] : COLOURS[0];
    picture.append(
      svg("line", { x1: x(b.begin), x2: x(b.begin), y1: y - FALL.row + 14, y2: y, stroke: "#9aa4ae" }),
      svg("rect", { x: Math.min(x(b.begin), x(b.end)), y: y - 11, width: Math.max(1, Math.abs(x(b.end) - x(b.begin))), height: 20, fill: colour, "fill-opacity": 0.85 }),
      svg("line", { x1: x(b.end - b.half), x2: x(b.end + b.half), y1: y - 1, y2: y - 1, stroke: "#12202f", "stroke-width": 1.8 }),
      svg("circle", { cx: x(b.alone), cy: y + 16, r: 4, fill: "#fff", stroke: "#12202f", "stroke-width": 1.4 }),
      svg("circle", { cx: x(b.all_but), cy: y + 16, r: 4, fill: "#12202f" }),
    );
    labels(y, b.label);
    const share = b.end - b.begin;
    numbers(y, `${share > 0.005 ? "+" : share < -0.005 ? "\u2212" : ""}${Math.abs(share).toFixed(2)}`);
  });
  level(rows - 1, found.levels[1]);
  return picture;
}

export function forgetDifference() {
  $("difference").classList.add("hidden");
  $("split-error").textContent = "";
}

export function listenToSplit() {
  $("split").addEventListener("click", async () => {
    $("split").disabled = true;
    $("split").textContent = word("busy");
    forgetDifference();
    const asked = viewQuery();
    try {
      const found = await session.player.difference(view());
      if (asked === viewQuery()) {
        const [first, last] = found.levels.map((level_) => rowOf(level_.label, level_.told, "", "")), bars = found.bars.map((b) => rowOf(b.label, b.told, b.told_alone, b.told_last));
        const table = el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": found.title }, el("table", {}, ...headed(found.heads, [first, ...bars, last])));
        const drawn = el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": found.outcome }, waterfall(found));
        fill($("difference"), el("h3", {}, found.title), el("p", { class: "hint" }, found.outcome), drawn, ...found.sentences.map((s) => el("p", {}, s)), table, el("p", { class: "hint" }, found.hint));
        $("difference").classList.remove("hidden");
        announce(found.title, 0);
      }
    } catch (error) {
      $("split-error").textContent = trouble(error);
    }
    $("split").disabled = false;
    $("split").textContent = word("split_load");
  });
}
