import type pg from "pg";
import { z } from "zod";
import type { Clock } from "../clock.ts";
import { HULL_TYPES, type HullType } from "../rules/ships.ts";
import { nextTurnAtMs, regenerateTurns } from "../rules/turns.ts";
import { binaryArray } from "./binary-arrays.ts";
import type { Database } from "./database.ts";
import { Gathering } from "./gathering.ts";

/** What a pilot is told of themselves while nothing of it is live. */
export interface Me {
  readonly playerId: string;
  readonly name: string;
  readonly credits: number;
  /** Those that a running command holds back included: only its room knows of them. */
  readonly turns: number;
  readonly maxTurns: number;
  /** Null while the pool is full. */
  readonly nextTurnAtMs: number | null;
  readonly shipId: string;
  readonly shipName: string;
  readonly shipType: HullType;
  /** As stored: that a ship is mining or fighting is said in its room alone. */
  readonly status: string;
  readonly stationId: string | null;
  readonly sectorId: number;
}

const rowSchema = z.object({
  user_id: z.string(),
  player_id: z.string(),
  name: z.string(),
  credits: z.int(),
  turns: z.int(),
  max_turns: z.int(),
  last_turn_regeneration: z.date(),
  aria_bonus_bps: z.int(),
  turns_per_day: z.int(),
  ship_id: z.string(),
  ship_name: z.string(),
  type: z.enum(HULL_TYPES),
  status: z.string(),
  docked_station_id: z.string().nullable(),
  sector_id: z.int(),
});
type MeRow = z.output<typeof rowSchema>;

/** Tells users of their players and ships. */
export class MeReader {
  readonly #clock: Pick<Clock, "nowMs">;
  readonly #rows: Gathering<string, MeRow | null>;

  constructor({ pool }: Pick<Database, "pool">, clock: Pick<Clock, "nowMs">) {
    this.#clock = clock;
    this.#rows = new Gathering((userIds) => readRows(pool, userIds));
  }

  /** The user's player and ship, turns credited up to now; null for a user who has not joined yet. */
  async read(userId: string): Promise<Me | null> {
    const row = await this.#rows.ask(userId);
    return row === null ? null : meOf(row, this.#clock.nowMs());
  }
}

async function readRows(pool: pg.Pool, userIds: readonly string[]): Promise<(MeRow | null)[]> {
  const { rows } = await pool.query({
    name: "read_me",
    text: `select p.user_id, p.id as player_id, coalesce(nullif(p.nickname, ''), u.username) as name, p.credits, p.turns,
        p.max_turns, p.last_turn_regeneration, p.aria_bonus_bps, s.id as ship_id, s.name as ship_name, s.type,
        s.status, s.docked_station_id, s.sector_id,
        (select default_turns_per_day from galaxies limit 1) as turns_per_day
      -- A plan for any number of keys is kept; one made for this number is made anew each time.
      from unnest((select $1::uuid[])) as asked(user_id)
      cross join lateral (select * from players where user_id = asked.user_id offset 0) p
      cross join lateral (select * from users where id = p.user_id offset 0) u
      cross join lateral (select * from ships where id = p.current_ship_id offset 0) s`,
    values: [binaryArray("uuid", userIds)],
  });
  const byUser = new Map(
    z
      .array(rowSchema)
      .parse(rows)
      .map((row) => [row.user_id, row]),
  );
  return userIds.map((userId) => byUser.get(userId) ?? null);
}

function meOf(row: MeRow, nowMs: number): Me {
  const turnPool = {
    turns: row.turns,
    maxTurns: row.max_turns,
    anchorMs: row.last_turn_regeneration.getTime(),
    multiplierBps: row.aria_bonus_bps,
    turnsPerDay: row.turns_per_day,
  };
  return {
    playerId: row.player_id,
    name: row.name,
    credits: row.credits,
    turns: regenerateTurns(turnPool, nowMs).turns,
    maxTurns: row.max_turns,
    nextTurnAtMs: nextTurnAtMs(turnPool, nowMs),
    shipId: row.ship_id,
    shipName: row.ship_name,
    shipType: row.type,
    status: row.status,
    stationId: row.docked_station_id,
    sectorId: row.sector_id,
  };
}
