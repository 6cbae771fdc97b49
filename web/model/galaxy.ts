import type { GalaxyState } from "../../src/schema/galaxy.ts";
import type { GalaxyMap, MapSector } from "../net/wire.ts";
import { incidentOf } from "./words.ts";

export interface Bounds {
  readonly minX: number;
  readonly minY: number;
  readonly maxX: number;
  readonly maxY: number;
}

export interface Way {
  readonly sectorId: number;
  readonly turnCost: number;
}

export interface ClusterPlace {
  readonly name: string;
  readonly type: string;
  readonly x: number;
  /** Of its uppermost sector. */
  readonly top: number;
}

/** The galaxy's map, found by what one looks for. */
export class Atlas {
  readonly map: GalaxyMap;
  readonly bounds: Bounds;
  readonly clusters: readonly ClusterPlace[];
  readonly regions: readonly {
    readonly name: string;
    readonly x: number;
    readonly y: number;
    readonly top: number;
  }[];
  readonly #sectors = new Map<number, MapSector>();
  readonly #ways = new Map<number, Way[]>();

  constructor(map: GalaxyMap) {
    this.map = map;
    for (const sector of map.sectors) this.#sectors.set(sector.sectorId, sector);
    for (const { from, to, turnCost, oneWay } of map.warps) {
      this.#addWay(from, to, turnCost);
      if (!oneWay) this.#addWay(to, from, turnCost);
    }
    this.bounds = boundsOf(map.sectors);
    this.clusters = map.clusters.flatMap(({ name, type }, index) => {
      const members = map.sectors.filter(({ cluster }) => cluster === index);
      if (members.length === 0) return [];
      const bounds = boundsOf(members);
      return [{ name, type, x: middleOf(bounds).x, top: bounds.minY }];
    });
    this.regions = map.regions.flatMap(({ name }, index) => {
      const members = map.sectors.filter(({ zone }) => map.zones[zone]?.region === index);
      if (members.length === 0) return [];
      const bounds = boundsOf(members);
      return [{ name, ...middleOf(bounds), top: bounds.minY }];
    });
  }

  sector(sectorId: number): MapSector | undefined {
    return this.#sectors.get(sectorId);
  }

  ways(sectorId: number): readonly Way[] {
    return this.#ways.get(sectorId) ?? [];
  }

  /** The sectors of a kind that are the fewest warps away, from where a ship is. */
  nearest(from: number, most: number, is: (sector: MapSector) => boolean): MapSector[] {
    const found: MapSector[] = [];
    const seen = new Set([from]);
    // A set goes through what is added on the way, so this visits sectors by their distance.
    for (const sectorId of seen) {
      const sector = this.sector(sectorId);
      if (sector !== undefined && is(sector)) found.push(sector);
      if (found.length === most) break;
      for (const way of this.ways(sectorId)) seen.add(way.sectorId);
    }
    return found;
  }

  zoneType(sector: MapSector): string {
    return this.map.zones[sector.zone]?.type ?? "";
  }

  regionName(sector: MapSector): string {
    return this.map.regions[this.map.zones[sector.zone]?.region ?? 0]?.name ?? "";
  }

  clusterName(sector: MapSector): string {
    return this.map.clusters[sector.cluster]?.name ?? "";
  }

  /** Sectors by number or by a part of the name, the best first. */
  find(text: string, most: number): MapSector[] {
    const wanted = text.trim().toLowerCase();
    if (wanted === "") return [];
    const number = /^#?(\d+)$/.exec(wanted)?.[1];
    const ranked = this.map.sectors.flatMap((sector) => {
      const rank = rankOf(sector, this.clusterName(sector), wanted, number);
      return rank === null ? [] : [{ sector, rank }];
    });
    ranked.sort((a, b) => a.rank - b.rank || a.sector.sectorId - b.sector.sectorId);
    return ranked.slice(0, most).map(({ sector }) => sector);
  }

