/** Numbers, days and events in words, as `Language`, `Teller` and the files of the server tell them. */

import { addDays, dayText, filled, lang, rtl, words } from "./common.js";

const DASH = "\u2013", MINUS = "\u2212";

/** Returns a number with so many digits, halves to the even one, as Python writes it. */
export function number(value, digits = 2, arabic = false) {
  if (Number.isNaN(value)) return DASH;
  let text = Math.abs(value).toFixed(digits);
  // A tie is one where the double itself is one, not where multiplying makes it one.
  const size = Math.abs(value), times = size * 2 ** (digits + 1);
  if (Number.isInteger(times) && times % 2 === 1) {
    const below = Math.floor(size * 10 ** digits);
    text = ((below % 2 ? below + 1 : below) / 10 ** digits).toFixed(digits);
  }
  const [whole, rest] = text.split(".");
  text = whole.replace(/\B(?=(\d{3})+$)/g, ",") + (rest ? `.${rest}` : "");
  if (value < 0 && /[1-9]/.test(text)) text = MINUS + text;
  return kept(text, arabic);
}

export function kept(text, arabic) { return arabic ? `\u2066${text}\u2069` : text; }

/** Returns the table under the curves as text. */
export function toldRows(found, labels, arabic) {
  return found.map((r) => {
    const n = (value) => number(value, r.digits, arabic), isRatio = r.name === "tempo_ratio";
    return {
      name: r.name, label: labels[r.name], world: r.world,
      case: isRatio ? "" : n(r.case), base: isRatio ? "" : n(r.base),
      less: Number.isNaN(r.mean) ? DASH : kept(`${n(r.mean)} [${n(r.low)}, ${n(r.high)}]`, arabic),
      futures: kept(`${n(r.future_low)} \u2026 ${n(r.future_high)}`, arabic),
    };
  });
}

/** Tells a condition of one's own: what is looked at, what is done, and whole. */
export function toldOwn(own, parts, before = 0, levels = []) {
  const book = words.books.conditions, say = (name, values = {}) => filled(book[name], values);
  const sight = parts.sights.find((s) => s.name === own.see), whole = (value) => number(value, Number.isInteger(value) ? 0 : 2, rtl);
  const days = own.days ? number(own.days, 0, rtl) : "", yesterday = own.days === 1 ? "_yesterday" : "";
  if (!sight) return { sentence: "" };
  let what = sight.label;
  if (own.see === "attacks" || own.see === "days_without_attacks") what = say(yesterday ? "attacks_yesterday" : own.see, { on: say(`on_${own.about}`), by: say(`by_${own.counted_by}`), days });
  if (own.see === "dead") what = say(`dead${yesterday}`, { of: say(`of_${own.about}`), days });
  if (own.see === "strikes") what = say(`strikes${yesterday}`, { days });
  let test = say(own.bound, { what, n: whole(own.value) });
  if (own.see === "request" || own.see === "truce") test = say(own.bound === "at_least" && own.value !== 0 ? "is" : "is_not", { what });
  else if (own.bound === "at_most" && own.value === 0) test = say("none", { what });
  const lever = say(`lever_${own.lever}`), chosen = words.books[own.lever]?.[own.to];
  const then = (own.to === "residual" ? say("to_residual", { lever }) : say("to", { lever, n: chosen ?? whole(own.to) })) + (own.over ? say("over", { days: number(own.over, 0, rtl) }) : "");
  const fixed = ["request", "truce", "days_without_attacks"].includes(own.see);
  const lasting = own.lasting > 1 ? say("lasting", { days: number(own.lasting, 0, rtl) }) : "";
  return {
    name: own.name, place: "Explore", then: { [lang]: then },
    parts: { when: [{ text: { [lang]: fixed ? test : what }, fixed, count: sight.count, row: sight.count ? before : levels.indexOf(own.see) }] },
    sentence: say("rule", { name: kept(own.name, rtl), when: test + lasting, then }),
  };
}

