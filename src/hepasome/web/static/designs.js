// Asks for a design: what the form offers follows the study.
import { call, sentence, showProblem } from "./api.js";
import { named, placeProblems } from "./fields.js";

const form = document.getElementById("prepare"), studies = JSON.parse(form.dataset.studies);

function offer(select, values, first) {
  select.replaceChildren(new Option(first, ""), ...values.map((value) => new Option(value, value)));
}

function follow() {
  const { study, arm, versus, endpoint } = form.elements, known = studies[study.value];
  if (!known) return;
  offer(arm, known.treated, "the one that most claims are about");
  offer(versus, known.arms, "as claimed, else the control");
  offer(endpoint, known.endpoints, "the first that is claimed");
}

const list = (text) => text.split(",").map((one) => one.trim()).filter(Boolean);

form.elements.study.addEventListener("change", follow);
follow();

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const values = Object.fromEntries(new FormData(form)), box = document.getElementById("problems");
  const body = { study: values.study, dose: list(values.dose), times: list(values.times).map(Number) };
  for (const name of ["arm", "versus", "endpoint", "every", "humane"]) if (values[name].trim()) body[name] = values[name].trim();
  for (const name of ["draws", "animals", "seed"]) body[name] = Number(values[name]);
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    const made = await call("POST", "/api/designs", body);
    location.assign(`/design/${made.name}`);
  } catch (problem) {
    const left = placeProblems(form, named(problem.findings ?? []), sentence);
    showProblem(box, left.length || !problem.findings?.length ? { findings: left, message: problem.message } : null);
    form.querySelector("[aria-invalid]")?.closest("details")?.setAttribute("open", "");
    form.querySelector("[aria-invalid]")?.focus();
    button.disabled = false;
  }
});
