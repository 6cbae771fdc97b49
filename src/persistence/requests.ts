import type pg from "pg";
import { z } from "zod";
import { requestKey, type StoredRequest } from "./batch-read.ts";

const rowSchema = z.object({
  player_id: z.string(),
  request_id: z.string(),
  fingerprint: z.string(),
  answer: z.record(z.string(), z.unknown()),
});

interface Waiting {
  readonly playerId: string;
  readonly requestId: string;
  readonly resolve: (stored: StoredRequest | null) => void;
  readonly reject: (error: unknown) => void;
}

/** As many as arrive in one turn of the event loop on a busy process; more go with the next query. */
const LOOKUPS_MAX = 500;

/**
 * Looks requests up by their id before they are carried out, all that arrived meanwhile with one query. It answers
 * from the database alone, so it also knows what an earlier process answered.
 */
export class RequestLookup {
  readonly #pool: pg.Pool;
  #waiting: Waiting[] = [];
  #busy = false;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  /**
   * @returns what was answered to this request of this player, or null if it is new
   * @throws what the database threw
   */
  find(playerId: string, requestId: string): Promise<StoredRequest | null> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ playerId, requestId, resolve, reject });
      if (!this.#busy) void this.#run();
    });
  }

  async #run(): Promise<void> {
    this.#busy = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, LOOKUPS_MAX);
      try {
        const found = await this.#read(batch);
        for (const { playerId, requestId, resolve } of batch) {
          resolve(found.get(requestKey(playerId, requestId)) ?? null);
        }
      } catch (error) {
        // Those behind have waited as long, and asking for them would keep them waiting once more.
        for (const { reject } of [...batch, ...this.#waiting.splice(0)]) reject(error);
      }
    }
    this.#busy = false;
  }

  async #read(batch: readonly Waiting[]): Promise<ReadonlyMap<string, StoredRequest>> {
    const { rows } = await this.#pool.query({
      name: "find_requests",
      text: `select r.player_id, r.request_id, r.fingerprint, r.answer
        from unnest($1::uuid[], $2::text[]) as k(player_id, request_id)
        cross join lateral (
          -- By key, whatever a plan believes that was made while the table was empty.
          select * from requests where player_id = k.player_id and request_id = k.request_id offset 0
        ) r`,
      values: [batch.map((item) => item.playerId), batch.map((item) => item.requestId)],
    });
    return new Map(
      z
        .array(rowSchema)
        .parse(rows)
        .map((row) => [requestKey(row.player_id, row.request_id), row]),
    );
  }
}
