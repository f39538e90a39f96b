/** Conditions of a reader's own: as words of an address, as numbers of the table that days read. */

const FIELDS = ["see", "about", "counted_by", "days", "bound", "value", "lasting", "lever", "to", "over"];
export const MOST_OWN = 3;

/** A number as an address says it, here and on the command line: the text of `NUMBER` in `web/custom_conditions.py`. */
export const NUMBER = /^(?:(?!-0(\.0*)?([eE]|$))-?(0|[1-9][0-9]{0,19})(\.[0-9]{1,20})?([eE][+-]?[0-9]{1,3})?)$/;

/** Returns a condition that is said in one word of an address, or nothing where it is none. */
export function readOwn(line) {
  const parts = line.split("~");
  if (parts.length !== FIELDS.length) return null;
  const said = Object.fromEntries(FIELDS.map((field, k) => [field, parts[k]]));
  // What is no number stays as it was written, to be told so.
  for (const field of ["days", "value", "lasting", "to", "over"]) if (NUMBER.test(said[field])) said[field] = Number(said[field]);
  return said;
}

export function lineOf(own) { return FIELDS.map((field) => own[field]).join("~"); }

/** Returns what is looked at, over how many days, the lowest and the highest value that hold. */
export function seenBy(own, n) {
  const least = own.bound === "at_least", low = least ? own.value : -Infinity, high = least ? Infinity : own.value;
  const level = n.level_names.indexOf(own.see), counted = (name) => n.counted_names.indexOf(name);
  if (level >= 0) return [n.counted_names.length + level, 0, low, high];
  if (own.see === "dead") return [counted(`dead_${own.about}`), own.days || 1, low, high];
  if (own.see === "strikes") return [counted("strikes"), own.days || 1, low, high];
  const column = counted(`${own.counted_by}_${own.about}`);
  if (own.see !== "days_without_attacks") return [column, own.days || 1, low, high];
  return least ? [column, Math.max(1, Math.ceil(low)), -Infinity, low > 0 ? 0 : Infinity] : [column, Math.trunc(high) + 1, 1, Infinity];
}

/** Returns the levers that move, each with where it goes. */
export function movedBy(own, n) {
  const lever = (name) => n.moved_levers.indexOf(name);
  if (own.to === "residual") return [[lever("advisers"), 0], [lever("residual"), 1]];
  const moved = Object.entries(n.columns_by_lever[own.lever] ?? { [own.lever]: null }).map(([column, codes]) => [lever(column), codes ? codes[own.to] ?? 0 : own.to]);
  if (own.lever === "advisers") moved.push([lever("residual"), 0]);
  if (own.lever === "government") moved.push([lever("policing"), n.implied[own.to]]);
  return moved;
}
