// The blocks of the study form: subject, disease, arms, read-out.
import { make } from "./api.js";
import { at, put } from "./fields.js";

const TIME = "h, d or wk";

const block = (title, fields, attributes = {}) =>
  make("fieldset", attributes, make("legend", {}, title), make("div", { class: "fields" }, ...fields));

export function about(form) {
  return block("The study", [form.text(["title"], "Title", { wide: true })]);
}

export function subject(form, words) {
  const disease = words.diseases.find((one) => one.id === form.data.disease?.model);
  const fields = [
    form.choose(["subject", "species"], "Species", words.species.map((one) => [one, one.replace("_", " ")])),
    form.text(["subject", "strain"], "Strain"),
    form.choose(["subject", "sex"], "Sex", words.sexes.map((one) => [one, one])),
  ];
  if (disease?.setting === "culture") {
    fields.push(form.detail(["subject", "culture", "cells"], "Cells in the dish", { unit: "cells" }));
    fields.push(form.detail(["subject", "culture", "medium"], "Medium", { unit: "mL or uL" }));
  } else fields.push(form.detail(["subject", "body_weight"], "Body weight", { unit: "g or kg" }));
  return block("Subjects", fields);
}

export function disease(form, words) {
  const path = ["disease", "model"], known = words.diseases.find((one) => one.id === at(form.data, path));
  const select = form.choose(path, "Disease", words.diseases.map((one) => [one.id, one.title]));
  select.querySelector("select").addEventListener("change", (event) => {
    const next = words.diseases.find((one) => one.id === event.target.value);
    form.data.disease = { model: next.id };
    for (const [name, given] of Object.entries(next.induction)) if (given.default) put(form.data, ["disease", name], given.default);
    if (next.setting === "culture") delete form.data.subject.body_weight;
    else delete form.data.subject.culture;
    form.redraw();
    form.changed();
  });
  const fields = [select];
  for (const [name, given] of Object.entries(known?.induction ?? {})) {
    fields.push(form.detail(["disease", name], given.meaning, { unit: given.unit }));
  }
  fields.push(form.detail(["disease", "start"], "Begins at", { unit: TIME, optional: true }));
  if (known?.repeats) {
    fields.push(form.detail(["disease", "every"], "Repeated every", { unit: TIME }));
    fields.push(form.detail(["disease", "for"], "Repeated for", { unit: TIME }));
  }
  return block("Disease", fields);
}

export function arm(form, words, name) {
  const path = ["arms", name], own = at(form.data, path) ?? {}, rename = make("input", { value: name });
  rename.addEventListener("change", () => {
    const next = rename.value.trim();
    if (!next || next === name) return;
    const arms = Object.entries(form.data.arms).map(([key, value]) => [key === name ? next : key, value]);
    form.data.arms = Object.fromEntries(arms);
    if (form.data.control === name) form.data.control = next;
    form.redraw();
    form.changed();
  });
  const fields = [form.wrap(path, "Name", rename, { hint: "letters, digits and _" }), injury(form, path, own)];
  const treated = make("select", {}, make("option", { value: "" }, "nothing"), make("option", { value: "given" }, "a product"));
  treated.value = own.treatment ? "given" : "";
  treated.addEventListener("change", () => {
    const fresh = { product: { base: words.products.find((one) => !one.own).id }, dose: "", route: "", schedule: { start: "" } };
    form.set([...path, "treatment"], treated.value ? fresh : undefined, true);
  });
  fields.push(form.wrap([...path, "treatment"], "Treated with", treated));
  if (own.treatment) fields.push(...treatment(form, words, [...path, "treatment"], own.treatment));
  (own.agents ?? []).forEach((one, i) => fields.push(...agent(form, words, [...path, "agents", i], one, own.agents, i)));
  const buttons = make("div", { class: "actions field wide" },
    make("button", { type: "button", class: "button quiet small-button", onclick: () => addAgent(form, words, path, own) }, "Add a drug or antibody"),
    make("button", { type: "button", class: "button quiet small-button", onclick: () => addArm(form, own, name) }, "Copy this arm"),
    make("button", { type: "button", class: "button quiet small-button danger", onclick: () => form.set(path, undefined, true) }, "Remove this arm"));
  return block(`Arm: ${name}`, [...fields, buttons], { class: "arm", id: `arm-${name}` });
}

function injury(form, path, own) {
  const how = make("select", {}, make("option", { value: "" }, "the whole protocol"), make("option", { value: "none" }, "none"),
    make("option", { value: "treatment" }, "stopped at the first treatment"), make("option", { value: "time" }, "stopped at a time"));
  const stop = own.disease?.stop_at;
  how.value = own.disease === "none" ? "none" : stop === "treatment" ? "treatment" : stop !== undefined ? "time" : "";
  how.addEventListener("change", () => {
    const next = { "": undefined, none: "none", treatment: { stop_at: "treatment" }, time: { stop_at: "" } }[how.value];
    form.set([...path, "disease"], next, true);
  });
  const field = form.wrap([...path, "disease"], "Injury", how);
  if (how.value === "time") field.append(form.detail([...path, "disease", "stop_at"], "Stopped at", { unit: TIME }));
  return field;
}

