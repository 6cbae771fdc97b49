import { AM_FACTION } from "../factions.ts";
import type { Cluster, Sector, Zone } from "./galaxy.ts";
import { Prng } from "./prng.ts";

/** Where the Consortium claims at all: RESOURCE_RICH clusters of these zones (mining seed, "claim licenses"). */
const CLAIMED_ZONES: readonly string[] = ["FEDERATION", "BORDER"];

/**
 * Claims a share of a region's asteroid fields for the Astral Mining Consortium (domain §23.8). Where there are
 * two fields or more and the share is neither none nor all, at least one is claimed and one stays free.
 */
export function claimFields(
  path: string,
  space: { sectors: Sector[]; zones: readonly Zone[]; clusters: readonly Cluster[] },
  shareBps: number,
): void {
  const zones = idsOf(space.zones.filter(({ zoneType }) => CLAIMED_ZONES.includes(zoneType)));
  const clusters = idsOf(space.clusters.filter(({ clusterType }) => clusterType === "RESOURCE_RICH"));
  const fields = space.sectors.filter(
    (sector) =>
      sector.type === "ASTEROID_FIELD" && zones.has(sector.zoneId) && clusters.has(sector.clusterId),
  );
  const claims = new Prng(`${path}/claims`).shuffled(fields).slice(0, claimCount(fields.length, shareBps));
  for (const sector of claims) sector.controllingFaction = AM_FACTION;
}

function claimCount(fields: number, shareBps: number): number {
  const count = Math.round((fields * shareBps) / 10_000);
  if (fields < 2 || shareBps <= 0 || shareBps >= 10_000) return count;
  return Math.min(fields - 1, Math.max(1, count));
}

function idsOf(rows: readonly { id: string }[]): Set<string> {
  return new Set(rows.map(({ id }) => id));
}
