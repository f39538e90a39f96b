/** Policies on one chart: what each costs and buys, under the readings chosen and under all of them. */

import { announce, el, fill, headed, isolated, press, rtl, svg, trouble, word, words } from "./common.js";
import { shortNumber, ticksOf } from "./chart.js";
import { hand } from "./controls.js";
import { onFile } from "./share.js";
import { number } from "./told.js";
import { faults } from "./views.js";
import { $, changed, isMoved, parts, readQuery, scenarioOf, session, state, view } from "./state.js";

const COSTS = [["authority", true], ["dead_us", false], ["tempo_state", false], ["daesh_index", false], ["pressure", false], ["stop_180", true]];
const KINDS = { scenario: "#0072b2", own: "#b34700", pin: "#8a2a5b", found: "#17683b" };
const played = new Map(), single = parts.structures.filter((s) => s.name !== "all");
let found = parts.found ?? [], running = 0, about = "";

function stopPlaying() {
  running += 1;
  $("trade-stop").disabled = true;
  $("trade-progress").textContent = word("trade_stopped");
}

/** Returns the policies that are compared: scenarios, one's own, kept ones, what a search found. */
function points() {
  const bare = (name) => ({ ...readQuery(""), case: name, base: name });
  const every = parts.scenarios.map((s) => ({ kind: "scenario", title: s.title, of: bare(s.name) }));
  if (isMoved()) every.push({ kind: "own", title: word("yours"), of: { ...state } });
  state.pins.forEach((pin, k) => { const of = readQuery(pin.query); if (isMoved(of) && scenarioOf(of.case)) every.push({ kind: "pin", title: pin.name || word("pin_name", { n: isolated(k + 1) }), of }); });
  for (const policy of found) every.push({ kind: "found", title: policy.name, of: { ...bare(policy.case), levers: policy.levers } });
  return every.map((point, k) => ({ ...point, number: k + 1 }));
}

/** Returns the question that a point is an answer to, under a reading; uncertainties as they are held. */
function question(point, structure, motive) {
  return { ...view(), case: point.of.case, base: point.of.case, levers: { ...point.of.levers }, own: point.of.own.map((o) => ({ ...o })), structure, motive, world: 0 };
}

const keyOf = (q) => JSON.stringify([q.case, Object.entries(q.levers).sort(), q.own, Object.entries(q.held).sort(), q.structure, q.motive, q.seed]);

function levels(rows) { return Object.fromEntries(rows.map((r) => [r.name, r.case])); }

/** Returns what is known of a point: under the readings chosen, and the ends over all. */
function known(point, cost) {
  const now = played.get(keyOf(question(point, state.structure, state.motive)));
  const all = single.flatMap((s) => parts.motives.filter((m) => m.name !== "all").map((m) => played.get(keyOf(question(point, s.name, m.name)))));
  const whole = all.every(Boolean), ends = (name) => (whole ? [Math.min(...all.map((l) => l[name])), Math.max(...all.map((l) => l[name]))] : null);
  return now && { ...point, x: now.tempo_foreign, y: now[cost], ends_x: ends("tempo_foreign"), ends_y: ends(cost) };
}

async function play(readings) {
  const mine = running += 1, every = points();
  const todo = readings.flatMap(([structure, motive]) => every.map((point) => question(point, structure, motive))).filter((q) => !played.has(keyOf(q)));
  $("trade-stop").disabled = false;
  let done = 0;
  for (const one of todo) {
    if (mine !== running) return;
    $("trade-progress").textContent = word("trade_progress", { n: isolated(done), all: isolated(todo.length) });
    try {
      const rows = await session.player.glance(one, () => mine === running);
      if (!rows || mine !== running) return;
      played.set(keyOf(one), levels(rows));
    } catch (error) { $("trade-progress").textContent = trouble(error); $("trade-stop").disabled = true; return; }
    done += 1;
    if (done % 5 === 0) drawTradeoffs();
  }
  $("trade-stop").disabled = true;
  $("trade-progress").textContent = word("trade_done", { n: isolated(every.length) });
  drawTradeoffs();
  announce($("trade-progress").textContent, 0);
}

function mark(kind, x, y, colour, hollow) {
  const look = { fill: hollow ? "#fff" : colour, stroke: colour, "stroke-width": 2 };
  if (kind === "own") return svg("path", { d: `M${x} ${y - 9}L${x + 9} ${y}L${x} ${y + 9}L${x - 9} ${y}Z`, ...look });
  if (kind === "found") return svg("rect", { x: x - 6, y: y - 6, width: 12, height: 12, ...look });
  if (kind === "pin") return svg("path", { d: `M${x} ${y - 8}L${x + 8} ${y + 6}L${x - 8} ${y + 6}Z`, ...look });
  return svg("circle", { cx: x, cy: y, r: 6.5, ...look });
}

