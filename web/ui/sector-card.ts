import type { Context } from "../app.ts";
import type { Activity } from "../model/galaxy.ts";
import { incidentText } from "../model/galaxy.ts";
import { depletionOf, factionName, sectorTypeName, zoneName } from "../model/words.ts";
import type { MapSector } from "../net/wire.ts";
import { showCounts } from "./counts.ts";
import { h } from "./dom.ts";
import { icon } from "./icons.ts";

/** A sector in short, from the map and from what the galaxy's room says of it. */
export function sectorCard(
  { atlas }: Context,
  sector: MapSector,
  activity: Activity | undefined,
  close: () => void,
): HTMLElement[] {
  const counts = h("span", { class: "counts" });
  if (activity !== undefined) showCounts(counts, activity);
  const claim = activity?.claimedBy || (sector.claimedBy ?? "");
  const facts: [string, string | HTMLElement][] = [
    ["Kind", sectorTypeName(sector.type)],
    ["Zone", zoneName(atlas.zoneType(sector))],
    ["Region", atlas.regionName(sector)],
    ["Cluster", atlas.clusterName(sector)],
    ...(sector.richnessTier === null
      ? []
      : ([["Richness", `${sector.richnessTier} of 5`]] as [string, string][])),
    ...(sector.type === "ASTEROID_FIELD"
      ? ([["Field", depletionOf(activity?.depletion || "fresh").name]] as [string, string][])
      : []),
    ...(claim === "" ? [] : ([["Claimed by", factionName(claim)]] as [string, string][])),
    ...(sector.stations === 0 ? [] : ([["Stations", String(sector.stations)]] as [string, string][])),
    ...(activity === undefined || incidentText(activity) === ""
      ? []
      : ([["Incidents", incidentText(activity)]] as [string, string][])),
    ["Now", activity?.awake === true ? counts : "Asleep: nobody is here"],
  ];
  return [
    h(
      "header",
      { class: "title" },
      h("span", { class: "number is-ship" }, sector.sectorId),
      h("h2", {}, sector.name),
      h(
        "button",
        { class: "button quiet card-close", type: "button", "aria-label": "Close", click: close },
        icon("close"),
      ),
    ),
    h(
      "div",
      { class: "body" },
      h(
        "dl",
        { class: "facts" },
        ...facts.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]),
      ),
      h(
        "div",
        { class: "links" },
        h(
          "a",
          { class: "button primary", href: `/sector/${sector.sectorId}` },
          icon("eye"),
          activity?.awake === true ? "Watch it" : "Look at it",
        ),
      ),
    ),
  ];
}
