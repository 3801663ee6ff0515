// Pool effects: a table or studies of one's own in, the words and plots of `hepasome evidence pool` out.
import { call, make, sentence, showProblem } from "./api.js";
import { placeProblems } from "./fields.js";
import { saved } from "./saved.js";

const form = document.getElementById("pool"), box = document.getElementById("problems"), waiting = document.getElementById("waiting");
const table = form.elements.table, pooled = document.getElementById("pooled"), MOST = 900_000; // bytes of a file; bodies have a limit
const CAPTIONS = {
  forest: "Every effect with its 95 % interval, the pooled effect (diamond), and where the true effect of a new study would lie.",
  funnel: "Effects against their standard error; without bias they fill the funnel evenly on both sides.",
};
const KNOWN = ["study", "label", "n", "mean", "sd", "events", "control_n", "control_mean", "control_sd", "control_events", "effect", "variance"];
let asked = null;

const place = (id, ...parts) => document.getElementById(id).replaceChildren(...parts);
const listed = (text) => text.split(",").map((one) => one.trim()).filter(Boolean);
const own = () => form.elements.from?.value === "own";

function request() {
  const where = {};
  for (const pair of listed(form.elements.where.value)) {
    const [name, ...value] = pair.split("=");
    if (!value.length) throw { findings: [{ field: "where", problem: `${pair} is not NAME=VALUE.`, remedy: "Write for example allocation=random.", value: null }] };
    where[name.trim()] = value.join("=").trim();
  }
  const shared = { measure: form.elements.measure.value, moderators: listed(form.elements.moderators.value), where, correlation: Number(form.elements.correlation.value) };
  return own() ? { endpoint: form.elements.endpoint.value, ...shared } : { table: table.value, ...shared };
}

function words(finding) {
  const [, ...column] = finding.field.split(".");
  const where = [finding.line ? `line ${finding.line}` : "", column.join(".")].filter(Boolean).join(", ");
  return `${where ? `${where}: ` : ""}${sentence(finding)}`;
}

function complain(problem) {
  const homeless = placeProblems(form, problem.findings ?? [], words);
  if (homeless.length || !problem.findings?.length) showProblem(box, { message: problem.message, findings: homeless });
  form.querySelector("[aria-invalid='true']")?.focus();
}

function drawn(found) {
  const head = make("thead", {}, make("tr", {}, ...found.columns.map((name, i) => make("th", { scope: "col", class: i ? "n" : null }, name))));
  const body = found.rows.map((row) => make("tr", {}, ...row.map((text, i) => (i ? make("td", { class: "n" }, text) : make("th", { scope: "row" }, text)))));
  return [head, make("tbody", {}, ...body)];
}

const boxed = (label, found) => make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": label }, make("table", {}, ...drawn(found)));

const file = (name, text, subject) => make("button", { class: "button quiet small-button", type: "button", "aria-label": `Download ${subject} as ${text}`, onclick: async () => {
  try {
    await saved(`/api/evidence/pool/${name}`, asked, name);
  } catch (problem) {
    complain(problem);
  }
} }, text);

function figure(name, svg) {
  const image = make("img", { src: `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`, alt: CAPTIONS[name] });
  const files = make("span", { class: "downloads" }, file(`${name}.svg`, "SVG", name), " ", file(`${name}.png`, "PNG", name), " ", file("effects.csv", "CSV", name));
  return make("figure", { class: "card drawing" }, image, make("figcaption", {}, `${CAPTIONS[name]} `, files));
}

function show(found) {
  const sentences = (lines) => lines.map((line) => make("p", {}, line));
  place("lines", ...sentences(found.lines), make("p", { class: "small" }, "Download: ", file("terms.csv", "pooled (CSV)", "the pooled effect"), " ", file("effects.csv", "effects (CSV)", "the effects")));
  place("terms", ...drawn(found.terms_table));
  const figures = Object.entries(found.figures).map(([name, svg]) => figure(name, svg));
  if (!figures.length) {
    const effects = { columns: ["study", `${form.elements.measure.selectedOptions[0].textContent} [95 %]`], rows: found.effects.map((one) => [one.label, one.words]) };
    figures.push(make("p", { class: "note" }, "No plots: with moderators there is no one pooled effect to draw."), boxed("Effects", effects));
  }
  place("figures", ...figures);
  place("left-out", ...found.left_out.map((line) => make("p", { class: "note" }, `Not pooled: ${line}`)));
  place("robustness", ...sentences(found.robustness));
  place("others", ...(found.others_table ? [make("h3", {}, "Pooled in other ways"), boxed("Pooled in other ways", found.others_table)] : []));
  place("without", ...(found.without_table ? [make("h3", {}, "One study left out"), boxed("One study left out", found.without_table)] : []));
  place("command", found.command);
  document.getElementById("as-file").hidden = !("table" in asked);
  pooled.hidden = false;
  document.getElementById("h-pooled").focus();
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = form.querySelector("button:not([type])");
  showProblem(box, null);
  placeProblems(form, [], words);
  button.disabled = true;
  waiting.textContent = "Pooling, also without each study in turn …";
  pooled.hidden = true;
  try {
    const wanted = request(), found = await call("POST", "/api/evidence/pool", wanted);
    asked = wanted;
    show(found);
  } catch (problem) {
    complain(problem);
  } finally {
    button.disabled = false;
    waiting.textContent = "";
  }
});

function suggest() {
  const names = own() ? JSON.parse(form.dataset.moderators) : listed(table.value.split("\n", 1)[0]).filter((name) => !KNOWN.includes(name));
  place("moderators", ...names.map((value) => make("option", { value })));
}

function filled(text, measure) {
  table.value = text;
  if (measure) form.elements.measure.value = measure;
  suggest();
}

table.addEventListener("input", suggest);
document.getElementById("example").addEventListener("click", () => filled(form.dataset.example, "log_odds_ratio"));
document.getElementById("file").addEventListener("change", async (event) => {
  const chosen = event.target.files[0];
  event.target.value = "";
  if (!chosen) return;
  if (chosen.size > MOST) complain({ findings: [{ field: "table", problem: "The file is larger than 0.9 MB.", remedy: "A table of effects is small; leave out what is not an effect.", value: null, line: null }] });
  else filled(await chosen.text());
});
for (const choice of form.querySelectorAll("[name='from']")) {
  choice.addEventListener("change", () => {
    document.getElementById("from-table").hidden = own();
    document.getElementById("from-own").hidden = !own();
    suggest();
  });
}
