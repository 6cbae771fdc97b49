import { type ClusterPlan, sectorsIn } from "./clusters.ts";
import type { Sector, SectorWarp } from "./galaxy.ts";
import { distanceSquared, type Place } from "./layout.ts";
import { itemAt, Prng } from "./prng.ts";

/** Warps that chance adds to a cluster's spanning tree, in percent of its sectors: about 3.5 warps a sector. */
const EXTRA_WARPS_PERCENT = 65;
/** One-way warps, in percent of sectors. They are always extra: no sector depends on one. */
const ONE_WAY_WARPS_PERCENT = 6;
/** Where chance stops adding warps to a sector: more are hard to tell apart on a screen. */
const WARPS_PER_SECTOR_MAX = 5;
/** How many of its nearest sectors (or clusters) one may be linked with. */
const NEAR_SECTORS = 5;
const NEAR_CLUSTERS = 2;
/** Map units that a warp of one and of two turns spans at most; natural tunnels take 1–3 (domain §1.7). */
const ONE_TURN_UNITS = 30;
const TWO_TURNS_UNITS = 60;
/** Warps between two regions: with two, one destroyed sector does not cut a region off. */
const REGION_LINKS = 2;

/** A sector as the map shows it. */
export interface Spot extends Place {
  sectorId: number;
}

type Pair<T> = readonly [T, T];

/**
 * The warps of a region: a spanning tree in every cluster and one over the clusters, all both ways, so every
 * sector can be reached from every other; then links to more neighbours. The capital always has a warp to
 * sector number 2, the newcomers' asteroid field. Domain §1.7.
 */
export function drawWarps(
  path: string,
  plans: readonly ClusterPlan[],
  sectors: readonly Sector[],
): SectorWarp[] {
  const prng = new Prng(`${path}/warps`);
  const web = new Web();
  const groups = plans.map((plan) => ({
    plan,
    spots: sectorsIn(plan, sectors),
  }));
  for (const { plan, spots } of groups) {
    if (plan.firstNumber === 1) web.add(itemAt(spots, 0), itemAt(spots, 1), true);
    for (const [a, b] of spanningTree(spots)) web.add(a, b, true);
  }
  const clusters = groups.map(({ plan, spots }) => ({ ...plan.centre, spots }));
  for (const [a, b] of [...spanningTree(clusters), ...nearPairs(clusters, NEAR_CLUSTERS)]) {
    const [from, to] = closestPair(a.spots, b.spots);
    web.add(from, to, true);
  }
  for (const { spots } of groups) addExtras(web, spots, prng);
  return web.warps;
}

/** The two-way warps that join a region to another: between the sectors nearest to each other. */
export function linkRegions(from: readonly Spot[], to: readonly Spot[]): SectorWarp[] {
  const links: SectorWarp[] = [];
  let fromLeft = from;
  let toLeft = to;
  while (links.length < REGION_LINKS && fromLeft.length > 0 && toLeft.length > 0) {
    const [a, b] = closestPair(fromLeft, toLeft);
    links.push(warpBetween(a, b, true));
    fromLeft = fromLeft.filter((spot) => spot !== a);
    toLeft = toLeft.filter((spot) => spot !== b);
  }
  return links;
}

function addExtras(web: Web, spots: readonly Spot[], prng: Prng): void {
  let twoWay = Math.round((spots.length * EXTRA_WARPS_PERCENT) / 100);
  let oneWay = Math.round((spots.length * ONE_WAY_WARPS_PERCENT) / 100);
  for (const [a, b] of prng.shuffled(nearPairs(spots, NEAR_SECTORS))) {
    if (web.degree(a) >= WARPS_PER_SECTOR_MAX || web.degree(b) >= WARPS_PER_SECTOR_MAX) continue;
    const isBidirectional = twoWay > 0;
    if (!isBidirectional && oneWay === 0) return;
    const [from, to] = prng.int(0, 1) === 0 ? [a, b] : [b, a];
    if (!web.add(from, to, isBidirectional)) continue;
    if (isBidirectional) twoWay -= 1;
    else oneWay -= 1;
  }
}

/** Warps so far; two sectors have at most one between them. */
class Web {
  readonly warps: SectorWarp[] = [];
  readonly #pairs = new Set<string>();
  readonly #degrees = new Map<number, number>();

  degree(spot: Spot): number {
    return this.#degrees.get(spot.sectorId) ?? 0;
  }

  add(from: Spot, to: Spot, isBidirectional: boolean): boolean {
    const ids = [from.sectorId, to.sectorId];
    const pair = ids.sort((a, b) => a - b).join("-");
    if (this.#pairs.has(pair)) return false;
    this.#pairs.add(pair);
    for (const id of ids) this.#degrees.set(id, (this.#degrees.get(id) ?? 0) + 1);
    this.warps.push(warpBetween(from, to, isBidirectional));
    return true;
  }
}

function warpBetween(from: Spot, to: Spot, isBidirectional: boolean): SectorWarp {
  return {
    sourceSectorId: from.sectorId,
    destinationSectorId: to.sectorId,
    isBidirectional,
    isLatent: false,
    turnCost: turnsBetween(from, to),
  };
}

function turnsBetween(from: Place, to: Place): number {
  const squared = distanceSquared(from, to);
  if (squared <= ONE_TURN_UNITS ** 2) return 1;
  return squared <= TWO_TURNS_UNITS ** 2 ? 2 : 3;
}

/** The shortest tree that holds all places (Prim's algorithm). */
function spanningTree<T extends Place>(places: readonly T[]): Pair<T>[] {
  const [first, ...rest] = places;
  if (!first) return [];
  const tree: Pair<T>[] = [];
  let outside = rest.map((place) => ({ place, nearest: first, squared: distanceSquared(place, first) }));
  while (outside.length > 0) {
    const next = outside.reduce((best, entry) => (entry.squared < best.squared ? entry : best));
    tree.push([next.nearest, next.place]);
    outside = outside.filter((entry) => entry !== next);
    for (const entry of outside) {
      const squared = distanceSquared(entry.place, next.place);
      if (squared < entry.squared) Object.assign(entry, { nearest: next.place, squared });
    }
  }
  return tree;
}

/** Every place with each of its nearest others; a pair that both are in comes up twice. */
function nearPairs<T extends Place>(places: readonly T[], count: number): Pair<T>[] {
  return places.flatMap((place) =>
    places
      .filter((other) => other !== place)
      .map((other) => ({ other, squared: distanceSquared(place, other) }))
      .sort((a, b) => a.squared - b.squared)
      .slice(0, count)
      .map(({ other }): Pair<T> => [place, other]),
  );
}

function closestPair<A extends Place, B extends Place>(
  from: readonly A[],
  to: readonly B[],
): readonly [A, B] {
  let best: readonly [A, B] = [itemAt(from, 0), itemAt(to, 0)];
  let bestSquared = Number.POSITIVE_INFINITY;
  for (const a of from) {
    for (const b of to) {
      const squared = distanceSquared(a, b);
      if (squared < bestSquared) {
        best = [a, b];
        bestSquared = squared;
      }
    }
  }
  return best;
}
