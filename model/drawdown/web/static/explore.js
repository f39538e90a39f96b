import { addDays, announce, dayText, el, fill, isolated, lang, root, svg, word } from "./common.js";
import { COLOURS, Fan, pictureOf } from "./chart.js";
import { curvesFile } from "./files.js";
import { number } from "./told.js";
import { address, faults, opened } from "./views.js";

const parts = JSON.parse(document.getElementById("parts").textContent);
const $ = (id) => document.getElementById(id);
const usual = { case: "combat-to-advisory", base: "sustained-presence", structure: "neutral", motive: "all", seed: "0", world: "0" };
const state = { ...usual, levers: {}, held: {} };

function readAddress() {
  $("claim").classList.add("hidden");
  $("other-model").classList.add("hidden");
  Object.assign(state, usual, { levers: {}, held: {} });
  const asked = location.search || !parts.begins ? location.search : parts.begins;
  for (const [key, value] of new URLSearchParams(asked)) {
    if (key in usual) state[key] = value;
    else if (key.startsWith("u.")) state.held[key.slice(2)] = value;
    else if (key === "model") $("other-model").classList.toggle("hidden", value === parts.model);
    else if (key === "claim") showClaim(value);
    else if (!["lang", "numbers"].includes(key)) state.levers[key] = value;
  }
}

/** Shows a claim of the article, and the quantity that carries it. */
function showClaim(name) {
  const claim = parts.claims[name];
  if (!claim) return;
  const carried = claim.carried_by.map((c) => isolated(c)).join(lang === "ar" ? "، " : ", ");
  $("claim").textContent = word("claim", { claim: isolated(name), text: claim.text, carried });
  $("claim").classList.remove("hidden");
  const parameter = claim.carried_by.find((c) => c.startsWith("parameter:"));
  if (parameter) $("find").value = parameter.slice("parameter:".length);
}

function query(language = lang) {
  const q = address(state, usual);
  q.set("lang", language);
  return q.toString();
}

/** Returns what is asked now; it does not change when a hand moves on. */
function view() {
  const own = { ...state, levers: { ...state.levers }, held: { ...state.held } };
  for (const key of ["seed", "world"]) own[key] = Number(state[key]);
  return own;
}

let addressTimer = null;
function writeAddress() {
  // Browsers refuse an address that changes with every step of a slider.
  clearTimeout(addressTimer);
  addressTimer = setTimeout(() => {
    // A frame in a notebook has no address of its own.
    try { history.replaceState(null, "", `?${query()}`); } catch { /* it shows the view without */ }
    $("language").href = `${parts.other}?${query(lang === "ar" ? "en" : "ar")}`;
  }, 250);
}

const charts = {
  foreign: new Fan($("foreign"), { height: 300 }),
  state: new Fan($("state"), { height: 220, small: true }),
  soldiers: new Fan($("soldiers"), { height: 220, small: true, colours: [COLOURS[0], COLOURS[0], COLOURS[1], COLOURS[1]], dashes: ["none", "5 4", "none", "5 4"] }),
};
let shown = null, busy = false, dirty = false, painted = 0;
let player = null;

/** Asks for curves; while one answer is under way only the newest wish is kept. */
async function refresh(moving = false) {
  writeAddress();
  forgetDifference();
  if (busy) { dirty = true; return; }
  busy = true;
  do {
    dirty = false;
    const now = view(), wrong = faults(now, parts);
    try {
      if (wrong.length) throw Object.assign(new Error(wrong.join("\n")), { status: 400 });
      if (!player) {
        player = await opened(parts, usual);
        // For whoever embeds the page, and for tests: what it shows, asked by a script.
        globalThis.drawdown = { player, curvesFile, number };
        document.documentElement.dataset.plays = player.own ? "here" : "server";
        $("plays").textContent = word(player.own ? "plays_here" : "plays_server");
      }
      draw(await player.curves(now, moving), now);
      $("error").textContent = "";
    } catch (error) {
      $("error").textContent = error.status || player?.own ? error.message : word("lost");
      if (!error.status && player && !player.own) setTimeout(refresh, 2000);
    }
  } while (dirty);
  busy = false;
}

