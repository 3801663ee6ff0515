// One run: its progress, what it says so far, and what can be done with it.
import { call, make } from "./api.js";
import "./runs.js";

const box = document.getElementById("so-far"), EVERY = 3000;

function short(value) {
  if (value === null) return "-";
  return Math.abs(value) >= 1e6 || (value && Math.abs(value) < 1e-3) ? value.toExponential(1) : String(+value.toPrecision(3));
}

function show(rows) {
  const arms = [...new Set(rows.map((row) => row.arm))], endpoints = [...new Set(rows.map((row) => row.endpoint))];
  const head = make("tr", {}, make("th", {}, "endpoint"), ...arms.map((arm) => make("th", { class: "n" }, arm)));
  const body = endpoints.map((endpoint) => make("tr", {}, make("th", { scope: "row" }, endpoint), ...arms.map((arm) => {
    const row = rows.find((one) => one.arm === arm && one.endpoint === endpoint);
    if (!row) return make("td", { class: "n" }, "-");
    return make("td", { class: "n" }, `${short(row.mean)} ± ${short(row.std)}`, make("small", {}, `n = ${row.count}`));
  })));
  box.querySelector("thead").replaceChildren(head);
  box.querySelector("tbody").replaceChildren(...body);
  box.hidden = false;
}

while (box) {
  try {
    const rows = await call("GET", `/api/runs/${box.dataset.name}/so-far`);
    if (rows.length) show(rows);
  } catch {
    // the progress says when the server is away
  }
  await new Promise((go) => setTimeout(go, EVERY));
}