/** Tells one world: sentences and reasons of its events, in order. */
export function chronicle(found, numbers, scenario, own) {
  const conditions = [...scenario.conditions, ...own];
  const arabic = rtl, book = words.books, n = (value, digits) => number(value, digits, arabic);
  const say = (name, values = {}) => filled(book.chronicle[name], values);
  const column = Object.fromEntries(numbers.plan.map((name, k) => [name, k])), columns = numbers.plan.length;
  const at = (t, name) => found.plan[t * columns + column[name]];
  const states = Object.entries(numbers.columns_by_lever.us_iran.us_iran), told = [];

  const calendar = (t) => {
    const lines = [];
    for (const name of ["nato_suspended", "dialogue", "election", "concession", "broken_deadline"]) if (at(t, name) > 0) lines.push(say(name));
    for (const name of ["doubt", "truce", "order", "campaign"]) {
      const now = at(t, name), before = t ? at(t - 1, name) : 0;
      if (now > before) lines.push(say(name));
      if (now < before && name !== "doubt") lines.push(say(`${name}_ends`));
    }
    if (t && at(t, "us_iran") !== at(t - 1, "us_iran")) lines.push(say(`us_iran_${states.find(([, code]) => code === at(t, "us_iran"))[0]}`));
    if (at(t, "nato_second_base") > (t ? at(t - 1, "nato_second_base") : 0)) lines.push(say("nato_second_base"));
    for (const site of numbers.sites) if (t && at(t - 1, `open_${site}`) > at(t, `open_${site}`)) lines.push(say("hand_over", { site: book.sites[site] }));
    return lines;
  };
  const harm = (parts) => {
    const lines = parts.filter(([, count]) => count > 0).map(([name, count]) => say(name, { n: n(count, 0) }));
    return lines.length ? `${words.colon} ${lines.join(words.comma)}` : "";
  };
  const seen = (event) => {
    const condition = conditions[event.amount], [name, part] = numbers.turns[event.drone];
    const lines = condition.parts[part].map((test, k) => {
      if (test.fixed) return test.text[lang];
      const value = Math.round(event.seen[k] * 100) / 100;
      return filled(book.conditions.seen, { what: test.text[lang], n: n(value, Number.isInteger(value) ? 0 : 2) });
    });
    return filled(book.conditions[name], { name: kept(condition.name, arabic), seen: lines.join(book.conditions.and), then: condition.then[lang] });
  };
  const sentence = (event) => {
    const faction = event.who >= 0 ? book.factions[numbers.factions[event.who]] : "", site = event.where >= 0 ? book.sites[numbers.sites[event.where]] : "";
    switch (numbers.kind_names[event.kind]) {
      case "foreign": return say(event.drone ? "attack_drone" : "attack_rocket", { faction, site, harm: harm([["dead", event.dead], ["wounded", event.wounded], ["iraqi_dead", event.amount]]) });
      case "state": return say("attack_state", { faction, harm: harm([["iraqi_dead", event.amount]]) });
      case "strike": return say("strike", { faction, n: n(event.dead, 0), note: (event.amount ? say("strike_wrong") : "") + (event.drone ? say("strike_leader") : "") });
      case "vote": return say(event.drone ? "vote_passed" : "vote_failed", { n: n(event.amount, 0) });
      case "order_begins": case "campaign_begins": case "truce_opens": return say(numbers.kind_names[event.kind], { n: n(event.amount, 0) });
      case "truce_ends": return say("truce_closes");
      case "government_forms": return say("new_government", { stance: say(`stance_${event.amount < -33 ? "friend" : event.amount > 33 ? "foe" : "neutral"}`) });
      case "condition": return seen(event);
      default: return say(numbers.kind_names[event.kind]);
    }
  };
  const reason = (event) => {
    const kind = numbers.kind_names[event.kind];
    if (kind === "condition") return `${say("why")}: ${filled(book.conditions.why, { place: kept(conditions[event.amount].place, arabic) })}`;
    const [rule, claims] = numbers.rules[event.kind].map((text) => kept(text, arabic)), why = event.why;
    let text = say("why_rule", { rule, claims });
    if (kind === "foreign") {
      text = say("why_attack", { hazard: n(why.hazard, 4), motive: n(why.motive), excitation: n(why.excitation, 0), pull: n(why.pull), restraint: n(why.restraint), rule, claims });
    } else if (kind === "strike") {
      text = why.imposed ? say("why_imposed") : say("why_strike", { demand: n(why.demand), threshold: n(why.threshold), rule, claims });
    }
    return `${say("why")}: ${text}`;
  };

  const because = (event) => {
    const kind = numbers.kind_names[event.kind];
    if (kind === "condition") return "";
    if (kind === "strike" && event.why.imposed) return say("why_imposed");
    if (kind !== "foreign") return say(`because_${numbers.because[event.kind]}`);
    return say("because", { reasons: Object.entries(numbers.reasons).filter(([part]) => event.why.words & part).map(([, name]) => say(`because_${name}`)).join(words.comma) });
  };

  let next = 0;
  for (let t = 0; t < numbers.days; t += 1) {
    for (const text of calendar(t)) told.push({ day: t, kind: "calendar", text, where: "", why: "", rule: "" });
    for (; next < found.events.length && found.events[next].day === t; next += 1) {
      const event = found.events[next];
      told.push({ day: t, kind: numbers.kinds[event.kind] ?? "politics", where: event.where >= 0 ? numbers.sites[event.where] : "", text: sentence(event), why: because(event), rule: reason(event) });
    }
  }
  return told;
}

