/** What tests of presence and authority ask for again and again. */
import { strict as assert } from "node:assert";
import { type IRoomCache, matchMaker } from "@colyseus/core";
import type pg from "pg";
import { z } from "zod";
import { CLOSE } from "../../src/rooms/close-codes.ts";
import type { SectorRoom } from "../../src/rooms/sector-room.ts";
import type { SectorState } from "../../src/schema/sector.ts";
import type { GameUnderTest } from "./game.ts";
import { PilotClient } from "./pilot-client.ts";
import { until } from "./until.ts";

const refusalSchema = z.object({
  code: z.string(),
  error: z.string(),
  detail: z.record(z.string(), z.unknown()),
});
export type TheRefusal = z.output<typeof refusalSchema>;

/** The refusal that a join must end in, read the way a game reads it: from the text of the SDK's error. */
async function refusalOf(joining: Promise<unknown>): Promise<TheRefusal> {
  const outcome = await joining.then(
    () => null,
    (error: unknown) => error,
  );
  assert.ok(outcome !== null, "the join was let in");
  assert.ok(outcome instanceof Error, String(outcome));
  return refusalSchema.parse(JSON.parse(outcome.message));
}

/** Holds a join to the refusal it must end in. @returns its detail */
export async function joinRefused(joining: Promise<unknown>, code: string): Promise<TheRefusal["detail"]> {
  const refusal = await refusalOf(joining);
  assert.equal(refusal.code, code);
  return refusal.detail;
}

/**
 * So many clients of one pilot at the same moment. All but one must be told that another has control, some of them
 * before their own join has ended. @returns the one that has it
 */
export async function joinAtOnce(
  game: GameUnderTest,
  pilot: { userId: string },
  count: number,
): Promise<PilotClient> {
  const joins = await Promise.allSettled(Array.from({ length: count }, () => game.join(pilot, 7)));
  const joined = joins.flatMap((join) => (join.status === "fulfilled" ? [join.value] : []));
  const open = () => joined.filter(({ closed }) => closed === null);
  await until("all but one are closed", () => open().length === 1);
  for (const join of joins) {
    if (join.status === "rejected") assert.equal(join.reason.code, CLOSE.superseded);
    else assert.ok(join.value.closed === null || join.value.closed === CLOSE.superseded);
  }
  const [survivor] = open();
  assert.ok(survivor !== undefined);
  return survivor;
}

/** The rooms that joins can find. */
export async function listedRooms(): Promise<IRoomCache[]> {
  return matchMaker.query({});
}

/** How often the sector has been opened. */
export async function epochOf(game: GameUnderTest, sectorId: number): Promise<number> {
  const { rows } = await game.pool.query("select epoch from sector_leases where sector_id = $1", [sectorId]);
  return rows.length === 0 ? 0 : Number(rows[0].epoch);
}

/** The live room of a sector. */
export function roomOf(game: GameUnderTest, sectorId: number): SectorRoom {
  const room = [...game.server.sectors].find(({ roomId }) => roomId === `sector-${sectorId}`);
  assert.ok(room !== undefined, `sector ${sectorId} is asleep`);
  return room;
}

/** Lets the time go by after which quiet rooms end, and waits until they have. */
export async function letRoomsEnd(game: GameUnderTest): Promise<void> {
  await until("all rooms have ended", () => {
    // Seats that are kept for somebody go in real time; what follows goes in the game's.
    game.tick(5);
    return game.server.sectors.size === 0 && game.server.heartbeat.rooms === 0;
  });
}

/** The client's line goes dead, and the room has noticed. */
export async function drop(game: GameUnderTest, client: PilotClient, sectorId: number): Promise<void> {
  const { clients } = roomOf(game, sectorId);
  const { sessionId } = client.room;
  client.drop();
  await until("the room has noticed", () => clients.every((present) => present.sessionId !== sessionId));
}