function draw(found, asked) {
  shown = found;
  const events = found.events.map((e, k) => ({ ...e, mark: k + 1 }));
  const end = (q) => isolated(q[2][q[2].length - 1].toFixed(1));
  const told = (name) => word("chart_told", { what: word(name), case: found.titles[0], base: found.titles[1], a: end(found.case[`attacks_${name}`]), b: end(found.base[`attacks_${name}`]) });
  const common = { weeks: found.weeks, start: found.start };
  charts.foreign.draw({ ...common, series: [found.case.attacks_foreign, found.base.attacks_foreign], events, told: told("foreign") });
  charts.state.draw({ ...common, series: [found.case.attacks_state, found.base.attacks_state], told: told("state") });
  const people = (s) => [[s[0].map((v, k) => v + s[1][k])], [s[2]]];
  const weeks = found.case.soldiers[0].map((_, k) => addDays(found.start, 7 * k));
  charts.soldiers.draw({ weeks, series: [...people(found.case.soldiers), ...people(found.base.soldiers)], told: word("soldiers") });
  const fewer = found.worlds && found.worlds < parts.runs;
  $("fewer").textContent = fewer ? word("fewer", { n: isolated(found.worlds), all: isolated(parts.runs) }) : "";
  requestAnimationFrame(() => { painted += 1; document.documentElement.dataset.painted = painted; });
  later(() => (fewer ? refresh() : rest(found, events, asked)));
}

let resting = null;
function later(work) {
  clearTimeout(resting);
  resting = setTimeout(work, 150);
}

/** Tells the rest once the hand is still: names, events, and the table of numbers. */
async function rest(found, events, asked) {
  fill($("legend"), ...["case", "base"].map((k, i) => el("li", {}, el("span", { class: `swatch ${k}` }), found.titles[i])));
  fill($("soldiers-legend"), el("li", {}, "— ", word("soldiers_us")), el("li", {}, "- - ", word("soldiers_nato")));
  fill($("events"), ...events.map((e) => el("li", {}, `${e.told}: ${e.what} (${e.whose.map((k) => found.titles[k]).join(lang === "ar" ? "، " : ", ")})`)));
  let numbers;
  try { numbers = await player.numbers(asked); } catch { return; }
  if (shown !== found) return;
  const head = el("tr", {}, ...["", found.titles[0], found.titles[1], word("difference"), word("futures")].map((t, i) => (i ? el("th", { scope: "col" }, t) : el("td"))));
  const rows = numbers.map((r) => el("tr", {}, el("th", { scope: "row" }, r.label), ...[r.case, r.base, r.less, r.futures].map((t) => {
    const number = el("button", { type: "button", class: "plain", title: word("behind") }, t);
    number.addEventListener("click", () => behind(r));
    return el("td", { class: "number" }, number);
  })));
  fill($("numbers"), el("thead", {}, head), el("tbody", {}, ...rows));
  announce(word("updated", { label: numbers[0].label, less: numbers[0].less }));
}

function numberText(value, step) {
  const digits = step >= 1 ? 0 : Math.min(4, Math.max(1, Math.ceil(-Math.log10(step))));
  return isolated(Number(value).toLocaleString("en", { maximumFractionDigits: digits, minimumFractionDigits: 0 }));
}

function slider(item, stands, value, change, about) {
  const id = `s-${item.name}`;
  const output = el("output", { for: id });
  const back = el("button", { type: "button", class: "hidden", "aria-label": word("reset_one", { name: item.label }) }, "↺");
  const box = el("div", { class: "slider" });
  let input;
  if (item.choices?.length) {
    input = el("select", { id }, ...item.choices.map((c) => el("option", { value: c.value }, c.label)));
    box.append(el("div", { class: "head" }, el("label", { for: id }, item.label), back), input);
  } else {
    input = el("input", { type: "range", id, min: `${item.low}`, max: `${item.high}`, step: `${item.step}` });
    box.append(
      el("div", { class: "head" }, el("label", { for: id }, item.label), el("span", {}, output, " ", back)),
      input,
      el("div", { class: "ends", "aria-hidden": "true" }, el("span", {}, numberText(item.low, item.step)), el("span", {}, item.unit ?? ""), el("span", {}, numberText(item.high, item.step))),
    );
  }
  if (about) box.append(about);
  const show = (moved) => {
    const drawn = stands === null && !moved;
    box.classList.toggle("moved", moved);
    input.classList.toggle("drawn", drawn);
    back.classList.toggle("hidden", !moved);
    // A slider's own value is rounded to its steps; what is told is what is played.
    const text = drawn ? `${word("drawn")} ${word("range", { low: numberText(item.drawn[0], item.step), high: numberText(item.drawn[1], item.step) })}` : `${numberText(moved ? input.value : stands, item.step)} ${item.unit ?? ""}`;
    output.textContent = text;
    if (input.type === "range") input.setAttribute("aria-valuetext", text);
  };
  input.value = value ?? stands ?? item.middle;
  show(value !== undefined);
  input.addEventListener("input", () => { change(input.value); show(true); refresh(true); });
  back.addEventListener("click", () => { change(null); input.value = stands ?? item.middle; show(false); refresh(); input.focus(); });
  return box;
}

