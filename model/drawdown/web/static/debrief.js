/** The debrief: six slides that the facilitator opens one by one, and below them all that happened. */

import { ask, el, fill, isolated, lang, root, send, svg, told, word, words } from "./common.js";
import { once } from "./live.js";
import { card, lasting, pressOnce, single, table } from "./parts.js";
import { signatures } from "./talks.js";

const SLIDES = 6, error = document.getElementById("error");
let read = null;

/** Shows the slides of a revealed room that are open. `who` says who looks: `{ team }`, `{ board }` or `{ lead }`. */
export async function revealed(place, code, state, who = {}) {
  const key = state.phase === "revealed" ? JSON.stringify([state.turn, state.slide, state.guesses ?? 0]) : "";
  if (place.dataset.shows === key) return;
  if (!key) { fill(place); read = null; } else {
    if (!read) fill(place, el("p", { class: "status" }, word("computing")));
    read ??= await ask(`${root}api/exercise/${code}/debrief?lang=${lang}`);
    const open = Array.from({ length: state.slide }, (_, k) => k + 1).reverse(), shown = who.board ? open.slice(0, 1) : open;
    fill(place, el("h2", {}, word("debrief")), next(code, state, who), ...shown.map((n) => slide(n, read, state, who)), !who.board && state.slide === SLIDES ? details(read) : null);
  }
  const first = place.dataset.shows === undefined || place.dataset.shows === "";
  place.dataset.shows = key;
  if (first && key) who.then?.();
}

/** Returns what comes before a slide is opened: a guess, or the button that opens it. */
function next(code, state, who) {
  const n = state.slide + 1;
  if (n > SLIDES) return null;
  const question = el("p", {}, el("strong", {}, `${isolated(n)}. ${word(`guess_${n}`)}`));
  if (who.board) return card(word("slide_wait"), question);
  if (who.lead) {
    const written = state.guesses.filter((g) => g.slide === n).length;
    return card(word("slide_wait"), question, el("p", { class: "hint" }, word("guessed_n", { n: isolated(written), all: isolated(state.roles.length) })),
      pressOnce(word("slide_open"), () => who.lead(n, state.roles.length - written), { class: "main", id: "act-slide" }));
  }
  const text = lasting("textarea", { id: `guess-${n}`, rows: "2", maxlength: "300", required: true }), button = el("button", { class: "main" }, word("guess_send"));
  const form = el("form", {}, el("label", { for: `guess-${n}` }, word("guess")), text, el("p", {}, button));
  form.addEventListener("submit", single(button, async () => {
    try { await send(`${root}api/exercise/${code}/team?lang=${lang}${who.query}`, { action: "guess", slide: n, once: once(), text: text.value }); error.textContent = ""; } catch (fault) { error.textContent = told(fault); }
  }));
  return card(word("slide_wait"), question, state.guesses[n] ? el("p", { class: "good" }, word("guess_stands", { text: state.guesses[n] })) : null, form);
}

function slide(n, d, state, who) {
  const own = who.team ? [el("p", { class: "hint" }, word("guess_stands", { text: state.guesses[n] ?? word("guess_none") }))] : [];
  const all = who.lead ? state.guesses.filter((g) => g.slide === n) : [];
  const guessed = all.length ? [el("h3", {}, word("guesses_head")), el("ul", {}, ...all.map((g) => el("li", {}, el("strong", {}, g.role), ": ", el("bdi", {}, g.text))))] : [];
  return el("section", { class: `card slide slide-${n}` }, el("h2", {}, `${isolated(n)}. ${word(`slide_${n}`)}`), ...own, ...DRAWN[n](d, who).filter(Boolean), ...guessed);
}

