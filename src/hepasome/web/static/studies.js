// The list of studies: find by words, add a file.
import { call, showProblem } from "./api.js";

const filter = document.getElementById("filter"), rows = [...document.querySelectorAll("[data-filtered] tbody tr")];

filter.addEventListener("input", () => {
  const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const row of rows) {
    const text = row.textContent.toLowerCase();
    row.hidden = !words.every((word) => text.includes(word));
    shown += !row.hidden;
  }
  document.getElementById("none").hidden = shown > 0;
});

document.getElementById("upload").addEventListener("change", async (event) => {
  const file = event.target.files[0], box = document.getElementById("problems");
  if (!file) return;
  try {
    const study = await call("POST", "/api/study-files", await file.text(), "application/yaml");
    location.assign(`/studies/${study.id}`);
  } catch (problem) {
    showProblem(box, problem);
    event.target.value = "";
  }
});
