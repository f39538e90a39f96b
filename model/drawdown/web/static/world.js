/** One world, day by day: its line in the picture, its map with a key, its days with reasons. */

import { addDays, announce, dayText, el, fill, headed, isolated, rowOf, svg, trouble, word } from "./common.js";
import { COLOURS, Fan, highest, ticksOf } from "./chart.js";
import { cities, outline, px, py } from "./map.js";
import { $, changed, parts, scenarioOf, session, state, view } from "./state.js";

const PEOPLE = { diplomatic: "#17683b", base: "#0072b2" }, ATTACKS = "#b34700";
const radiusOf = (people) => Math.sqrt(people) / 2.2, ringOf = (attacks) => (attacks ? 5 + 3 * attacks : 0);
let world = null, timer = null, sites = [], line = null;

/** Returns the line of the world that is shown, for the picture, where it is still of this view. */
export function lineOfWorld() { return world && world.of === JSON.stringify(view()) ? world.line : null; }

function buildMap() {
  const root = outline(parts.map, word("map_told"));
  const near = {};
  sites = parts.map.sites.map((s) => {
    // Several sites stand in one town: they are set apart so that each can be seen.
    const key = `${Math.round(s.lon * 2)},${Math.round(s.lat * 2)}`;
    const k = (near[key] = (near[key] ?? -1) + 1);
    const x = px(s.lon) + 26 * Math.cos(k * 1.1) * Math.min(1, k), y = py(s.lat) + 26 * Math.sin(k * 1.1) * Math.min(1, k);
    const people = svg("circle", { cx: x, cy: y, r: 0, fill: PEOPLE[s.kind] ?? PEOPLE.base, "fill-opacity": 0.55, stroke: "#12202f", "stroke-width": 0.6 });
    const attacks = svg("circle", { cx: x, cy: y, r: 0, fill: "none", stroke: ATTACKS, "stroke-width": 2.5 });
    const title = svg("title");
    root.append(svg("g", {}, title, people, attacks));
    return { ...s, people, attacks, title };
  });
  cities(root, parts.map);
  fill($("map"), root);
  const item = (mark, text) => el("li", {}, svg("svg", { viewBox: "0 0 44 44", width: 30, height: 30, "aria-hidden": "true" }, mark), " ", text);
  const dot = (people, colour) => svg("circle", { cx: 22, cy: 22, r: radiusOf(people), fill: colour, "fill-opacity": 0.55, stroke: "#12202f" });
  fill($("map-key"), item(dot(1000, PEOPLE.diplomatic), word("key_diplomatic")), item(dot(1000, PEOPLE.base), word("key_base", { n: isolated("1,000") })),
    item(svg("circle", { cx: 22, cy: 22, r: ringOf(1), fill: "none", stroke: ATTACKS, "stroke-width": 2.5 }), word("key_attack")),
    item(svg("circle", { cx: 22, cy: 22, r: ringOf(3), fill: "none", stroke: ATTACKS, "stroke-width": 2.5 }), word("key_attacks", { n: isolated(3) })));
}

/** Draws the world into the fan of all: where it lies among them, and which day it is. */
function drawLine() {
  const shown = session.shown;
  if (!shown || !world) return;
  if (!line) {
    line = new Fan($("world-fan"), { height: 190, label: word("world") });
    line.moved = (week) => { if (week !== undefined) { $("day").value = Math.max(0, 30 + 7 * week - 180); showDay(); } };
    line.said = () => $("day-told").textContent;
  }
  const rows = shown.case.attacks_foreign, { top, ticks } = ticksOf(Math.max(highest([rows]), ...world.line));
  line.draw({ weeks: shown.weeks, start: shown.start, top, ticks, fans: [{ rows, colour: COLOURS[0] }], lines: [{ values: world.line, colour: "#12202f" }], told: word("world_told", { n: isolated(state.world), title: scenarioOf(state.case).title }) });
}

