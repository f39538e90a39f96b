/** A tour of five steps, made of what the page can show anyway; and what one can begin with. */

import { announce, el, fill, isolated, press, word, words } from "./common.js";
import { $, changed, onThisPage, parts, readQuery, scenarioOf, show, state } from "./state.js";

const STEPS = [
  { asks: "", look: "panels" },
  { asks: "combat=1500", look: "s-combat" },
  { asks: "case=full-withdrawal&shown=motives", look: "panels" },
  { asks: "shown=structures&doctrine=robust&case=sustained-presence&base=restraint", look: "panels" },
  { asks: "case=full-withdrawal&shown=policies", look: "answer" },
];

function goTo(step) {
  show({ ...onThisPage(readQuery(STEPS[step - 1].asks)), tour: `${step}` });
  $("tour-title").focus();
}

/** Shows the step that the address names, or how to begin. */
export function buildTour() {
  const step = Number(state.tour), on = step >= 1 && step <= STEPS.length;
  $("tour").classList.toggle("hidden", !on);
  for (const marked of document.querySelectorAll("[data-looked]")) delete marked.dataset.looked;
  if (!on) { state.tour = "0"; return; }
  $("tour-title").textContent = word("tour_head", { n: isolated(step), all: isolated(STEPS.length), title: word(`tour_${step}_title`) });
  $("tour-text").textContent = word(`tour_${step}_text`);
  $("tour-back").disabled = step === 1;
  $("tour-next").textContent = word(step === STEPS.length ? "tour_end" : "tour_next");
  const look = $(STEPS[step - 1].look);
  const marked = look?.closest(".slider") ?? look;
  if (!marked) return;
  marked.dataset.looked = "1";
  marked.scrollIntoView({ block: "nearest" });
}

export function listenToTour() {
  $("tour-begin").addEventListener("click", () => goTo(1));
  $("tour-back").addEventListener("click", () => goTo(Number(state.tour) - 1));
  $("tour-next").addEventListener("click", () => (Number(state.tour) === STEPS.length ? leave() : goTo(Number(state.tour) + 1)));
  $("tour-leave").addEventListener("click", leave);
}

function leave() {
  show({ ...state, tour: "0" });
  announce(word("tour_left"), 0);
  $("tour-begin").focus();
}

// --- what one can begin with ---

export function buildPresets() {
  const option = (value, text) => el("option", { value }, text);
  fill($("preset"), option("", word("preset_none")),
    el("optgroup", { label: word("preset_searches") }, ...Object.entries(parts.searches).map(([name, s]) => option(`search=${name}`, s.asked))),
    ...parts.groups.map((group) => el("optgroup", { label: group.title }, ...group.scenarios.map((name) => option(`case=${name}`, scenarioOf(name).title)))));
}

/** Returns the words of an address that a search or a claim is shown by: the scenario that carries it. */
function withScenario(asked, carried) {
  const name = carried.map((c) => c.replace("scenario:", "")).find((c) => parts.scenarios.some((s) => s.name === c));
  return `${asked}${name && name !== "sustained-presence" ? `&case=${name}` : ""}`;
}

export function listenToPresets() {
  $("preset").addEventListener("change", () => {
    const asked = $("preset").value, [kind, name] = asked.split("=");
    if (!asked) return;
    const carried = kind === "search" ? parts.searches[name].answers : [];
    show(onThisPage(readQuery(withScenario(asked, carried))));
    $("preset").value = "";
  });
}

const kindOf = (text) => text.slice(0, text.indexOf(":")), nameOf_ = (text) => text.slice(text.indexOf(":") + 1);

/** Says what carries a claim of the article, or answers what a reader searched for. */
export function buildNote() {
  const claim = parts.claims[state.claim], search = parts.searches[state.search];
  $("claim").classList.toggle("hidden", !claim && !search);
  if (!claim && !search) return;
  const item = (text) => {
    const kind = kindOf(text), name = nameOf_(text), scenario = parts.scenarios.find((s) => s.name === name), parameter = parts.parameters.find((p) => p.name === name);
    if (kind === "scenario" && scenario) {
      return el("li", {}, press(scenario.title, () => show({ ...onThisPage(readQuery(`case=${name}`)), claim: state.claim, search: state.search }), { class: "plain link" }));
    }
    if (kind === "parameter" && parameter) {
      return el("li", {}, press(parameter.label, () => { $("find").value = name; $("find").dispatchEvent(new Event("input")); $(`s-${name}`)?.focus(); }, { class: "plain link" }));
    }
    const told = words.books.outcomes[name] ?? words.books.factions[name] ?? words.books.sites[name] ?? words[`lever_${name}`];
    return el("li", {}, word(`carrier_${kind}`), " ", told ?? el("bdi", { dir: "ltr" }, name));
  };
  const close = press(word("close"), () => { Object.assign(state, { claim: "", search: "" }); changed(); $("preset").focus(); }, { id: "claim-close" });
  fill($("claim"), close, el("p", {}, claim ? word("claim", { claim: isolated(state.claim), text: claim.text }) : word("search_answered", { asked: search.asked })), el("ul", {}, ...(claim ? claim.carried_by : search.answers).map(item)));
}