/** Returns bars of numbers, each with its words; what goes below nothing goes to the other side. */
function bars(rows) {
  const low = Math.min(0, ...rows.flatMap((r) => r.all)), high = Math.max(0, ...rows.flatMap((r) => r.all)), span = high - low || 1, x = (v) => 300 * (v - low) / span;
  return el("ul", { class: "plain bars" }, ...rows.map((r) => {
    const picture = svg("svg", { viewBox: "-4 0 308 26", preserveAspectRatio: "xMinYMid", "aria-hidden": "true", class: r.here ? "here" : "" });
    picture.append(svg("rect", { x: Math.min(x(0), x(r.value)), y: 4, height: 18, width: Math.abs(x(r.value) - x(0)) }), svg("line", { x1: x(0), x2: x(0), y1: 0, y2: 26, class: "zero" }));
    if (r.error) picture.append(svg("line", { x1: x(r.value - r.error), x2: x(r.value + r.error), y1: 13, y2: 13, class: "error-bar" }));
    if (r.mark !== undefined) picture.append(svg("line", { x1: x(r.mark), x2: x(r.mark), y1: 1, y2: 25, class: "mark" }));
    return el("li", {}, el("div", {}, r.label), picture, el("div", { class: "hint" }, r.told));
  }));
}

/** Draws one world among others, turn by turn. */
function fan(one) {
  const W = 420, H = 150, top = Math.max(...one.fan.flat(), ...one.own) * 1.05 || 1, x = (k) => 10 + (W - 20) * k / Math.max(1, one.own.length - 1), y = (v) => H - 8 - (H - 16) * v / top;
  const band = (a, b, opacity) => svg("path", { "fill-opacity": opacity, class: "fan-band", d: `M${one.fan.map((f, k) => `${x(k)},${y(f[a])}`).join("L")}L${one.fan.map((f, k) => `${x(k)},${y(f[b])}`).reverse().join("L")}Z` });
  const picture = svg("svg", { viewBox: `0 0 ${W} ${H}`, role: "img", "aria-label": one.label });
  picture.append(band(0, 4, 0.2), band(1, 3, 0.35), svg("polyline", { class: "own-line", points: one.own.map((v, k) => `${x(k)},${y(v)}`).join(" ") }));
  return picture;
}

const DRAWN = {
  1: (d, who) => d.slides.goals.filter((g) => !who.team || g.team === who.team).reduce((found, g) => {
    const head = !who.team && found.at(-1)?.dataset.team !== g.team ? el("h3", {}, g.role) : null;
    found.push(el("div", { class: "goal", "data-team": g.team }, head, el("div", {}, el("span", { class: g.reached ? "good" : "error" }, g.reached ? "✓ " : "✗ "), g.goal, g.end ? ` (${g.start ? word("start_end", { start: isolated(g.start), end: isolated(g.end) }) : isolated(g.end)})` : ""),
      who.board ? null : bars([{ label: "", value: g.shares[0], mark: g.shares[1], all: [0, 1, ...g.shares], told: word("odds", { played: isolated(g.odds[0]), idle: isolated(g.odds[1]) }) }])));
    return found;
  }, []),
  2: (d) => d.slides.among_others.map((one) => el("div", {}, el("h3", {}, one.label), fan(one), el("p", {}, word("placed_told", { label: one.label, value: isolated(one.value), middle: isolated(one.middle), below: isolated(one.below) })))),
  3: (d) => [el("p", { class: "hint" }, word("choices_hint")), d.slides.choices.length ? bars(d.slides.choices.map((c) => ({
    label: `${c.role} · ${c.lever}: ${c.choices.join(words.comma)}`, value: c.mean, error: c.error, mark: c.here, all: [c.mean - c.error, c.mean + c.error, c.here],
    told: word("choice_told", { mean: c.told.mean, error: isolated(c.told.error), here: c.told.here }) }))) : el("p", {}, word("no_choices"))],
  4: (d) => {
    const sum = (name) => { const all = new Map(); for (const t of d.timeline) for (const x of t[name]) all.set(x.name, (all.get(x.name) ?? 0) + x.count); return all; };
    const named = sum("attributed"), true_ = sum("true"), most = Math.max(1, ...named.values(), ...true_.values());
    const rows = [...new Set([...true_.keys(), ...named.keys()])].map((name) => ({ label: name, value: true_.get(name) ?? 0, mark: named.get(name) ?? 0, all: [most], told: `${word("hidden_true")}: ${isolated(true_.get(name) ?? 0)} · ${word("hidden_named")}: ${isolated(named.get(name) ?? 0)}` }));
    return [bars(rows), el("ul", {}, el("li", {}, word("hidden_structure", { structure: d.hidden.structure })), el("li", {}, word("hidden_reading", { reading: d.hidden.reading })),
      el("li", {}, word("hidden_accuracy", { n: d.hidden.accuracy })), el("li", {}, word("hidden_motive", { n: d.hidden.motive })))];
  },
  5: (d) => {
    const all = d.slides.readings.map((r) => r.value), part = (kind) => bars(d.slides.readings.filter((r) => r.kind === kind).map((r) => ({ label: `${r.reading} ${r.here ? word("this_world") : ""}`, here: r.here, value: r.value, all, told: r.told })));
    const struck = d.timeline.some((t) => Number(t.numbers.strikes.replace(/\D/g, "")) > 0);
    return [el("p", { class: "hint" }, word("readings_hint")), struck ? null : el("p", {}, word("no_strikes")), el("h3", {}, word("readings_strike")), part("structures"), el("h3", {}, word("readings_motive")), part("motives")];
  },
  6: (d) => [bars(["game", "month"].map((name) => ({ label: word(name === "game" ? "record_here" : "record_record"), here: name === "game", value: Number(d.record[`${name}_value`]), all: ["game", "month"].map((n) => Number(d.record[`${n}_value`])), told: d.record[name] }))),
    el("p", {}, word("record_told", d.record))],
};

