/** Kept settings: up to five, named, compared with the same luck, taken along in the link or a file. */

import { dayText, el, fill, headed, isolated, press, rtl, word, words } from "./common.js";
import { DASHES, Fan, MEAN, PIN_COLOURS, shortNumber, ticksOf } from "./chart.js";
import { settingOf } from "./controls.js";
import { notice, offer, onFile } from "./share.js";
import { toldRows } from "./told.js";
import { $, changed, isMoved, MOST_PINS, onThisPage, parts, readQuery, scenarioOf, session, show, state, view, viewQuery } from "./state.js";
import { faults } from "./views.js";

let chart = null;

const nameOf = (pin, k) => pin.name || word("pin_name", { n: isolated(k + 1) });

function openPin(pin) {
  show({ ...onThisPage(readQuery(pin.query)), shown: state.shown, outcome: state.outcome });
}

/** Keeps what is shown now. */
function keepNow() {
  const title = scenarioOf(state.case).title;
  state.pins.push({ query: viewQuery(), name: isMoved() ? `${title} *` : title });
  changed();
  notice(word("pin_kept", { name: nameOf(state.pins.at(-1), state.pins.length - 1) }));
  $("kept").open = true;
}

export function buildPins() {
  const focus = document.activeElement?.id;
  $("kept").classList.toggle("hidden", !state.pins.length);
  $("keep").disabled = state.pins.length >= MOST_PINS;
  fill($("pins"), ...state.pins.map((pin, k) => {
    const name = el("input", { type: "text", id: `pin-${k}`, maxlength: "60", "aria-label": word("pin_named", { n: isolated(k + 1) }) });
    name.value = nameOf(pin, k);
    name.addEventListener("change", () => { pin.name = name.value.trim().slice(0, 60); changed(); });
    const open = press(word("pin_open"), () => openPin(pin), { id: `pin-open-${k}` });
    const drop = press(word("pin_drop"), () => { state.pins.splice(k, 1); changed(); }, { id: `pin-drop-${k}`, "aria-label": word("pin_drop_named", { name: nameOf(pin, k) }) });
    const mark = el("span", { class: `dot pin-${k}` }, isolated(k + 1));
    return el("li", {}, el("div", { class: "row" }, mark, name, open, drop), el("p", { class: "hint" }, `${scenarioOf(readQuery(pin.query).case)?.title ?? ""}. ${settingOf(readQuery(pin.query))}`));
  }));
  if (focus?.startsWith("pin-") && focus !== document.activeElement?.id) ($(focus) ?? $("keep")).focus();
}

/** Plays what is kept and shows it together: curves, levels, differences from the first. */
export async function comparePins(turn) {
  if (!state.pins.length) return;
  const views = state.pins.map((pin) => view(readQuery(pin.query))), names = state.pins.map(nameOf);
  const wrong = views.flatMap((v, k) => faults(v, parts).map((fault) => `${nameOf(state.pins[k], k)}: ${fault}`));
  $("pins-error").textContent = wrong.join("\n");
  if (wrong.length) { fill($("pins-table")); $("pins-chart").replaceChildren(); chart = null; return; }
  const found = [];
  for (const v of views) {
    found.push({ curves: await session.player.curves(v), rows: await session.player.rows(v), less: found.length ? await session.player.against(v, views[0]) : null });
    if (turn !== session.turn) return;
  }
  const means = found.map((f) => f.curves.case.attacks_foreign[MEAN]), { top, ticks } = ticksOf(Math.max(...means.flat()));
  if (!chart) {
    chart = new Fan($("pins-chart"), { height: 220, label: word("kept") });
    chart.moved = (week) => chart.cursor(week);
  }
  chart.said = (week) => [dayText(found[0].curves.weeks[week]), ...means.map((m, k) => `${names[k]} ${isolated(shortNumber(m[week]))}`)].join(words.semicolon);
  chart.draw({
    weeks: found[0].curves.weeks, start: found[0].curves.start, top, ticks, fans: [], told: word("pins_told", { n: isolated(found.length) }),
    lines: means.map((values, k) => ({ values, colour: PIN_COLOURS[k], dash: DASHES[k], width: 2.4, label: `${k + 1}` })),
  });
  const labels = words.labels[document.documentElement.lang], levels = found.map((f) => toldRows(f.rows, labels, rtl)), less = found.map((f) => f.less && toldRows(f.less, labels, rtl));
  const body = levels[0].map((row, r) => el("tr", {}, el("th", { scope: "row" }, row.label), ...levels.map((l, k) => el("td", { class: "number" }, l[r].case,
    less[k] ? el("div", { class: "hint" }, `${l[r].case === "" ? "" : `${word("pins_less")} `}${less[k][r].less}`, el("br"), `${word("futures")}: ${less[k][r].futures}`) : null))));
  fill($("pins-table"), ...headed(["", ...state.pins.map((pin, k) => `${k + 1}. ${nameOf(pin, k)}`)], body, word("pins_caption")));
}

export function listenToPins() {
  $("keep").addEventListener("click", keepNow);
  $("pins-save").addEventListener("click", () => offer(new Blob([`${JSON.stringify({ drawdown: "kept settings", model: parts.model, pins: state.pins }, null, 1)}\n`], { type: "application/json" }), "kept-settings.json"));
  onFile("pins-file", (read) => {
    if (!Array.isArray(read.pins) || !read.pins.every((p) => typeof p?.query === "string" && typeof p?.name === "string" && !faults(view(readQuery(p.query)), parts).length)) throw new Error("pins");
    state.pins = read.pins.slice(0, MOST_PINS).map((p) => ({ query: p.query, name: p.name.slice(0, 60) }));
    $("other-model").classList.toggle("hidden", read.model === parts.model);
    changed();
  }, (name) => { $("pins-error").textContent = word("pins_wrong", { name }); $("kept").classList.remove("hidden"); });
}
