import { randomUUID } from "node:crypto";
import type { Dispatcher } from "@colyseus/command";
import { COMMANDS } from "../commands/catalogue.ts";
import type { SectorRoomLike } from "../commands/order.ts";
import { Pilot } from "../commands/pilot.ts";
import type { Sector } from "../commands/sector.ts";
import { type ErrorCode, Refusal } from "../errors.ts";
import { finishPatrol, type LaunchedPatrol, launchPatrols } from "../persistence/patrols.ts";
import { classify } from "../persistence/sqlstate.ts";

/** A patrol looks round once a second, and first when the pilot it has come for has had a second to see it. */
const LOOK_TICKS = 10;
/** Nothing is left to do about a pilot who is refused for these. */
const WORK_DONE: readonly ErrorCode[] = ["escape_pods_are_indestructible", "friendly_fire"];

interface LivePatrol {
  readonly order: LaunchedPatrol;
  readonly pilot: Pilot;
  done: boolean;
}

/**
 * The patrols of a sector: ships like everybody's, whose orders go through the same dispatcher. Each attacks the pilot it
 * was sent after as soon as it can, once, and goes home; at the latest when the pilot is flagged no more.
 */
export class Patrols {
  readonly #sector: Sector;
  readonly #dispatcher: Dispatcher<SectorRoomLike>;
  readonly #isEnding: () => boolean;
  readonly #live = new Map<string, LivePatrol>();
  #loading: Promise<void> = Promise.resolve();

  constructor(sector: Sector, dispatcher: Dispatcher<SectorRoomLike>, isEnding: () => boolean) {
    this.#sector = sector;
    this.#dispatcher = dispatcher;
    this.#isEnding = isEnding;
  }

  /** Brings in those that are not here yet: at once, or when the database is back. */
  load(): Promise<void> {
    this.#loading = this.#loading.then(async () => {
      const loaded = await this.#unlessAway(() => this.#load());
      if (!loaded) this.#later(() => this.load());
    });
    return this.#loading;
  }

  async #load(): Promise<void> {
    const { database, clock } = this.#sector.services;
    const { sectorId } = this.#sector.record;
    for (const order of await launchPatrols(database.pool, sectorId, [...this.#live.keys()], clock.nowMs())) {
      const patrol: LivePatrol = {
        order,
        pilot: new Pilot("", order.record),
        done: order.hasFought,
      };
      this.#live.set(order.id, patrol);
      this.#sector.enter(patrol.pilot);
      this.#lookLater(patrol);
    }
  }

  #lookLater(patrol: LivePatrol): void {
    this.#later(async () => {
      const looked = await this.#unlessAway(() => this.#look(patrol));
      if (!looked) this.#lookLater(patrol);
    });
  }

  #later(work: () => Promise<void>): void {
    // A room that stops is not kept waiting: its patrols are here again at the next opening.
    if (this.#isEnding()) return;
    this.#sector.schedule.add(this.#sector.tick + LOOK_TICKS, () => this.#sector.background(work()));
  }

  /** @returns false when the database was away: nothing a sector ends for, its patrols can wait */
  async #unlessAway(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      if (classify(error) === "fatal") throw error;
      this.#sector.services.log.warn(
        { err: error },
        "The database could not answer a patrol; it tries again.",
      );
      return false;
    }
  }

  async #look(patrol: LivePatrol): Promise<void> {
    const { clock } = this.#sector.services;
    const { order, pilot } = patrol;
    if (pilot.isBound) return this.#lookLater(patrol);
    // One that was shot down by somebody else has no ship to fight with any more.
    const isOver = patrol.done || pilot.ship.type === "ESCAPE_POD" || clock.nowMs() >= order.untilMs;
    if (isOver) return this.#goHome(patrol);
    const target = this.#sector.pilot(order.targetPlayerId);
    if (target !== null) await this.#attack(patrol, target);
    this.#lookLater(patrol);
  }

  async #attack(patrol: LivePatrol, target: Pilot): Promise<void> {
    const attack = COMMANDS.find(({ name }) => name === "attack");
    const requestId = randomUUID();
    const key = { playerId: patrol.pilot.id, requestId, fingerprint: "patrol" };
    try {
      await attack
        ?.parse({ requestId, targetId: target.ship.id })
        .run(this.#dispatcher, { pilot: patrol.pilot, key, accept: () => {} });
      patrol.done = true;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      // Docked, say, or in somebody else's fight: it waits.
      if (WORK_DONE.includes(error.code)) patrol.done = true;
    }
  }

  async #goHome({ order, pilot }: LivePatrol): Promise<void> {
    const { database, clock } = this.#sector.services;
    await finishPatrol(database.pool, order.id, clock.nowMs());
    this.#live.delete(order.id);
    // Somebody may have attacked it while that was written: it goes when the fight is over.
    if (pilot.isBound) return this.#leaveLater(pilot);
    this.#sector.leave(pilot);
  }

  #leaveLater(pilot: Pilot): void {
    this.#sector.schedule.add(this.#sector.tick + LOOK_TICKS, () => {
      if (pilot.isBound) this.#leaveLater(pilot);
      else this.#sector.leave(pilot);
    });
  }
}