  #addWay(from: number, to: number, turnCost: number): void {
    const ways = this.#ways.get(from) ?? [];
    this.#ways.set(from, ways);
    if (!ways.some(({ sectorId }) => sectorId === to)) ways.push({ sectorId: to, turnCost });
  }
}

function rankOf(
  { sectorId, name }: MapSector,
  cluster: string,
  wanted: string,
  number: string | undefined,
): number | null {
  if (number !== undefined) {
    if (String(sectorId) === number) return 0;
    return String(sectorId).startsWith(number) ? 1 : null;
  }
  const lower = name.toLowerCase();
  if (lower.startsWith(wanted)) return 2;
  if (lower.includes(wanted)) return 3;
  return cluster.toLowerCase().includes(wanted) ? 4 : null;
}

function boundsOf(places: readonly { x: number; y: number }[]): Bounds {
  const bounds = { minX: Infinity, minY: Infinity, maxX: -Infinity, maxY: -Infinity };
  for (const { x, y } of places) {
    bounds.minX = Math.min(bounds.minX, x);
    bounds.minY = Math.min(bounds.minY, y);
    bounds.maxX = Math.max(bounds.maxX, x);
    bounds.maxY = Math.max(bounds.maxY, y);
  }
  return places.length === 0 ? { minX: 0, minY: 0, maxX: 1, maxY: 1 } : bounds;
}

function middleOf({ minX, minY, maxX, maxY }: Bounds): { x: number; y: number } {
  return { x: (minX + maxX) / 2, y: (minY + maxY) / 2 };
}

/** What goes on in a sector, as the galaxy's room tells it. */
export interface Activity {
  readonly sectorId: number;
  readonly awake: boolean;
  readonly ships: number;
  readonly miners: number;
  readonly fights: number;
  readonly depletion: string;
  readonly replenishesAtMs: number;
  readonly claimedBy: string;
  /** Types of what incidents have left there, with a blank between. */
  readonly conditions: string;
  /** The type of the incident that can be answered there; mostly empty. */
  readonly incident: string;
}

/** `Storm to be judged · Flare`; empty where nothing has befallen the sector. */
export function incidentText({ conditions, incident }: Pick<Activity, "conditions" | "incident">): string {
  const left = conditions.split(" ").filter((type) => type !== "");
  return [
    ...(incident === "" ? [] : [`${incidentOf(incident).name} to be judged`]),
    ...left.map((type) => incidentOf(type).name),
  ].join(" · ");
}

export function activitiesOf(state: GalaxyState): ReadonlyMap<number, Activity> {
  const activities = new Map<number, Activity>();
  for (const summary of state.sectors.values()) {
    const { sectorId, awake, ships, miners, fights, depletion, replenishesAtMs, claimedBy } = summary;
    const { conditions, incident } = summary;
    activities.set(sectorId, {
      sectorId,
      awake,
      ships,
      miners,
      fights,
      depletion,
      replenishesAtMs,
      claimedBy,
      conditions,
      incident,
    });
  }
  return activities;
}

export interface Totals {
  readonly sectors: number;
  readonly ships: number;
  readonly miners: number;
  readonly fights: number;
}

export function totalsOf(activities: Iterable<Activity>): Totals {
  let [sectors, ships, miners, fights] = [0, 0, 0, 0];
  for (const activity of activities) {
    if (activity.awake) sectors++;
    ships += activity.ships;
    miners += activity.miners;
    fights += activity.fights;
  }
  return { sectors, ships, miners, fights };
}

/** Where most goes on first: fights, then mining, then whoever is there; last what befalls sectors without anybody. */
export function liveliestFirst(activities: Iterable<Activity>): Activity[] {
  return [...activities]
    .filter(({ awake, incident }) => awake || incident !== "")
    .sort(
      (a, b) => b.fights - a.fights || b.miners - a.miners || b.ships - a.ships || a.sectorId - b.sectorId,
    );
}