/** The pilot's client comes back to its own seat. */
export async function reconnect(game: GameUnderTest, client: PilotClient): Promise<PilotClient> {
  const sdk = PilotClient.sdk(game.port, null);
  return game.keep(
    sdk.reconnect<SectorState>(client.room.reconnectionToken).then((room) => PilotClient.over(room)),
  );
}

/** The personal events a client has been told, by their number in the pilot's feed, in order of arrival. */
export function eventIds(client: PilotClient): number[] {
  return client.told.flatMap(({ payload }) =>
    typeof payload?.eventId === "number" ? [payload.eventId] : [],
  );
}

const seatSchema = z.object({
  name: z.string(),
  processId: z.string(),
  roomId: z.string(),
  sessionId: z.string(),
  publicAddress: z.string().exactOptional(),
});
export type TheSeat = z.output<typeof seatSchema>;

/** A seat that came in a message. */
export function theSeat(value: unknown): TheSeat {
  return seatSchema.parse(value);
}

export interface Matchmade {
  readonly status: number;
  readonly code: string | null;
  readonly seat: TheSeat | null;
}

/** Asks for a seat as no SDK would. @param path what follows `/matchmake/`; @param body sent as it is */
export async function askForSeat(
  game: GameUnderTest,
  path: string,
  body: string,
  token: string | null,
): Promise<Matchmade> {
  const response = await fetch(`http://127.0.0.1:${game.port}/matchmake/${path}`, {
    method: "POST",
    body,
    headers: {
      "content-type": "application/json",
      ...(token !== null && { authorization: `Bearer ${token}` }),
    },
  });
  const answer: unknown = await response.json();
  const refusal = z.object({ code: z.string() }).safeParse(answer);
  const seat = seatSchema.safeParse(answer);
  return { status: response.status, code: refusal.data?.code ?? null, seat: seat.data ?? null };
}

/** A seat that has been reserved and that nobody has taken yet. */
export async function reserveSeat(
  game: GameUnderTest,
  pilot: { userId: string } | null,
  options: Record<string, unknown>,
): Promise<TheSeat> {
  const token = pilot === null ? null : await game.token(pilot.userId);
  const { seat, code } = await askForSeat(game, "joinOrCreate/sector", JSON.stringify(options), token);
  assert.ok(seat !== null, `no seat: ${code}`);
  return seat;
}

/** Takes a seat that was reserved before. */
export async function takeSeat(game: GameUnderTest, seat: TheSeat): Promise<PilotClient> {
  const sdk = PilotClient.sdk(game.port, null);
  return game.keep(sdk.consumeSeatReservation<SectorState>(seat).then((room) => PilotClient.over(room)));
}

/** An event for a pilot, written by somebody else than their room. @returns its number in the pilot's feed */
export async function writeEvent(
  db: Pick<pg.ClientBase, "query">,
  playerId: string,
  payload: Record<string, unknown> = {},
  type = "parcel_delivered",
): Promise<number> {
  const { rows } = await db.query(
    "update players set event_seq = event_seq + 1 where id = $1 returning event_seq",
    [playerId],
  );
  const seq = Number(rows[0]?.event_seq);
  await db.query(
    "insert into events (player_id, seq, type, payload, created_at) values ($1, $2, $3, $4, $5)",
    [playerId, seq, type, JSON.stringify(payload), new Date()],
  );
  return seq;
}

/** A transaction of somebody outside the server, which may take its time. */
export async function outsideTransaction(game: GameUnderTest): Promise<{
  client: pg.ClientBase;
  end(how: "commit" | "rollback"): Promise<void>;
}> {
  const client = await game.pool.connect();
  await client.query("set idle_in_transaction_session_timeout = 0");
  await client.query("begin");
  return {
    client,
    async end(how) {
      await client.query(how);
      client.release(true);
    },
  };
}

/** Somebody outside the server holds a pilot's row, as a long job would. @returns what lets go of it */
export async function holdPlayer(game: GameUnderTest, playerId: string): Promise<() => Promise<void>> {
  const { client, end } = await outsideTransaction(game);
  await client.query("select from players where id = $1 for update", [playerId]);
  return () => end("rollback");
}
