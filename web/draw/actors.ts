import type { SectorView, ShipView } from "../model/sector.ts";
import { noise, type Rock, rocksOf, Slots, type Spot, slotAt, stationSpot } from "./sector-layout.ts";

/** A share of its way that a ship flies in a 60th of a second. */
const FLY = 0.055;
const TURN = 0.12;
/** How near an attacker comes. */
const FIGHT_DISTANCE = 15;
const DOCK_DISTANCE = 9.5;
const AWAY = 165;
const LEAVING_SECONDS = 1.3;

/** A ship in the picture: where it is, and where it is going. */
export interface Actor {
  ship: ShipView;
  x: number;
  y: number;
  heading: number;
  toX: number;
  toY: number;
  /** The rock that is being mined; null while none is. */
  rock: Rock | null;
  /** 1 when it is all there; on its way in or out less. */
  opacity: number;
  /** Since when it is leaving; null while it stays. */
  leavingSince: number | null;
}

/** The ships of a sector, moved a little with each frame. */
export class Actors {
  readonly #actors = new Map<string, Actor>();
  readonly #slots = new Slots();
  #rocks: readonly Rock[] = [];
  #first = true;
  #seconds = 0;
  #moving = false;

  get all(): Iterable<Actor> {
    return this.#actors.values();
  }

  get(shipId: string): Actor | undefined {
    return this.#actors.get(shipId);
  }

  get rocks(): readonly Rock[] {
    return this.#rocks;
  }