function why(event) {
  if (!event.why && !event.rule) return event.text;
  const rule = el("details", {}, el("summary", { class: "soft" }, word("the_rule")), el("p", { class: "hint" }, event.rule));
  return el("details", {}, el("summary", {}, event.text, " ", el("span", { class: "soft" }, word("why"))), event.why ? el("p", { class: "because" }, event.why) : null, rule);
}

function showDay() {
  const day = Number($("day").value);
  const date = addDays(world.first, day);
  $("day-told").textContent = dayText(date);
  $("day").setAttribute("aria-valuetext", dayText(date));
  const recent = world.events.filter((e) => e.day <= day && e.day > day - 30);
  const row = world.people[Math.min(world.people.length - 1, Math.floor(day / world.step))];
  const lines = [];
  sites.forEach((s, k) => {
    const attacks = recent.filter((e) => e.where === s.name).length;
    s.people.setAttribute("r", radiusOf(row[k]));
    s.attacks.setAttribute("r", ringOf(attacks));
    s.title.textContent = word("site_told", { site: s.title_, people: isolated(row[k]), attacks: isolated(attacks) });
    if (row[k] || attacks) lines.push(rowOf(s.title_, isolated(row[k].toLocaleString("en")), isolated(attacks)));
  });
  fill($("sites"), ...headed(["", word("people"), word("attacks30")], lines));
  const past = world.events.filter((e) => e.day <= day).slice(-40).reverse();
  fill($("chronicle"), ...(past.length ? past.map((e) => el("li", { class: `kind-${e.kind}` }, el("span", { class: "date" }, dayText(addDays(world.first, e.day))), " ", why(e))) : [el("li", {}, word("quiet"))]));
  if (line?.days) line.cursor(Math.max(0, Math.min(line.days.length - 1, Math.round((day + 180 - 30) / 7))));
}

function stop() { clearInterval(timer); timer = null; $("play").textContent = word("play"); }

/** Plays a world of the first scenario and shows its first day. */
export async function loadWorld(number) {
  stop();
  if (!/^\d+$/.test(`${number}`) || Number(number) >= parts.runs) {
    $("world-error").textContent = word("fault_range", { key: word("world_number"), low: isolated(0), high: isolated(parts.runs - 1), value: isolated(number) });
    return;
  }
  state.world = `${Number(number)}`;
  $("world").value = state.world;
  $("load").disabled = true;
  $("load").textContent = word("busy");
  try {
    const asked = view();
    world = { ...await session.player.world(asked), of: JSON.stringify(asked) };
    if (!sites.length) buildMap();
    sites.forEach((s) => { s.title_ = parts.map.sites.find((o) => o.name === s.name).title; });
    $("stage").classList.remove("hidden");
    $("stale-world").classList.add("hidden");
    $("day").value = 0;
    $("play").disabled = false;
    drawLine();
    showDay();
    announce(word("world_told", { n: isolated(state.world), title: scenarioOf(state.case).title }), 0);
    $("world-error").textContent = "";
    changed();
  } catch (error) {
    $("world-error").textContent = trouble(error);
  }
  $("load").disabled = false;
  $("load").textContent = word("load");
}

/** Says where the world that is shown is not of what is asked for now. */
export function compareWorld() {
  if (!world) return;
  $("stale-world").classList.toggle("hidden", lineOfWorld() !== null);
  if (lineOfWorld()) drawLine();
}

export function listenToWorld() {
  $("play").addEventListener("click", () => {
    if (timer) { stop(); return; }
    if (Number($("day").value) >= Number($("day").max)) $("day").value = 0;
    $("play").textContent = word("pause");
    timer = setInterval(() => {
      $("day").value = Number($("day").value) + 1;
      showDay();
      if (Number($("day").value) >= Number($("day").max)) stop();
    }, 90);
  });
  $("day").addEventListener("input", showDay);
  $("load").addEventListener("click", () => loadWorld($("world").value));
  addEventListener("resize", () => { if (world && lineOfWorld()) drawLine(); });
}
