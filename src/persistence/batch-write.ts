import type { ClientBase } from "pg";
import { standingLevel } from "../rules/standing.ts";
import {
  type AnsweredRequest,
  balanceColumns,
  combatColumns,
  dealColumns,
  eventColumns,
  fieldColumns,
  type HoldRow,
  harvestColumns,
  holdColumns,
  lastCombatColumns,
  licenseColumns,
  marketColumns,
  movementColumns,
  patrolColumns,
  playerColumns,
  requestColumns,
  shipColumns,
  spendingColumns,
  standingColumns,
} from "./batch-columns.ts";
import type { Books, ShipRow, StandingRow } from "./books.ts";
import type { Change } from "./drafts.ts";
import { Flight } from "./flight.ts";
import type { PatrolRow } from "./patrols.ts";
import {
  arrays,
  copyRows,
  insertRows,
  type Statement,
  unnested,
  updateRows,
  upsertRows,
} from "./statements.ts";

/** Not reached when a statement before it has failed. */
const COMMIT: Statement = { name: "commit", text: "commit", values: [] };

/** A pilot has one patrol after them in a sector: one that is on its way already is enough. */
function patrolStatement(rows: readonly PatrolRow[]): Statement {
  const { name, text, values } = insertRows("npc_patrols", patrolColumns, rows);
  return { name, text: `${text} on conflict do nothing`, values };
}

/** What ships carry that they did not carry before, a row each; what one carried before is in its hold with 0. */
function holdStatements(ships: readonly Change<ShipRow>[]): Statement[] {
  const [moved, first]: [HoldRow[], HoldRow[]] = [[], []];
  for (const { before, after } of ships) {
    const held: Readonly<Record<string, number | undefined>> = before?.cargo ?? {};
    for (const [commodity, quantity] of Object.entries(after.cargo)) {
      const row = { shipId: after.id, commodity, quantity };
      const had = held[commodity];
      if (had === undefined) first.push(row);
      else if (had !== quantity) moved.push(row);
    }
  }
  return [
    ...(moved.length > 0 ? [updateRows("ship_cargo", holdColumns, 2, moved)] : []),
    ...(first.length > 0 ? [upsertRows("ship_cargo", holdColumns, 2, first)] : []),
  ];
}

/**
 * Whether anything but the hold is another than before: a harvest fills a hold and leaves its ship's row alone. Equipment
 * that is equal but not the same counts as changed; the upsert compares again.
 */
function isShipChanged({ before, after }: Change<ShipRow>): boolean {
  if (before === undefined || before.equipment !== after.equipment) return true;
  return shipColumns.some(([name, , value]) => name !== "equipment_slots" && value(before) !== value(after));
}

/**
 * Factions are named by their slug in memory and by their id in the table. A row that was read is updated: an upsert of
 * it would lock it first, which is written to the log like a change.
 */
function standingStatements(changes: readonly Change<StandingRow>[]): Statement[] {
  const rowsOf = (isThere: boolean) =>
    changes
      .filter(({ before }) => (before !== undefined) === isThere)
      .map(({ after }) => ({ ...after, level: standingLevel(after.value).level }));
  const [moved, first] = [rowsOf(true), rowsOf(false)];
  const statements: Statement[] = [];
  if (moved.length > 0) {
    statements.push({
      name: "update_reputations",
      text: `with f as materialized (select id, code from factions)
        update reputations r set current_value = u.current_value, current_level = u.current_level,
          trade_carry_cr = u.trade_carry_cr
        from (${unnested(standingColumns)}) u join f on f.code = u.code
        where r.player_id = u.player_id and r.faction_id = f.id`,
      values: arrays(standingColumns, moved),
    });
  }
  if (first.length > 0) {
    statements.push({
      name: "upsert_reputations",
      text: `insert into reputations (player_id, faction_id, current_value, current_level, trade_carry_cr)
        select u.player_id, f.id, u.current_value, u.current_level, u.trade_carry_cr
        from (${unnested(standingColumns)}) u join factions f on f.code = u.code
        on conflict (player_id, faction_id) do update set current_value = excluded.current_value,
          current_level = excluded.current_level, trade_carry_cr = excluded.trade_carry_cr`,
      values: arrays(standingColumns, first),
    });
  }
  return statements;
}

/**
 * One statement for each table that changed. Ships before players, who may fly one made in this very batch; what refers to
 * players before them, since a row that this transaction has locked is checked sooner than one it has rewritten.
 */
function statementsOf(
  books: Books,
  requests: readonly AnsweredRequest[],
  turnsPerDay: number,
  nowMs: number,
): Statement[] {
  const flown = books.ships.changes();
  const ships = flown.filter(isShipChanged).map(({ after }) => after);
  const fights = books.combatLogs.rows();
  const lastCombats = [...new Map(fights.map((row) => [row.sectorId, row.endedAtMs] as const))];
  const some = <Row>(rows: readonly Row[], write: (rows: readonly Row[]) => Statement) =>
    rows.length === 0 ? [] : [write(rows)];
  return [
    ...some(ships, (rows) => upsertRows("ships", shipColumns, 1, rows)),
    ...holdStatements(flown),
    ...some(books.harvests.rows(), (rows) => copyRows("mining_harvests", harvestColumns, rows)),
    ...some(fights, (rows) => copyRows("combat_logs", combatColumns, rows)),
    ...some(books.movements.rows(), (rows) => copyRows("movements", movementColumns, rows)),
    ...some(books.deals.rows(), (rows) => copyRows("deals", dealColumns, rows)),
    // A former licence stops being current before the next one is.
    ...some(books.licenses.changed().flat(), (rows) => upsertRows("claim_licenses", licenseColumns, 1, rows)),
    ...some(books.markets.changed(), (rows) => upsertRows("station_surplus", marketColumns, 2, rows)),
    ...some(books.patrols.rows(), patrolStatement),
    ...some(books.events.rows(), (rows) => copyRows("events", eventColumns(nowMs), rows)),
    ...some(requests, (rows) => copyRows("requests", requestColumns(nowMs), rows)),
    ...some(books.players.changed(), (rows) =>
      updateRows("players", playerColumns(turnsPerDay, nowMs), 1, rows),
    ),
    ...some(books.fields.changed(), (rows) => updateRows("asteroid_fields", fieldColumns, 1, rows)),
    ...standingStatements(books.standings.changes()),
    ...some(books.balances.changed(), (rows) => updateRows("user_balances", balanceColumns, 2, rows)),
    ...some(books.spendings.rows(), (rows) => copyRows("reward_spendings", spendingColumns, rows)),
    ...some(lastCombats, (rows) => updateRows("sectors", lastCombatColumns, 1, rows)),
  ];
}

/**
 * Writes what the batch changed, one statement a table, and commits, in one flight.
 * @throws the first statement's error; nothing is committed then
 */
export async function writeBatch(
  client: ClientBase,
  books: Books,
  requests: readonly AnsweredRequest[],
  turnsPerDay: number,
  nowMs: number,
): Promise<void> {
  const flight = new Flight(client);
  for (const statement of statementsOf(books, requests, turnsPerDay, nowMs)) flight.query(statement);
  flight.query(COMMIT);
  await flight.send();
}
