export const words = JSON.parse(document.getElementById("words").textContent);
export const lang = document.documentElement.lang;
export const rtl = document.documentElement.dir === "rtl";

/** Way from this page to the first one: the pages may lie below a path of another server. */
export const root = document.documentElement.dataset.root;

const plurals = new Intl.PluralRules(lang);

/** Fills the blanks of a text, in the plural form that its number asks for. */
export function filled(entry, values = {}) {
  let text = entry;
  if (typeof entry !== "string") {
    const count = Number(`${values[entry.by] ?? 0}`.replace(/[^\d.]/g, ""));
    text = entry[plurals.select(count)] ?? entry.other;
  }
  return text.replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
}

export function word(name, values = {}) { return filled(words[name] ?? name, values); }

export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key in node && typeof value !== "string") node[key] = value;
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.filter((c) => c !== null && c !== undefined));
  return node;
}

const SVG = "http://www.w3.org/2000/svg";

export function svg(tag, attributes = {}, ...children) {
  const node = document.createElementNS(SVG, tag);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...children);
  return node;
}

/** Returns a button that does some work. */
export function press(label, work, more = {}) { return el("button", { type: "button", ...more, onclick: work }, label); }

/** Returns what a table holds: its caption, its heads (an empty one heads nothing) and its rows. */
export function headed(heads, rows, caption = null) {
  const cells = heads.map((h) => (h ? el("th", { scope: "col" }, h) : el("td")));
  return [caption && el("caption", {}, caption), el("thead", {}, el("tr", {}, ...cells)), el("tbody", {}, ...rows)];
}

/** Returns a row of a table: its head, and numbers. */
export function rowOf(head, ...cells) { return el("tr", {}, el("th", { scope: "row" }, head), ...cells.map((c) => el("td", { class: "number" }, c))); }

export function fill(node, ...children) {
  node.replaceChildren(...children.filter((c) => c !== null && c !== undefined));
}

export function dayText(iso, withYear = true) {
  const [year, month, day] = iso.split("-").map(Number);
  const name = words.months[month - 1];
  return withYear ? `${day} ${name} ${year}` : `${day} ${name}`;
}

export function addDays(iso, days) {
  const [year, month, day] = iso.split("-").map(Number);
  return new Date(Date.UTC(year, month - 1, day + days)).toISOString().slice(0, 10);
}

export function isolated(text) {
  return rtl ? `\u2066${text}\u2069` : `${text}`;
}

let quiet = null;
export function announce(text, wait = 600) {
  const region = document.getElementById("live");
  clearTimeout(quiet);
  quiet = setTimeout(() => { region.textContent = text; }, wait);
}

export async function ask(url, options = {}) {
  const answer = await fetch(url, { credentials: "same-origin", ...options });
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) {
    const error = new Error((body.faults ?? [answer.statusText]).join("\n"));
    error.status = answer.status;
    error.why = body.why;
    throw error;
  }
  return body;
}

export function send(url, body) {
  return ask(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Drawdown": "1" },
    body: JSON.stringify(body),
  });
}

/** Does some work, and says after three seconds that the server has not answered yet. */
export async function patient(work, place) {
  const before = place.textContent, wait = setTimeout(() => { place.textContent = word("no_answer"); place.classList.add("error"); }, 3000);
  try { return await work(); } finally {
    clearTimeout(wait);
    place.classList.remove("error");
    if (place.textContent === word("no_answer")) place.textContent = before;
  }
}

/** What to say where an answer that was waited for does not come. */
export function trouble(fault) { return fault.status ? fault.message : word("lost"); }

/** What to say of a fault: this page's own words for its reason, or the server's sentence. */
export function told(fault) {
  return words[fault.why] ?? word("error", { text: fault.message });
}
