import type { SectorWarp } from "./galaxy.ts";

type Link = Pick<SectorWarp, "sourceSectorId" | "destinationSectorId" | "isBidirectional" | "isLatent">;

/**
 * Sectors that cannot be reached from `start` by open warps, or that there is no way back from. Both empty
 * means that every sector can be reached from every other.
 */
export function cutOff(
  start: number,
  sectorIds: readonly number[],
  warps: readonly Link[],
): { unreachable: number[]; noWayBack: number[] } {
  const ways = new Map<number, number[]>();
  const waysBack = new Map<number, number[]>();
  for (const { sourceSectorId: from, destinationSectorId: to, isBidirectional, isLatent } of warps) {
    if (isLatent) continue;
    addWay(ways, from, to);
    addWay(waysBack, to, from);
    if (!isBidirectional) continue;
    addWay(ways, to, from);
    addWay(waysBack, from, to);
  }
  const reached = reachable([start], ways);
  const returning = reachable([start], waysBack);
  return {
    unreachable: sectorIds.filter((id) => !reached.has(id)),
    noWayBack: sectorIds.filter((id) => reached.has(id) && !returning.has(id)),
  };
}

/**
 * Sectors from which no station can be reached by open warps without entering a closed sector; whoever may enter none of
 * those would be stuck there. A station in a closed sector helps only those who are there already.
 */
export function cutOffFromStations(
  sectorIds: readonly number[],
  warps: readonly Link[],
  stationSectorIds: Iterable<number>,
  closed: ReadonlySet<number>,
): number[] {
  const waysBack = new Map<number, number[]>();
  for (const { sourceSectorId: from, destinationSectorId: to, isBidirectional, isLatent } of warps) {
    if (isLatent) continue;
    if (!closed.has(to)) addWay(waysBack, to, from);
    if (isBidirectional && !closed.has(from)) addWay(waysBack, from, to);
  }
  const served = reachable(stationSectorIds, waysBack);
  return sectorIds.filter((id) => !served.has(id));
}

function addWay(ways: Map<number, number[]>, from: number, to: number): void {
  const known = ways.get(from);
  if (known) known.push(to);
  else ways.set(from, [to]);
}

function reachable(starts: Iterable<number>, ways: ReadonlyMap<number, readonly number[]>): Set<number> {
  const reached = new Set(starts);
  // A set hands out what is added to it while it is being walked: this is the whole breadth-first search.
  for (const sector of reached) for (const next of ways.get(sector) ?? []) reached.add(next);
  return reached;
}
