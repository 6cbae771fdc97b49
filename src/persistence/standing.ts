import { addStanding, standingLevel } from "../rules/standing.ts";
import { type Books, type StandingRow, standingKey } from "./books.ts";

/** A pilot's standing with a faction as the batch has it; neutral where there is no row yet. */
export function standingOf(books: Books, playerId: string, factionCode: string): StandingRow {
  return (
    books.standings.get(standingKey(playerId, factionCode)) ?? {
      playerId,
      factionCode,
      value: 0,
      tradeCarryCr: 0,
    }
  );
}

/**
 * Moves a pilot's standing, held within ±800, and tells them when it reaches another level. The item must name the
 * faction in its `standingCodes`.
 */
export function changeStanding(
  books: Books,
  playerId: string,
  factionCode: string,
  delta: number,
  tradeCarryCr?: number,
): void {
  const before = standingOf(books, playerId, factionCode);
  const value = addStanding(before.value, delta);
  books.standings.put(standingKey(playerId, factionCode), {
    ...before,
    value,
    tradeCarryCr: tradeCarryCr ?? before.tradeCarryCr,
  });
  const [from, to] = [standingLevel(before.value), standingLevel(value)];
  if (from.level === to.level) return;
  books.tell(playerId, "reputation_changed", {
    faction: factionCode,
    oldLevel: from.level,
    newLevel: to.level,
    oldValue: before.value,
    newValue: value,
    title: to.title,
  });
}
