import { deriveRichness } from "../mining.ts";
import type { ClusterPlan } from "./clusters.ts";
import type { Sector, Zone } from "./galaxy.ts";
import { spiral } from "./layout.ts";
import { capitalName } from "./names.ts";
import { itemAt, Prng } from "./prng.ts";
import { cards, Deck, Quota } from "./shares.ts";
import type { ClusterType, RegionType, SectorType } from "./vocabulary.ts";
import { zoneAt } from "./zones.ts";

/** Mining seed, "Where mining happens": 15 % of sectors are of a special type. */
const SPECIAL_SHARE_BPS = 1_500;
/** About 17 units between neighbours: a warp of one turn. */
const SECTOR_SPACING = 10;
const SECTOR_JITTER = 3;
const SECTOR_DEPTH = 8;

type Profile = "rich" | "military" | "frontier" | "default";

/** Shares of special rolls: 60 % asteroid fields where resources are rich, 0 % in two kinds, else 25 % (§23.8). */
const SPECIALS: Readonly<Record<Profile, readonly SectorType[]>> = {
  rich: cards([
    ["ASTEROID_FIELD", 6],
    ["NEBULA", 2],
    ["ANOMALY", 1],
    ["RADIATION_ZONE", 1],
  ]),
  military: cards([
    ["RADIATION_ZONE", 3],
    ["WARP_STORM", 3],
    ["BLACK_HOLE", 2],
    ["ANOMALY", 2],
  ]),
  frontier: cards([
    ["NEBULA", 4],
    ["ANOMALY", 2],
    ["WARP_STORM", 2],
    ["BLACK_HOLE", 2],
  ]),
  default: ["ASTEROID_FIELD", "RADIATION_ZONE", "WARP_STORM", "BLACK_HOLE"],
};

/**
 * A cluster has three to five special sectors, six at most. So the first rich one has two fields, one for the
 * Consortium to claim and one to leave free; and wherever the second one begins in this row, it has a field too.
 */
const RICH_OPENING: readonly SectorType[] = [
  "ASTEROID_FIELD",
  "ASTEROID_FIELD",
  "NEBULA",
  "ASTEROID_FIELD",
  "RADIATION_ZONE",
  "ASTEROID_FIELD",
];

/** Tiers that resource_regeneration can give; tier 2 is never derived (domain §2.2). */
type DerivedTier = 1 | 3 | 4 | 5;

interface FieldDecks {
  tiers: Deck<DerivedTier>;
  deep: Deck<boolean>;
}

/** Richness of fields: tier 5 is rare and mostly in RESOURCE_RICH clusters (domain §23.8). */
const RICH_TIERS = cards<DerivedTier>([
  [1, 2],
  [3, 9],
  [4, 7],
  [5, 2],
]);
const OTHER_TIERS = cards<DerivedTier>([
  [1, 8],
  [3, 21],
  [4, 10],
  [5, 1],
]);
/** Fields with deep asteroids: shards are a trace inflow (mining seed, "Commodity output"). */
const RICH_DEEP = cards([
  [true, 1],
  [false, 3],
]);
const OTHER_DEEP = cards([
  [true, 1],
  [false, 9],
]);
/** The resource_regeneration of each tier in ten-thousandths, both ends included (C-33). */
const REGENERATION: Readonly<Record<DerivedTier, readonly [lo: number, hi: number]>> = {
  1: [0, 2_999],
  3: [3_000, 5_999],
  4: [6_000, 8_999],
  5: [9_000, 10_000],
};

const HAZARD: Partial<Record<SectorType, number>> = {
  RADIATION_ZONE: 3,
  WARP_STORM: 3,
  BLACK_HOLE: 4,
  ANOMALY: 1,
};

function profileOf(type: ClusterType): Profile {
  if (type === "RESOURCE_RICH") return "rich";
  if (type === "MILITARY_ZONE") return "military";
  return type === "FRONTIER_OUTPOST" ? "frontier" : "default";
}

