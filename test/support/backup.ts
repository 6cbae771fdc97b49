/** For tests that break a database on purpose, and want it whole again. */
import type pg from "pg";
import { z } from "zod";

/** What play changes; the world itself stays as it is. */
const TABLES = [
  "players",
  "ships",
  "ship_cargo",
  "reputations",
  "asteroid_fields",
  "mining_harvests",
  "combat_logs",
  "movements",
  "deals",
  "station_surplus",
  "claim_licenses",
  "npc_patrols",
  "user_balances",
  "sector_incidents",
  "incident_boons",
  "reward_spendings",
  "expedition_runs",
  "guild_contracts",
  "contract_tiers",
  "contract_members",
  "contract_contributions",
  "contract_tier_grants",
  "events",
  "requests",
  "product_events",
] as const;

const checksSchema = z.array(z.object({ statement: z.string() }));

export class Backup {
  readonly #pool: pg.Pool;

  private constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  /** Remembers every row as it is, and takes the CHECKs out of the way: a database never refuses here. */
  static async of(pool: pg.Pool): Promise<Backup> {
    await pool.query("create schema backup");
    for (const table of TABLES) await pool.query(`create table backup.${table} as table ${table}`);
    const { rows } = await pool.query(
      `select format('alter table %s drop constraint %I', conrelid::regclass, conname) as statement
        from pg_constraint where contype = 'c' and connamespace = 'public'::regnamespace`,
    );
    for (const { statement } of checksSchema.parse(rows)) await pool.query(statement);
    return new Backup(pool);
  }

  /** Runs a statement with triggers and foreign keys asleep. It must change something. */
  async corrupt(sql: string): Promise<void> {
    const { rowCount, command } = await asleep(this.#pool, [sql]);
    if (command !== "ALTER" && (rowCount ?? 0) === 0) throw new Error(`nothing is corrupted by: ${sql}`);
  }

  async restore(): Promise<void> {
    await asleep(
      this.#pool,
      TABLES.flatMap((table) => [
        `delete from ${table}`,
        `insert into ${table} overriding system value select * from backup.${table}`,
      ]),
    );
  }
}

/** Removes every pilot and everything that was ever done; the world stays. */
export async function forgetAllPlay(pool: pg.Pool): Promise<void> {
  await asleep(
    pool,
    [...TABLES, "users"].map((table) => `delete from ${table}`),
  );
}

/** Runs statements in one transaction, with triggers and foreign keys asleep. @returns what the last one did */
async function asleep(pool: pg.Pool, statements: readonly string[]): Promise<pg.QueryResult> {
  const client = await pool.connect();
  try {
    await client.query("begin");
    await client.query("set local session_replication_role = replica");
    let result: pg.QueryResult | null = null;
    for (const statement of statements) result = await client.query(statement);
    await client.query("commit");
    if (result === null) throw new Error("there was nothing to do");
    return result;
  } finally {
    client.release(true);
  }
}
