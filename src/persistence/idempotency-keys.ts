/** What HTTP requests were named by their clients: the same name is the same request, or it is refused. */
import { z } from "zod";
import type { Clock } from "../clock.ts";
import { Refusal } from "../errors.ts";
import { DAY_MS } from "../rules/utc.ts";
import type { Database } from "./database.ts";
import { ensureUser } from "./sessions.ts";

/** Of one user in 24 h: a request every minute and a half, all day; names are the client's own words, and rows. */
const KEYS_MAX = 1_000;

interface NamedRequest {
  readonly key: string;
  /** Hash of everything that makes it another request. */
  readonly fingerprint: string;
}

const rowSchema = z.object({ fingerprint: z.string(), created_at: z.date() });

/** Under its key: whether this is the first time, and when that was. */
interface Claimed {
  readonly isNew: boolean;
  readonly askedAtMs: number;
}

export class IdempotencyKeys {
  readonly #pool: Database["pool"];
  readonly #clock: Pick<Clock, "nowMs">;

  constructor({ pool }: Pick<Database, "pool">, clock: Pick<Clock, "nowMs">) {
    this.#pool = pool;
    this.#clock = clock;
  }

  /**
   * Carries a request out under its name, for 24 h the only one of its user with it. That it has no second effect is up
   * to the request itself: rows made of what it asks for, one for each. What is refused leaves its name free.
   * @param work given the time at which the request was first asked: sent again after midnight or after the week, it
   *   still is that day's or that week's
   * @throws Refusal request_id_reused, too_many_keys
   */
  async hold<Result>(
    user: { readonly userId: string; readonly name: string },
    request: NamedRequest,
    work: (askedAtMs: number) => Promise<Result>,
  ): Promise<Result> {
    const { isNew, askedAtMs } = await this.#claim(user, request);
    try {
      return await work(askedAtMs);
    } catch (error) {
      if (isNew && error instanceof Refusal) await this.#release(user.userId, request.key);
      throw error;
    }
  }

  async #claim(
    user: { readonly userId: string; readonly name: string },
    { key, fingerprint }: NamedRequest,
  ): Promise<Claimed> {
    const nowMs = this.#clock.nowMs();
    await ensureUser(this.#pool, user, nowMs);
    const { rowCount } = await this.#pool.query({
      name: "claim_idempotency_key",
      text: `insert into idempotency_keys (user_id, key, fingerprint, created_at)
        select $1, $2, $3, $4
        where (select count(*) from idempotency_keys where user_id = $1 and created_at > $5) < ${KEYS_MAX}
        on conflict do nothing`,
      values: [user.userId, key, fingerprint, new Date(nowMs), new Date(nowMs - DAY_MS)],
    });
    if (rowCount === 1) return { isNew: true, askedAtMs: nowMs };
    const { rows } = await this.#pool.query({
      name: "read_idempotency_key",
      text: "select fingerprint, created_at from idempotency_keys where user_id = $1 and key = $2",
      values: [user.userId, key],
    });
    const [first] = z.array(rowSchema).parse(rows);
    if (first === undefined) throw new Refusal("too_many_keys", { keysMax: KEYS_MAX });
    if (first.fingerprint !== fingerprint) throw new Refusal("request_id_reused");
    return { isNew: false, askedAtMs: first.created_at.getTime() };
  }

  async #release(userId: string, key: string): Promise<void> {
    await this.#pool.query("delete from idempotency_keys where user_id = $1 and key = $2", [userId, key]);
  }
}
