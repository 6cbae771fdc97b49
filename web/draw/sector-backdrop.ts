import type { SectorView } from "../model/sector.ts";
import { depletionOf } from "../model/words.ts";
import type { MarkBatch } from "./batch.ts";
import { COLOR, type Rgb, rgb, SECTOR_COLOR } from "./palette.ts";
import { noise, type Rock, SECTOR_RADIUS, stationSpot } from "./sector-layout.ts";
import { SHAPE } from "./shapes.ts";

const STARS = 240;
const white: Rgb = [1, 1, 1];
const teal = rgb(COLOR.teal);
const violet = rgb(COLOR.violet);
const dim = rgb("#4f6883");

/** What changes only with the sector itself: its clouds and stars, its field, its stations, who claims it. */
export function layBackdrop(batch: MarkBatch, view: SectorView, rocks: readonly Rock[]): void {
  batch.clear();
  laySky(batch, view);
  layRocks(batch, rocks, depletionOf(view.depletion).left);
  for (const [index] of view.stations.entries()) {
    const at = stationSpot(index);
    batch.add({ ...at, shape: SHAPE.glow, color: teal, alpha: 0.35, radius: 15, add: 1 });
    batch.add({ ...at, shape: SHAPE.disc, color: rgb("#14222e"), radius: 5.8 });
    batch.add({ ...at, shape: SHAPE.hexagon, color: teal, radius: 6.6 });
    batch.add({ ...at, shape: SHAPE.square, color: rgb("#bfe9e5"), radius: 3 });
  }
  if (view.claimedBy !== "") {
    batch.add({ x: 0, y: 0, shape: SHAPE.orbit, color: violet, alpha: 0.7, radius: SECTOR_RADIUS * 0.97 });
  }
  batch.commit();
}

function laySky(batch: MarkBatch, { sectorId, type }: SectorView): void {
  const next = noise(sectorId * 31 + 7);
  const tint = rgb(SECTOR_COLOR[type] ?? COLOR.muted);
  const cloudy = type !== "STANDARD" && type !== "ASTEROID_FIELD";
  for (let cloud = 0; cloud < (cloudy ? 9 : 3); cloud++) {
    const at = { x: (next() - 0.5) * 190, y: (next() - 0.5) * 190 };
    const alpha = cloudy ? 0.13 : 0.06;
    batch.add({ ...at, shape: SHAPE.glow, color: tint, alpha, radius: 50 + next() * 70, add: 0.6 });
  }
  for (let star = 0; star < STARS; star++) {
    const at = { x: (next() - 0.5) * 480, y: (next() - 0.5) * 320 };
    const alpha = 0.1 + next() * 0.5;
    batch.add({ ...at, shape: SHAPE.disc, color: white, alpha, radius: 0, minPx: 0.5 + next() * 0.9 });
  }
  for (const [share, alpha] of [
    [1, 0.7],
    [0.66, 0.35],
    [0.33, 0.25],
  ] as const) {
    batch.add({ x: 0, y: 0, shape: SHAPE.orbit, color: dim, alpha, radius: SECTOR_RADIUS * share });
  }
  if (type === "BLACK_HOLE") {
    batch.add({ x: 0, y: 0, shape: SHAPE.glow, color: rgb("#ffd9a0"), alpha: 0.8, radius: 40, add: 1 });
    batch.add({ x: 0, y: 0, shape: SHAPE.disc, color: rgb("#020305"), radius: 15 });
  }
}

/** @param left about which part of the field there still is: what has been mined out is dust */
function layRocks(batch: MarkBatch, rocks: readonly Rock[], left: number): void {
  for (const [index, { x, y, radius, seed, turn }] of rocks.entries()) {
    const there = (index + 0.5) / rocks.length <= left;
    const look = there
      ? { color: rgb("#a88a5e"), alpha: 0.95, radius }
      : { color: rgb("#6d6a68"), alpha: 0.5, radius: radius * 0.6 };
    batch.add({ x, y, shape: SHAPE.rock, ...look, turn, param: seed });
  }
}
