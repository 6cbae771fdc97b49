const SVG = "http://www.w3.org/2000/svg";
const [HEIGHT, LEFT, RIGHT, TOP, BOTTOM] = [230, 46, 10, 12, 12];
/** It is drawn as wide as there is room, so that its numbers are as large as other text. */
const [WIDTH_MIN, WIDTH_MAX, MARGINS] = [290, 640, 54];
/** A scale of its own for each subject would make noise look like news: it spans at least so much. */
const SPAN_MIN = 400;
const STEP = 100;

function element<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string | number>>,
): SVGElementTagNameMap[Tag] {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  return made;
}

/** Readings in a row as a line with its points. @param label what is measured */
export function readingsChart(label: string, readings: readonly number[]): SVGSVGElement {
  const width = Math.min(WIDTH_MAX, Math.max(WIDTH_MIN, innerWidth - MARGINS));
  const middle = (Math.min(...readings) + Math.max(...readings)) / 2;
  const span = Math.max(SPAN_MIN, Math.max(...readings) - Math.min(...readings) + STEP);
  const [least, most] = [middle - span / 2, middle + span / 2];
  const x = (index: number) => LEFT + (index / Math.max(1, readings.length - 1)) * (width - LEFT - RIGHT);
  const y = (value: number) => TOP + ((most - value) / (most - least)) * (HEIGHT - TOP - BOTTOM);
  const svg = element("svg", {
    viewBox: `0 0 ${width} ${HEIGHT}`,
    class: "readings-chart",
    role: "img",
    "aria-label": `${label}, ${readings.length} readings in a row: ${readings.join(", ")}`,
  });
  for (let value = Math.ceil(least / STEP) * STEP; value <= most; value += STEP) {
    svg.append(element("line", { x1: LEFT, x2: width - RIGHT, y1: y(value), y2: y(value), class: "grid" }));
    const text = element("text", { x: LEFT - 8, y: y(value) + 4, "text-anchor": "end" });
    text.textContent = String(value);
    svg.append(text);
  }
  const points = readings.map((value, index) => `${x(index).toFixed(1)},${y(value).toFixed(1)}`).join(" ");
  svg.append(element("polyline", { points, class: "curve" }));
  for (const [index, value] of readings.entries())
    svg.append(element("circle", { cx: x(index), cy: y(value), r: 3 }));
  return svg;
}
