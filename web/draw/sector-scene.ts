import type { Activity } from "../model/galaxy.ts";
import type { SectorView } from "../model/sector.ts";
import { progressOf, type ServerTime } from "../model/server-time.ts";
import { type Actor, Actors } from "./actors.ts";
import type { LineBatch, MarkBatch } from "./batch.ts";
import { Effects } from "./effects.ts";
import { COLOR, type Rgb, rgb } from "./palette.ts";
import { layBackdrop } from "./sector-backdrop.ts";
import { drawSectorLabels } from "./sector-labels.ts";
import { type Gate, gatesOf } from "./sector-layout.ts";
import { HULL_SHAPE, SHAPE } from "./shapes.ts";
import type { Scene, Stage } from "./stage.ts";

const SHIP_RADIUS = 4.1;
const POD_RADIUS = 2.6;
/** What is meant by a click this near, in units of the picture. */
const REACH = 7;
const white: Rgb = [1, 1, 1];
const ore = rgb(COLOR.ore);
const teal = rgb(COLOR.teal);
const red = rgb(COLOR.red);
const green = rgb(COLOR.green);
const steel = rgb("#9db4cc");

interface Surroundings {
  /** Direction of another sector on the map, in radians; null when the map does not know it. */
  bearing(sectorId: number): number | null;
  name(sectorId: number): string;
  activity(sectorId: number): Activity | undefined;
}

export type Hit =
  | { readonly kind: "ship"; readonly shipId: string }
  | { readonly kind: "gate"; readonly sectorId: number };

/** One sector: its field, stations, ways out, and the ships with what they do. */
export class SectorScene implements Scene {
  readonly effects = new Effects();
  readonly actors = new Actors();
  readonly #stage: Stage;
  readonly #time: ServerTime;
  readonly #surroundings: Surroundings;
  readonly #still: MarkBatch;
  readonly #lines: LineBatch;
  readonly #marks: MarkBatch;
  #view: SectorView | null = null;
  #gates: readonly Gate[] = [];
  #described = "";
  #pointed: string | null = null;
  #own = "";
  #seconds = 0;

  constructor(stage: Stage, time: ServerTime, surroundings: Surroundings) {
    this.#stage = stage;
    this.#time = time;
    this.#surroundings = surroundings;
    this.#still = stage.marks();
    this.#lines = stage.lines();
    this.#marks = stage.marks();
    stage.camera.zoomMin = 0.6;
    stage.camera.zoomMax = 18;
    stage.camera.setBounds({ minX: -160, minY: -160, maxX: 160, maxY: 160 });
  }

