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
  guild:
    "M8 2.2a2 2 0 1 0 0 4 2 2 0 0 0 0-4ZM3.4 5.6a1.6 1.6 0 1 0 0 3.2 1.6 1.6 0 0 0 0-3.2ZM12.6 5.6a1.6 1.6 0 1 0 0 3.2 1.6 1.6 0 0 0 0-3.2ZM4.8 13.5c.3-2.9 1.5-4.6 3.2-4.6s2.9 1.7 3.2 4.6M1.2 13.2c.1-1.6.8-2.6 2-2.6M14.8 13.2c-.1-1.6-.8-2.6-2-2.6",
  expedition: "M3 13.5 8 2.5l5 11M5 9.5h6M8 12v2",
  purse: "M2.5 5h11v8.5h-11ZM2.5 5l8-2.5V5M10.5 8.5h3v2h-3Z",
  copy: "M5.5 5.5h8v8h-8ZM3.5 10.5h-1v-8h8v1",
  check: "M3 8.5 6.5 12 13 4.5",
  lock: "M4 7.5h8v6H4ZM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5",
  star: "M8 1.5Q8.6 7.4 14.5 8 8.6 8.6 8 14.5 7.4 8.6 1.5 8 7.4 7.4 8 1.5Z",
  ribbon: "M8 1.8a3.8 3.8 0 1 0 0 7.6 3.8 3.8 0 0 0 0-7.6ZM5.6 8.8 4.5 14 8 12.2l3.5 1.8-1.1-5.2",
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
