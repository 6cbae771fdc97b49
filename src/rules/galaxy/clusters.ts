import { uuidOf } from "../../uuid.ts";
import type { Cluster, Zone } from "./galaxy.ts";
import { type Place, spiral } from "./layout.ts";
import { clusterName, clusterWords } from "./names.ts";
import { itemAt, Prng } from "./prng.ts";
import { cards, Deck } from "./shares.ts";
import type { ClusterType, RegionType, ZoneType } from "./vocabulary.ts";

const CLUSTER_SECTORS_MEAN = 28;
const CLUSTER_SECTORS_MIN = 20;
const CLUSTER_SECTORS_MAX = 50;
/** Share of RESOURCE_RICH clusters: with it 5 to 6 % of a galaxy's sectors are asteroid fields (3–10 % wanted). */
const RESOURCE_RICH_PERCENT = 30;
/** Wide enough that the largest clusters, about 75 units from centre to rim, do not run into each other. */
const CLUSTER_SPACING = 95;
const CLUSTER_JITTER = 8;
const CLUSTER_DEPTH = 40;

/** What the other clusters are, by the zone most of them lies in. The game names the types, not the shares. */
const TYPES_BY_ZONE: Readonly<Record<ZoneType, readonly ClusterType[]>> = {
  FEDERATION: cards([
    ["STANDARD", 2],
    ["POPULATION_CENTER", 2],
    ["TRADE_HUB", 2],
    ["MILITARY_ZONE", 1],
  ]),
  BORDER: cards([
    ["STANDARD", 2],
    ["CONTESTED", 2],
    ["TRADE_HUB", 1],
    ["MILITARY_ZONE", 1],
    ["SPECIAL_INTEREST", 1],
  ]),
  FRONTIER: cards([
    ["STANDARD", 2],
    ["FRONTIER_OUTPOST", 3],
    ["CONTESTED", 1],
    ["SPECIAL_INTEREST", 1],
  ]),
  EXPANSE: cards([
    ["STANDARD", 3],
    ["POPULATION_CENTER", 1],
    ["TRADE_HUB", 1],
    ["MILITARY_ZONE", 1],
    ["FRONTIER_OUTPOST", 1],
    ["CONTESTED", 1],
    ["SPECIAL_INTEREST", 1],
  ]),
};

/** A cluster with what its sectors are laid out by. */
export interface ClusterPlan {
  cluster: Cluster;
  /** The name that its sectors are numbered under. */
  word: string;
  centre: Place;
  /** Its sectors are consecutive: from this sector number on. */
  firstNumber: number;
  size: number;
}

/**
 * A region's clusters, each of 20 to 50 consecutive sector numbers. The first holds the capital and is a
 * POPULATION_CENTER (a TRADE_HUB in the Central Nexus); the second is RESOURCE_RICH, so that the better
 * fields are a short way from where pilots begin. Clusters and zones are two divisions of their own: a
 * cluster may lie across the end of a zone (domain §1.1).
 */
export function planClusters(region: {
  id: string;
  type: RegionType;
  sectors: number;
  path: string;
  origin: Place;
  zones: readonly Zone[];
}): ClusterPlan[] {
  const prng = new Prng(`${region.path}/clusters`);
  const sizes = clusterSizes(region.sectors, prng);
  const types = clusterTypes(region, sizes, prng);
  const words = clusterWords(sizes.length, prng);
  const shape = {
    centre: region.origin,
    spacing: CLUSTER_SPACING,
    jitter: CLUSTER_JITTER,
    depth: CLUSTER_DEPTH,
  };
  const centres = spiral(sizes.length, shape, prng);
  let firstNumber = 1;
  return sizes.map((size, index) => {
    const word = itemAt(words, index);
    const clusterType = itemAt(types, index);
    const plan: ClusterPlan = {
      cluster: {
        id: uuidOf(region.path, "clusters", `${index + 1}`),
        regionId: region.id,
        name: clusterName(word, clusterType, prng),
        clusterType,
      },
      word,
      centre: itemAt(centres, index),
      firstNumber,
      size,
    };
    firstNumber += size;
    return plan;
  });
}

/** A cluster's sectors, out of its region's in order of number. */
export function sectorsIn<T>(plan: ClusterPlan, sectors: readonly T[]): T[] {
  return sectors.slice(plan.firstNumber - 1, plan.firstNumber - 1 + plan.size);
}

/** How many map units lie between a region's centre and its outermost sector, at most. */
export function regionRadius(sectors: number): number {
  return Math.ceil(CLUSTER_SPACING * (Math.sqrt(clusterCount(sectors)) + 1));
}

function clusterCount(sectors: number): number {
  return Math.max(1, Math.round(sectors / CLUSTER_SECTORS_MEAN));
}

/** Even sizes first, then neighbours trade sectors as far as the limits let them. */
function clusterSizes(sectors: number, prng: Prng): number[] {
  const count = clusterCount(sectors);
  const sizes = Array.from(
    { length: count },
    (_, i) => Math.floor((sectors * (i + 1)) / count) - Math.floor((sectors * i) / count),
  );
  for (let i = 1; i < count; i += 1) {
    const giver = itemAt(sizes, i - 1);
    const taker = itemAt(sizes, i);
    const least = Math.max(-8, giver - CLUSTER_SECTORS_MAX, CLUSTER_SECTORS_MIN - taker);
    const most = Math.min(8, giver - CLUSTER_SECTORS_MIN, CLUSTER_SECTORS_MAX - taker);
    const given = prng.int(least, most);
    sizes[i - 1] = giver - given;
    sizes[i] = taker + given;
  }
  return sizes;
}

function clusterTypes(
  region: { type: RegionType; zones: readonly Zone[] },
  sizes: readonly number[],
  prng: Prng,
): ClusterType[] {
  const rich = richClusters(sizes.length, prng);
  const decks = new Map(region.zones.map((zone) => [zone.id, new Deck(TYPES_BY_ZONE[zone.zoneType], prng)]));
  let firstNumber = 1;
  return sizes.map((size, index) => {
    const middle = firstNumber + Math.floor(size / 2);
    firstNumber += size;
    if (index === 0) return region.type === "central_nexus" ? "TRADE_HUB" : "POPULATION_CENTER";
    if (rich.has(index)) return "RESOURCE_RICH";
    const zone = region.zones.find((candidate) => middle <= candidate.endSector);
    const deck = zone && decks.get(zone.id);
    if (!deck) throw new RangeError(`Sector number ${middle} lies in no zone.`);
    return deck.deal();
  });
}

/**
 * Which clusters are RESOURCE_RICH, as many as the share asks for: the second, next to the capital's; one far out,
 * where fields are free for all; and any others.
 */
function richClusters(count: number, prng: Prng): Set<number> {
  const wanted = count < 2 ? 0 : Math.ceil((count * RESOURCE_RICH_PERCENT) / 100);
  const others = prng.shuffled(Array.from({ length: Math.max(0, count - 2) }, (_, i) => i + 2));
  const farOut = others.filter((index) => index >= (count * 2) / 3).slice(0, 1);
  return new Set([...new Set([1, ...farOut, ...others])].slice(0, wanted));
}
