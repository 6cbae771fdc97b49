import type { ErrorCode, RefusalDetail } from "../errors.ts";
import type { Commodity } from "../rules/commodities.ts";
import type { RewardType } from "../rules/rewards.ts";
import type { Books, FieldRow, PilotEvent, PlayerRow, ShipRow, StandingRow } from "./books.ts";
import type { DealKind } from "./deals.ts";
import type { ClaimPlace } from "./licenses.ts";

/** The right to write a sector: what a room got when it opened it. */
export interface Lease {
  readonly sectorId: number;
  readonly epoch: number;
}

/** A request's identity: the same key again gets the first one's answer, the same key with another body is refused. */
export interface RequestKey {
  readonly playerId: string;
  readonly requestId: string;
  readonly fingerprint: string;
}

/** What is stored with a request and told to whoever repeats it. */
export type Answer = Readonly<Record<string, unknown>>;

/** One outcome that is to become durable. */
export interface Work {
  readonly kind: "harvest" | "fight" | "warp" | "dock" | "undock" | "claim_hull" | DealKind;
  readonly key: RequestKey;
  readonly lease: Lease;
  /** Everything `settle` reads or changes: locked before it is called, in the server's one lock order. */
  readonly playerIds: readonly string[];
  readonly shipIds: readonly string[];
  readonly fieldSectorId: number | null;
  /** Factions (by slug) whose standing with the first player may move. */
  readonly standingCodes: readonly string[];
  /** The store of a station that it adds to: locked with the station. */
  readonly market?: { readonly stationId: string; readonly commodity: Commodity };
  /** A balance of rewards that it spends. */
  readonly balance?: { readonly userId: string; readonly rewardType: RewardType };
  /** The place whose licences of the first player count: locked FOR SHARE. */
  readonly claim?: ClaimPlace;
  /**
   * Decides on the locked rows and writes its outcome into the books.
   * @returns the answer to keep for repeats
   * @throws Refusal: nothing of this item is kept; its neighbours are untouched
   */
  settle(books: Books, nowMs: number): Answer;
}

/** The rows of an item's players and ships as they stand after it. */
export interface SettledRows {
  readonly players: readonly PlayerRow[];
  readonly ships: readonly ShipRow[];
  readonly field: FieldRow | null;
  readonly standings: readonly StandingRow[];
}

export type Settlement =
  | {
      readonly kind: "applied";
      readonly answer: Answer;
      readonly events: readonly PilotEvent[];
      readonly rows: SettledRows;
      readonly nowMs: number;
    }
  /** The request had been applied before: by another try of this batch, or by an earlier process. */
  | {
      readonly kind: "repeated";
      readonly answer: Answer;
      readonly rows: SettledRows;
      readonly nowMs: number;
      /** It has happened, but the lease is another room's by now. */
      readonly isFenced: boolean;
    }
  | { readonly kind: "refused"; readonly code: ErrorCode; readonly detail: RefusalDetail }
  /** The lease is no longer ours: another room writes this sector now. */
  | { readonly kind: "fenced" }
  /** The database refuses this item for a reason nobody foresaw; nothing of it was written. */
  | { readonly kind: "failed"; readonly error: unknown };