/**
 * Every sector of a region, in order of number. Sector number 1 is the capital, an ordinary sector; number 2,
 * next to it, is always an asteroid field of tier 3, so that a newcomer has something to mine one warp from
 * home (mining seed, "Where mining happens"; the densities are unchanged by it).
 */
export function rollSectors(
  region: { id: string; name: string; type: RegionType; path: string; firstSectorId: number },
  plans: readonly ClusterPlan[],
  zones: readonly Zone[],
): Sector[] {
  const prng = new Prng(`${region.path}/sectors`);
  const types = rollTypes(plans, prng);
  const rich: FieldDecks = { tiers: new Deck(RICH_TIERS, prng), deep: new Deck(RICH_DEEP, prng) };
  const other: FieldDecks = { tiers: new Deck(OTHER_TIERS, prng, [3]), deep: new Deck(OTHER_DEEP, prng) };
  return plans.flatMap((plan) => {
    const shape = {
      centre: plan.centre,
      spacing: SECTOR_SPACING,
      jitter: SECTOR_JITTER,
      depth: SECTOR_DEPTH,
    };
    return spiral(plan.size, shape, prng).map((place, index): Sector => {
      const sectorNumber = plan.firstNumber + index;
      const zone = zoneAt(zones, sectorNumber);
      const type = itemAt(types, sectorNumber - 1);
      const decks = plan.cluster.clusterType === "RESOURCE_RICH" ? rich : other;
      return {
        sectorId: region.firstSectorId + sectorNumber - 1,
        regionId: region.id,
        sectorNumber,
        zoneId: zone.id,
        clusterId: plan.cluster.id,
        name: sectorNumber === 1 ? capitalName(region) : `${plan.word} ${index + 1}`,
        type,
        ...place,
        securityLevel: within(1, 10, zone.policingLevel + prng.int(-1, 1)),
        hazardLevel: within(0, 10, zone.dangerRating + prng.int(-1, 1) + (HAZARD[type] ?? 0)),
        ...(type === "ASTEROID_FIELD"
          ? rollField(decks, prng)
          : { resourceRegeneration: prng.int(1_000, 8_000) / 10_000, resources: {} }),
        controllingFaction: null,
      };
    });
  });
}

/** Which sectors are special and in what way, by sector number − 1. */
function rollTypes(plans: readonly ClusterPlan[], prng: Prng): SectorType[] {
  const quota = new Quota();
  const decks: Record<Profile, Deck<SectorType>> = {
    rich: new Deck(SPECIALS.rich, prng, RICH_OPENING),
    military: new Deck(SPECIALS.military, prng),
    frontier: new Deck(SPECIALS.frontier, prng),
    default: new Deck(SPECIALS.default, prng, ["ASTEROID_FIELD"]),
  };
  return plans.flatMap((plan) => {
    const isCapitalCluster = plan.firstNumber === 1;
    const indices = Array.from({ length: plan.size }, (_, index) => index);
    const candidates = isCapitalCluster ? [1, ...prng.shuffled(indices.slice(2))] : prng.shuffled(indices);
    const special = new Set(candidates.slice(0, quota.take(plan.size, SPECIAL_SHARE_BPS)));
    const deck = decks[profileOf(plan.cluster.clusterType)];
    return indices.map((index) => (special.has(index) ? deck.deal() : "STANDARD"));
  });
}

function rollField(
  { tiers, deep }: FieldDecks,
  prng: Prng,
): Pick<Sector, "resourceRegeneration" | "resources"> {
  const [lo, hi] = REGENERATION[tiers.deal()];
  const resourceRegeneration = prng.int(lo, hi) / 10_000;
  return {
    resourceRegeneration,
    resources: {
      asteroid_richness: deriveRichness(resourceRegeneration),
      has_deep_asteroids: deep.deal(),
    },
  };
}

function within(lo: number, hi: number, value: number): number {
  return Math.min(hi, Math.max(lo, value));
}