function setOrDrop(where, name, value) {
  if (value === null) delete where[name];
  else where[name] = value;
}

const people = ["combat", "advisers", "coalition"];

/** Where a lever stands that nobody has moved: policing follows the government that was chosen. */
function standing(chosen, item) {
  if (item.name === "policing" && "government" in state.levers) return parts.implied[state.levers.government];
  return chosen.stands[item.name];
}

/** A lever that has nothing to act on is not offered: months where nobody comes or goes. */
function offered(chosen, item) {
  return item.name !== "by" || chosen.departs || people.some((name) => name in state.levers);
}

function moveLever(name, value) {
  const before = JSON.stringify([state.levers.government, people.some((n) => n in state.levers)]);
  setOrDrop(state.levers, name, value);
  const chosen = parts.scenarios.find((s) => s.name === state.case);
  if (!offered(chosen, { name: "by" })) delete state.levers.by;
  if (before !== JSON.stringify([state.levers.government, people.some((n) => n in state.levers)])) {
    const focus = document.activeElement?.id;
    buildLevers();
    if (focus) $(focus)?.focus();
  }
}

function buildLevers() {
  const chosen = parts.scenarios.find((s) => s.name === state.case);
  fill($("levers"), ...parts.levers.filter((item) => offered(chosen, item)).map((item) => slider(
    { ...item, middle: (item.low + item.high) / 2, drawn: parts.residual }, standing(chosen, item), state.levers[item.name], (v) => moveLever(item.name, v))));
  $("question").textContent = chosen.question;
  fill($("conditions"), ...chosen.conditions.map((lines) => el("li", {}, lines.join(" "))));
}

function buildUncertainties() {
  const wanted = $("find").value.trim().toLowerCase();
  fill($("uncertainties"), ...parts.parameters.filter((p) => !wanted || `${p.label} ${p.name}`.toLowerCase().includes(wanted)).map((item) => {
    const about = el("details", { class: "about" },
      el("summary", {}, `${word("moves")}: ${item.moves}`),
      el("p", {}, item.meaning),
      el("p", {}, `${word("source")}: `, el("bdi", { dir: "ltr", lang: "en" }, item.source), " · ", el("bdi", { dir: "ltr" }, item.name)),
    );
    return slider({ ...item, middle: item.default[state.structure], drawn: [item.low, item.high] }, null, state.held[item.name], (v) => setOrDrop(state.held, item.name, v), about);
  }));
}

function build() {
  for (const id of ["case", "base"]) {
    fill($(id), ...parts.scenarios.map((s) => el("option", { value: s.name }, s.title)));
    $(id).value = state[id];
  }
  fill($("structure"), ...parts.structures.map((s) => el("option", { value: s.name }, s.label)));
  $("structure").value = state.structure;
  fill($("motive"), ...parts.motives.map((m) => el("option", { value: m.name }, m.label)));
  $("motive").value = state.motive;
  $("world").value = state.world;
  buildLevers();
  buildUncertainties();
}

for (const id of ["case", "base", "structure", "motive"]) {
  $(id).addEventListener("change", () => {
    state[id] = $(id).value;
    if (id === "case") { state.levers = {}; buildLevers(); }
    if (id === "structure") buildUncertainties();
    refresh();
  });
}
$("find").addEventListener("input", buildUncertainties);
$("controls").addEventListener("submit", (e) => e.preventDefault());
$("reset").addEventListener("click", () => { state.levers = {}; state.held = {}; $("find").value = ""; build(); refresh(); });

