// Fields of a form over plain data: each knows its path, its words and where its problem is said.
import { make } from "./api.js";

let count = 0;

export function at(data, path) {
  return path.reduce((value, key) => (value === undefined || value === null ? undefined : value[key]), data);
}

export function put(data, path, value) {
  const last = path.at(-1), place = path.slice(0, -1).reduce((value, key) => (value[key] ??= {}), data);
  if (value === undefined) delete place[last];
  else place[last] = value;
}

// A form over `data`; `changed` is called after every change, `redraw` when the change asks for other fields.
export class Form {
  constructor(data, changed, redraw) {
    Object.assign(this, { data, changed, redraw });
  }

  set(path, value, anew = false) {
    put(this.data, path, value);
    if (anew) this.redraw();
    this.changed();
  }

  wrap(path, label, control, { hint = "", wide = false } = {}, how = "") {
    const id = `f${++count}`, field = path.join(".");
    const problem = make("p", { class: "problem", id: `${id}-problem`, "data-field": field, hidden: true });
    const described = [hint && `${id}-hint`, `${id}-problem`].filter(Boolean).join(" ");
    const first = control.matches("input, select, textarea") ? control : null;
    if (first) {
      first.id = id;
      first.setAttribute("aria-describedby", described);
    } else control.setAttribute("aria-label", label);
    const title = first ? make("label", { for: id }, label) : make("span", { class: "label" }, make("b", {}, label));
    const parts = [how, title, control, hint && make("small", { id: `${id}-hint` }, hint), problem].filter(Boolean);
    return make("div", { class: wide ? "field wide" : "field", "data-path": field }, ...parts);
  }

  text(path, label, options = {}) {
    const input = make("input", { autocomplete: "off", value: at(this.data, path) ?? "", readonly: options.readonly });
    input.addEventListener("input", () => this.set(path, input.value.trim() || undefined));
    return this.wrap(path, label, input, options);
  }

  lines(path, label, options = {}) {
    const area = make("textarea", { rows: options.rows ?? 3 });
    area.value = (at(this.data, path) ?? []).join("\n");
    area.addEventListener("input", () => {
      const found = area.value.split("\n").map((line) => line.trim()).filter(Boolean);
      this.set(path, found.length || options.always ? found : undefined);
    });
    return this.wrap(path, label, area, { wide: true, ...options });
  }

  choose(path, label, choices, { anew = false, empty = null, before = null, ...options } = {}) {
    const now = at(this.data, path), known = choices.some(([value]) => value === now);
    const select = make("select");
    if (empty !== null) select.append(make("option", { value: "" }, empty));
    else if (now === undefined) select.append(make("option", { value: "" }, "choose"));
    if (!known && typeof now === "string") select.append(make("option", { value: now }, now));
    for (const [value, words] of choices) select.append(make("option", { value }, words));
    select.value = now ?? "";
    select.addEventListener("change", async () => {
      if (before && !(await before(select.value))) select.value = now ?? "";
      else this.set(path, select.value || undefined, anew);
    });
    return this.wrap(path, label, select, options);
  }

  // A value that may also be a range or a choice, with its reason.
  detail(path, label, { unit = "", whole = false, choices = null, optional = false, hint = "" } = {}) {
    const read = (text) => (text.trim() === "" ? undefined : whole && /^\d+$/.test(text.trim()) ? Number(text) : text.trim());
    const now = at(this.data, path);
    const mode = now && typeof now === "object" ? ("one_of" in now ? "one_of" : "range") : "one";
    const modes = choices ? [["one", "one value"], ["one_of", "one of"]] : [["one", "one value"], ["range", "a range"], ["one_of", "one of"]];
    const how = make("select", { class: "how", "aria-label": `${label}: how sure` });
    for (const [value, words] of modes) how.append(make("option", { value }, words));
    how.value = mode;
    how.addEventListener("change", () => {
      const one = mode === "one" ? now : mode === "range" ? now.low : now.one_of[0], reason = now?.reason ?? "";
      const next = { one, range: { low: one ?? "", high: "", reason }, one_of: { one_of: [one ?? ""], reason } }[how.value];
      this.set(path, next, true);
    });
    const told = hint || (unit ? `in ${unit}` : "");
    if (mode === "one") {
      if (choices) return this.choose(path, label, choices, { hint: told });
      const input = make("input", { autocomplete: "off", value: now ?? "", inputmode: whole ? "numeric" : "text", placeholder: optional ? "not given" : "" });
      input.addEventListener("input", () => this.set(path, read(input.value)));
      return this.wrap(path, label, input, { hint: told }, how);
    }
    const part = (key, words, text, write) => {
      const input = make("input", { autocomplete: "off", value: text ?? "" });
      input.addEventListener("input", () => this.set([...path, key], write(input.value)));
      return make("label", {}, words, input);
    };
    const list = (text) => text.split(",").map((one) => read(one)).filter((one) => one !== undefined);
    const ends = mode === "range"
      ? [part("low", "from", now.low, (t) => read(t) ?? ""), part("high", "to", now.high, (t) => read(t) ?? "")]
      : [part("one_of", "one of, with commas", now.one_of.join(", "), list)];
    const reason = part("reason", "why no source confirms one value", now.reason, (text) => text);
    const group = make("div", { role: "group" }, make("div", { class: "parts" }, ...ends), make("div", { class: "parts" }, reason));
    return this.wrap(path, label, group, { hint: told }, how);
  }
}

// Findings about options of the command line, by the names of the fields of a body or an address.
export const named = (findings) => findings.map((one) => ({ ...one, field: one.field.replace(/^--/, "").replaceAll("-", "_") }));

// Says what is wrong beside the fields that it is about; the value is what stands at no field.
export function placeProblems(root, findings, words) {
  for (const box of root.querySelectorAll(".problem")) {
    box.hidden = true;
    box.textContent = "";
  }
  for (const one of root.querySelectorAll("[aria-invalid]")) one.removeAttribute("aria-invalid");
  const homeless = [], boxes = [...root.querySelectorAll(".problem")];
  for (const finding of findings) {
    const path = finding.field.split(".");
    let box;
    for (let length = path.length; length && !box; length--) {
      box = boxes.find((one) => one.dataset.field === path.slice(0, length).join("."));
    }
    if (!box) {
      homeless.push(finding);
      continue;
    }
    box.textContent = `${box.textContent} ${words(finding)}`.trim();
    box.hidden = false;
    for (const input of box.parentElement.querySelectorAll("input, select:not(.how), textarea")) input.setAttribute("aria-invalid", "true");
  }
  return homeless;
}
