import type pg from "pg";
import { z } from "zod";
import { binaryArray } from "./binary-arrays.ts";
import type { PilotEvent } from "./books.ts";

/** A backlog longer than this is cut: the pilot gets a fresh snapshot and `events_truncated` instead. */
export const FEED_PAGE_MAX = 500;

const eventSchema = z
  .object({
    player_id: z.string(),
    seq: z.int(),
    type: z.string(),
    payload: z.record(z.string(), z.unknown()),
  })
  .transform(({ player_id, ...event }): PilotEvent => ({ playerId: player_id, ...event }));

export interface FeedCursor {
  readonly playerId: string;
  /** The newest event that the reader has. */
  readonly seq: number;
}

/** The events after each cursor, oldest first, at most `FEED_PAGE_MAX` for each pilot. One query for any number. */
export async function readFeed(pool: pg.Pool, cursors: readonly FeedCursor[]): Promise<PilotEvent[]> {
  if (cursors.length === 0) return [];
  const { rows } = await pool.query({
    name: "read_feed",
    text: `select e.player_id, e.seq, e.type, e.payload
      from unnest($1::uuid[], $2::int[]) as c(player_id, seq)
      cross join lateral (
        select * from events where player_id = c.player_id and seq > c.seq order by seq limit ${FEED_PAGE_MAX}
      ) e order by e.player_id, e.seq`,
    values: [
      binaryArray(
        "uuid",
        cursors.map((cursor) => cursor.playerId),
      ),
      binaryArray(
        "int",
        cursors.map((cursor) => cursor.seq),
      ),
    ],
  });
  return rows.map((row) => eventSchema.parse(row));
}