function drawTradeoffs() {
  const cost = $("trade-cost").value, more = COSTS.find(([name]) => name === cost)[1];
  const shown = points().map((p) => known(p, cost)).filter(Boolean);
  $("trade").classList.toggle("hidden", !shown.length);
  if (!shown.length) return;
  const worse = (p) => shown.some((o) => o !== p && o.x <= p.x && (more ? o.y >= p.y : o.y <= p.y) && (o.x < p.x || o.y !== p.y));
  const width = Math.max(320, $("trade-chart").clientWidth || 640), height = width < 500 ? 340 : 420, left = 54, right = width - 16, top = 14, floor = height - 46;
  const xs = ticksOf(Math.max(...shown.map((p) => p.ends_x?.[1] ?? p.x))), ys = shown.flatMap((p) => p.ends_y ?? [p.y]);
  const low = Math.min(...ys), high = Math.max(...ys), pad = (high - low || high || 1) * 0.08, y0 = low - pad < 0 && low >= 0 ? 0 : low - pad, y1 = high + pad;
  const x = (v) => left + ((right - left) * v) / xs.top, y = (v) => floor - ((floor - top) * (v - y0)) / (y1 - y0);
  const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": word("trade_told", { n: isolated(shown.length), cost: words.books.run_outcomes[cost] }), direction: "ltr", "font-size": 12.5 });
  const write = (text, at, more_) => picture.append(svg("text", { fill: "#4b5561", ...at, ...more_ }, text));
  for (const tick of xs.ticks) { picture.append(svg("line", { x1: x(tick), x2: x(tick), y1: top, y2: floor, stroke: "#e3e8ed" })); write(shortNumber(tick), { x: x(tick), y: floor + 17, "text-anchor": "middle" }); }
  const step = ticksOf((y1 - y0) * 1.01, 1e-6).ticks[1];
  for (let v = Math.ceil(y0 / step) * step; v <= y1; v += step) { picture.append(svg("line", { x1: left, x2: right, y1: y(v), y2: y(v), stroke: "#e3e8ed" })); write(`${+v.toPrecision(3)}`, { x: left - 6, y: y(v) + 4, "text-anchor": "end" }); }
  picture.append(svg("line", { x1: left, x2: right, y1: floor, y2: floor, stroke: "#6b7682" }), svg("line", { x1: left, x2: left, y1: top, y2: floor, stroke: "#6b7682" }));
  write(`${words.books.run_outcomes.tempo_foreign} ${word("better_left")}`, { x: (left + right) / 2, y: height - 8, "text-anchor": "middle" }, rtl ? { direction: "rtl" } : {});
  for (const p of shown) {
    const colour = KINDS[p.kind];
    if (p.ends_x) picture.append(svg("line", { x1: x(p.ends_x[0]), x2: x(p.ends_x[1]), y1: y(p.y), y2: y(p.y), stroke: colour, "stroke-opacity": 0.45 }), svg("line", { x1: x(p.x), x2: x(p.x), y1: y(p.ends_y[0]), y2: y(p.ends_y[1]), stroke: colour, "stroke-opacity": 0.45 }));
  }
  for (const p of shown) {
    picture.append(svg("g", {}, svg("title", {}, `${p.number}. ${p.title}`), mark(p.kind, x(p.x), y(p.y), KINDS[p.kind], worse(p))));
  }
  // Numbers are set where none lies over another; whoever is not beaten has room for a name.
  const taken = shown.map((p) => [x(p.x) - 7, y(p.y) - 7, 14, 14]);
  const free = (box) => box[0] > left && box[0] + box[2] < width && box[1] > 0 && box[1] + box[3] < floor && taken.every((t) => box[0] > t[0] + t[2] || box[0] + box[2] < t[0] || box[1] > t[1] + t[3] || box[1] + box[3] < t[1]);
  for (const p of [...shown].sort((a, b) => worse(a) - worse(b))) {
    for (const text of worse(p) || width < 500 ? [`${p.number}`] : [`${p.number} ${p.title}`, `${p.number}`]) {
      const wide = 6.6 * text.length, spots = [[10, -12], [10, 2], [-wide - 10, -12], [-wide - 10, 2], [-wide / 2, -24], [-wide / 2, 10]].map(([dx, dy]) => [x(p.x) + dx, y(p.y) + dy, wide, 13]), spot = spots.find(free);
      if (!spot && text !== `${p.number}`) continue;
      const place = spot ?? spots[0];
      taken.push(place);
      write(text, { x: place[0], y: place[1] + 11 }, { fill: "#12202f", "font-weight": 600, "font-size": 11.5 });
      break;
    }
  }
  fill($("trade-chart"), picture);
  $("trade-axis").textContent = word(more ? "axis_more" : "axis_less", { cost: words.books.run_outcomes[cost] });
  const digits = { authority: 3, pressure: 3, daesh_index: 0, dead_us: 1 }[cost] ?? 2, told = (v, d) => number(v, d, rtl);
  const range = (ends, d) => (ends ? isolated(`${told(ends[0], d)} \u2026 ${told(ends[1], d)}`) : "\u2013");
  const rows = [...shown].sort((a, b) => a.x - b.x).map((p) => {
    const show_ = () => { if (state.base === p.of.case) state.base = state.case; Object.assign(state, { case: p.of.case, levers: { ...p.of.levers }, own: p.of.own.map((o) => ({ ...o })) }); hand.told = p.title; changed(); };
    const open = press(p.title, show_, { class: "plain link", id: `trade-${p.number}` });
    return el("tr", {}, el("td", { class: "number" }, isolated(p.number)), el("th", { scope: "row" }, open, " ", el("span", { class: "soft" }, word(`kind_${p.kind}`))), el("td", { class: "number" }, told(p.x, 2)), el("td", { class: "number" }, range(p.ends_x, 2)), el("td", { class: "number" }, told(p.y, digits)), el("td", { class: "number" }, range(p.ends_y, digits)), el("td", {}, worse(p) ? word("beaten") : ""));
  });
  const heads = ["#", word("policy"), words.books.run_outcomes.tempo_foreign, word("over_all"), words.books.run_outcomes[cost], word("over_all"), ""];
  fill($("trade-table"), ...headed(heads, rows, word("trade_caption")));
  const kinds = [...new Set(shown.map((p) => p.kind))];
  fill($("trade-key"), ...kinds.map((kind) => el("li", {}, svg("svg", { viewBox: "0 0 22 22", width: 20, height: 20, "aria-hidden": "true" }, mark(kind, 11, 11, KINDS[kind], false)), " ", word(`kind_${kind}`))), el("li", {}, svg("svg", { viewBox: "0 0 22 22", width: 20, height: 20, "aria-hidden": "true" }, mark("scenario", 11, 11, KINDS.scenario, true)), " ", word("beaten")));
}