function offer(blob, name) {
  const link = el("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 5000);
}
$("file").addEventListener("click", async () => offer(new Blob([await player.file(view())], { type: "application/yaml" }), "my-scenario.yaml"));
$("csv").addEventListener("click", () => offer(new Blob([curvesFile(state, shown)], { type: "text/csv" }), "curves.csv"));
const picture = () => pictureOf(charts.foreign, word("foreign"), shown.titles);
$("svg").addEventListener("click", () => offer(new Blob([picture().text], { type: "image/svg+xml" }), "drawdown.svg"));
$("png").addEventListener("click", () => {
  const { text, width, height } = picture();
  const image = new Image();
  image.onload = () => {
    const canvas = el("canvas", { width: width * 2, height: height * 2 });
    canvas.getContext("2d").drawImage(image, 0, 0, width * 2, height * 2);
    canvas.toBlob((blob) => offer(blob, "drawdown.png"));
  };
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
});
async function stamped() {
  let stamp = "";
  // So that whoever opens it can tell whether they see the same numbers.
  try { stamp = `&${new URLSearchParams(await player.stamp(view()))}`; } catch { /* a link without it still opens */ }
  const page = parts.address ? `${parts.address}/` : new URL(parts.here, location.href).href;
  return `${page}?${query()}${stamp}`;
}
$("copy").addEventListener("click", async () => {
  const link = await stamped();
  try { await navigator.clipboard.writeText(link); } catch { prompt(word("link"), link); }
  announce(word("copied"), 0);
  $("copied").textContent = word("copied");
  setTimeout(() => { $("copied").textContent = ""; }, 4000);
});

/** Says what makes a number again, and offers the world in the middle. */
async function behind(row) {
  const link = await stamped();
  const open = el("button", { type: "button" }, word("behind_world", { n: isolated(row.world) }));
  open.addEventListener("click", () => { $("world").value = row.world; $("load").click(); $("load").scrollIntoView({ block: "center" }); });
  fill($("behind"), el("p", {}, `${row.label}: ${word("behind_command")}`), el("pre", { dir: "ltr" }, el("code", {}, `drawdown verify '${link}'`)), open);
  $("behind").classList.remove("hidden");
}

// --- what makes the difference ---

function waterfall(found) {
  const FALL = innerWidth < 600 ? { width: 400, label: 138, number: 62, row: 64, letters: 18 } : { width: 760, label: 250, number: 74, row: 46, letters: 32 };
  const rows = found.bars.length + 2, rtl = lang === "ar";
  const seen = [...found.levels.map((l) => l.value), ...found.bars.flatMap((b) => [b.begin, b.end, b.end - b.half, b.end + b.half, b.alone, b.all_but])];
  let low = Math.min(...seen), high = Math.max(...seen);
  if (low < 0.35 * high && low >= 0) low = 0;
  const pad = (high - low) * 0.05 || 1;
  high += pad; if (low !== 0) low -= pad;
  const inner = FALL.width - FALL.label - FALL.number;
  const x = (v) => { const at = FALL.label + (inner * (v - low)) / (high - low); return rtl ? FALL.width - at : at; };
  const side = (at) => (rtl ? FALL.width - at : at);
  const picture = svg("svg", { viewBox: `0 0 ${FALL.width} ${rows * FALL.row + 34}`, role: "img", "aria-label": `${found.title}: ${found.outcome}`, direction: lang === "ar" ? "rtl" : "ltr" });
  const write = (at, y, text, anchor, more = {}) => {
    const node = svg("text", { x: at, y, "text-anchor": anchor, "font-size": 13, fill: "#12202f", ...more });
    node.textContent = text;
    picture.append(node);
  };
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

function forgetDifference() {
  $("difference").classList.add("hidden");
  $("split-error").textContent = "";
}

$("split").addEventListener("click", async () => {
  $("split").disabled = true;
  $("split").textContent = word("busy");
  forgetDifference();
  const asked = query();
  try {
    const found = await player.difference(view());
    if (asked === query()) {
      const head = el("thead", {}, el("tr", {}, ...found.heads.map((h) => el("th", { scope: "col" }, h))));
      const line = (label, ...cells) => el("tr", {}, el("th", { scope: "row" }, label), ...cells.map((c) => el("td", { class: "number" }, c)));
      const body = el("tbody", {}, line(found.levels[0].label, found.levels[0].told, "", ""), ...found.bars.map((b) => line(b.label, b.told, b.told_alone, b.told_last)), line(found.levels[1].label, found.levels[1].told, "", ""));
      const table = el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": found.title }, el("table", {}, head, body));
      const drawn = el("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": found.outcome }, waterfall(found));
      fill($("difference"), el("h3", {}, found.title), el("p", { class: "hint" }, found.outcome), drawn, ...found.sentences.map((s) => el("p", {}, s)), table, el("p", { class: "hint" }, found.hint));
      $("difference").classList.remove("hidden");
      announce(found.title, 0);
    }
  } catch (error) {
    $("split-error").textContent = error.status ? error.message : word("lost");
  }
  $("split").disabled = false;
  $("split").textContent = word("split_load");
});

// --- one world on the map ---

const MAP = { west: 38.4, east: 49, south: 28.7, north: 37.7, width: 560 };
MAP.height = Math.round((MAP.width * (MAP.north - MAP.south)) / ((MAP.east - MAP.west) * 0.84));
const px = (lon) => (MAP.width * (lon - MAP.west)) / (MAP.east - MAP.west);
const py = (lat) => (MAP.height * (MAP.north - lat)) / (MAP.north - MAP.south);
let world = null, timer = null, sites = [];

function buildMap() {
  const root = svg("svg", { viewBox: `0 0 ${MAP.width} ${MAP.height}`, role: "img", "aria-label": word("map_told") });
  root.append(svg("polygon", { points: parts.map.outline.map(([x, y]) => `${px(x)},${py(y)}`).join(" "), fill: "#eef1e6", stroke: "#6b7682" }));
  for (const c of parts.map.cities) {
    const text = svg("text", { x: px(c.lon) + 6, y: py(c.lat) + 14, "font-size": 11, fill: "#4b5561" });
    text.textContent = c.name;
    root.append(svg("circle", { cx: px(c.lon), cy: py(c.lat), r: 2, fill: "#4b5561" }), text);
  }
  const near = {};
  sites = parts.map.sites.map((s) => {
    // Several sites stand in one town: they are set apart so that each can be seen.
    const key = `${Math.round(s.lon * 2)},${Math.round(s.lat * 2)}`;
    const k = (near[key] = (near[key] ?? -1) + 1);
    const x = px(s.lon) + 26 * Math.cos(k * 1.1) * Math.min(1, k), y = py(s.lat) + 26 * Math.sin(k * 1.1) * Math.min(1, k);
    const people = svg("circle", { cx: x, cy: y, r: 0, fill: s.kind === "diplomatic" ? "#17683b" : "#0072b2", "fill-opacity": 0.55, stroke: "#12202f", "stroke-width": 0.6 });
    const attacks = svg("circle", { cx: x, cy: y, r: 0, fill: "none", stroke: "#b34700", "stroke-width": 2.5 });
    const title = svg("title");
    const group = svg("g", {}, title, people, attacks);
    root.append(group);
    return { ...s, people, attacks, title };
  });
  fill($("map"), root);
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
    s.people.setAttribute("r", Math.sqrt(row[k]) / 2.2);
    s.attacks.setAttribute("r", attacks ? 5 + 3 * attacks : 0);
    s.title.textContent = word("site_told", { site: s.title_, people: isolated(row[k]), attacks: isolated(attacks) });
    if (row[k] || attacks) lines.push(el("tr", {}, el("th", { scope: "row" }, s.title_), el("td", { class: "number" }, isolated(row[k].toLocaleString("en"))), el("td", { class: "number" }, isolated(attacks))));
  });
  fill($("sites"), el("thead", {}, el("tr", {}, el("td"), el("th", { scope: "col" }, word("people")), el("th", { scope: "col" }, word("attacks30")))), el("tbody", {}, ...lines));
  const past = world.events.filter((e) => e.day <= day).slice(-40).reverse();
  fill($("chronicle"), ...(past.length ? past.map((e) => el("li", { class: `kind-${e.kind}` },
    el("span", { class: "date" }, dayText(addDays(world.first, e.day))), " ",
    e.why ? el("details", {}, el("summary", {}, e.text, " ", el("span", { class: "soft" }, word("why"))), el("p", { class: "hint" }, e.why)) : e.text,
  )) : [el("li", {}, word("quiet"))]));
}

