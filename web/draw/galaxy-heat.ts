import type { Activity, Atlas } from "../model/galaxy.ts";
import type { MapSector } from "../net/wire.ts";
import type { MarkBatch } from "./batch.ts";
import { COLOR, type Rgb, rgb } from "./palette.ts";
import { SHAPE } from "./shapes.ts";

/** In map units. */
const SECTOR_RADIUS = 3.2;

const white: Rgb = [1, 1, 1];

const place = ({ x, y }: MapSector) => ({ x, y });

/** What goes on: who is awake, what is mined out, where one's own ship is. */
export function layHeat(
  batch: MarkBatch,
  atlas: Atlas,
  activities: ReadonlyMap<number, Activity>,
  ownSectorId: number | null,
): void {
  batch.clear();
  for (const activity of activities.values()) {
    const sector = atlas.sector(activity.sectorId);
    if (sector === undefined) continue;
    if (activity.incident !== "" || activity.conditions !== "") {
      const weather = {
        ...place(sector),
        color: rgb(COLOR.violet),
        alpha: 1,
        radius: 8,
        // Wider than the sign of the sector itself, which would hide it.
        minPx: 11,
        maxPx: 28,
      };
      batch.add({ ...weather, shape: SHAPE.star, alpha: activity.incident === "" ? 0.55 : 1 });
    }
    if (activity.awake) layLive(batch, sector, activity);
    else if (activity.depletion === "heavy" || activity.depletion === "exhausted") {
      // A worked-out field is dimmed: its colour goes, its form stays.
      batch.add({
        ...place(sector),
        shape: SHAPE.diamond,
        color: rgb("#4a4133"),
        alpha: 0.85,
        radius: SECTOR_RADIUS * 1.1,
        minPx: 2,
        maxPx: 14,
      });
    }
  }
  const own = ownSectorId === null ? undefined : atlas.sector(ownSectorId);
  if (own !== undefined) {
    batch.add({
      ...place(own),
      shape: SHAPE.triangle,
      color: white,
      radius: 0,
      minPx: 6,
      maxPx: 6,
      turn: Math.PI,
    });
  }
  batch.commit();
}

function layLive(batch: MarkBatch, sector: MapSector, { ships, miners, fights }: Activity): void {
  const at = place(sector);
  const size = Math.min(2.4, 1 + Math.log2(1 + ships) * 0.32);
  const glow = miners > 0 ? rgb(COLOR.ore) : rgb(COLOR.teal);
  batch.add({
    ...at,
    shape: SHAPE.glow,
    color: glow,
    alpha: 0.5,
    radius: 11 * size,
    minPx: 12 * size,
    maxPx: 60,
    add: 1,
  });
  batch.add({ ...at, shape: SHAPE.disc, color: white, alpha: 0.95, radius: 2, minPx: 2, maxPx: 6 });
  batch.add({ ...at, shape: SHAPE.ring, color: glow, alpha: 0.9, radius: 6.4, minPx: 6, maxPx: 22 });
  const phase = (sector.sectorId * 0.37) % 1;
  if (fights > 0) {
    const red = rgb(COLOR.red);
    batch.add({
      ...at,
      shape: SHAPE.glow,
      color: red,
      alpha: 0.45,
      radius: 15 * size,
      minPx: 15 * size,
      maxPx: 70,
      add: 1,
    });
    batch.add({
      ...at,
      shape: SHAPE.ripple,
      color: red,
      alpha: 1,
      radius: 18 * size,
      minPx: 22,
      maxPx: 54,
      param: phase,
    });
    batch.add({
      ...at,
      shape: SHAPE.ripple,
      color: red,
      alpha: 1,
      radius: 18 * size,
      minPx: 22,
      maxPx: 54,
      param: phase + 0.5,
    });
    batch.add({
      ...at,
      shape: SHAPE.cross,
      color: red,
      alpha: 1,
      radius: 0,
      minPx: 6,
      maxPx: 6,
      turn: Math.PI / 4,
    });
  } else if (miners > 0) {
    batch.add({
      ...at,
      shape: SHAPE.ripple,
      color: glow,
      alpha: 0.7,
      radius: 16 * size,
      minPx: 16,
      maxPx: 60,
      param: phase,
    });
  }
}
