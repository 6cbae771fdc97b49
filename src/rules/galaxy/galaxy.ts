import type { Commodity } from "../commodities.ts";
import type { FactionType } from "../factions.ts";
import type { AsteroidRichness } from "../mining.ts";
import type { HullType } from "../ships.ts";
import type {
  ClusterType,
  PvpRules,
  RegionType,
  SectorType,
  StationSecurity,
  ZoneType,
} from "./vocabulary.ts";

/** What a region gives a pilot who begins there. */
export interface NewcomerKit {
  startingCredits: number;
  startingShip: HullType;
  /** Slot keys of what is fitted to the ship, e.g. `mining_laser`. */
  startingEquipment: string[];
}

interface GalaxyHead {
  id: string;
  name: string;
  /** What the generator was given; null for an imported galaxy. */
  seed: number | null;
  defaultTurnsPerDay: number;
  startRegionId: string;
}

export interface FactionEntry {
  id: string;
  /** The slug that sectors and stations name. */
  code: string;
  name: string;
  factionType: FactionType;
  territorySectors: number[];
  homeSectorId: number | null;
  aggressionLevel: number;
  diplomacyStance: string;
  colorPrimary: string | null;
  colorSecondary: string | null;
}

export interface Region extends NewcomerKit {
  id: string;
  galaxyId: string;
  name: string;
  regionType: RegionType;
  pvpRules: PvpRules;
  capitalSectorId: number;
}

export interface Zone {
  id: string;
  regionId: string;
  zoneType: ZoneType;
  /** First and last sector *number* (counted inside the region), both included. */
  startSector: number;
  endSector: number;
  policingLevel: number;
  dangerRating: number;
}

export interface Cluster {
  id: string;
  regionId: string;
  name: string;
  clusterType: ClusterType;
}

/** A field's richness, derived or chosen by the author of a galaxy file, who has two names more. */
export interface FieldRichness extends Omit<AsteroidRichness, "richness"> {
  richness: AsteroidRichness["richness"] | "sparse" | "lean";
}

/** `sectors.resources`, keys as the mining seed stores them ("asteroid_richness derivation"). */
interface FieldResources {
  asteroid_richness: FieldRichness;
  has_deep_asteroids: boolean;
}

export interface Sector {
  /** Unique in the galaxy. */
  sectorId: number;
  regionId: string;
  /** Counts from 1 inside its region. */
  sectorNumber: number;
  zoneId: string;
  clusterId: string;
  name: string;
  type: SectorType;
  x: number;
  y: number;
  z: number;
  securityLevel: number;
  hazardLevel: number;
  /** 0 … 1 with at most four decimals. */
  resourceRegeneration: number | null;
  /** Empty for a sector that is no asteroid field. */
  resources: FieldResources | Record<string, never>;
  /** A faction's slug. */
  controllingFaction: string | null;
}

export interface SectorWarp {
  sourceSectorId: number;
  destinationSectorId: number;
  isBidirectional: boolean;
  isLatent: boolean;
  turnCost: number;
}

/** Units on hand, and how many there is room for: their ratio makes the price (domain §1.6). */
interface Stock {
  quantity: number;
  capacity: number;
}

export interface Station {
  id: string;
  name: string;
  sectorId: number;
  regionId: string;
  stationClass: number;
  /** A faction's slug. */
  factionAffiliation: string | null;
  services: { refining_facility: boolean };
  commodities: Partial<Record<Commodity, Stock>>;
  security: StationSecurity;
}

export interface AsteroidField {
  sectorId: number;
  richnessTier: number;
  poolSize: number;
  poolRemaining: number;
  hasDeepAsteroids: boolean;
  /** Hours a pilot waits between two completed harvests; null for none (C-03). */
  cooldownHours: number | null;
}

/** Everything that lies in space: of one region, or of all of them. */
export interface Space {
  regions: Region[];
  zones: Zone[];
  clusters: Cluster[];
  sectors: Sector[];
  warps: SectorWarp[];
  stations: Station[];
  asteroidFields: AsteroidField[];
}

/** A whole galaxy as plain data, field for field what the tables hold. */
export interface Galaxy extends Space {
  galaxy: GalaxyHead;
  factions: FactionEntry[];
}
