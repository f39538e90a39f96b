/** Files and stamps of a view, the same as the server's. */

import { toldRows } from "./told.js";

/** The day that one value for all days is dated with. */
const ALWAYS = 1;

/** Returns a number as Python and YAML write it; a whole one with its point where it is a float. */
export function written(value, isFloat = false) {
  if (Number.isInteger(value)) return isFloat ? `${value}.0` : `${value}`;
  const size = Math.abs(value);
  if (size >= 1e-4) return `${value}`;
  const [digits, power] = value.toExponential().split("e");
  return `${digits}e-${power.slice(1).padStart(2, "0")}`;
}

/** Returns the first scenario as a file that extends the one it came from. */
export function scenarioFile(view, numbers, own, day) {
  const scenario = numbers.scenarios[view.case], held = Object.entries(view.held), lines = [];
  const from = (ordinal) => Math.max(ordinal, scenario.start);
  const posture = [];
  numbers.posture.forEach((name, row) => {
    if (JSON.stringify(own[row]) === JSON.stringify(scenario.posture[row])) return;
    const dated = new Map(own[row].map(([ordinal, value, weight]) => [day(from(ordinal)), weight ? "residual" : written(value)]));
    posture.push(`    ${name}:`, ...[...dated].map(([date, level]) => `      '${date}': ${level}`));
  });
  if (posture.length) lines.push("  posture:", ...posture);
  const said = new Set();
  for (const [name, levels] of Object.entries(scenario.dated)) {
    const implied = name === "policing" && "government" in view.levers && !("policing" in view.levers);
    if (!(name in view.levers) && !implied) continue;
    const value = implied ? numbers.implied[view.levers.government] : typeof levels[0][1] === "number" ? Number(view.levers[name]) : view.levers[name];
    const changed = [[ALWAYS, value]];
    if (JSON.stringify(changed) === JSON.stringify(levels)) continue;
    said.add(name);
    const dated = new Map(changed.map(([ordinal, level]) => [day(from(ordinal)), level]));
    const level = (one) => (typeof one === "number" ? written(one) : one);
    if (dated.size === 1) lines.push(`  ${name}: ${level([...dated.values()][0])}`);
    else lines.push(`  ${name}:`, ...[...dated].map(([date, one]) => `    '${date}': ${level(one)}`));
  }
  if (said.has("government") && !said.has("policing")) {
    const policing = "policing" in view.levers ? Number(view.levers.policing) : numbers.implied[view.levers.government];
    lines.push("  policing:", `    '${day(from(ALWAYS))}': ${written(policing)}`);
  }
  if (view.own.length) {
    lines.push("  conditions:");
    for (const own of view.own) {
      const sight = ["see", "on", "counted_by", "of", "days", "at_least", "at_most"];
      const said = { see: own.see, on: own.see === "dead" ? "" : own.about, of: own.see === "dead" ? own.about : "", counted_by: own.counted_by, days: own.days, [own.bound]: own.value };
      lines.push(`    ${own.name}:`, "      when:", ...sight.filter((key) => (said[key] ?? "") !== "").map((key) => `        ${key}: ${typeof said[key] === "number" ? written(said[key]) : said[key]}`));
      if (own.lasting !== 1) lines.push(`      lasting: ${own.lasting}`);
      lines.push("      then:", `        ${own.lever}: ${typeof own.to === "number" ? written(own.to) : own.to}`);
      if (own.over) lines.push(`      over: ${own.over}`);
    }
  }
  const world = held.length ? ["world:", ...held.map(([name, value]) => `  ${name}: ${written(Number(value), true)}`)] : [];
  return [held.length ? numbers.held : "", scenario.file, ...world.map((l) => `${l}\n`), ...(lines.length ? ["policy:\n", ...lines.map((l) => `${l}\n`)] : [])].join("");
}

/** Returns the curves of both scenarios as a table. */
export function curvesFile(view, shown) {
  const lines = ["week,scenario,outcome,q05,q25,q50,q75,q95,mean"];
  for (const [side, name] of [["case", view.case], ["base", view.base]]) {
    for (const outcome of ["attacks_foreign", "attacks_state"]) {
      shown.weeks.forEach((week, k) => lines.push([week, name, `${outcome}_30_days`, ...shown[side][outcome].map((row) => written(row[k], true))].join(",")));
    }
  }
  return `\ufeff${lines.join("\r\n")}\r\n`;
}

/** Returns the digest of the numbers that a view shows, or nothing where the browser makes none. */
export async function digest(found, labels) {
  if (!globalThis.crypto?.subtle) return null;
  const escaped = (text) => JSON.stringify(text).replace(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
  const told = toldRows(found, labels, false).map((row) => `{${["base", "case", "futures", "label", "less", "name"].map((key) => `"${key}": ${escaped(row[key])}`).join(", ")}}`);
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(`[${told.join(", ")}]`));
  return [...new Uint8Array(bytes)].map((b) => b.toString(16).padStart(2, "0")).join("").slice(0, 16);
}

