/** Explore: what is asked, who plays it, and what is told of it. */

import { el, fill, headed, isolated, press, rowOf, trouble, word, words } from "./common.js";
import { footOf, sentences, signed, tableOf, toldWhy, wayOf } from "./answer.js";
import { buildControls, forgetMoves, hand, listen, orderUncertainties, settingOf, strongest } from "./controls.js";
import { curvesFile } from "./files.js";
import { buildPins, comparePins, listenToPins } from "./kept.js";
import { Picture } from "./picture.js";
import { forgetDifference, listenToSplit } from "./split.js";
import { listenToShare, makes, showAgain } from "./share.js";
import { Steps } from "./steps.js";
import { number } from "./told.js";
import { buildNote, buildPresets, buildTour, listenToPresets, listenToTour } from "./tour.js";
import { listenToTradeoffs, refreshTradeoffs } from "./tradeoffs.js";
import { faults, opened } from "./views.js";
import { compareWorld, lineOfWorld, listenToWorld, loadWorld } from "./world.js";
import { $, isMoved, onChanged, onShow, parts, query, readQuery, scenarioOf, session, state, take, usual, view, viewQuery } from "./state.js";

/** What was found of a question while the hand was still: what makes the difference, what moves it. */
let thought = { of: null, moves: null };
const picture = new Picture();
const steps = new Steps((text) => { take(readQuery(text)); standAnew(); }, query);
let busy = false, dirty = false, wished = false, painted = 0;

/** Asks for curves; while one answer is under way only the newest wish is kept. */
async function refresh(moving = false) {
  session.turn += 1;
  document.documentElement.dataset.asked = session.turn;
  forgetDifference();
  if (thought.of !== viewQuery()) forgetThoughts();
  wished = moving;
  if (busy) { dirty = true; return; }
  busy = true;
  do {
    dirty = false;
    clearTimeout(resting);
    clearTimeout(thinking);
    const turn = session.turn, asked = view(), now = wished, wrong = faults(asked, parts);
    try {
      if (wrong.length) throw Object.assign(new Error(wrong.join("\n")), { status: 400 });
      if (!session.player) await open();
      draw(await session.player.curves(asked, now), asked, now, turn);
      $("error").textContent = "";
    } catch (error) {
      fail(error);
      if (!error.status && session.player && !session.player.own) setTimeout(refresh, 2000);
    }
  } while (dirty);
  busy = false;
}

async function open() {
  session.player = await opened(parts, usual);
  // For whoever embeds the page, and for tests: what it shows, asked by a script.
  globalThis.drawdown = { player: session.player, curvesFile, number, state, view, sentences, tableOf };
  document.documentElement.dataset.plays = session.player.own ? "here" : "server";
  $("plays").textContent = word(session.player.own ? "plays_here" : "plays_server");
  for (const id of NEED_A_PLAYER) $(id).disabled = false;
}

/** What cannot act before worlds can be played. */
const NEED_A_PLAYER = ["file", "csv", "svg", "png", "copy", "load", "split", "trade-now", "trade-all"];

function fail(error) { $("error").textContent = error.status || session.player?.own ? error.message : word("lost"); }

let resting = null, thinking = null, held = false, settled = null;
addEventListener("pointerdown", (event) => { held = event.target.type === "range"; }, true);
for (const kind of ["pointerup", "pointercancel"]) addEventListener(kind, () => { held = false; settled?.(); settled = null; }, true);

function draw(found, asked, moving, turn) {
  Object.assign(session, { shown: found, asked, painted: turn });
  const fewer = found.worlds && found.worlds < parts.runs;
  picture.draw(found, asked, moving || fewer, lineOfWorld());
  $("fewer").textContent = fewer ? word("fewer", { n: isolated(found.worlds), all: isolated(parts.runs) }) : "";
  requestAnimationFrame(() => { painted += 1; document.documentElement.dataset.painted = painted; });
  if (!session.player) return;
  // The sentences move with the hand: the numbers come from the worlds that the curves show.
  tellSoon(asked, turn);
  if (turn === session.turn) resting = setTimeout(() => (fewer ? refresh() : rest(found, asked, turn)), 150);
}

let telling = false;
async function tellSoon(asked, turn) {
  if (telling || !session.player?.own) return;
  telling = true;
  try {
    const answer = await session.player.answer(asked);
    if (turn === session.painted) tell(answer, asked);
  } catch { /* what plays next says why */ }
  telling = false;
}

/** Writes the answer that the numbers of a view allow. */
function tell(answer, asked) {
  const titles = [asked.case, asked.base].map((name) => scenarioOf(name).title);
  $("against").textContent = word(isMoved(asked) ? "against_moved" : "against", { case: titles[0], base: titles[1] });
  const text = answer ? sentences(answer).join(" ") : word("no_answer");
  $("answer").textContent = answer && state.outcome === "state" ? word("answer_foreign", { text }) : text;
  $("answer-card").classList.toggle("hidden", !answer);
  $("every").classList.toggle("hidden", !answer);
  picture.shade(answer?.parts ?? []);
  if (!answer) return;
  const { heads, rows } = tableOf(answer), foot = footOf(answer);
  fill($("answer-table"), ...headed(["", ...heads], rows.map(([name, ...cells]) => {
    const row = rowOf(name, ...cells);
    row.querySelectorAll("td").forEach((cell, k) => { cell.dataset.head = heads[k]; });
    return row;
  }), $("against").textContent));
  $("made").textContent = foot.made;
  $("legend-of").textContent = foot.legend;
  $("glossary").textContent = foot.glossary;
  readingsTable(answer);
}

