/** What one pilot asked for and was told: the evidence that `truth.ts` holds against the database. */
import type { Look } from "./shown.ts";

/** How a request was answered last. `null`: not at all. */
export type Reply =
  | { readonly accepted: Readonly<Record<string, unknown>> }
  | { readonly refused: string }
  | null;

export interface RequestRecord {
  readonly requestId: string;
  readonly kind: string;
  /** How often it was sent: more than once after a line was lost before its answer came. */
  attempts: number;
  reply: Reply;
  /** When it was accepted first, of `performance.now()` where its pilot plays; null before. */
  acceptedMs: number | null;
}

/** An event of the pilot's feed as it was told first. */
export interface ToldEvent {
  readonly eventId: number;
  readonly type: string;
  /** Without the eventId. */
  readonly payload: Readonly<Record<string, unknown>>;
}

/** The events between these two. */
export interface Truncation {
  readonly afterEventId: number;
  readonly beforeEventId: number;
  /** How many events have followed at once on the same line; unknown where that was lost or left soon. */
  followers?: number;
}

/** The last of the pilot's own numbers that was told. */
export interface ToldPilot {
  readonly shipId: string;
  readonly credits: number;
  readonly cargo: Readonly<Record<string, unknown>>;
  readonly cargoFree: number;
  readonly equipment: Readonly<Record<string, unknown>>;
  readonly attackDrones: number;
  readonly defenseDrones: number;
  readonly quantumShards: number;
  readonly quantumCrystals: number;
  /** By faction. */
  readonly standing: Readonly<Record<string, number>>;
  /** With those that are reserved. */
  readonly turns: number;
  /** Of the server's clock; null when no more turns could come. */
  readonly nextTurnAtMs: number | null;
  readonly msPerTurn: number;
}

/** An expedition's run as it was told last. */
export interface ToldRun {
  readonly runId: string;
  status: "created" | "started" | "completed" | "cancelled";
  rewards: readonly { readonly rewardKey: string; readonly value: number }[];
}

export interface ToldContribution {
  readonly contributionId: string;
  readonly contractId: string;
  readonly sourceType: string;
  readonly sourceId: string;
  readonly points: number;
}

/** An answer to an incident, and what it was told to have brought. */
export interface ToldIncidentAnswer {
  readonly incidentId: string;
  readonly points: number;
}

/** What was told over HTTP of what the user has done for the one economy, and been given. */
export interface EconomyLedger {
  readonly runs: ToldRun[];
  readonly contributions: ToldContribution[];
  readonly classifications: string[];
  readonly incidentAnswers: ToldIncidentAnswer[];
  /** Contracts that the user is in. */
  readonly memberships: string[];
  /** As they were read last; null before. */
  balances: Readonly<Record<string, number>> | null;
  /** What was called for once, and answered as if it had been before. */
  readonly toldTwice: string[];
}

export interface Ledger {
  readonly name: string;
  readonly userId: string;
  /** Null until the pilot has joined for the first time. */
  playerId: string | null;
  readonly requests: RequestRecord[];
  readonly events: ToldEvent[];
  /** What the server has left out of the feed (`events_truncated`). */
  readonly truncations: Truncation[];
  pilot: ToldPilot | null;
  /** As it was told last before the pilot joined once more to hear the rest; null when that would say nothing. */
  pilotBefore: ToldPilot | null;
  /** What was told twice, or differently the second time, as the pilot's program noticed it. */
  readonly toldTwice: string[];
  /** An event that came before one that belongs before it. */
  readonly outOfOrder: string[];
  /** The end of what a line has held through, and what was not told on it although the numbers said that it was over. */
  readonly notToldInTime: string[];
  /** What its sector showed of its ship otherwise than it was told, though nothing ran. */
  readonly shownWrong: string[];
  /** What its sector showed when nobody acted any more, if its state was decoded. */
  readonly looks: Look[];
  readonly economy: EconomyLedger;
}

export function newLedger(name: string, userId: string): Ledger {
  return {
    name,
    userId,
    playerId: null,
    requests: [],
    events: [],
    truncations: [],
    pilot: null,
    pilotBefore: null,
    toldTwice: [],
    outOfOrder: [],
    notToldInTime: [],
    shownWrong: [],
    looks: [],
    economy: {
      ...{ runs: [], contributions: [], classifications: [], memberships: [] },
      ...{ incidentAnswers: [], balances: null, toldTwice: [] },
    },
  };
}
