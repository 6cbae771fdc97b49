import type { Activity, Atlas } from "../model/galaxy.ts";
import type { MapSector } from "../net/wire.ts";
import type { LineBatch, MarkBatch } from "./batch.ts";
import { layHeat } from "./galaxy-heat.ts";
import { drawGalaxyLabels } from "./galaxy-labels.ts";
import { COLOR, type Rgb, rgb, SECTOR_COLOR, ZONE_COLOR } from "./palette.ts";
import { SHAPE, type Shape } from "./shapes.ts";
import type { Scene, Stage } from "./stage.ts";

/** In map units; a warp of one turn spans about 20. */
const SECTOR_RADIUS = 3.2;
const TERRITORY_RADIUS = 30;
/** How far from a sector, in pixels, it is still the one that is meant. */
const REACH_PX = 16;

const SECTOR_SHAPE: Readonly<Record<string, Shape>> = {
  STANDARD: SHAPE.disc,
  ASTEROID_FIELD: SHAPE.diamond,
  NEBULA: SHAPE.ring,
  BLACK_HOLE: SHAPE.ring,
  RADIATION_ZONE: SHAPE.triangle,
  WARP_STORM: SHAPE.cross,
  ANOMALY: SHAPE.star,
};

const white: Rgb = [1, 1, 1];

/** The whole galaxy: what stays as it is is written once, what goes on is written anew when it changes. */
export class GalaxyChart implements Scene {
  readonly #stage: Stage;
  readonly #atlas: Atlas;
  readonly #warps: LineBatch;
  readonly #heat: MarkBatch;
  readonly #pointed: MarkBatch;
  #activities: ReadonlyMap<number, Activity> = new Map();
  #selected: MapSector | null = null;
  #hovered: MapSector | null = null;

  constructor(stage: Stage, atlas: Atlas) {
    this.#stage = stage;
    this.#atlas = atlas;
    const territory = stage.marks();
    this.#warps = stage.lines();
    const sectors = stage.marks();
    this.#heat = stage.marks();
    this.#pointed = stage.marks();
    this.#layTerritory(territory);
    this.#layWarps();
    this.#laySectors(sectors);
    stage.camera.zoomMax = 6;
    stage.camera.zoomMin = 0.02;
    const { minX, minY, maxX, maxY } = atlas.bounds;
    stage.camera.setBounds({ minX: minX - 200, minY: minY - 200, maxX: maxX + 200, maxY: maxY + 200 });
  }

  get selected(): MapSector | null {
    return this.#selected;
  }

  show(activities: ReadonlyMap<number, Activity>, own: number | null): void {
    this.#activities = activities;
    layHeat(this.#heat, this.#atlas, activities, own);
    this.#stage.draw();
  }

  select(sector: MapSector | null): void {
    this.#selected = sector;
    this.#layPointed();
  }

  hover(sector: MapSector | null): void {
    if (this.#hovered === sector) return;
    this.#hovered = sector;
    this.#layPointed();
  }

  /** The sector nearest to a place, if the place is near enough. */
  at(x: number, y: number): MapSector | null {
    let nearest: MapSector | null = null;
    let least = (REACH_PX / this.#stage.camera.zoom) ** 2;
    for (const sector of this.#atlas.map.sectors) {
      const distance = (sector.x - x) ** 2 + (sector.y - y) ** 2;
      if (distance >= least) continue;
      nearest = sector;
      least = distance;
    }
    return nearest;
  }

  frame(): boolean {
    // Only what is awake pulses.
    if (this.#stage.camera.calm) return false;
    for (const { awake } of this.#activities.values()) if (awake) return true;
    return false;
  }

  labels(text: CanvasRenderingContext2D): void {
    drawGalaxyLabels(text, this.#stage.camera, this.#atlas, {
      activities: this.#activities,
      pointed: [this.#selected, this.#hovered],
    });
  }

  #layTerritory(batch: MarkBatch): void {
    for (const sector of this.#atlas.map.sectors) {
      const color = rgb(ZONE_COLOR[this.#atlas.zoneType(sector)] ?? COLOR.muted);
      batch.add({
        ...place(sector),
        shape: SHAPE.glow,
        color,
        alpha: 0.13,
        radius: TERRITORY_RADIUS,
        minPx: 7,
      });
    }
    batch.commit();
  }

  #layWarps(): void {
    const color = rgb("#57718f");
    for (const { from, to, turnCost, oneWay } of this.#atlas.map.warps) {
      const a = this.#atlas.sector(from);
      const b = this.#atlas.sector(to);
      if (a === undefined || b === undefined) continue;
      const long = turnCost > 1;
      this.#warps.add({
        ...{ fromX: a.x, fromY: a.y, toX: b.x, toY: b.y, color },
        alpha: long ? 0.3 : 0.42,
        ...(long && { dashPx: 9 }),
        ...(oneWay && { fadeTo: 0.12 }),
      });
    }
    this.#warps.commit();
  }

  #laySectors(batch: MarkBatch): void {
    for (const sector of this.#atlas.map.sectors) {
      const shape = SECTOR_SHAPE[sector.type] ?? SHAPE.disc;
      const color = rgb(SECTOR_COLOR[sector.type] ?? COLOR.muted);
      const plain = sector.type === "STANDARD";
      const radius = plain
        ? SECTOR_RADIUS * 0.72
        : SECTOR_RADIUS * (1.15 + 0.12 * (sector.richnessTier ?? 0));
      const at = place(sector);
      if (sector.claimedBy !== null) {
        batch.add({
          ...at,
          shape: SHAPE.dashedRing,
          color: rgb(COLOR.violet),
          alpha: 0.75,
          radius: radius * 2,
          maxPx: 26,
        });
      }
      if (sector.stations > 0) {
        batch.add({
          ...at,
          shape: SHAPE.square,
          color: rgb(COLOR.teal),
          alpha: 0.85,
          radius: radius * 2.1,
          maxPx: 24,
        });
      }
      batch.add({
        ...at,
        shape,
        color,
        alpha: plain ? 0.8 : 0.95,
        radius,
        minPx: plain ? 1.1 : 2,
        maxPx: 15,
      });
      if (sector.sectorId === this.#atlas.map.startSectorId) {
        batch.add({
          ...at,
          shape: SHAPE.hexagon,
          color: rgb(COLOR.ink),
          alpha: 0.9,
          radius: radius * 3.2,
          minPx: 6,
          maxPx: 30,
        });
      }
    }
    batch.commit();
  }

  #layPointed(): void {
    const batch = this.#pointed;
    batch.clear();
    if (this.#selected !== null) {
      batch.add({
        ...place(this.#selected),
        shape: SHAPE.dashedRing,
        color: white,
        radius: 9,
        minPx: 13,
        maxPx: 34,
      });
    }
    if (this.#hovered !== null && this.#hovered !== this.#selected) {
      batch.add({
        ...place(this.#hovered),
        shape: SHAPE.ring,
        color: white,
        alpha: 0.8,
        radius: 7,
        minPx: 10,
        maxPx: 28,
      });
    }
    batch.commit();
    this.#stage.draw();
  }
}

function place({ x, y }: MapSector): { x: number; y: number } {
  return { x, y };
}
