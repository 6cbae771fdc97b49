/** Where things are in a sector's picture. The game gives no places inside a sector: these are made up, always the same. */
import type { SectorView, ShipView } from "../model/sector.ts";

/** The picture is a disc of this radius, in units of its own. */
export const SECTOR_RADIUS = 100;
const GOLDEN_ANGLE = 2.399963229728653;
const SLOT_SPACING_MIN = 5.9;
const SLOT_SPACING_MAX = 21;
const SHIPS_RADIUS = 84;
const ROCKS_PER_TIER = 11;
const ROCKS_LEAST = 16;

export interface Spot {
  readonly x: number;
  readonly y: number;
}

/** Numbers from 0 to 1 that look like chance and are always the same for the same seed (mulberry32). */
export function noise(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The place of the nth of `count` ships: even in density, wider apart the fewer there are. */
export function slotAt(slot: number, count: number): Spot {
  const spacing = Math.min(
    SLOT_SPACING_MAX,
    Math.max(SLOT_SPACING_MIN, SHIPS_RADIUS / Math.sqrt(count + 1.5)),
  );
  const radius = spacing * Math.sqrt(slot + 1.1);
  const angle = slot * GOLDEN_ANGLE + 0.6;
  return { x: Math.cos(angle) * radius, y: Math.sin(angle) * radius };
}

export interface Rock extends Spot {
  readonly radius: number;
  readonly seed: number;
  readonly turn: number;
}

/** A field's rocks: more of them the richer it is. */
export function rocksOf({ sectorId, type, richnessTier }: SectorView): Rock[] {
  if (type !== "ASTEROID_FIELD") return [];
  const next = noise(sectorId * 7919 + 13);
  const tilt = next() * Math.PI;
  return Array.from({ length: ROCKS_LEAST + ROCKS_PER_TIER * richnessTier }, () => {
    // A belt through the middle, dense along its line.
    const along = (next() * 2 - 1) * 92;
    const across = (next() + next() + next() - 1.5) * 46;
    const large = next();
    return {
      x: along * Math.cos(tilt) - across * Math.sin(tilt),
      y: along * Math.sin(tilt) + across * Math.cos(tilt),
      radius: 1.1 + 4.4 * large * large * large + next(),
      seed: next(),
      turn: next() * Math.PI * 2,
    };
  }).filter(({ x, y }) => Math.hypot(x, y) < 94);
}

export function stationSpot(index: number): Spot {
  const angle = Math.PI * 0.78 + index * 0.55;
  return { x: Math.cos(angle) * 58, y: Math.sin(angle) * 58 };
}

export interface Gate extends Spot {
  readonly sectorId: number;
  readonly turnCost: number;
  readonly angle: number;
}

/** Each way out lies in the direction of the sector it leads to, as far as others leave it room. */
export function gatesOf(warps: SectorView["warps"], bearing: (sectorId: number) => number | null): Gate[] {
  const least = Math.min(0.42, (Math.PI * 2) / Math.max(1, warps.length) / 1.15);
  const wanted = warps
    .map((warp, index) => ({ ...warp, angle: bearing(warp.sectorId) ?? index * GOLDEN_ANGLE }))
    .sort((a, b) => a.angle - b.angle);
  // Pushes neighbours apart until none is too near the next.
  for (let round = 0; round < 12; round++) {
    for (const [index, gate] of wanted.entries()) {
      const next = wanted[(index + 1) % wanted.length];
      if (next === undefined || next === gate) continue;
      const gap = (next.angle - gate.angle + Math.PI * 4) % (Math.PI * 2);
      if (gap >= least) continue;
      gate.angle -= (least - gap) / 2;
      next.angle += (least - gap) / 2;
    }
  }
  return wanted.map(({ sectorId, turnCost, angle }) => ({
    ...{ sectorId, turnCost, angle },
    x: Math.cos(angle) * SECTOR_RADIUS,
    y: Math.sin(angle) * SECTOR_RADIUS,
  }));
}

/** Gives each pilot a place and keeps it for as long as they stay, whatever ship they fly. */
export class Slots {
  readonly #taken = new Map<string, number>();

  /** Lets go of the places of those who have left. */
  keep(ships: Iterable<ShipView>): void {
    const present = new Set<string>();
    for (const { pilotId } of ships) present.add(pilotId);
    for (const pilotId of this.#taken.keys()) if (!present.has(pilotId)) this.#taken.delete(pilotId);
  }

  of(pilotId: string): number {
    const known = this.#taken.get(pilotId);
    if (known !== undefined) return known;
    const used = new Set(this.#taken.values());
    let slot = 0;
    while (used.has(slot)) slot++;
    this.#taken.set(pilotId, slot);
    return slot;
  }

  /** As many as the outermost place that somebody has. */
  get extent(): number {
    let extent = 0;
    for (const slot of this.#taken.values()) extent = Math.max(extent, slot + 1);
    return extent;
  }
}
