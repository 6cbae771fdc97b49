import { fullAtMs, msPerTurn, nextTurnAtMs, regenerateTurns, type TurnPool } from "../rules/turns.ts";
import type { PlayerRow } from "./books.ts";

function poolOf(player: PlayerRow, turnsPerDay: number): TurnPool {
  return {
    turns: player.turns,
    anchorMs: player.turnsAnchorMs,
    maxTurns: player.maxTurns,
    multiplierBps: player.ariaBonusBps,
    turnsPerDay,
  };
}

/** The player with all turns credited that are due at `nowMs` (domain §1.3). */
export function withTurnsDue(player: PlayerRow, turnsPerDay: number, nowMs: number): PlayerRow {
  const { turns, anchorMs, added } = regenerateTurns(poolOf(player, turnsPerDay), nowMs);
  return {
    ...player,
    turns,
    turnsAnchorMs: anchorMs,
    lifetimeTurnsRegenerated: player.lifetimeTurnsRegenerated + added,
  };
}

/** The player after paying `turns`, which must be there. */
export function withTurnsSpent(player: PlayerRow, turns: number): PlayerRow {
  return {
    ...player,
    turns: player.turns - turns,
    lifetimeTurnsSpent: player.lifetimeTurnsSpent + turns,
  };
}

/** When the next turn comes, in ms; null while the pool is full. */
export function nextTurnMs(player: PlayerRow, turnsPerDay: number, nowMs: number): number | null {
  return nextTurnAtMs(poolOf(player, turnsPerDay), nowMs);
}

/** The time one turn of the player's takes, in ms. */
export function turnMs(player: PlayerRow, turnsPerDay: number): number {
  return msPerTurn(poolOf(player, turnsPerDay));
}

/** When the pool will be full, in ms; null while it is. */
export function turnsFullMs(player: PlayerRow, turnsPerDay: number, nowMs: number): number | null {
  return fullAtMs(poolOf(player, turnsPerDay), nowMs);
}
