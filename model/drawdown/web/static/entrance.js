import { ask, lang, word } from "./common.js";

const form = document.getElementById("find");
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const code = document.getElementById("code").value.trim().toUpperCase();
  try {
    await ask(`/api/exercise/${encodeURIComponent(code)}/lobby?lang=${lang}`);
    location.href = `/exercise/room/${encodeURIComponent(code)}?lang=${lang}`;
  } catch (error) {
    document.getElementById("find-error").textContent = error.status === 404 ? word("no_room") : word("error", { text: error.message });
  }
});