  /** @param own the ship that this page flies, or empty */
  show(view: SectorView, own: string): void {
    this.#view = view;
    this.#own = own;
    this.actors.show(view, !document.hidden);
    const described = JSON.stringify([
      view.sectorId,
      view.depletion,
      view.warps,
      view.stations.length,
      view.type,
    ]);
    if (described !== this.#described) {
      this.#described = described;
      this.#gates = gatesOf(view.warps, (sectorId) => this.#surroundings.bearing(sectorId));
      layBackdrop(this.#still, view, this.actors.rocks);
    }
    this.#stage.draw();
  }

  point(shipId: string | null): void {
    if (this.#pointed === shipId) return;
    this.#pointed = shipId;
    this.#stage.draw();
  }

  at(x: number, y: number): Hit | null {
    for (const actor of this.actors.all) {
      if (Math.hypot(actor.x - x, actor.y - y) < REACH) return { kind: "ship", shipId: actor.ship.shipId };
    }
    const gate = this.#gates.find((each) => Math.hypot(each.x - x, each.y - y) < REACH * 1.4);
    return gate === undefined ? null : { kind: "gate", sectorId: gate.sectorId };
  }

  frame(seconds: number): boolean {
    this.#seconds = seconds;
    const { calm } = this.#stage.camera;
    const moving = this.actors.step(seconds, calm);
    this.#lines.clear();
    this.#marks.clear();
    this.#layGates();
    let acting = false;
    for (const actor of this.actors.all) {
      this.#layAction(actor);
      if (actor.ship.action !== "") acting = true;
    }
    for (const actor of this.actors.all) this.#layShip(actor);
    this.effects.draw(this.#marks, this.#lines, seconds);
    this.#lines.commit();
    this.#marks.commit();
    return moving || this.effects.busy || (acting && !calm);
  }

  labels(text: CanvasRenderingContext2D): void {
    if (this.#view === null) return;
    drawSectorLabels(text, this.#stage.camera, {
      view: this.#view,
      gates: this.#gates,
      actors: [...this.actors.all],
      own: this.#own,
      pointed: this.#pointed,
      nameOf: (sectorId) => this.#surroundings.name(sectorId),
    });
    this.effects.words(text, this.#stage.camera, this.#seconds);
  }

  #layGates(): void {
    for (const { x, y, angle, sectorId } of this.#gates) {
      const activity = this.#surroundings.activity(sectorId);
      const awake = activity?.awake === true;
      const color = activity !== undefined && activity.fights > 0 ? red : awake ? teal : steel;
      if (awake) this.#marks.add({ x, y, shape: SHAPE.glow, color, alpha: 0.5, radius: 13, add: 1 });
      this.#marks.add({ x, y, shape: SHAPE.disc, color: rgb("#101a26"), radius: 4.9, minPx: 9 });
      this.#marks.add({ x, y, shape: SHAPE.ring, color, radius: 5, minPx: 9 });
      this.#marks.add({
        x,
        y,
        shape: SHAPE.triangle,
        color,
        radius: 2.4,
        minPx: 4.4,
        turn: angle + Math.PI / 2,
      });
    }
  }

  #layAction({ ship, x, y, rock, opacity }: Actor): void {
    const clock = this.#view?.clock ?? null;
    if (ship.action === "harvest" && clock !== null) {
      const progress = progressOf(clock, ship, this.#time.now());
      if (rock !== null) {
        this.#lines.add({
          fromX: x,
          fromY: y,
          toX: rock.x,
          toY: rock.y,
          color: ore,
          alpha: 0.28 * opacity,
          widthPx: 5,
        });
        this.#lines.add({
          ...{ fromX: rock.x, fromY: rock.y, toX: x, toY: y, color: ore, alpha: 0.95 * opacity },
          ...{ widthPx: 1.8, dashPx: 11, speed: this.#stage.camera.calm ? 0 : 1.6 },
        });
        this.#marks.add({
          x: rock.x,
          y: rock.y,
          shape: SHAPE.glow,
          color: ore,
          alpha: 0.75,
          radius: rock.radius * 1.9,
          minPx: 8,
          add: 1,
        });
      }
      this.#marks.add({
        x,
        y,
        shape: SHAPE.arc,
        color: ore,
        alpha: opacity,
        radius: SHIP_RADIUS * 1.62,
        param: progress,
      });
    }
    const foe = ship.action === "fight" ? this.actors.get(ship.targetId) : undefined;
    if (foe !== undefined) {
      this.#lines.add({
        ...{ fromX: x, fromY: y, toX: foe.x, toY: foe.y, color: red, alpha: 0.8 },
        ...{ widthPx: 1.6, dashPx: 14, speed: this.#stage.camera.calm ? 0 : 2.4, fadeTo: 0.15 },
      });
      this.#marks.add({ x, y, shape: SHAPE.dashedRing, color: red, alpha: 0.9, radius: SHIP_RADIUS * 1.7 });
    }
  }

  #layShip({ ship, x, y, heading, opacity, leavingSince }: Actor): void {
    const radius = ship.hullType === "ESCAPE_POD" ? POD_RADIUS : SHIP_RADIUS;
    const docked = ship.status === "DOCKED";
    const color = rgb(ship.color.toLowerCase() === "#ffffff" ? "#dfe8f2" : ship.color);
    const size = docked ? radius * 0.7 : radius;
    const pointed = this.#pointed === ship.shipId;
    if (!docked)
      this.#marks.add({ x, y, shape: SHAPE.glow, color, alpha: 0.28 * opacity, radius: size * 2.4, add: 1 });
    if (leavingSince !== null) {
      const tail = { toX: x - Math.sin(heading) * 16, toY: y + Math.cos(heading) * 16 };
      this.#lines.add({ fromX: x, fromY: y, ...tail, color: teal, alpha: opacity, widthPx: 2.4, fadeTo: 0 });
    }
    const shape = HULL_SHAPE[ship.hullType] ?? SHAPE.wedge;
    this.#marks.add({ x, y, shape, color, alpha: opacity, radius: size, minPx: 5, turn: heading });
    if (ship.shipId === this.#own) {
      this.#marks.add({
        x,
        y: y - size * 2.3,
        shape: SHAPE.triangle,
        color: white,
        radius: 1.5,
        minPx: 5,
        turn: Math.PI,
      });
    }
    if (pointed)
      this.#marks.add({ x, y, shape: SHAPE.ring, color: white, alpha: 0.9, radius: size * 2.1, minPx: 12 });
    const hurt = ship.hull < ship.hullMax || ship.shield < ship.shieldMax;
    if (docked || opacity < 1 || (!hurt && !pointed && ship.shipId !== this.#own)) return;
    const bar = { x, radius: size * 1.25, minPx: 11, shape: SHAPE.bar };
    const shield = ship.shieldMax === 0 ? 0 : ship.shield / ship.shieldMax;
    const hull = ship.hullMax === 0 ? 0 : ship.hull / ship.hullMax;
    this.#marks.add({ ...bar, y: y + size * 1.75, color: teal, param: shield });
    this.#marks.add({ ...bar, y: y + size * 2.12, color: hull < 0.35 ? red : green, param: hull });
  }
}
