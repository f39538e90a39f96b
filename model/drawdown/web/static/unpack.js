/** Shows the pictures and the notes of a report, which it carries packed. */

import { unpacked } from "./packed.js";

const notes = document.getElementById("carried-notes");
if (notes) {
  const told = JSON.parse(new TextDecoder().decode(await unpacked(JSON.parse(notes.textContent))));
  for (const node of document.querySelectorAll("[data-note]")) node.title = told[node.dataset.note];
}
for (const image of document.querySelectorAll("img[data-packed]")) {
  unpacked(image.dataset.packed).then((bytes) => {
    image.src = URL.createObjectURL(new Blob([bytes], { type: "image/svg+xml" }));
  });
}
