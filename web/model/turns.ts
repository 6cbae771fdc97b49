import { accrue } from "../../src/rules/accrual.ts";
import type { PilotSnapshot } from "../net/wire.ts";

/**
 * The pilot's numbers with the turns that have come back since the server told them: of those it sends nothing.
 * What is reserved counts towards the most there may be. @param nowMs the server's time
 */
export function withTurnsDue(pilot: PilotSnapshot, nowMs: number): PilotSnapshot {
  const { turns, turnsReserved, maxTurns, nextTurnAtMs, msPerTurn } = pilot;
  if (nextTurnAtMs === null || nowMs < nextTurnAtMs) return pilot;
  const { amount, anchorMs } = accrue(
    {
      amount: turns + turnsReserved,
      max: maxTurns,
      anchorMs: nextTurnAtMs - msPerTurn,
      msPerUnit: msPerTurn,
    },
    nowMs,
  );
  const next = amount >= maxTurns ? null : anchorMs + msPerTurn;
  return { ...pilot, turns: amount - turnsReserved, nextTurnAtMs: next };
}