  /** @param drawn whether frames are drawn now: who leaves unseen is gone at once, as no frame would see them off */
  show(view: SectorView, drawn = true): void {
    if (this.#rocks.length === 0) this.#rocks = rocksOf(view);
    this.#slots.keep(view.ships.values());
    const formerByPilot = new Map([...this.#actors.values()].map((actor) => [actor.ship.pilotId, actor]));
    for (const [id, ship] of view.ships) {
      const known = this.#actors.get(id);
      if (known !== undefined) {
        known.ship = ship;
        known.leavingSince = null;
      } else this.#actors.set(id, this.#enter(ship, view, formerByPilot.get(ship.pilotId)));
    }
    for (const [id, actor] of this.#actors) {
      if (view.ships.has(id)) continue;
      // Whoever flies another ship now has lost this one here: it does not fly off.
      const replaced = () => [...view.ships.values()].some(({ pilotId }) => pilotId === actor.ship.pilotId);
      if (!drawn || replaced()) this.#actors.delete(id);
      else if (actor.leavingSince === null) this.#leave(actor);
    }
    const places = Math.max(this.#slots.extent, view.ships.size);
    for (const actor of this.#actors.values())
      if (actor.leavingSince === null) this.#aim(actor, view, places);
    this.#first = false;
  }

  /** @returns whether anything is still on its way */
  step(seconds: number, calm: boolean): boolean {
    // Between two movements nothing is drawn: that pause is no part of the way.
    const frames = this.#moving ? (seconds - this.#seconds) * 60 : 1;
    this.#seconds = seconds;
    let moving = false;
    for (const [id, actor] of this.#actors) {
      const share = calm ? 1 : 1 - (1 - FLY) ** frames;
      const dx = actor.toX - actor.x;
      const dy = actor.toY - actor.y;
      actor.x += dx * share;
      actor.y += dy * share;
      this.#face(actor, dx, dy, calm ? 1 : 1 - (1 - TURN) ** frames);
      if (actor.leavingSince === null)
        actor.opacity = Math.min(1, actor.opacity + (calm ? 1 : 0.04 * frames));
      else {
        actor.opacity = Math.max(0, 1 - (seconds - actor.leavingSince) / LEAVING_SECONDS);
        if (actor.opacity === 0 || calm) this.#actors.delete(id);
      }
      if (Math.abs(dx) + Math.abs(dy) > 0.05 || actor.opacity < 1) moving = true;
    }
    this.#moving = moving;
    return moving;
  }

  #enter(ship: ShipView, view: SectorView, former: Actor | undefined): Actor {
    const slot =
      ship.status === "DOCKED" ? berth(view, ship) : slotAt(this.#slots.of(ship.pilotId), this.#slots.extent);
    // Whoever was here before the page looked is simply there; a pod comes out of its wreck.
    const from: Spot = former ?? (this.#first ? slot : awayFrom(slot));
    return {
      ship,
      ...{ x: from.x, y: from.y, toX: slot.x, toY: slot.y },
      heading: former?.heading ?? Math.atan2(slot.y - from.y, slot.x - from.x) + Math.PI / 2,
      rock: null,
      opacity: this.#first || former !== undefined ? 1 : 0,
      leavingSince: null,
    };
  }

  #leave(actor: Actor): void {
    const away = awayFrom(actor);
    actor.leavingSince = this.#seconds;
    actor.rock = null;
    actor.toX = away.x;
    actor.toY = away.y;
  }

  #aim(actor: Actor, view: SectorView, places: number): void {
    const { ship } = actor;
    const slot = slotAt(this.#slots.of(ship.pilotId), places);
    const target = ship.action === "fight" ? this.#actors.get(ship.targetId) : undefined;
    let to = slot;
    if (ship.status === "DOCKED") to = berth(view, ship);
    else if (target !== undefined && ship.shipId > ship.targetId) to = beside(target, slot);
    actor.toX = to.x;
    actor.toY = to.y;
    if (ship.action !== "harvest") actor.rock = null;
    else actor.rock ??= this.#nearestRock(slot);
  }

  #nearestRock({ x, y }: Spot): Rock | null {
    let nearest: Rock | null = null;
    let least = Number.POSITIVE_INFINITY;
    for (const rock of this.#rocks) {
      // Large rocks look worth more.
      const distance = Math.hypot(rock.x - x, rock.y - y) - rock.radius * 3;
      if (distance >= least || Math.hypot(rock.x - x, rock.y - y) < 6) continue;
      nearest = rock;
      least = distance;
    }
    return nearest;
  }

  #face(actor: Actor, dx: number, dy: number, share: number): void {
    const foe = actor.ship.action === "fight" ? this.#actors.get(actor.ship.targetId) : undefined;
    const to = foe ?? actor.rock;
    let wanted = actor.heading;
    if (to !== null && to !== undefined) wanted = Math.atan2(to.y - actor.y, to.x - actor.x) + Math.PI / 2;
    else if (Math.hypot(dx, dy) > 1.5) wanted = Math.atan2(dy, dx) + Math.PI / 2;
    const turn = ((wanted - actor.heading + Math.PI * 3) % (Math.PI * 2)) - Math.PI;
    actor.heading += turn * share;
  }
}

function awayFrom({ x, y }: Spot): Spot {
  const angle = Math.atan2(y, x);
  return { x: Math.cos(angle) * AWAY, y: Math.sin(angle) * AWAY };
}

function beside({ toX, toY }: Actor, from: Spot): Spot {
  const angle = Math.atan2(from.y - toY, from.x - toX);
  return { x: toX + Math.cos(angle) * FIGHT_DISTANCE, y: toY + Math.sin(angle) * FIGHT_DISTANCE };
}

function berth({ stations }: SectorView, ship: ShipView): Spot {
  const index = Math.max(
    0,
    stations.findIndex(({ stationId }) => stationId === ship.stationId),
  );
  const station = stationSpot(index);
  let seed = 0;
  for (const letter of ship.shipId) seed = (seed * 31 + letter.charCodeAt(0)) >>> 0;
  const angle = noise(seed)() * Math.PI * 2;
  return { x: station.x + Math.cos(angle) * DOCK_DISTANCE, y: station.y + Math.sin(angle) * DOCK_DISTANCE };
}