function treatment(form, words, path, own) {
  if (typeof own.product === "string") own.product = { base: own.product };
  const known = words.products.find((one) => one.id === own.product?.base), kind = known?.kind ?? "vesicles";
  const model = words.diseases.find((one) => one.id === form.data.disease?.model);
  const routes = (model?.routes[kind] ?? Object.keys(words.routes)).map((one) => [one, `${one.replace("_", " ")} (${words.routes[one]})`]);
  const products = words.products.map((one) => [one.id, one.own ? `${one.name} (your own)` : one.name]);
  const bring = (base) => form.bring(words.products.find((one) => one.id === base)?.own);
  const product = form.choose([...path, "product", "base"], "Product", products, { anew: true, before: bring, hint: "laboratory files become one in the section Product" });
  product.querySelector(".problem").dataset.field = [...path, "product"].join(".");
  const enrich = make("input", { value: Object.entries(own.product?.enrich ?? {}).map((pair) => pair.join(": ")).join(", ") });
  enrich.addEventListener("input", () => {
    const pairs = enrich.value.split(",").map((one) => one.split(":").map((part) => part.trim())).filter(([cargo]) => cargo);
    form.set([...path, "product", "enrich"], pairs.length ? Object.fromEntries(pairs.map(([cargo, much = ""]) => [cargo, much])) : undefined);
  });
  const start = [...path, "schedule", "start"];
  return [
    product,
    form.detail([...path, "dose"], "Dose", { unit: words.units[kind].join(", ") }),
    form.detail([...path, "route"], "Route", { choices: routes }),
    form.detail(start, "First dose at", { unit: TIME }),
    form.detail([...path, "schedule", "times"], "Doses", { whole: true, optional: true, hint: "how many; one if empty" }),
    form.detail([...path, "schedule", "every"], "Interval", { unit: TIME, optional: true }),
    form.wrap([...path, "product", "enrich"], "Enriched in", enrich, { hint: "cargo: 1000x or 5 copies, with commas between" }),
  ];
}

function agent(form, words, path, own, list, i) {
  const known = words.agents.find((one) => one.id === own.agent), fields = [
    form.choose([...path, "agent"], "Beside it", words.agents.map((one) => [one.id, one.meaning]), { anew: true }),
  ];
  if (known?.dosed) fields.push(form.detail([...path, "dose"], "Its dose", { unit: known.unit }));
  fields.push(form.detail([...path, "schedule", "start"], "Given at", { unit: TIME }));
  if (!known?.dosed) fields.push(form.detail([...path, "for"], "Stays for", { unit: TIME, optional: true }));
  const remove = () => {
    list.splice(i, 1);
    form.redraw();
    form.changed();
  };
  fields.at(-1).append(make("button", { type: "button", class: "button quiet small-button", onclick: remove }, "Remove"));
  return fields;
}

function addAgent(form, words, path, own) {
  form.set([...path, "agents"], [...(own.agents ?? []), { agent: words.agents[0].id, schedule: { start: "0 h" } }], true);
}

export function addArm(form, like, name = "arm") {
  let next = 2;
  while (`${name}_${next}` in form.data.arms) next++;
  form.set(["arms", `${name}_${next}`], structuredClone(like), true);
}

export function readOut(form, words) {
  const model = words.diseases.find((one) => one.id === form.data.disease?.model), arms = Object.keys(form.data.arms ?? {});
  const endpoints = form.lines(["endpoints"], "Endpoints, one a line", { rows: 8, always: true, hint: "NAME, or NAME at 8 wk, or NAME at 2 d after treatment" });
  const add = make("select", { "aria-label": "Add an endpoint" }, make("option", { value: "" }, "add an endpoint"));
  for (const one of model?.endpoints ?? []) add.append(make("option", { value: one.id }, `${one.id}: ${one.meaning}`));
  add.addEventListener("change", () => form.set(["endpoints"], [...(form.data.endpoints ?? []), add.value], true));
  endpoints.append(add);
  return block("What is read out", [
    form.choose(["control"], "Compared with the arm", arms.map((one) => [one, one])),
    form.detail(["subjects_per_arm"], "Animals per arm", { whole: true }),
    form.detail(["read_out"], "Read out at", { unit: TIME }),
    form.choose(["zones"], "Zones of the liver", [1, 2, 3, 4, 6, 12].map((one) => [String(one), String(one)]), { hint: "more than one for an injury that differs along the sinusoid" }),
    endpoints,
    form.lines(["notes"], "Notes for the reader of a report, one a line"),
  ]);
}
