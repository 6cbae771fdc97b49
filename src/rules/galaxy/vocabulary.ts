/** Kinds of region (domain §1.5). */
export const REGION_TYPES = ["central_nexus", "terran_space", "player_owned"] as const;

/** Whom pilots may attack in a region; open unless it says otherwise (domain §23.4). */
export const PVP_RULES = ["open", "flagged_only", "forbidden"] as const;

/** Kinds of zone: how well a stretch of a region is policed (domain §1.5). */
export const ZONE_TYPES = ["EXPANSE", "FEDERATION", "BORDER", "FRONTIER"] as const;

/** Kinds of cluster: what a neighbourhood of sectors lives on (domain §1.5). */
export const CLUSTER_TYPES = [
  "STANDARD",
  "RESOURCE_RICH",
  "POPULATION_CENTER",
  "TRADE_HUB",
  "MILITARY_ZONE",
  "FRONTIER_OUTPOST",
  "CONTESTED",
  "SPECIAL_INTEREST",
] as const;

/**
 * Kinds of sector (domain §1.5). The generator makes STANDARD and the six special ones: ASTEROID_FIELD, RADIATION_ZONE,
 * WARP_STORM, BLACK_HOLE, NEBULA and ANOMALY. The others come with imported galaxies.
 */
export const SECTOR_TYPES = [
  "STANDARD",
  "NEBULA",
  "ASTEROID_FIELD",
  "BLACK_HOLE",
  "STAR_CLUSTER",
  "VOID",
  "INDUSTRIAL",
  "AGRICULTURAL",
  "FORBIDDEN",
  "WORMHOLE",
  "ANOMALY",
  "RADIATION_ZONE",
  "WARP_STORM",
] as const;

/** Nine digits: what routes and the names of rooms take. */
export const SECTOR_ID_MAX = 999_999_999;

/** Security of a station; from `basic` on, docked ships cannot be attacked (domain §1.6). */
export const STATION_SECURITY = ["none", "basic", "standard", "premium"] as const;

export type RegionType = (typeof REGION_TYPES)[number];
export type PvpRules = (typeof PVP_RULES)[number];
export type ZoneType = (typeof ZONE_TYPES)[number];
export type ClusterType = (typeof CLUSTER_TYPES)[number];
export type SectorType = (typeof SECTOR_TYPES)[number];
export type StationSecurity = (typeof STATION_SECURITY)[number];