function stop() { clearInterval(timer); timer = null; $("play").textContent = word("play"); }
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
$("load").addEventListener("click", async () => {
  stop();
  state.world = `${Math.max(0, Math.min(199, Math.round(Number($("world").value) || 0)))}`;
  $("world").value = state.world;
  writeAddress();
  $("load").disabled = true;
  $("load").textContent = word("busy");
  try {
    world = await player.world(view());
    if (!sites.length) buildMap();
    sites.forEach((s) => { s.title_ = parts.map.sites.find((o) => o.name === s.name).title; });
    $("stage").classList.remove("hidden");
    $("day").value = 0;
    $("play").disabled = false;
    showDay();
    announce(`${word("world")} ${state.world}`, 0);
  } catch (error) {
    $("error").textContent = error.status ? error.message : word("lost");
  }
  $("load").disabled = false;
  $("load").textContent = word("load");
});

/** Shows what the address asks for; where it asks for what there is not, the usual view. */
function begin() {
  readAddress();
  const wrong = faults(view(), parts);
  $("wrong").textContent = wrong.length ? `${word("wrong_link")}\n${wrong.join("\n")}` : "";
  $("wrong").classList.toggle("hidden", !wrong.length);
  if (wrong.length) Object.assign(state, usual, { levers: {}, held: {} });
  build();
  if (!player && parts.first && address(view(), usual).toString() === "") draw({ ...parts.first }, view());
  refresh();
}

addEventListener("popstate", begin);
begin();
