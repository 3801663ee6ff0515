// A prepared design: sliders and fields ask the API, which draws trials again from what was simulated.
import { call, make, sentence, showProblem } from "./api.js";
import { named, placeProblems } from "./fields.js";
import { drawPower } from "./power.js";

const root = document.getElementById("designing"), design = JSON.parse(root.dataset.design), form = document.getElementById("ask");
const { dose, times, n } = form.elements, byId = (id) => document.getElementById(id), BETWEEN = 6;
const short = (value) => (value >= 1e5 || value < 1e-3 ? value.toExponential(2).replace(/\.?0+e/, "e").replace("e+", "e") : String(+value.toPrecision(3)));
const percent = (share) => (share === null ? "" : `${Math.round(100 * share)} %`);

// where the slider stops: simulated doses, and some between each two of them
const stops = design.doses.flatMap((one, i) => {
  const next = design.doses[i + 1], simulated = { written: one.written, value: one.value, simulated: true };
  if (!next) return [simulated];
  const between = Array.from({ length: BETWEEN - 1 }, (_, k) => +(one.value * (next.value / one.value) ** ((k + 1) / BETWEEN)).toPrecision(3));
  return [simulated, ...between.map((value) => ({ written: `${value} ${one.unit}`, value }))];
});

function nearest(values, wanted) {
  return values.reduce((best, value, i) => (Math.abs(value - wanted) < Math.abs(values[best] - wanted) ? i : best), 0);
}

function scale(slider, count, at, marks) {
  Object.assign(slider, { min: 0, max: count - 1, step: 1, value: at });
  slider.disabled = count < 2;
  byId(`${slider.id}-marks`).replaceChildren(...marks.map((mark) => make("option", { value: mark })));
}

function say(slider, words) {
  byId(`${slider.id}-out`).textContent = words;
  slider.setAttribute("aria-valuetext", words);
}

function words() {
  const stop = stops[dose.value], number = design.times[times.value];
  say(dose, `${short(stop.value)} ${design.own_dose.unit}, ${stop.simulated ? "simulated" : "between"}`);
  const every = number > 1 ? `, every ${design.every >= 24 ? `${+(design.every / 24).toPrecision(3)} d` : `${+design.every.toPrecision(3)} h`}` : "";
  say(times, `${number === 1 ? "once" : `${number} times`}${every}`);
  say(n, `${n.value}, ${n.value * design.arms} in all`);
  byId("between").hidden = Boolean(stop.simulated);
}

function query() {
  const asked = new URLSearchParams({ dose: stops[dose.value].written, times: design.times[times.value] });
  if (n.dataset.chosen) asked.set("n", n.value);
  for (const field of form.elements) {
    if (!field.name || [dose, times, n].includes(field) || field.value.trim() === "" || field.value === initial[field.name]) continue;
    asked.set(field.name, field.value.trim());
  }
  return asked;
}

function table(found) {
  const named = found.effect !== "";
  const head = ["per arm", `${design.word} in all`, "assurance", "95 %", "other side", ...(named ? [`power at ${found.effect}`, "95 %"] : [])];
  const row = (one) => [one.n, one.in_all, percent(one.assurance), one.assurance === null ? "" : `${percent(one.low)} to ${percent(one.high)}`, percent(one.wrong),
    ...(named ? [percent(one.power), one.power === null ? "" : `${percent(one.power_low)} to ${percent(one.power_high)}`] : [])];
  byId("numbers").tHead.replaceChildren(make("tr", {}, ...head.map((one) => make("th", { class: "n", scope: "col" }, one))));
  byId("numbers").tBodies[0].replaceChildren(...found.points.map((one) => make("tr", {}, ...row(one).map((text) => make("td", { class: "n" }, String(text))))));
}

function show(found, asked) {
  Object.assign(n, { min: found.least, max: found.most, step: found.step, value: found.at.n });
  words();
  drawPower(byId("curve"), found, design.word);
  byId("here").textContent = found.here;
  byId("analysis").textContent = `${found.analysis}.${found.effect ? ` Blue: what the model expects; orange: ${found.effect}; dotted: on the other side.` : " Dotted: on the other side."}`;
  byId("sentences").replaceChildren(...found.sentences.map((text) => make("p", {}, text)));
  byId("assumptions").replaceChildren(...found.assumptions.map((text) => make("li", {}, text)));
  // lines break between options, not within them
  byId("command").replaceChildren(...found.command.split(/ (?=--)/).flatMap((part, i) => [i ? " " : "", make("span", {}, part)]));
  byId("same").textContent = found.interpolated
    ? "It simulates this dose; here it lies between simulated ones, so its numbers differ a little."
    : "It gives the same numbers.";
  table(found);
  asked.delete("n");
  for (const link of root.querySelectorAll("[data-file]")) link.href = `/api/designs/${design.name}/files/${link.dataset.file}?${asked}`;
}

let busy = false, again = false;

async function update() {
  words();
  again = busy;
  if (busy) return; // the answer that comes is followed by the next question
  busy = true;
  const asked = query();
  root.classList.add("waiting");
  try {
    const found = await call("GET", `/api/designs/${design.name}/curve?${asked}`);
    placeProblems(form, [], sentence);
    showProblem(byId("problems"), null);
    history.replaceState(null, "", `?${asked}`);
    if (!again) show(found, asked);
  } catch (problem) {
    const left = placeProblems(form, named(problem.findings ?? []), sentence);
    showProblem(byId("problems"), left.length || !problem.findings?.length ? { findings: left, message: problem.message } : null);
  }
  root.classList.remove("waiting");
  busy = false;
  if (again) update();
}

async function simulate() {
  const body = { study: design.study, arm: design.arm, versus: design.versus, endpoint: design.endpoint, route: design.route, times: design.times };
  for (const name of ["draws", "animals", "seed"]) body[name] = design[name];
  if (design.humane) body.humane = design.humane;
  if (design.every) body.every = `${design.every} h`;
  body.dose = [...design.doses.map((one) => one.written), stops[dose.value].written];
  try {
    const made = await call("POST", "/api/designs", body);
    location.assign(`/design/${made.name}${location.search}`);
  } catch (problem) {
    showProblem(byId("problems"), problem);
  }
}

const initial = Object.fromEntries([...form.elements].filter((one) => one.name).map((one) => [one.name, one.value]));
const before = new URLSearchParams(location.search), ownTimes = Number(before.get("times")) || design.own_times;
const marks = stops.map((stop, i) => (stop.simulated ? i : -1)).filter((i) => i >= 0);
const wanted = parseFloat(before.get("dose") ?? design.own_dose.value);
scale(dose, stops.length, nearest(stops.map((one) => Math.log(one.value)), Math.log(wanted)), marks);
scale(times, design.times.length, nearest(design.times, ownTimes), design.times.map((_, i) => i));
Object.assign(n, { min: 2, max: 50, value: before.get("n") ?? 50 });
if (before.has("n")) n.dataset.chosen = "yes";
for (const [name, value] of before) if (form.elements[name] && ![dose, times, n].includes(form.elements[name])) form.elements[name].value = value;

n.addEventListener("input", () => (n.dataset.chosen = "yes"));
form.addEventListener("input", update);
form.addEventListener("submit", (event) => event.preventDefault());
byId("simulate").addEventListener("click", simulate);
byId("copy").addEventListener("click", async () => {
  await navigator.clipboard.writeText(byId("command").textContent);
  byId("said").textContent = "Copied.";
});
window.addEventListener("resize", () => update());
update();
