import type { Context } from "../app.ts";
import type { SectorView } from "../model/sector.ts";
import {
  count,
  depletionOf,
  duration,
  factionName,
  plainWords,
  sectorTypeName,
  zoneName,
} from "../model/words.ts";
import { fill, h, refill, say } from "./dom.ts";
import { icon } from "./icons.ts";

interface Options {
  readonly context: Context;
  now(): number;
  warp(sectorId: number): void;
  dock(stationId: string): void;
}

/** What the pilot of this page could do here; null while only watching. */
export interface Offers {
  warp(turnCost: number): string | null;
  dock(): string | null;
}

/** What a sector is: its field, who claims it, its stations, and the ways out. */
export class SectorFacts {
  readonly element = h("section", { class: "panel grows", "aria-label": "About this sector" });
  readonly chip = h("span", { class: "state-chip", role: "status" });
  readonly #options: Options;
  readonly #body = h("div", {
    class: "body scroll",
    tabindex: 0,
    role: "group",
    "aria-label": "Field, stations and ways out",
  });
  readonly #title = h("h1");
  readonly #countdown = h("span", { class: "number" });
  #shown = "";

  constructor(options: Options) {
    this.#options = options;
    this.element.append(h("header", { class: "title" }, this.#title, this.chip), this.#body);
  }

  show(view: SectorView, offers: Offers | null): void {
    const ways = view.warps.map(({ sectorId, turnCost }) => [
      ...[sectorId, turnCost, offers?.warp(turnCost)],
      this.#activityText(sectorId),
    ]);
    const { ships: _, clock: __, ...lasting } = view;
    const shown = JSON.stringify([lasting, ways, offers === null, offers?.dock()]);
    if (shown === this.#shown) return;
    this.#shown = shown;
    say(this.#title, view.name);
    refill(
      this.#body,
      this.#facts(view),
      expedition(view),
      ...this.#stations(view, offers),
      ...this.#ways(view, offers),
    );
    this.tick(view);
  }

  /** All that is known so far. */
  showTitle(title: string): void {
    say(this.#title, title);
  }

  /** There is no such sector. */
  showNone(sectorId: number): void {
    say(this.#title, `No sector ${sectorId}`);
    const back = h("a", { class: "button primary", href: "/" }, "To the galaxy");
    fill(
      this.#body,
      h("p", { class: "muted" }, "Nothing is at this number. Search another one above."),
      h("div", { class: "links" }, back),
    );
  }

  /** What only time changes. */
  tick(view: SectorView): void {
    if (view.replenishesAtMs === 0) return;
    const left = view.replenishesAtMs - this.#options.now();
    say(this.#countdown, left > 0 ? `full again in ${duration(left)}` : "full again");
  }

  #facts(view: SectorView): HTMLElement {
    const rows: [string, Node | string][] = [
      ["Sector", h("span", { class: "number" }, view.sectorId)],
      ["Kind", sectorTypeName(view.type)],
      ["Zone", zoneName(view.zone)],
      ["Region", view.region],
    ];
    if (view.claimedBy !== "") {
      rows.push([
        "Claimed by",
        h("span", { class: "is-claim" }, icon("claim"), ` ${factionName(view.claimedBy)}`),
      ]);
    }
    const facts = h(
      "dl",
      { class: "facts" },
      ...rows.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]),
    );
    if (view.depletion === "") return facts;
    const { name, left } = depletionOf(view.depletion);
    const bar = h("i");
    bar.style.width = `${left * 100}%`;
    const pips = "◆".repeat(view.richnessTier) + "◇".repeat(5 - view.richnessTier);
    const richness = view.richness === "" ? "" : `${plainWords(view.richness)} `;
    facts.append(
      h("dt", {}, "Richness"),
      h(
        "dd",
        {},
        richness,
        h("span", { class: "is-mine", "aria-label": `tier ${view.richnessTier} of 5`, role: "img" }, pips),
      ),
      h("dt", {}, "Field"),
      h("dd", {}, name),
      h("dd", { class: "meter", "aria-hidden": "true" }, bar),
    );
    if (view.replenishesAtMs > 0) facts.append(h("dt", {}, "Refills"), h("dd", {}, this.#countdown));
    return facts;
  }

  #stations({ stations }: SectorView, offers: Offers | null): HTMLElement[] {
    if (stations.length === 0) return [];
    const reason = offers?.dock() ?? null;
    const rows = stations.map(({ stationId, name, stationClass, faction, security }) => {
      const owner = faction === "" ? "" : ` · ${factionName(faction)}`;
      const guard = security === "none" ? "unguarded" : `${security} security`;
      const dock = () => {
        if (reason === null) this.#options.dock(stationId);
      };
      return h(
        "li",
        { class: "way" },
        h(
          "span",
          {},
          icon("station", "is-ship"),
          ` ${name}`,
          h("span", { class: "sub muted" }, `Class ${stationClass} · ${guard}${owner}`),
        ),
        offers !== null &&
          h(
            "button",
            {
              class: "button",
              type: "button",
              id: `dock-${stationId}`,
              "aria-disabled": String(reason !== null),
              title: reason ?? "",
              click: dock,
            },
            "Dock",
          ),
      );
    });
    return [h("h2", { class: "sub-head" }, "Stations"), h("ul", {}, ...rows)];
  }

  #ways({ warps }: SectorView, offers: Offers | null): HTMLElement[] {
    const { atlas } = this.#options.context;
    const rows = warps.map(({ sectorId, turnCost }) => {
      const sector = atlas.sector(sectorId);
      const reason = offers?.warp(turnCost) ?? null;
      const warp = () => {
        if (reason === null) this.#options.warp(sectorId);
      };
      const name = sector?.name ?? `Sector ${sectorId}`;
      const label = `${sectorTypeName(sector?.type ?? "")} · ${count(turnCost, "turn")}${this.#activityText(sectorId)}`;
      return h(
        "li",
        { class: "way" },
        h(
          "a",
          { href: `/sector/${sectorId}`, id: `way-${sectorId}` },
          h("span", { class: "number" }, sectorId),
          ` ${name}`,
          h("span", { class: "sub muted" }, label),
        ),
        offers !== null &&
          h(
            "button",
            {
              class: "button",
              type: "button",
              id: `warp-${sectorId}`,
              "aria-disabled": String(reason !== null),
              title: reason ?? "",
              click: warp,
              "aria-label": `Warp to ${name}`,
            },
            "Warp",
          ),
      );
    });
    const none = h("p", { class: "muted" }, "No way leads out of here.");
    return [h("h2", { class: "sub-head" }, "Ways out"), warps.length === 0 ? none : h("ul", {}, ...rows)];
  }

  #activityText(sectorId: number): string {
    const activity = this.#options.context.galaxy.activities.get(sectorId);
    return activity !== undefined && activity.ships > 0 ? ` · ${count(activity.ships, "ship")} there` : "";
  }
}

/** The way to the expeditions that this field can be set out for. */
function expedition({ sectorId, type }: SectorView): HTMLElement | null {
  if (type !== "ASTEROID_FIELD") return null;
  const href = `/expeditions?sector=${sectorId}`;
  return h(
    "p",
    { class: "links" },
    h("a", { class: "button", href, id: "expeditions-here" }, icon("expedition"), "Expeditions to here"),
  );
}
