// Draws power by the number of subjects: bands, curves, the power asked for, and the size that is looked at.

const SPACE = "http://www.w3.org/2000/svg";
const NARROWEST = 420, HEIGHT = 330, LEFT = 52, RIGHT = 20, TOP = 24, BOTTOM = 46;

const draw = (tag, attributes, text) => {
  const element = document.createElementNS(SPACE, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text !== undefined) element.textContent = text;
  return element;
};

function ticks(end) {
  const rough = end / 8, step = [1, 2, 5, 10, 20, 25, 50].find((one) => one >= rough) ?? 100;
  return Array.from({ length: Math.floor(end / step) + 1 }, (_, i) => i * step);
}

export function drawPower(box, found, word) {
  const width = Math.max(NARROWEST, box.clientWidth);
  const x = (n) => LEFT + ((width - LEFT - RIGHT) * n) / found.most, y = (share) => HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * share;
  const line = (points, key) => points.map((one, i) => `${i ? "L" : "M"}${x(one.n).toFixed(1)} ${y(one[key]).toFixed(1)}`).join("");
  const picture = draw("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, class: "power", role: "img", "aria-label": `Share of trials that find it, by ${word} per arm. ${found.here}` });
  for (const share of [0, 0.2, 0.4, 0.6, 0.8, 1]) {
    picture.append(draw("line", { x1: LEFT, x2: width - RIGHT, y1: y(share), y2: y(share), class: "grid" }));
    picture.append(draw("text", { x: LEFT - 8, y: y(share) + 4, "text-anchor": "end", class: "soft" }, `${Math.round(100 * share)} %`));
  }
  for (const tick of ticks(found.most)) {
    picture.append(draw("line", { x1: x(tick), x2: x(tick), y1: y(0), y2: y(0) + 5, class: "axis" }));
    picture.append(draw("text", { x: x(tick), y: y(0) + 19, "text-anchor": "middle", class: "soft" }, tick));
  }
  picture.append(draw("text", { x: (LEFT + width - RIGHT) / 2, y: HEIGHT - 8, "text-anchor": "middle", class: "soft" }, `${word} per arm`));
  picture.append(draw("line", { x1: LEFT, x2: width - RIGHT, y1: y(found.target), y2: y(found.target), class: "target" }));
  picture.append(draw("line", { x1: x(found.at.n), x2: x(found.at.n), y1: TOP, y2: y(0), class: "mark" }));
  const late = found.at.n > 0.75 * found.most;
  picture.append(draw("text", { x: x(found.at.n) + (late ? -6 : 6), y: TOP - 8, "text-anchor": late ? "end" : "start" }, `${found.at.n} per arm`));
  const curves = [["assurance", "low", "high", "averaged"], ["power", "power_low", "power_high", "named"]];
  for (const [middle, low, high, name] of curves) {
    const points = found.points.filter((one) => one[middle] !== null);
    if (!points.length) continue;
    const group = draw("g", { class: name });
    group.append(draw("path", { class: "band", d: `${line(points, high)}${line([...points].reverse(), low).replace("M", "L")}Z` }));
    group.append(draw("path", { class: "curve", d: line(points, middle) }));
    for (const one of points) group.append(draw("circle", { cx: x(one.n), cy: y(one[middle]), r: 2.6, class: "dot" }));
    if (middle === "assurance") group.append(draw("path", { class: "wrong", d: line(points, "wrong") }));
    picture.append(group, draw("circle", { cx: x(found.at.n), cy: y(found.at[middle]), r: 5.5, class: "at" }));
  }
  box.replaceChildren(picture);
}
