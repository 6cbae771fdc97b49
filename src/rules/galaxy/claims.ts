import { AM_FACTION } from "../factions.ts";
import type { Space } from "./galaxy.ts";
import { cutOffFromStations } from "./graph.ts";
import { Prng } from "./prng.ts";

/** Where the Consortium claims at all: RESOURCE_RICH clusters of these zones (mining seed, "claim licenses"). */
const CLAIMED_ZONES: readonly string[] = ["FEDERATION", "BORDER"];

/**
 * Claims a share of a region's asteroid fields for the Astral Mining Consortium (domain §23.8). Where there are
 * two fields or more and the share is neither none nor all, at least one is claimed and one stays free. A field that would
 * cut a sector off from every station is never claimed: whom the Consortium lets in no more would be stuck there.
 */
export function claimFields(
  path: string,
  space: Pick<Space, "sectors" | "zones" | "clusters" | "warps" | "stations">,
  shareBps: number,
): void {
  const zones = idsOf(space.zones.filter(({ zoneType }) => CLAIMED_ZONES.includes(zoneType)));
  const clusters = idsOf(space.clusters.filter(({ clusterType }) => clusterType === "RESOURCE_RICH"));
  const fields = space.sectors.filter(
    (sector) =>
      sector.type === "ASTEROID_FIELD" && zones.has(sector.zoneId) && clusters.has(sector.clusterId),
  );
  const sectorIds = space.sectors.map(({ sectorId }) => sectorId);
  const stationSectorIds = space.stations.map(({ sectorId }) => sectorId);
  const count = claimCount(fields.length, shareBps);
  const claimed = new Set<number>();
  for (const sector of new Prng(`${path}/claims`).shuffled(fields)) {
    if (claimed.size === count) return;
    claimed.add(sector.sectorId);
    if (cutOffFromStations(sectorIds, space.warps, stationSectorIds, claimed).length === 0) {
      sector.controllingFaction = AM_FACTION;
    } else {
      claimed.delete(sector.sectorId);
    }
  }
}

function claimCount(fields: number, shareBps: number): number {
  const count = Math.round((fields * shareBps) / 10_000);
  if (fields < 2 || shareBps <= 0 || shareBps >= 10_000) return count;
  return Math.min(fields - 1, Math.max(1, count));
}

function idsOf(rows: readonly { id: string }[]): Set<string> {
  return new Set(rows.map(({ id }) => id));
}
