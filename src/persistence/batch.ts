import type pg from "pg";
import { Refusal } from "../errors.ts";
import type { AnsweredRequest } from "./batch-columns.ts";
import { type BatchRows, readBatch, readPresent, requestKey } from "./batch-read.ts";
import { writeBatch } from "./batch-write.ts";
import { Books, standingKey } from "./books.ts";
import type { SettledRows, Settlement, Work } from "./work.ts";

/** What became of an item: settled, or left for the next batch because somebody else holds one of its rows. */
export type BatchOutcome = Settlement | { readonly kind: "locked" };

/**
 * Settles the items, in order, in one transaction on `client`: two round trips, whatever their number.
 * @returns one outcome an item; an item that is refused, fenced, or finds its rows locked leaves the others alone
 * @throws what the database threw; then nothing of any item is kept (or the reply to COMMIT was lost, and the same
 * items sent again come back as `repeated`)
 */
export async function settleBatch(
  client: pg.ClientBase,
  items: readonly Work[],
  turnsPerDay: number,
  nowMs: number,
): Promise<BatchOutcome[]> {
  const rows = await readBatch(client, items, nowMs);
  const gone = await readGone(client, items, rows);
  const books = new Books(rows);
  const answered = new Map<string, AnsweredRequest>();
  const behindLock = new Set<string>();
  const outcomes = items.map((item): BatchOutcome => {
    const missing = missingIds(item, rows);
    if (missing.some((id) => gone.has(id))) {
      return { kind: "failed", error: new Error(`${item.kind}: row ${missing.join(", ")} does not exist`) };
    }
    // Behind an item that waits for a lock, everything of its pilots waits: what happened first is settled first.
    if (missing.length > 0 || item.playerIds.some((id) => behindLock.has(id))) {
      for (const id of item.playerIds) behindLock.add(id);
      return { kind: "locked" };
    }
    return settleItem(item, rows, books, answered, nowMs);
  });
  if (answered.size === 0) await client.query("rollback");
  else await writeBatch(client, books, [...answered.values()], turnsPerDay, nowMs);
  return outcomes;
}

function missingIds(item: Work, rows: BatchRows): string[] {
  return [
    ...(rows.epochs.has(item.lease.sectorId) ? [] : [String(item.lease.sectorId)]),
    ...item.playerIds.filter((id) => !rows.players.has(id)),
    ...item.shipIds.filter((id) => !rows.ships.has(id)),
    ...(item.fieldSectorId === null || rows.fields.has(item.fieldSectorId)
      ? []
      : [`field/${item.fieldSectorId}`]),
    ...(item.market === undefined || rows.stations.has(item.market.stationId) ? [] : [item.market.stationId]),
  ];
}

/** The missing ids that are nowhere in the database, rather than locked. Asked only when something is missing. */
async function readGone(
  client: pg.ClientBase,
  items: readonly Work[],
  rows: BatchRows,
): Promise<ReadonlySet<string>> {
  const missing = new Set(items.flatMap((item) => missingIds(item, rows)));
  if (missing.size === 0) return missing;
  const present = await readPresent(client, {
    players: items.flatMap((item) => item.playerIds),
    ships: items.flatMap((item) => item.shipIds),
    sectorIds: items.map((item) => item.lease.sectorId),
    stations: items.flatMap((item) => (item.market === undefined ? [] : [item.market.stationId])),
  });
  return new Set([...missing].filter((id) => !present.has(id)));
}

function settleItem(
  item: Work,
  rows: BatchRows,
  books: Books,
  answered: Map<string, AnsweredRequest>,
  nowMs: number,
): Settlement {
  if (!item.playerIds.includes(item.key.playerId))
    throw new Error(`a ${item.kind} of a player whom it does not name`);
  const key = requestKey(item.key.playerId, item.key.requestId);
  const first = rows.requests.get(key) ?? answered.get(key);
  const isFenced = rows.epochs.get(item.lease.sectorId) !== item.lease.epoch;
  if (first?.fingerprint === item.key.fingerprint) {
    return { kind: "repeated", answer: first.answer, rows: rowsOf(item, books, rows), nowMs, isFenced };
  }
  if (isFenced) return { kind: "fenced" };
  if (first !== undefined) return { kind: "refused", code: "request_id_reused", detail: {} };
  try {
    const answer = item.settle(books, nowMs);
    const events = [...books.events.drafted()];
    books.keep();
    answered.set(key, { ...item.key, answer });
    return { kind: "applied", answer, events, rows: rowsOf(item, books, rows), nowMs };
  } catch (error) {
    books.drop();
    if (error instanceof Refusal) return { kind: "refused", code: error.code, detail: error.detail };
    return { kind: "failed", error };
  }
}

function present<Row>(row: Row | undefined): Row[] {
  return row === undefined ? [] : [row];
}

/** The item's rows as they stand after it, with the ship each player flies now. */
function rowsOf(item: Work, books: Books, { flown: others }: BatchRows): SettledRows {
  const players = item.playerIds.flatMap((id) => present(books.players.get(id)));
  const flown = players.flatMap((player) => present(player.currentShipId ?? undefined));
  const shipIds = new Set([...item.shipIds, ...flown]);
  return {
    players,
    ships: [...shipIds].flatMap((id) => present(books.ships.get(id) ?? others.get(id))),
    field: item.fieldSectorId === null ? null : (books.fields.get(item.fieldSectorId) ?? null),
    standings: item.standingCodes.flatMap((code) =>
      present(books.standings.get(standingKey(item.playerIds[0] ?? "", code))),
    ),
  };
}