/** Tells how attacks change under every reading, in the first part of the run. */
function readingsTable(answer) {
  const [part] = answer.parts, told = (name) => words.books.structures[name];
  const of = (structure, motive) => part.groups.reading.find((g) => g.structure === structure && g.motive === motive);
  const motives = [...new Set(part.groups.reading.map((g) => g.motive))];
  fill($("readings"), ...headed(["", ...answer.structures.map(told)], motives.map((m) => el("tr", {}, el("th", { scope: "row" }, words.books.motives[m]), ...answer.structures.map((s) => {
    const group = of(s, m), way = wayOf(group);
    return el("td", { class: `way${way}` }, group.ratio === null || Number.isNaN(group.ratio) ? "\u2013" : isolated(signed(group.ratio - 1)), el("div", { class: "hint" }, word(way ? "surely" : "cannot_tell")));
  }))), word("readings_caption", { when: words.books.answer[`short_${part.name}`] })));
}

/** Tells the rest once the hand is still: other charts, events, numbers, and what decides. */
async function rest(found, asked, turn) {
  const settle = () => { steps.settle(query()); addressed(); };
  // A hand that holds a slider still has not let go of it.
  if (held) settled = settle; else settle();
  $("events-list").classList.toggle("hidden", !found.events.length);
  fill($("events"), ...found.events.map((e) => el("li", {}, `${e.told}: ${e.what} (${e.whose.map((k) => found.titles[k]).join(words.comma)})`)));
  $("setting").textContent = settingOf();
  showAgain();
  refreshTradeoffs();
  compareWorld();
  try {
    const numbers = await session.player.numbers(asked), answer = await session.player.answer(asked);
    if (turn !== session.turn) return;
    tell(answer, asked);
    numbersTable(numbers, found);
    picture.say(hand.told, $("answer").textContent);
    hand.told = "";
    if (!await picture.rest(turn)) return;
    picture.table();
    await comparePins(turn);
    if (turn !== session.turn) return;
  } catch (error) {
    if (turn === session.turn) fail(error);
    return;
  }
  document.documentElement.dataset.rested = turn;
  thinking = setTimeout(() => (thinksByItself() || thought.of === viewQuery() ? think(asked, turn) : offerToThink(asked, turn)), 500);
}

function numbersTable(numbers, found) {
  const heads = [...found.titles, word("difference"), word("futures")];
  const body = numbers.map((r) => el("tr", {}, el("th", { scope: "row" }, r.label), ...[r.case, r.base, r.less, r.futures].map((t, k) => (
    el("td", { class: "number", "data-head": heads[k] }, press(t, () => behind(r), { class: "plain", title: word("behind") }))))));
  fill($("numbers"), ...headed(["", ...heads], body));
}

/** Says whether more is played unasked: not by a class's server, not where a device is to spare. */
function thinksByItself() { return session.player?.own !== false && !navigator.connection?.saveData; }

/** Offers to play what is not played unasked. */
function offerToThink(asked, turn) {
  $("think").classList.remove("hidden");
  $("think").disabled = false;
  $("think").onclick = () => { $("think").disabled = true; think(asked, turn); };
}

/** Another question: what was found of the last one is no longer said of this one. */
function forgetThoughts() {
  thought = { of: null, moves: null };
  for (const id of ["strongest", "why"]) $(id).textContent = "";
  $("think").classList.add("hidden");
  forgetMoves();
}

/** Plays what makes the difference and both ends of every uncertainty, a little at a time, and stops for a hand. */
async function think(asked, turn) {
  const wanted = () => turn === session.turn && !busy, of = viewQuery();
  if (thought.of !== of) thought = { of, moves: null };
  const mine = thought;
  try {
    $("think").classList.add("hidden");
    mine.why ??= await whatMakesIt(asked, wanted);
    if (!wanted()) return;
    $("why").textContent = mine.why ?? "";
    mine.moves ??= await session.player.moves(asked, wanted);
    if (!mine.moves || !wanted()) return;
    orderUncertainties(mine.moves);
    tellStrongest(mine.moves);
    document.documentElement.dataset.thought = turn;
  } catch (error) {
    if (turn !== session.turn) return;
    $("why").textContent = trouble(error);
    $("think").disabled = false;
  }
}

/** Returns what makes most of the difference, where a page can split it; the numbers say how surely. */
async function whatMakesIt(asked, wanted) {
  let found;
  try {
    found = await session.player.difference(asked, wanted, MOST_SPLIT_AT_ONCE);
  } catch (error) {
    if (!error.status) throw error;
    return error.many ? word("why_many", { n: isolated(error.many) }) : "";
  }
  return found && toldWhy(found, word);
}

