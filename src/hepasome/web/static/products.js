// Laboratory files are dropped and read anew after every answer, until there is a product to keep.
import { call, make, sentence, showProblem } from "./api.js";
import { placeProblems } from "./fields.js";

const WAIT = 500; // ms after the last key
const desk = document.getElementById("desk"), drop = document.getElementById("drop"), input = document.getElementById("files");
const box = document.getElementById("problems"), heard = document.getElementById("heard"), answers = document.getElementById("answers");
const found = document.getElementById("found"), keep = document.getElementById("keep"), all = document.getElementById("all-answers");
const fields = [...answers.querySelectorAll(".field")], lists = ["mirna", "stain", "gate"];
let files = [], timer, busy = false, again = false;

function add(more) {
  for (const file of more) files = [...files.filter((one) => one.name !== file.name), file];
  drawFiles();
  read();
}

function drawFiles() {
  document.getElementById("chosen").replaceChildren(...files.map((file) => make("li", {}, file.name, make("small", {}, ` ${size(file.size)} `),
    make("button", { type: "button", class: "button quiet small-button", "aria-label": `Leave ${file.name} out`, onclick: () => leave(file) }, "Leave out"))));
}

function leave(file) {
  files = files.filter((one) => one !== file);
  drawFiles();
  input.focus();
  read();
}

function size(bytes) {
  return bytes < 1e6 ? `${Math.max(1, Math.round(bytes / 1e3))} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function form() {
  const data = new FormData();
  for (const file of files) data.append("files", file, file.name);
  for (const { name, type, value, files: chosen } of answers.querySelectorAll("input, select, textarea")) {
    if (type === "file") {
      if (chosen.length) data.append(name, chosen[0], chosen[0].name);
    } else if (lists.includes(name)) {
      for (const line of value.split("\n").map((one) => one.trim()).filter(Boolean)) data.append(name, line);
    } else if (value.trim()) data.append(name, value.trim());
  }
  return data;
}

function tooMuch() {
  const most = Number(desk.dataset.most), many = Number(desk.dataset.files);
  if (files.length > many) return `These are ${files.length} files; up to ${many} are read at once. Send those of one product.`;
  const sum = files.reduce((total, file) => total + file.size, 0);
  return sum > 0.99 * most ? `The files have ${size(sum)}; up to ${size(most)} are read at once. Export the tables alone, not raw data.` : "";
}

async function read() {
  clearTimeout(timer);
  answers.hidden = !files.length;
  if (!files.length) {
    found.hidden = true;
    heard.textContent = "";
    showProblem(box, null);
    return;
  }
  if (tooMuch()) return nothing(new Error(tooMuch()));
  if (busy) {
    again = true;
    return;
  }
  busy = true;
  keep.disabled = true;
  heard.textContent = "Reading …";
  do {
    again = false;
    try {
      show(await call("POST", "/api/products/read", form()));
    } catch (problem) {
      nothing(problem);
    }
  } while (again && files.length);
  busy = false;
}

function refused(problem) {
  const homeless = placeProblems(answers, problem.findings ?? [], sentence);
  showProblem(box, homeless.length || !problem.findings?.length ? { message: problem.message, findings: homeless } : null);
}

function nothing(problem) {
  refused(problem);
  heard.textContent = "";
  found.hidden = true;
}

function show(reading) {
  const homeless = placeProblems(answers, reading.problems, sentence);
  showProblem(box, homeless.length ? { findings: homeless } : null);
  if (!reading.problems.length) ask(reading.questions);
  const open = reading.questions.length;
  heard.textContent = reading.problems.length ? "Mend what is wrong; the files are then read again."
    : open ? `${open} ${open === 1 ? "question is" : "questions are"} open: no file answers ${open === 1 ? "it" : "them"}, and nothing is guessed.` : "All is answered. The product stands below.";
  const parts = [["Findings", reading.findings], ["Derived", reading.derivations], ["Assumed", reading.assumptions]].filter(([, lines]) => lines.length);
  document.getElementById("lines").replaceChildren(...parts.map(([title, lines]) => make("details", { open: title === "Findings" },
    make("summary", {}, make("b", {}, `${title} (${lines.length})`)), make("ul", {}, ...lines.map((line) => make("li", {}, line))))));
  document.getElementById("preview").innerHTML = reading.preview; // made by the server from a template that escapes
  keep.disabled = reading.product === null;
  keep.parentElement.hidden = reading.product === null;
  document.getElementById("ready").textContent = reading.product === null ? "" : `${reading.product.name}: nothing is kept yet.`;
  found.hidden = !parts.length && reading.product === null;
}

// Shows the fields that answer a question, and says it beside the first of them.
function ask(questions) {
  for (const field of fields) {
    const name = field.dataset.path, place = field.querySelector(".asked");
    place.textContent = inWords(questions.filter((one) => one.fields[0] === name));
    place.hidden = !place.textContent;
    if (questions.some((one) => one.fields.includes(name))) field.hidden = false;
  }
  const more = inWords(questions.filter((one) => one.fields.includes("files")));
  if (more) showProblem(box, new Error(more));
}

// An option of the command line is called here as its field is.
function inWords(questions) {
  const label = (whole, option) => {
    const field = fields.find((one) => one.dataset.path === option.replaceAll("-", "_"));
    return field ? `“${field.querySelector("label").textContent}”` : whole;
  };
  return questions.map((one) => `${one.text} ${one.why}`).join(" ").replace(/--([a-z-]+)/g, label);
}

input.addEventListener("change", () => {
  add(input.files);
  input.value = "";
});
for (const name of ["dragenter", "dragover"]) {
  drop.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
}
drop.addEventListener("dragleave", (event) => drop.contains(event.relatedTarget) || drop.classList.remove("over"));
drop.addEventListener("drop", (event) => {
  event.preventDefault();
  drop.classList.remove("over");
  add(event.dataTransfer.files);
});
for (const name of ["dragover", "drop"]) addEventListener(name, (event) => event.preventDefault()); // beside the place: not opened
answers.addEventListener("input", (event) => {
  const asked = event.target.closest(".field").querySelector(".asked");
  asked.hidden = Boolean(event.target.value) || !asked.textContent;
  keep.disabled = true; // what is shown is not what would be kept
  clearTimeout(timer);
  timer = setTimeout(read, WAIT);
});
desk.addEventListener("submit", (event) => {
  event.preventDefault();
  read();
});
all.addEventListener("click", () => {
  for (const field of fields) field.hidden = false;
  all.parentElement.hidden = true;
  fields[0].querySelector("input").focus(); // the button that had it is gone
});

keep.addEventListener("click", async () => {
  keep.disabled = true;
  try {
    const product = await call("POST", "/api/products", form());
    location.assign(`/products/${product.id}`);
  } catch (problem) {
    refused(problem);
    document.querySelector("#desk [aria-invalid='true']")?.focus();
    keep.disabled = false;
  }
});
