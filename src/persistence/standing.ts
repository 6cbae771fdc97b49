import type pg from "pg";
import { z } from "zod";
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
  const change = levelChange(factionCode, before.value, value);
  if (change !== null) books.tell(playerId, "reputation_changed", change);
}

/** What is told of a change of standing; null when it stays at its level (domain §3.3). */
function levelChange(faction: string, oldValue: number, newValue: number) {
  const [from, to] = [standingLevel(oldValue), standingLevel(newValue)];
  if (from.level === to.level) return null;
  const { level: oldLevel } = from;
  const { level: newLevel, title } = to;
  return { faction, oldLevel, newLevel, oldValue, newValue, title };
}

/**
 * The same outside the commit queue, in a transaction that holds the player's row.
 * @returns the `reputation_changed` that the caller is to tell; null when the level stays
 */
export async function moveStanding(
  tx: Pick<pg.ClientBase, "query">,
  playerId: string,
  factionCode: string,
  delta: number,
): Promise<ReturnType<typeof levelChange>> {
  const { rows } = await tx.query({
    name: "lock_standing",
    text: `select r.current_value from reputations r join factions f on f.id = r.faction_id
      where r.player_id = $1 and f.code = $2 for no key update of r`,
    values: [playerId, factionCode],
  });
  const [held] = z.array(z.object({ current_value: z.int() })).parse(rows);
  const before = held?.current_value ?? 0;
  const value = addStanding(before, delta);
  await tx.query({
    name: "write_standing",
    text: `insert into reputations (player_id, faction_id, current_value, current_level)
      select $1, id, $3, $4 from factions where code = $2
      on conflict (player_id, faction_id) do update
        set current_value = excluded.current_value, current_level = excluded.current_level`,
    values: [playerId, factionCode, value, standingLevel(value).level],
  });
  return levelChange(factionCode, before, value);
}