/** Keeps the chart about what is asked now: new questions must be played. */
export function refreshTradeoffs() {
  const now = JSON.stringify(points().map((p) => keyOf(question(p, state.structure, state.motive))));
  if (now !== about && !$("trade-stop").disabled) stopPlaying();
  about = now;
  drawTradeoffs();
  const missing = points().some((p) => !played.has(keyOf(question(p, state.structure, state.motive))));
  $("trade-stale").classList.toggle("hidden", !played.size || !missing);
}

export function listenToTradeoffs() {
  fill($("trade-cost"), ...COSTS.map(([name]) => el("option", { value: name }, words.books.run_outcomes[name])));
  $("trade-cost").addEventListener("change", drawTradeoffs);
  $("trade-now").addEventListener("click", () => play([[state.structure, state.motive]]));
  $("trade-all").addEventListener("click", () => play([[state.structure, state.motive], ...single.flatMap((s) => parts.motives.filter((m) => m.name !== "all").map((m) => [s.name, m.name]))]));
  $("trade-stop").addEventListener("click", stopPlaying);
  onFile("trade-file", (read) => {
    const base = read.base.name, known_ = new Set(parts.levers.map((l) => l.name));
    if (!scenarioOf(base)) throw new Error(base);
    const able = read.policies.filter((p) => Object.keys(p.levers).every((name) => known_.has(name)) && !faults(view({ ...readQuery(`case=${base}`), levers: p.levers }), parts).length);
    found = able.map((p) => ({ name: p.name, case: base, levers: p.levers }));
    $("trade-progress").textContent = word("found_read", { n: isolated(able.length), rest: isolated(read.policies.length - able.length) });
  }, (name) => { $("trade-progress").textContent = word("found_wrong", { name }); }, refreshTradeoffs);
  addEventListener("resize", drawTradeoffs);
}
