import { ask, el, fill, isolated, lang, root, word, words } from "./common.js";
import { card, table } from "./parts.js";
import { signatures } from "./talks.js";

const join = (choices) => choices.map((c) => `${c.lever}: ${c.choice}`).join(words.semicolon);

/** Shows the debrief of a room where it is revealed, once a turn; takes it away where it is not. */
export async function revealed(place, code, state, then = () => {}) {
  const turn = state.phase === "revealed" ? `${state.turn}` : "";
  if (!turn) fill(place);
  if (place.dataset.turn === turn) return;
  if (turn) {
    fill(place, el("p", { class: "status" }, word("computing")));
    fill(place, el("h2", {}, word("debrief")), ...await debrief(code));
    then();
  }
  place.dataset.turn = turn;
}

/** Returns the debrief of a room as sections of a page. */
async function debrief(code) {
  const d = await ask(`${root}api/exercise/${code}/debrief?lang=${lang}`);
  const names = d.compared.map((n) => d.outcomes[n]);
  const timeline = d.timeline.map((t) => el("details", { open: true },
    el("summary", {}, el("strong", {}, word("turn", { n: isolated(t.turn) })), ` · ${t.days}`),
    el("ul", {},
      ...t.injects.map((i) => el("li", {}, `${word("news")}: ${i}`)),
      ...t.choices.filter((c) => c.choices.length).map((c) => el("li", {}, el("strong", {}, c.role), `: ${join(c.choices)}`)),
      ...t.events.map((e) => el("li", { class: "soft" }, `${e.day}: ${e.text}`)),
      el("li", {}, `${word("hidden_named")}: ${t.attributed.map((x) => `${x.name} ${isolated(x.count)}`).join(words.comma) || "–"}`),
      el("li", {}, `${word("hidden_true")}: ${t.true.map((x) => `${x.name} ${isolated(x.count)}`).join(words.comma) || "–"}`),
      el("li", {}, word("hidden_quiet", { n: isolated(t.quiet) })),
    ),
  ));
  const numbers = table(word("timeline"), ["", ...d.timeline.map((t) => word("turn", { n: isolated(t.turn) }))],
    Object.entries(d.outcomes).map(([name, label]) => [label, ...d.timeline.map((t) => t.numbers[name])]));
  return [
    card(d.answer.title, ...d.answer.sentences.map((s) => el("p", {}, s)), table(d.answer.title, ["", ...d.answer.heads], d.answer.rows),
      el("p", { class: "hint" }, d.answer.foot.join(" "))),
    card(word("timeline"), ...timeline, numbers),
    card(word("branches"), el("p", { class: "hint" }, word("branches_hint")),
      d.branches.length ? el("ul", {}, ...d.branches.map((b) => el("li", {}, el("strong", {}, `${word("turn", { n: isolated(b.turn) })} · ${b.role}: ${join(b.choices)}`), " – ",
        b.less.map((l) => `${l.label}: ${l.value}`).join(words.semicolon)))) : el("p", {}, word("no_branches"))),
    card(word("talks_head"), d.proposals.length ? el("ul", {}, ...d.proposals.map((p) => el("li", {},
      el("strong", {}, `${word("turn", { n: isolated(p.turn) })} · ${p.role} → ${p.partner} · ${word(`answer_${p.answer}`)}`), ": ", el("bdi", {}, p.text),
      el("small", {}, ` ${[p.gives, p.asks].filter(Boolean).join(" ↔ ")} `),
      ...Object.entries(p.was_kept).map(([role, held]) => el("span", { class: held ? "good" : "error" }, `${word(held ? "was_kept" : "was_broken", { role })} `))))) : el("p", {}, word("no_talks")),
    d.communique.text ? el("div", {}, el("h3", {}, word("communique_head")), signatures({ text: d.communique.text, signed: Object.entries(d.communique.signed).map(([title, yes]) => ({ title, yes })) })) : null),
    card(word("predictions_head"), el("p", { class: "hint" }, word("predictions_hint")), ...(d.predictions.length ? d.predictions.map((p) => el("div", {},
      el("p", {}, word("predictions_sum", { role: p.role, inside: isolated(p.inside), of: isolated(p.of), outlook: isolated(p.outlook_inside), better: isolated(p.better) })),
      table(p.role, ["", word("own_range"), word("outlook_range"), word("came"), word("score"), word("score_outlook")], p.rows.map((r) => [`${word("turn", { n: isolated(r.turn) })} · ${r.label}`,
        isolated(`${r.told.low} – ${r.told.high}`), isolated(`${r.told.outlook_low} – ${r.told.outlook_high}`), isolated(r.told.came), isolated(r.score.toFixed(1)), isolated(r.outlook_score.toFixed(1))])))) : [el("p", {}, word("no_predictions"))])),
    card(word("goals_head"), table(word("goals_head"), ["", word("goals"), word("goal_reached")], d.goals.map((g) => [g.role, g.goal, word(g.reached ? "yes" : "no")]))),
    card(word("hidden"), el("ul", {},
      el("li", {}, word("hidden_structure", { structure: d.hidden.structure })),
      el("li", {}, word("hidden_reading", { reading: d.hidden.reading })),
      el("li", {}, word("hidden_accuracy", { n: d.hidden.accuracy })),
      el("li", {}, word("hidden_motive", { n: d.hidden.motive })))),
    card(word("structures_head"), el("p", { class: "hint" }, word("structures_hint")),
      table(word("structures_head"), ["", ...names], d.structures.map((s) => [`${s.structure} ${s.played ? word("this_world") : ""}`, ...d.compared.map((n) => s.numbers[n])]))),
    card(word("regret_head"), el("p", { class: "hint" }, word("regret_hint")),
      table(word("regret_head"), ["", ...names], d.regret.map((r) => [r.role ? word("policy_without", { role: r.role }) : word(`policy_${r.policy}`), ...d.compared.map((n) => isolated(`${r.numbers[n].mean} (${r.numbers[n].most})`))]))),
    card(word("record_head"), el("p", {}, word("record_told", d.record))),
  ];
}
