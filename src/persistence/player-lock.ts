import type { ClientBase } from "pg";
import { z } from "zod";

/**
 * Past the time of any transaction of ours: whoever holds the row for longer is somebody outside, and each of the player's
 * requests keeps a connection from everybody else while it waits.
 */
const PLAYER_LOCK_WAIT_MS_MAX = 250;

const rowSchema = z.object({ id: z.string(), event_seq: z.int() });

/** A player whose row this transaction holds: nobody else writes into their feed until it ends. */
export interface LockedPlayer {
  readonly id: string;
  /** Appends to the feed. */
  tell(type: string, payload: Readonly<Record<string, unknown>>, nowMs: number): Promise<void>;
}

/**
 * Locks a player, first of everything that a transaction outside the commit queue locks. From then on the transaction waits
 * for no lock for long.
 * @returns null without one
 * @throws what Postgres says when somebody holds the row (`classify`: "locked")
 */
export async function lockPlayer(
  client: ClientBase,
  by: "id" | "user_id",
  id: string,
): Promise<LockedPlayer | null> {
  await client.query(`set local lock_timeout = ${PLAYER_LOCK_WAIT_MS_MAX}`);
  const { rows } = await client.query(
    `select id, event_seq from players where ${by} = $1 for no key update`,
    [id],
  );
  const [player] = z.array(rowSchema).parse(rows);
  if (player === undefined) return null;
  let seq = player.event_seq;
  return {
    id: player.id,
    async tell(type, payload, nowMs) {
      seq++;
      await client.query("update players set event_seq = $2 where id = $1", [player.id, seq]);
      await client.query(
        "insert into events (player_id, seq, type, payload, created_at) values ($1, $2, $3, $4, $5)",
        [player.id, seq, type, JSON.stringify(payload), new Date(nowMs)],
      );
    },
  };
}
