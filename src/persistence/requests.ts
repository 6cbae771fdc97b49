import type pg from "pg";
import { z } from "zod";
import { requestKey, type StoredRequest } from "./batch-read.ts";
import { Gathering } from "./gathering.ts";

const rowSchema = z.object({
  player_id: z.string(),
  request_id: z.string(),
  fingerprint: z.string(),
  answer: z.record(z.string(), z.unknown()),
});

interface RequestName {
  readonly playerId: string;
  readonly requestId: string;
}

/**
 * Looks requests up by their id before they are carried out, all that arrived meanwhile with one query. It answers
 * from the database alone, so it also knows what an earlier process answered.
 */
export class RequestLookup {
  readonly #requests: Gathering<RequestName, StoredRequest | null>;

  constructor(pool: pg.Pool) {
    this.#requests = new Gathering((names) => readRequests(pool, names));
  }

  /**
   * @returns what was answered to this request of this player, or null if it is new
   * @throws what the database threw
   */
  find(playerId: string, requestId: string): Promise<StoredRequest | null> {
    return this.#requests.ask({ playerId, requestId });
  }
}

async function readRequests(pool: pg.Pool, names: readonly RequestName[]): Promise<(StoredRequest | null)[]> {
  const { rows } = await pool.query({
    name: "find_requests",
    text: `select r.player_id, r.request_id, r.fingerprint, r.answer
      -- A plan for any number of keys is kept; one made for this number is made anew each time.
      from unnest((select $1::uuid[]), (select $2::text[])) as k(player_id, request_id)
      cross join lateral (
        -- By key, whatever a plan believes that was made while the table was empty.
        select * from requests where player_id = k.player_id and request_id = k.request_id offset 0
      ) r`,
    values: [names.map(({ playerId }) => playerId), names.map(({ requestId }) => requestId)],
  });
  const found = new Map(
    rows.map((row) => rowSchema.parse(row)).map((row) => [requestKey(row.player_id, row.request_id), row]),
  );
  return names.map(({ playerId, requestId }) => found.get(requestKey(playerId, requestId)) ?? null);
}
