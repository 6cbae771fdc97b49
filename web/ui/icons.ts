/** Line icons on a 16 × 16 grid; they go beside words or numbers and are left out for screen readers. */
const PATHS = {
  ship: "M8 1.5 12.5 14 8 11.2 3.5 14Z",
  mine: "M8 2 14 8 8 14 2 8ZM8 5.2v5.6M5.2 8h5.6",
  fight: "M2.5 2.5 10 10M13.5 2.5 6 10M4 9l3 3M12 9l-3 3M3.5 12.5l2-2M12.5 12.5l-2-2",
  claim: "M4 14.5V2M4 2.5h8l-2 3 2 3H4",
  station: "M8 1.8 13.4 5v6L8 14.2 2.6 11V5ZM8 5.5v5M5.8 6.8l4.4 2.5M10.2 6.8 5.8 9.3",
  warp: "M2 8h10M8.5 4 12.5 8l-4 4",
  field: "M3 6l2-3 4 .5 3 3-1 4-4 2.5-4-1.5-1-3ZM6 6.5h.1M9 9h.1",
  search: "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9ZM10.4 10.4 14 14",
  plus: "M8 3v10M3 8h10",
  minus: "M3 8h10",
  home: "M2.5 8 8 3l5.5 5M4.5 7v6h7V7",
  close: "M3.5 3.5l9 9M12.5 3.5l-9 9",
  sleep: "M12.5 10A5.5 5.5 0 1 1 6 3.5 4.5 4.5 0 0 0 12.5 10Z",
  clock: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2ZM8 4.8V8l2.2 1.6",
  arrive: "M14 8H6M9 4.5 5.5 8 9 11.5M2.5 3v10",
  leave: "M2.5 8h8M7 4.5 10.5 8 7 11.5M13.5 3v10",
  stop: "M4 4h8v8H4Z",
  loss: "M8 1.5 9.6 6l4.4-1.5L11.5 8l3 3.5-4.6-.8L8 14.5 6.1 10.7l-4.6.8 3-3.5L2 4.5 6.4 6Z",
  you: "M8 2.5a2.6 2.6 0 1 0 0 5.2 2.6 2.6 0 0 0 0-5.2ZM3 14c.4-3 2.3-4.6 5-4.6s4.6 1.6 5 4.6",
  shield: "M8 1.8 13 3.6v4c0 3.4-2.2 5.6-5 6.8-2.8-1.2-5-3.4-5-6.8v-4Z",
  hull: "M2.5 5 8 2.5 13.5 5v6L8 13.5 2.5 11ZM2.5 5 8 7.5 13.5 5M8 7.5v6",
  eye: "M1.5 8S4 3.8 8 3.8 14.5 8 14.5 8 12 12.2 8 12.2 1.5 8 1.5 8ZM8 6.2a1.8 1.8 0 1 0 0 3.6 1.8 1.8 0 0 0 0-3.6Z",
  turns: "M13 8a5 5 0 1 1-1.6-3.7M13 2.5v2.6h-2.6",
  cargo: "M2.5 5.5h11v8h-11ZM2.5 5.5l2-3h7l2 3M6 8.5h4",
  credits:
    "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2ZM10 6.2C9.5 5.4 8.8 5 8 5 6.6 5 5.6 6.3 5.6 8s1 3 2.4 3c.8 0 1.5-.4 2-1.2",
  notice: "M2.5 6.5v3h2.5l5 3.5V3l-5 3.5ZM12.5 6v4",
  storm: "M9 1.5 3.5 9H8l-1 5.5L12.5 7H8Z",
  flee: "M13.5 13.5 8 8M13 4 4 13M3 7.5V3h4.5",
} as const;

export type IconName = keyof typeof PATHS;

const SVG = "http://www.w3.org/2000/svg";

export function icon(name: IconName, className = ""): SVGSVGElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", `icon ${className}`);
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}
