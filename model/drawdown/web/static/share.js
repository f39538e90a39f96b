/** What can be taken along: a link, files, pictures, and what makes the same numbers again. */

import { announce, el, trouble, word } from "./common.js";
import { pictureOf } from "./chart.js";
import { curvesFile } from "./files.js";
import { $, parts, query, scenarioOf, session, state, view, viewQuery } from "./state.js";

export function offer(blob, name) {
  const link = el("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 5000);
}

/** Reads a file that is chosen, says where it is none of ours, and does what follows. */
export function onFile(id, read, wrong, then = () => {}) {
  $(id).addEventListener("change", async () => {
    const file = $(id).files[0];
    if (!file) return;
    try { read(JSON.parse(await file.text())); } catch { wrong(file.name); }
    $(id).value = "";
    then();
  });
}

/** Returns the link to what is shown, with which model and numbers it shows. */
async function stamped() {
  const asked = view(), said = query();
  let stamp = "";
  // So that whoever opens it can tell whether they see the same numbers.
  try { stamp = `&${new URLSearchParams(await session.player.stamp(asked))}`; } catch { /* a link without it still opens */ }
  const page = parts.address ? `${parts.address}/` : new URL(parts.here, document.baseURI).href;
  return `${page}?${said}${stamp}`;
}

/** Returns the command that prints the numbers of a view or a link, by the rules played here. */
function command(asked) {
  const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;
  return `drawdown verify ${quoted(asked)}${parts.rules ? ` --rules ${quoted(parts.rules)}` : ""}`;
}

/** Returns the command that makes the numbers shown, and names them as a link does where it can. */
export async function makes() {
  return command(await stamped());
}

/** Returns the view alone as the words that a command and a notebook take. */
function askedHere() {
  const q = new URLSearchParams(viewQuery());
  for (const key of ["base", "case"]) if (!q.has(key)) q.set(key, state[key]);
  return `?${q}`;
}

export function showAgain() {
  $("again-command").textContent = command(askedHere());
  const rules = parts.rules ? `, rules=${JSON.stringify(parts.rules)}` : "";
  $("again-python").textContent = `import drawdown\n\ndrawdown.numbers("${askedHere()}"${rules})`;
  const embedded = new URLSearchParams(query());
  embedded.set("embed", "1");
  const src = `${parts.address ? `${parts.address}/` : parts.here}?${embedded}`;
  $("embed-code").textContent = el("iframe", { src, title: scenarioOf(state.case).title, width: "100%", height: "620" }).outerHTML;
}

let fading = null;

/** Says for a moment, where it is seen, what has just been done. */
export function notice(text) {
  $("copied").textContent = text;
  announce(text, 0);
  clearTimeout(fading);
  fading = setTimeout(() => { $("copied").textContent = ""; }, 5000);
}

export function listenToShare(picture, answer) {
  const drawn = () => pictureOf(word(state.outcome), answer(), picture.panels.filter((p) => p.chart.given).map((p) => ({ title: p.title, chart: p.chart, colour: "#1b1f24" })), picture.legend());
  $("file").addEventListener("click", async () => {
    try { offer(new Blob([await session.player.file(view())], { type: "application/yaml" }), "my-scenario.yaml"); } catch (error) { $("error").textContent = trouble(error); }
  });
  $("csv").addEventListener("click", () => offer(new Blob([curvesFile(session.asked, session.shown)], { type: "text/csv" }), "curves.csv"));
  $("svg").addEventListener("click", () => offer(new Blob([drawn().text], { type: "image/svg+xml" }), "drawdown.svg"));
  $("png").addEventListener("click", () => {
    const { text, width, height } = drawn();
    const image = new Image();
    image.onload = () => {
      const canvas = el("canvas", { width: width * 2, height: height * 2 });
      canvas.getContext("2d").drawImage(image, 0, 0, width * 2, height * 2);
      canvas.toBlob((blob) => offer(blob, "drawdown.png"));
    };
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  });
  $("print").addEventListener("click", () => print());
  $("copy").addEventListener("click", async () => {
    const link = await stamped();
    try {
      await navigator.clipboard.writeText(link);
      notice(word("copied"));
    } catch {
      // Where a page may not write to the clipboard, the link stands there to be copied by hand.
      $("link-text").value = link;
      $("link-row").classList.remove("hidden");
      $("link-text").select();
      notice(word("copy_by_hand"));
    }
  });
  for (const name of ["again-command", "again-python", "embed-code"]) {
    $(`${name}-copy`).addEventListener("click", async () => {
      try { await navigator.clipboard.writeText($(name).textContent); notice(word("copied_text")); } catch { getSelection().selectAllChildren($(name)); notice(word("copy_by_hand")); }
    });
  }
}
