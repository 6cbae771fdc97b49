import type pg from "pg";
import { z } from "zod";
import type { Clock } from "../clock.ts";
import { Refusal } from "../errors.ts";

/** Why a user may not play, and until when; null: until an operator lifts it. */
export interface Ban {
  readonly userId: string;
  readonly reason: string;
  readonly untilMs: number | null;
}

const banSchema = z
  .object({ user_id: z.string(), reason: z.string(), until: z.date().nullable() })
  .transform(
    (row): Ban => ({ userId: row.user_id, reason: row.reason, untilMs: row.until?.getTime() ?? null }),
  );

/** The bans that have not ended by `nowMs`. */
export async function readBans(pool: pg.Pool, nowMs: number): Promise<Ban[]> {
  const { rows } = await pool.query(
    "select user_id, reason, until from bans where until is null or until > $1 order by created_at",
    [new Date(nowMs)],
  );
  return z.array(banSchema).parse(rows);
}

function holds({ untilMs }: Ban, nowMs: number): boolean {
  return untilMs === null || untilMs > nowMs;
}

/** Every ban there is, in this process' memory: asking costs nothing, so each request and each seat may ask. */
export class BanList {
  readonly #clock: Pick<Clock, "nowMs">;
  #bans: ReadonlyMap<string, Ban> = new Map();

  constructor(clock: Pick<Clock, "nowMs">) {
    this.#clock = clock;
  }

  replace(bans: readonly Ban[]): void {
    this.#bans = new Map(bans.map((ban) => [ban.userId, ban]));
  }

  /** How many hold now. */
  get size(): number {
    const nowMs = this.#clock.nowMs();
    return [...this.#bans.values()].filter((ban) => holds(ban, nowMs)).length;
  }

  /** The user's ban; null for one who may play. */
  of(userId: string): Ban | null {
    const ban = this.#bans.get(userId);
    return ban !== undefined && holds(ban, this.#clock.nowMs()) ? ban : null;
  }

  /** @throws Refusal banned */
  check(userId: string): void {
    const ban = this.of(userId);
    if (ban !== null) throw new Refusal("banned", { reason: ban.reason, untilMs: ban.untilMs });
  }
}
