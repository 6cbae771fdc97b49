import type { Prng } from "./prng.ts";
import type { ClusterType, RegionType } from "./vocabulary.ts";

// biome-ignore format: a word list
const HEADS = [
  'Ald', 'Bren', 'Cor', 'Dra', 'Eri', 'Fen', 'Gal', 'Hal', 'Ilm', 'Jor',
  'Kel', 'Lyr', 'Mar', 'Ner', 'Oph', 'Per', 'Quil', 'Ras', 'Sel', 'Tor',
];
// biome-ignore format: a word list
const TAILS = [
  'ane', 'bria', 'cath', 'dun', 'eth', 'ion', 'kara', 'mere', 'nor', 'ossa', 'ria', 'stin', 'ulon', 'vane',
];

const CLUSTER_NOUNS: Readonly<Record<ClusterType, readonly string[]>> = {
  STANDARD: ["Reach", "Drift"],
  RESOURCE_RICH: ["Belt", "Lode"],
  POPULATION_CENTER: ["Haven", "Cradle"],
  TRADE_HUB: ["Crossing", "Exchange"],
  MILITARY_ZONE: ["Bastion", "Watch"],
  FRONTIER_OUTPOST: ["March", "Verge"],
  CONTESTED: ["Divide", "Rift"],
  SPECIAL_INTEREST: ["Enigma", "Veil"],
};

/** As many different words as a region has clusters; 280 is the most there are. */
export function clusterWords(count: number, prng: Prng): string[] {
  const words = HEADS.flatMap((head) => TAILS.map((tail) => head + tail));
  if (count > words.length)
    throw new RangeError(`There are names for ${words.length} clusters, not ${count}.`);
  return prng.shuffled(words).slice(0, count);
}

/** What a cluster is called: its word and what it lives on, e.g. "Corvane Belt". */
export function clusterName(word: string, type: ClusterType, prng: Prng): string {
  return `${word} ${prng.one(CLUSTER_NOUNS[type])}`;
}

/** What a region's capital sector is called. */
export function capitalName(region: { name: string; type: RegionType }): string {
  return region.type === "terran_space" ? "Sol" : `${region.name} Prime`;
}
