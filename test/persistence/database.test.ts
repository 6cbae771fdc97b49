import assert from "node:assert/strict";
import { sql } from "drizzle-orm";
import { connect } from "../../src/persistence/database.ts";
import { drizzleOn } from "../../src/persistence/drizzle.ts";
import { withTransaction } from "../../src/persistence/sqlstate.ts";
import { sectorLeases } from "../../src/persistence/tables/index.ts";
import { useDatabase } from "../support/database.ts";
import { administer } from "../support/postgres.ts";

describe("connections", () => {
  const db = useDatabase();

  it("have the server's limits from their first statement on", async () => {
    const { rows } = await db.pool.query(
      `select name, setting from pg_settings where source = 'client' and name <> 'application_name'
        and name not like 'client_encoding' order by name`,
    );
    const settings = Object.fromEntries(rows.map(({ name, setting }) => [name, setting]));
    assert.equal(settings.idle_in_transaction_session_timeout, "1000");
    assert.equal(settings.statement_timeout, "10000");
    assert.equal(settings.lock_timeout, "3000");
    assert.equal(settings.tcp_keepalives_idle, "5");
    assert.equal(settings.TimeZone, "UTC");
  });

  it("keep what the operator's URL asks for", async () => {
    const url = new URL(db.url);
    url.searchParams.set("options", "-c lock_timeout=77 -c search_path=elsewhere,public");
    const { pool } = connect(url.href, { max: 1, applicationName: "operator" });
    const { rows } = await pool.query(
      `select current_setting('lock_timeout') as lock, current_setting('search_path') as path,
        current_setting('statement_timeout') as statement, current_setting('application_name') as name`,
    );
    await pool.end();
    assert.deepEqual(rows, [{ lock: "77ms", path: "elsewhere,public", statement: "10s", name: "operator" }]);
  });

  it("that go by key do so after their table has grown, too, whatever was planned while it was empty", async () => {
    for (const byKey of [true, false]) {
      const { pool } = connect(db.url, { max: 1, applicationName: "by key", byKey });
      await pool.query("create temp table grown (key int primary key, value text)");
      await pool.query("set plan_cache_mode = force_generic_plan");
      await pool.query(
        "prepare of_keys(int[]) as select value from unnest($1) as k(key) join grown using (key)",
      );
      await pool.query("execute of_keys('{1,2}')");
      await pool.query("insert into grown select n, 'some' from generate_series(1, 3000) n");
      const { rows } = await pool.query("explain execute of_keys('{1,2}')");
      const plan = rows.map((row) => row["QUERY PLAN"]).join("\n");
      assert.equal(/Seq Scan on grown/.test(plan), !byKey, plan);
      await pool.end();
    }
  });

  it("give int8 as numbers and refuse what a number cannot say", async () => {
    const { rows } = await db.pool.query("select 9007199254740991 as n, count(*) as none from sector_leases");
    assert.deepEqual(rows, [{ n: Number.MAX_SAFE_INTEGER, none: 0 }]);
    await assert.rejects(db.pool.query("select 9007199254740992 as n"), /holds 9007199254740992/);
  });

  it("give moments as Postgres writes them, to the millisecond", async () => {
    const texts = ["2102-07-04 05:06:07.89+00", "1999-12-31 23:59:59.001+00", "2000-01-01 00:00:00+00"];
    const further = ["0099-01-01 00:00:00+00", "12102-07-04 05:06:07+00", "2102-07-04 05:06:07.123456+02"];
    const { rows } = await db.pool.query("select t::timestamptz as at from unnest($1::text[]) t", [
      [...texts, ...further, "infinity"],
    ]);
    assert.deepEqual(
      rows.map(({ at }) => (at instanceof Date ? at.toISOString() : at)),
      [
        ...["2102-07-04T05:06:07.890Z", "1999-12-31T23:59:59.001Z", "2000-01-01T00:00:00.000Z"],
        ...["0099-01-01T00:00:00.000Z", "+012102-07-04T05:06:07.000Z", "2102-07-04T03:06:07.123Z"],
        Number.POSITIVE_INFINITY,
      ],
    );
  });

  it("serve drizzle's queries, inside a transaction too", async () => {
    assert.deepEqual(await db.drizzle.select().from(sectorLeases), []);
    const inside = await withTransaction(db.pool, async (client) => {
      const { rows } = await drizzleOn(client).execute(
        sql`select pg_current_xact_id_if_assigned() as id, txid_current() as mine`,
      );
      return rows.length;
    });
    assert.equal(inside, 1);
  });

  it("survive the end of the sessions they stand for", async () => {
    const errors: Error[] = [];
    const { pool } = connect(db.url, {
      max: 2,
      applicationName: "doomed",
      onIdleError: (error) => errors.push(error),
    });
    await pool.query("select 1");
    const removed = new Promise((resolve) => pool.once("remove", resolve));
    await administer(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'doomed'",
    );
    await removed;
    assert.match(errors[0]?.message ?? "", /terminating connection/);
    assert.deepEqual((await pool.query("select 1 as up")).rows, [{ up: 1 }]);
    await pool.end();
  });
});
