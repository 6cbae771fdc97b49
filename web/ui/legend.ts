import { COLOR, SECTOR_COLOR, ZONE_COLOR } from "../draw/palette.ts";
import { sectorTypeName, zoneName } from "../model/words.ts";
import { h } from "./dom.ts";

const SVG = "http://www.w3.org/2000/svg";

interface Sample {
  readonly d: string;
  readonly color: string;
  readonly filled: boolean;
  readonly label: string;
  readonly dashed?: boolean;
}

const CIRCLE = "M8 3a5 5 0 1 0 0 10A5 5 0 0 0 8 3Z";
const of = (type: string) => SECTOR_COLOR[type] ?? COLOR.muted;

const KINDS: readonly Sample[] = [
  {
    d: "M8 5.6a2.4 2.4 0 1 0 0 4.8 2.4 2.4 0 0 0 0-4.8Z",
    color: of("STANDARD"),
    filled: true,
    label: sectorTypeName("STANDARD"),
  },
  { d: "M8 2 14 8 8 14 2 8Z", color: of("ASTEROID_FIELD"), filled: true, label: "Asteroid field" },
  { d: CIRCLE, color: of("NEBULA"), filled: false, label: "Nebula" },
  { d: CIRCLE, color: of("BLACK_HOLE"), filled: false, label: "Black hole" },
  { d: "M8 2.5 14 13H2Z", color: of("RADIATION_ZONE"), filled: true, label: "Radiation zone" },
  {
    d: "M6.4 2h3.2v4.4H14v3.2H9.6V14H6.4V9.6H2V6.4h4.4Z",
    color: of("WARP_STORM"),
    filled: true,
    label: "Warp storm",
  },
  {
    d: "M8 1.5Q8.6 7.4 14.5 8 8.6 8.6 8 14.5 7.4 8.6 1.5 8 7.4 7.4 8 1.5Z",
    color: of("ANOMALY"),
    filled: true,
    label: "Anomaly",
  },
  { d: "M3 3h10v10H3Z", color: COLOR.teal, filled: false, label: "Has a station" },
  { d: CIRCLE, color: COLOR.violet, filled: false, label: "Claimed", dashed: true },
  {
    d: "M8 1.5Q8.6 7.4 14.5 8 8.6 8.6 8 14.5 7.4 8.6 1.5 8 7.4 7.4 8 1.5Z",
    color: COLOR.violet,
    filled: false,
    label: "Incident",
  },
  { d: "M8 1.8 13.4 5v6L8 14.2 2.6 11V5Z", color: COLOR.ink, filled: false, label: "Pilots begin here" },
];

function sample({ d, color, filled, dashed, label }: Sample): HTMLElement {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", d);
  path.setAttribute("fill", filled ? color : "none");
  path.setAttribute("stroke", filled ? "none" : color);
  path.setAttribute("stroke-width", "1.6");
  if (dashed === true) path.setAttribute("stroke-dasharray", "2.6 2");
  svg.append(path);
  return h("li", {}, svg, label);
}

/** What the signs of the chart mean. */
export function legend(zones: readonly string[]): HTMLElement {
  const territories = zones.map((zone) =>
    sample({ d: CIRCLE, color: `${ZONE_COLOR[zone] ?? COLOR.muted}`, filled: true, label: zoneName(zone) }),
  );
  return h(
    "details",
    { class: "panel optional" },
    h("summary", {}, "What the signs mean"),
    h(
      "div",
      { class: "body scroll" },
      h("ul", { class: "legend" }, ...KINDS.map(sample)),
      h("p", { class: "sub-head" }, "Territory, by zone"),
      h("ul", { class: "legend" }, ...territories),
      h("p", { class: "sub-head" }, "Dashed ways cost more than one turn; ways that fade go one way."),
    ),
  );
}
