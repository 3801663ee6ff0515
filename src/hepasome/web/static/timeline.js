// Draws who gets what when: one lane per arm, time from left to right.

const SPACE = "http://www.w3.org/2000/svg";
const NARROWEST = 560, LEFT = 150, RIGHT = 20, TOP = 30, LANE = 44;

const draw = (tag, attributes, text) => {
  const element = document.createElementNS(SPACE, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text !== undefined) element.textContent = text;
  return element;
};

export function unitFor(end) {
  return end <= 96 ? ["hours", 1] : end <= 672 ? ["days", 24] : ["weeks", 168];
}

function ticks(end) {
  const rough = end / 8, power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((one) => one * power).find((one) => one >= rough);
  return Array.from({ length: Math.floor(end / step + 1e-9) + 1 }, (_, i) => i * step);
}

export function drawTimeline(box, plan) {
  // as wide as its place, so that words keep their size on a tablet
  const WIDTH = Math.max(NARROWEST, box.clientWidth - 40);
  const [unit, hours] = unitFor(plan.end), end = plan.end / hours || 1;
  const x = (time) => LEFT + ((WIDTH - LEFT - RIGHT) * time) / hours / end;
  const bottom = TOP + LANE * plan.arms.length, height = bottom + 46;
  const words = plan.arms.map((arm) => `${arm.name}: ${arm.injuries.length} injuries${arm.treatments.length ? `, ${arm.treatments.length} × ${arm.given}` : ""}`);
  const picture = draw("svg", { viewBox: `0 0 ${WIDTH} ${height}`, class: "timeline", role: "img", "aria-label": `Protocol. ${words.join("; ")}` });
  plan.arms.forEach((arm, i) => {
    const y = TOP + LANE * i + 20;
    picture.append(draw("text", { x: LEFT - 12, y: y + 4, "text-anchor": "end", "font-weight": arm.control ? 700 : 400 }, arm.name));
    picture.append(draw("line", { x1: x(0), x2: x(plan.end), y1: y, y2: y, class: "lane" }));
    for (const time of arm.injuries) picture.append(draw("line", { x1: x(time), x2: x(time), y1: y - 7, y2: y + 7, class: "injury" }));
    for (const time of arm.treatments) picture.append(draw("path", { d: `M${x(time) - 8} ${y - 9}h16l-8 15z`, class: "treatment" }));
    const said = [arm.given, ...arm.agents].filter(Boolean).join("; ");
    if (said) {
      const at = x(arm.treatments[0] ?? 0), late = at > WIDTH * 0.55;
      picture.append(draw("text", { x: late ? Math.min(at + 8, WIDTH - RIGHT) : at - 8, y: y - 14, "text-anchor": late ? "end" : "start", class: "soft" }, said));
    }
  });
  for (const time of plan.read_outs) picture.append(draw("line", { x1: x(time), x2: x(time), y1: TOP - 6, y2: bottom, class: "read-out" }));
  picture.append(draw("line", { x1: x(0), x2: x(plan.end), y1: bottom, y2: bottom, class: "axis" }));
  for (const tick of ticks(end)) {
    const at = x(tick * hours);
    picture.append(draw("line", { x1: at, x2: at, y1: bottom, y2: bottom + 5, class: "axis" }));
    picture.append(draw("text", { x: at, y: bottom + 19, "text-anchor": "middle", class: "soft" }, String(+tick.toPrecision(4))));
  }
  picture.append(draw("text", { x: (LEFT + WIDTH - RIGHT) / 2, y: bottom + 38, "text-anchor": "middle", class: "soft" }, `${unit}   ( | injury,  ▼ treatment,  ┆ read-out; bold: control )`));
  box.replaceChildren(picture);
}

for (const box of document.querySelectorAll("[data-timeline]")) drawTimeline(box, JSON.parse(box.dataset.timeline));
