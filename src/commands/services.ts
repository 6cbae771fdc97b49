import type { Clock } from "../clock.ts";
import type { Dice } from "../dice.ts";
import type { CommitQueue } from "../persistence/commit-queue.ts";
import type { Database } from "../persistence/database.ts";
import type { DamageScale } from "../rules/combat.ts";
import type { Surface } from "../rules/surfaces.ts";
import type { Log } from "../telemetry/log.ts";

/** A pilot's place in another room, as the SDKs consume it; null when none could be had. */
export type SeatReservation = Readonly<Record<string, unknown>>;

/** A pilot whose ship has left for another sector. */
export interface Departed {
  readonly userId: string;
  readonly surface: Surface | null;
  /** The newest event that was sent to them. */
  readonly sentSeq: number;
}

/** How the game is set up here. */
export interface GameSettings {
  /** The window in which a harvest can be interrupted. */
  readonly harvestTicks: number;
  readonly combatRoundTicks: number;
  readonly damageScale: DamageScale;
  readonly turnsPerDay: number;
}

/** What commands work with, handed in by whoever starts the server. */
export interface Services {
  readonly clock: Clock;
  readonly dice: Dice;
  readonly queue: CommitQueue;
  readonly database: Database;
  readonly settings: GameSettings;
  readonly log: Log;
  /** Reserves a seat in another sector's room for a pilot who has just moved there: their feed goes on where it was. */
  readonly reserveSeat: (sectorId: number, pilot: Departed) => Promise<SeatReservation | null>;
  /** Whether a sector holds as many ships as it may, in whatever process it is live. */
  readonly isFull: (sectorId: number) => Promise<boolean>;
}
