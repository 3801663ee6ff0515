// One study: copy it, remove it, run it.
import { call, sentence, showProblem } from "./api.js";
import "./timeline.js";

document.querySelector("[data-copy]")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target, box = form.querySelector("[data-field='id']");
  try {
    const body = { copy_of: form.dataset.copy, id: form.elements.id.value, title: form.elements.title.value };
    const copy = await call("POST", "/api/studies", body);
    location.assign(`/studies/${copy.id}/edit`);
  } catch (problem) {
    box.textContent = problem.findings.length ? problem.findings.map(sentence).join(" ") : problem.message;
    box.hidden = false;
    form.elements.id.setAttribute("aria-invalid", "true");
    form.elements.id.focus();
  }
});

document.querySelector("[data-delete]")?.addEventListener("click", async (event) => {
  const name = event.target.dataset.delete;
  if (!confirm(`Remove the study ${name} and its file? Its runs stay.`)) return;
  await call("DELETE", `/api/studies/${name}`);
  location.assign("/studies");
});

const run = document.getElementById("run");
run?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { subjects, draws, seed, overrides } = run.elements, values = {};
  for (const line of overrides.value.split("\n")) {
    const [name, value] = line.split("=").map((part) => part.trim());
    if (name) values[name] = Number(value);
  }
  const box = run.querySelector(".problems");
  if (Object.values(values).some(Number.isNaN)) {
    showProblem(box, new Error("Write one `parameter = value` a line, the value as a number."));
    return;
  }
  const body = { study: run.dataset.study, draws: Number(draws.value), seed: Number(seed.value), overrides: values };
  if (subjects.value) body.subjects = Number(subjects.value);
  const button = run.querySelector("button");
  button.disabled = true;
  try {
    const made = await call("POST", "/api/runs", body);
    location.assign(`/runs/${made.name}`);
  } catch (problem) {
    showProblem(box, problem);
    button.disabled = false;
  }
});