const join = (choices) => choices.map((c) => `${c.lever}: ${c.choice}`).join(words.semicolon);

/** Returns all that happened, closed: the answer, turns, talks, predictions. */
function details(d) {
  const timeline = d.timeline.map((t) => el("div", {}, el("h3", {}, `${word("turn", { n: isolated(t.turn) })} · ${t.days}`), el("ul", {},
    ...t.injects.map((i) => el("li", {}, `${word("news")}: ${i}`)),
    ...t.choices.filter((c) => c.choices.length).map((c) => el("li", {}, el("strong", {}, c.role), `: ${join(c.choices)}`)),
    ...t.events.map((e) => el("li", { class: "soft" }, `${e.day}: ${e.text}`)))));
  const numbers = table(word("timeline"), ["", ...d.timeline.map((t) => word("turn", { n: isolated(t.turn) }))], Object.entries(d.outcomes).map(([name, label]) => [label, ...d.timeline.map((t) => t.numbers[name])]));
  return el("details", { class: "card" }, el("summary", {}, el("strong", {}, word("details"))),
    el("h2", {}, d.answer.title), ...d.answer.sentences.map((s) => el("p", {}, s)), table(d.answer.title, ["", ...d.answer.heads], d.answer.rows), el("p", { class: "hint" }, d.answer.foot.join(" ")),
    el("h2", {}, word("timeline")), ...timeline, numbers,
    el("h2", {}, word("talks_head")), d.proposals.length ? el("ul", {}, ...d.proposals.map((p) => el("li", {},
      el("strong", {}, `${word("turn", { n: isolated(p.turn) })} · ${p.role} → ${p.partner} · ${word(`answer_${p.answer}`)}`), ": ", el("bdi", {}, p.text),
      el("small", {}, ` ${[p.gives, p.asks].filter(Boolean).join(" ↔ ")} `),
      ...Object.entries(p.was_kept).map(([role, held]) => el("span", { class: held ? "good" : "error" }, `${word(held ? "was_kept" : "was_broken", { role })} `))))) : el("p", {}, word("no_talks")),
    d.communique.text ? el("div", {}, el("h3", {}, word("communique_head")), signatures({ text: d.communique.text, signed: Object.entries(d.communique.signed).map(([title, yes]) => ({ title, yes })) })) : null,
    el("h2", {}, word("predictions_head")), el("p", { class: "hint" }, word("predictions_hint")), ...(d.predictions.length ? d.predictions.map((p) => el("div", {},
      el("p", {}, word("predictions_sum", { role: p.role, inside: isolated(p.inside), of: isolated(p.of), outlook: isolated(p.outlook_inside), better: isolated(p.better) })),
      table(p.role, ["", word("own_range"), word("outlook_range"), word("came"), word("score"), word("score_outlook")], p.rows.map((r) => [`${word("turn", { n: isolated(r.turn) })} · ${r.label}`,
        isolated(`${r.told.low} – ${r.told.high}`), isolated(`${r.told.outlook_low} – ${r.told.outlook_high}`), isolated(r.told.came), isolated(r.told.score), isolated(r.told.outlook_score)])))) : [el("p", {}, word("no_predictions"))]));
}
