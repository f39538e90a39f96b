import { ask, lang, root, word } from "./common.js";

const form = document.getElementById("find");
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const typed = document.getElementById("code").value.trim();
  try {
    const { code } = await ask(`${root}api/exercise/${encodeURIComponent(typed)}/lobby?lang=${lang}`);
    location.href = `${root}exercise/room/${code}?lang=${lang}`;
  } catch (error) {
    document.getElementById("find-error").textContent = error.status === 404 ? word("no_room") : word("error", { text: error.message });
  }
});