const MOST_SPLIT_AT_ONCE = 5;

function tellStrongest(moves) {
  const sure = moves.map((m) => ({ ...strongest(m), name: m.name })).filter((m) => m.sure).sort((a, b) => Math.abs(b.mean) - Math.abs(a.mean));
  const item = sure.length && parts.parameters.find((p) => p.name === sure[0].name);
  $("strongest").textContent = item ? word("strongest", { name: item.label, n: isolated(number(Math.abs(sure[0].mean), 1)) }) : word("strongest_none");
}

function addressed() {
  for (const other of document.querySelectorAll("a.language")) other.href = `${parts.others[other.lang] ?? ""}?${query(other.lang)}`;
}

/** Says what makes a number again, and offers the world in the middle. */
async function behind(row) {
  const command = await makes();
  const open = press(word("behind_world", { n: isolated(row.world) }), () => { loadWorld(row.world); $("load").scrollIntoView({ block: "center" }); });
  fill($("behind"), el("p", {}, `${row.label}: ${word("behind_command")}`), el("pre", { dir: "ltr" }, el("code", {}, command)), open);
  $("behind").classList.remove("hidden");
}

steps.told = () => {
  $("undo").disabled = !steps.undone;
  $("redo").disabled = !steps.redone;
};

/** Shows what is chosen; where it asks for what there is not, the usual view. */
function standAnew() {
  const wrong = faults(view(), parts);
  for (const pin of state.pins) wrong.push(...faults(view(readQuery(pin.query)), parts));
  $("wrong").textContent = wrong.length ? `${word("wrong_link")}\n${[...new Set(wrong)].join("\n")}` : "";
  $("wrong").classList.toggle("hidden", !wrong.length);
  if (wrong.length) take(readQuery(""));
  enlarge();
  $("world").value = state.world;
  if (Object.keys(state.held).length) $("unknown").open = true;
  if (state.own.length) $("own").open = true;
  buildControls();
  buildPins();
  buildTour();
  buildNote();
  refresh();
}

function begin() {
  const asked = location.search || `?${new URLSearchParams(parts.begins ?? {})}`;
  take(readQuery(asked));
  const model = new URLSearchParams(asked).get("model");
  $("other-model").classList.toggle("hidden", !model || model === parts.model);
  standAnew();
  steps.begin(query());
  // What the page was written with is the answer of its usual view.
  if (viewQuery() !== "") for (const id of ["against", "answer"]) $(id).textContent = "";
  if (!session.player && parts.first && viewQuery() === "") {
    picture.first = parts.first.third;
    draw({ ...parts.first.curves }, view(), false, session.turn);
  }
}

/** Goes a step back or forward; what has just been moved is a step too. */
function go(by) {
  if (!faults(view(), parts).length) steps.settle(query());
  steps.go(by);
}

for (const [id, by] of [["undo", -1], ["redo", 1]]) $(id).addEventListener("click", () => go(by));
addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.target.matches?.("input[type=text], input[type=search], input[type=number], textarea")) return;
  const key = event.key.toLowerCase();
  if (key !== "z" && key !== "y") return;
  event.preventDefault();
  go(key === "y" || event.shiftKey ? 1 : -1);
});
/** Shows what is large, or not, as it is chosen. */
function enlarge() {
  const large = state.large === "1";
  document.documentElement.classList.toggle("large", large);
  document.documentElement.classList.toggle("embed", state.embed === "1");
  $("large").setAttribute("aria-pressed", large ? "true" : "false");
  $("large").textContent = word(large ? "large_off" : "large");
}
$("large").addEventListener("click", () => {
  state.large = state.large === "1" ? "0" : "1";
  enlarge();
  // Where a browser has no full screen, the page is large all the same.
  if (state.large === "1") document.documentElement.requestFullscreen?.().catch(() => {});
  else if (document.fullscreenElement) document.exitFullscreen();
  steps.settle(query());
});
addEventListener("fullscreenchange", () => {
  if (document.fullscreenElement || state.large !== "1") return;
  state.large = "0";
  enlarge();
  steps.settle(query());
});
$("table").addEventListener("toggle", () => { if ($("table").open && session.shown) picture.table(); });

onChanged((moving) => {
  if (!moving) { buildControls(); buildPins(); buildNote(); }
  refresh(moving);
});
onShow(() => { standAnew(); });
listen();
listenToPins();
listenToShare(picture, () => [$("answer").textContent, settingOf()]);
listenToSplit();
listenToTour();
listenToPresets();
listenToTradeoffs();
listenToWorld();
buildPresets();
// What sticks above must not lie over what a keyboard has come to.
const measure = (name, height) => document.documentElement.style.setProperty(name, `${Math.ceil(height)}px`);
new ResizeObserver(([entry]) => measure("--picture", entry.contentRect.height)).observe($("picture"));
// The levers end where the window does, whatever stands above them.
new ResizeObserver(() => measure("--above", Math.min($("controls").offsetTop, innerHeight / 3))).observe($("content"));
begin();

