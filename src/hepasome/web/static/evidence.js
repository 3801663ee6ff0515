// Questions in SQL: ask, show what is found, save it as a file.
import { call, make, sentence, showProblem } from "./api.js";
import { placeProblems } from "./fields.js";
import { saved } from "./saved.js";

const form = document.getElementById("sql"), box = document.getElementById("problems"), query = document.getElementById("query");
const answer = document.getElementById("answer"), count = document.getElementById("count"), said = document.getElementById("said");
let asked = "";

function written(value) {
  if (value === null) return "";
  if (typeof value === "number" && !Number.isInteger(value)) return String(+value.toPrecision(6));
  return String(value);
}

function cell(column, value) {
  if (column === "confidence" && typeof value === "string") return make("td", {}, make("span", { class: `surety ${value}` }, value));
  const text = written(value);
  return make("td", { class: text.length > 40 ? "long" : null }, text);
}

function show(found) {
  const head = make("tr", {}, ...found.columns.map((name) => make("th", { scope: "col" }, name)));
  const rows = found.rows.map((row) => make("tr", {}, ...row.map((value, i) => cell(found.columns[i], value))));
  answer.querySelector("thead").replaceChildren(head);
  answer.querySelector("tbody").replaceChildren(...rows);
  count.textContent = `${found.more ? "The first " : ""}${rows.length} ${rows.length === 1 ? "row" : "rows"}`;
  answer.hidden = false;
}

async function working(button, what) {
  showProblem(box, null);
  placeProblems(form, [], sentence);
  button.disabled = true;
  said.textContent = "Asking …";
  try {
    await what();
    said.textContent = "";
  } catch (problem) {
    said.textContent = "";
    const homeless = placeProblems(form, problem.findings ?? [], sentence);
    if (homeless.length || !problem.findings?.length) showProblem(box, { message: problem.message, findings: homeless });
  } finally {
    button.disabled = false;
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  working(form.querySelector("button"), async () => {
    answer.hidden = true;
    const sql = query.value, found = await call("POST", "/api/evidence/query", { sql });
    asked = sql;
    show(found);
    count.focus();
  });
});

query.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
});

document.getElementById("examples").addEventListener("change", (event) => {
  if (event.target.value) query.value = event.target.value;
});

for (const button of answer.querySelectorAll("[data-kind]")) {
  const { kind } = button.dataset;
  button.addEventListener("click", () => working(button, () => saved(`/api/evidence/query.${kind}`, { sql: asked }, `evidence.${kind}`)));
}
