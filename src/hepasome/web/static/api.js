// The JSON API, and how its problems are shown.

export class Problem extends Error {
  constructor(answer, status) {
    super(answer.sentence);
    this.findings = answer.findings ?? [];
    this.status = status;
  }
}

export async function call(method, path, body, kind = "application/json") {
  const options = { method, headers: {}, cache: "no-store" };
  if (body instanceof FormData) options.body = body; // the browser says where its parts end
  else if (body !== undefined) {
    options.headers["Content-Type"] = kind;
    options.body = kind === "application/json" ? JSON.stringify(body) : body;
  }
  let answer;
  try {
    answer = await fetch(path, options);
  } catch {
    throw new Problem({ sentence: "The server does not answer. Is `hepasome serve` still running?" }, 0);
  }
  if (answer.status === 204) return null;
  const text = await answer.text();
  let content;
  try {
    content = JSON.parse(text);
  } catch {
    content = { sentence: text.trim() || `The server answered ${answer.status}.` };
  }
  if (!answer.ok) throw new Problem(content, answer.status);
  return content;
}

export function sentence(finding) {
  const found = finding.value === null ? "" : ` (found: ${finding.value})`;
  return `${finding.problem}${found} ${finding.remedy}`.trim();
}

export function showProblem(box, problem) {
  box.replaceChildren();
  box.hidden = problem === null;
  if (problem === null) return;
  const findings = problem.findings ?? [];
  if (!findings.length) box.append(make("p", {}, problem.message));
  const list = make("ul");
  for (const one of findings) {
    const place = [one.line ? `line ${one.line}` : "", one.field].filter(Boolean).join(", ");
    list.append(make("li", {}, place ? `${place}: ${sentence(one)}` : sentence(one)));
  }
  if (findings.length) box.append(list);
}

export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}