/** Tells a split difference: levels, bars with intervals, sentences, as the server tells it. */
export function toldSplit(found, titles, numbers, arabic) {
  const book = words.books.decompose, digits = 2, n = (value) => number(value, digits, arabic);
  const say = (name, values = {}) => filled(book[name], values), whole = (value) => number(value, 0, arabic);
  const told = (e) => (Number.isNaN(e.mean) ? DASH : Number.isNaN(e.low) ? n(e.mean) : kept(`${n(e.mean)} [${n(e.low)}, ${n(e.high)}]`, arabic));
  const half = (e) => (e.high - e.low) / 2, [first, second] = found.levels;
  let at = first.mean;
  return {
    title: say("picture", { first: titles[0], second: titles[1] }),
    outcome: words.books.run_outcomes.tempo_foreign,
    levels: found.levels.map((e, k) => ({ label: titles[k], value: e.mean, told: told(e) })),
    bars: found.shares.map((s) => {
      const begin = at;
      at += s.shapley.mean;
      return {
        label: say(s.name), begin, end: begin + s.shapley.mean, half: half(s.shapley),
        alone: first.mean + s.first.mean, all_but: second.mean - s.last.mean,
        told: told(s.shapley), told_alone: told(s.first), told_last: told(s.last),
      };
    }),
    heads: ["lever", "shapley", "first", "last"].map((name) => say(name)),
    sentences: found.shares.filter((s) => s.most - s.least > Math.max(numbers.smallest, half(s.shapley) * 2))
      .map((s) => say("together", { part: say(s.name), first: n(s.first.mean), last: n(s.last.mean) })),
    hint: `${say("bar")}. ${say("legend", { subsets: whole(found.subsets), runs: whole(numbers.runs) })}`,
  };
}

/** Returns dated events of both scenarios in order, each once, with the numbers of those it is in. */
export function events(sides, start, days) {
  const found = new Map(), last = addDays(start, days - 1);
  sides.forEach(({ scenario, own }, k) => {
    const dated = new Map();
    for (const [day, what] of scenario.events) if (!dated.has(day)) dated.set(day, what);
    for (const levels of own.slice(0, 2)) {
      const day = levels.length > 1 ? levels[levels.length - 1][0] : null;
      if (day && !dated.has(day)) dated.set(day, "deadline");
    }
    for (const [day, what] of dated) {
      if (day < start || day > last) continue;
      const key = `${day} ${what}`;
      if (!found.has(key)) found.set(key, { day, what, whose: [] });
      found.get(key).whose.push(k);
    }
  });
  return [...found.values()].sort((a, b) => (`${a.day} ${a.what}` < `${b.day} ${b.what}` ? -1 : 1))
    .map((e) => ({ day: e.day, told: dayText(e.day), what: words.books.events[e.what] ?? e.what, whose: e.whose }));
}
