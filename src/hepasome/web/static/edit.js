// Change an own study, as a form or as text; what is wrong is said while one writes.
import { call, make, sentence, showProblem } from "./api.js";
import { about, addArm, arm, disease, readOut, subject } from "./blocks.js";
import { Form, placeProblems } from "./fields.js";
import { drawTimeline } from "./timeline.js";

const WAIT = 350; // ms after the last key
const root = document.getElementById("form"), text = document.querySelector("#text textarea");
const box = document.getElementById("problems"), said = document.getElementById("checked"), picture = document.getElementById("timeline");
const words = JSON.parse(root.dataset.vocabulary), address = `/api/studies/${root.dataset.id}`;
const study = JSON.parse(root.dataset.study);
let asText = study === null, dirty = false, timer, latest = 0;

const form = new Form(study ?? {}, changed, redraw);
form.bring = bring;

// An own product is copied beside the study before the study names it; the value is whether it can.
async function bring(own) {
  if (!own) return true;
  try {
    await call("PUT", `${address}/products/${own}`);
    return true;
  } catch (problem) {
    showProblem(box, problem);
    return false;
  }
}

function content() {
  if (asText) return { text: text.value };
  const data = structuredClone(form.data);
  if (data.zones !== undefined) data.zones = Number(data.zones);
  return { study: data };
}

function redraw() {
  if (study === null) return;
  const focus = document.activeElement?.closest?.(".field")?.dataset.path;
  const add = make("button", { type: "button", class: "button quiet", onclick: () => addArm(form, {}, "arm") }, "Add an arm");
  root.replaceChildren(about(form), subject(form, words), disease(form, words),
    ...Object.keys(form.data.arms ?? {}).map((name) => arm(form, words, name)), make("div", { class: "actions" }, add), readOut(form, words));
  if (focus) root.querySelector(`[data-path="${CSS.escape(focus)}"] :is(input, select, textarea)`)?.focus();
}

function changed() {
  dirty = true;
  clearTimeout(timer);
  timer = setTimeout(check, WAIT);
}

async function check() {
  const mine = ++latest;
  let found;
  try {
    found = await call("POST", `${address}/check`, content());
  } catch (problem) {
    showProblem(box, problem);
    return false;
  }
  if (mine !== latest) return found.ok; // something was written since
  show(found);
  return found.ok;
}

function show(found) {
  const homeless = asText ? found.findings : placeProblems(root, found.findings, sentence);
  showProblem(box, homeless.length ? { findings: homeless } : null);
  picture.classList.toggle("stale", !found.ok);
  if (found.timeline) drawTimeline(picture, found.timeline);
  const many = found.findings.length;
  said.textContent = found.ok ? (dirty ? "All of it holds; not saved yet." : "All of it holds.") : `${many} ${many === 1 ? "problem" : "problems"}; nothing is saved before they are mended.`;
}

document.getElementById("save").addEventListener("click", async () => {
  clearTimeout(timer);
  latest++;
  try {
    const saved = await call("PUT", address, content());
    dirty = false;
    location.assign(`/studies/${saved.id}`);
  } catch (problem) {
    if (problem.findings.length) show({ ok: false, findings: problem.findings });
    else showProblem(box, problem);
    document.querySelector("[aria-invalid='true']")?.focus();
  }
});

text.addEventListener("input", changed);
addEventListener("beforeunload", (event) => dirty && event.preventDefault());

const tabs = [...document.querySelectorAll("[role='tab']")];
async function choose(tab) {
  const toText = tab.id === "tab-text";
  if (toText === asText) return;
  if (dirty) {
    const found = await call("POST", `${address}/check`, content()).catch((problem) => ({ ok: false, findings: problem.findings }));
    if (!found.ok) return show(found); // what does not hold cannot be shown the other way
    await call("PUT", address, content());
    dirty = false;
    return location.replace(`${location.pathname}#${toText ? "text" : "form"}`), location.reload();
  }
  asText = toText;
  for (const one of tabs) {
    one.setAttribute("aria-selected", String(one === tab));
    one.tabIndex = one === tab ? 0 : -1;
  }
  root.hidden = asText;
  document.getElementById("text").hidden = !asText;
  tab.focus();
  check();
}
for (const tab of tabs) {
  tab.addEventListener("click", () => choose(tab));
  tab.addEventListener("keydown", (event) => {
    if (["ArrowLeft", "ArrowRight"].includes(event.key)) choose(tabs.find((one) => one !== tab));
  });
}

redraw();
if (location.hash.startsWith("#arm-")) document.getElementById(location.hash.slice(1))?.scrollIntoView();
if (asText || location.hash === "#text") {
  asText = false;
  choose(document.getElementById("tab-text"));
} else check();
