/** Shows the pictures of a report, which it carries packed. */

import { unpacked } from "./packed.js";

for (const image of document.querySelectorAll("img[data-packed]")) {
  unpacked(image.dataset.packed).then((bytes) => {
    image.src = URL.createObjectURL(new Blob([bytes], { type: "image/svg+xml" }));
  });
}
