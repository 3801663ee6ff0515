// Progress of every run on the page; stop, go on, delete; choose two to compare.
import { call, showProblem } from "./api.js";

const LIVE = ["queued", "running"];

export function inWords(run) {
  if (run.state === "queued") return run.place ? `waits; ${run.place} before it` : "waits";
  if (!run.total || !run.done || run.done >= run.total) return run.phase;
  const left = run.remaining === null ? "time left not known yet" : `about ${duration(run.remaining)} left for this step`;
  return `${run.phase}: ${run.done.toLocaleString("en")} of ${run.total.toLocaleString("en")} subjects, ${left}`;
}

function duration(seconds) {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

function show(box, run) {
  const bar = box.querySelector("progress");
  bar.max = run.total || 1;
  if (run.state === "running" && !run.done) bar.removeAttribute("value");
  else bar.value = run.done;
  const words = inWords(run), place = box.querySelector(".progress-words");
  if (place.textContent !== words) place.textContent = words;
}

async function follow(box) {
  for (;;) {
    let run;
    try {
      run = await call("GET", `/api/runs/${box.dataset.run}`);
    } catch (problem) {
      if (problem.status) return;
      box.querySelector(".progress-words").textContent = problem.message; // it may come back, and then goes on
    }
    if (run) {
      show(box, run);
      if (run.state !== box.dataset.state) return location.reload();
      if (!LIVE.includes(run.state)) return;
    }
    await new Promise((go) => setTimeout(go, document.hidden ? 5000 : 1000));
  }
}

for (const box of document.querySelectorAll(".progress[data-run]")) follow(box);

for (const button of document.querySelectorAll("[data-action]")) {
  button.addEventListener("click", async () => {
    const { action, name } = button.dataset;
    if (action === "delete" && !confirm(`Delete the run ${name} with its files?`)) return;
    button.disabled = true;
    try {
      if (action === "delete") await call("DELETE", `/api/runs/${name}`);
      else await call("POST", `/api/runs/${name}/${action}`);
      if (action === "delete") location.assign("/runs");
      else location.reload();
    } catch (problem) {
      const box = document.getElementById("problems");
      if (box) showProblem(box, problem);
      else document.getElementById("said").textContent = problem.message;
      button.disabled = false;
    }
  });
}

const compare = document.getElementById("compare");
compare?.addEventListener("change", () => {
  const chosen = compare.querySelectorAll("input:checked");
  compare.querySelector(".bar button").disabled = chosen.length !== 2;
});
compare?.addEventListener("submit", (event) => {
  event.preventDefault();
  const [a, b] = [...compare.querySelectorAll("input:checked")].map((box) => box.value);
  if (b) location.assign(`/compare?${new URLSearchParams({ a, b })}`);
});
