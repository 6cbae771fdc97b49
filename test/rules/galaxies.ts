import type { Galaxy, Sector, Station, Zone } from "../../src/rules/galaxy/galaxy.ts";
import type { ClusterType } from "../../src/rules/galaxy/vocabulary.ts";

/** A galaxy with the references between its parts followed. */
export function atlasOf(galaxy: Galaxy) {
  const zones = new Map(galaxy.zones.map((zone) => [zone.id, zone]));
  const clusters = new Map(galaxy.clusters.map((cluster) => [cluster.id, cluster]));
  const sectors = new Map(galaxy.sectors.map((sector) => [sector.sectorId, sector]));
  const found = <Value>(value: Value | undefined): Value => {
    if (value === undefined) throw new Error("The galaxy refers to something that is not in it.");
    return value;
  };
  return {
    sector: (sectorId: number): Sector => found(sectors.get(sectorId)),
    zone: (sector: Sector): Zone => found(zones.get(sector.zoneId)),
    clusterType: (sector: Sector): ClusterType => found(clusters.get(sector.clusterId)).clusterType,
    /** Sector ids that one warp from here leads to. */
    neighbours: (sectorId: number): number[] =>
      galaxy.warps.flatMap((warp) => {
        if (warp.sourceSectorId === sectorId) return warp.destinationSectorId;
        return warp.isBidirectional && warp.destinationSectorId === sectorId ? warp.sourceSectorId : [];
      }),
    isRich: (sector: Sector): boolean =>
      found(clusters.get(sector.clusterId)).clusterType === "RESOURCE_RICH",
    station: (sectorId: number): Station | undefined =>
      galaxy.stations.find((station) => station.sectorId === sectorId),
  };
}

/** `part` of `whole` in percent. */
export function percent(part: readonly unknown[], whole: readonly unknown[]): number {
  return (part.length * 100) / whole.length;
}

/** The richness tier of an asteroid field; 0 for any other sector. */
export function tierOf({ resources }: Sector): number {
  return "asteroid_richness" in resources ? resources.asteroid_richness.richness_tier : 0;
}
