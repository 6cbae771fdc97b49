import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import type pg from "pg";
import { connect } from "../../src/persistence/database.ts";
import { classify, inOneFlight, withTransaction } from "../../src/persistence/sqlstate.ts";
import { useDatabase } from "../support/database.ts";

function coded(code: string): Error {
  return Object.assign(new Error(code), { code });
}

describe("failures of the database", () => {
  const cases = [
    { failure: "retry", codes: ["40001", "40P01"] },
    { failure: "locked", codes: ["55P03"] },
    {
      failure: "away",
      codes: [
        "57P01",
        "57P03",
        "53300",
        "08006",
        "08P01",
        "25P03",
        "25P04",
        "25006",
        "ECONNREFUSED",
        "ECONNRESET",
      ],
    },
    { failure: "fatal", codes: ["23505", "23514", "42601", "22P02", "28P01", "ENOENT"] },
  ];
  for (const { failure, codes } of cases) {
    for (const code of codes) {
      it(`with ${code} mean ${failure}`, () => assert.equal(classify(coded(code)), failure));
    }
  }

  it("are known in whatever they were wrapped in", () => {
    assert.equal(classify(new Error("Failed query", { cause: coded("40P01") })), "retry");
    assert.equal(classify(new AggregateError([coded("ECONNREFUSED"), coded("EHOSTUNREACH")])), "away");
    assert.equal(classify(new Error("Connection terminated unexpectedly")), "away");
  });

  it("mean fatal where something is not supported, though an outdated statement has the same code", () => {
    assert.equal(classify(coded("0A000")), "fatal");
  });

  it("are not guessed from anything else", () => {
    assert.equal(classify(new Error("the 40001st mistake")), "fatal");
    assert.equal(classify("40001"), "fatal");
    assert.equal(classify(undefined), "fatal");
  });

  it("mean away when nobody listens, and when somebody listens but does not answer", async () => {
    const silent = createServer((socket) => socket.resume());
    silent.listen(0, "127.0.0.1");
    await once(silent, "listening");
    const address = silent.address();
    assert.ok(address !== null && typeof address === "object");
    const { pool } = connect(`postgres://user:password@127.0.0.1:${address.port}/none`, {
      max: 1,
      applicationName: "test",
    });
    await assert.rejects(pool.query("select 1"), (error) => classify(error) === "away");
    silent.close();
    await once(silent, "close");
    await assert.rejects(pool.query("select 1"), (error) => classify(error) === "away");
    await pool.end();
  });
});

describe("transactions", () => {
  const db = useDatabase();

  before(async () => {
    await db.pool.query("create table counters (id int primary key, value int not null)");
  });

  beforeEach(async () => {
    await db.pool.query("truncate counters");
    await db.pool.query("insert into counters values (1, 0), (2, 0)");
  });

  const add = (client: pg.PoolClient, id: number) =>
    client.query("update counters set value = value + 1 where id = $1", [id]);

  async function values(): Promise<number[]> {
    const { rows } = await db.pool.query<{ value: number }>("select value from counters order by id");
    return rows.map((row) => row.value);
  }

  it("are kept when their work is done, and give its result", async () => {
    const result = await withTransaction(db.pool, async (client) => {
      await add(client, 1);
      return "done";
    });
    assert.equal(result, "done");
    assert.deepEqual(await values(), [1, 0]);
  });

  it("leave nothing behind when their work fails, and their connection can be used again", async () => {
    const failure = new Error("changed my mind");
    const work = withTransaction(db.pool, async (client) => {
      await add(client, 1);
      throw failure;
    });
    await assert.rejects(work, failure);
    assert.deepEqual(await values(), [0, 0]);
    assert.equal(db.pool.idleCount, db.pool.totalCount);
  });

  it("that deadlock are both done in the end", async () => {
    const runs = [0, 0];
    const holding = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const;
    const lockBoth = (which: 0 | 1) =>
      withTransaction(db.pool, async (client) => {
        runs[which] = (runs[which] ?? 0) + 1;
        await add(client, which + 1);
        holding[which].resolve();
        await holding[1 - which === 0 ? 0 : 1].promise;
        await add(client, 2 - which);
      });
    await Promise.all([lockBoth(0), lockBoth(1)]);
    assert.deepEqual(await values(), [2, 2]);
    assert.equal((runs[0] ?? 0) + (runs[1] ?? 0), 3);
  });

  it("that cannot be serialized run again", async () => {
    const transfer = () =>
      withTransaction(db.pool, async (client) => {
        await client.query("set transaction isolation level serializable");
        const { rows } = await client.query<{ sum: number }>("select sum(value)::int as sum from counters");
        await client.query("update counters set value = $1 where id = 1", [(rows[0]?.sum ?? 0) + 1]);
      });
    await Promise.all([transfer(), transfer()]);
    assert.deepEqual(await values(), [2, 0]);
  });

  it("whose statement a migration has outdated run again on a connection that prepares it anew", async () => {
    const { pool } = connect(db.url, { max: 1, applicationName: "outdated" });
    const read = () =>
      withTransaction(pool, (client) => client.query({ name: "all", text: "select * from counters" }));
    await read();
    await db.pool.query("alter table counters add column note text");
    assert.equal((await read()).fields.length, 3);
    await db.pool.query("alter table counters drop column note");
    await pool.end();
  });

  it("are given up after three retries", async () => {
    let runs = 0;
    const work = withTransaction(db.pool, async () => {
      runs += 1;
      throw coded("40001");
    });
    await assert.rejects(work, { code: "40001" });
    assert.equal(runs, 4);
  });

  it("are not run again for a locked row", async () => {
    let runs = 0;
    await withTransaction(db.pool, async (holder) => {
      await add(holder, 1);
      const work = withTransaction(db.pool, async (client) => {
        runs += 1;
        await client.query("select from counters where id = 1 for update nowait");
      });
      await assert.rejects(work, (error) => classify(error) === "locked");
    });
    assert.equal(runs, 1);
  });

  it("that went on after a failed statement are not reported as done", async () => {
    const work = withTransaction(db.pool, async (client) => {
      await add(client, 1);
      await client.query("select 1 / 0").catch(() => {});
    });
    await assert.rejects(work, /rolled back/);
    assert.deepEqual(await values(), [0, 0]);
  });

  it("whose connection dies fail as away, and the connection is not used again", async () => {
    let pid = 0;
    const work = withTransaction(db.pool, async (client) => {
      const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
      pid = rows[0]?.pid ?? 0;
      // Waits until the backend is gone: a moment longer than it takes this connection to hear of it.
      await db.pool.query("select pg_terminate_backend($1, 5000)", [pid]);
      await add(client, 1);
    });
    await assert.rejects(work, (error) => classify(error) === "away");
    const { rows } = await db.pool.query("select from pg_stat_activity where pid = $1", [pid]);
    assert.equal(rows.length, 0);
    assert.deepEqual(await values(), [0, 0]);
  });

  it("of one round trip are kept whole or not at all, and a failed one's connection is not used again", async () => {
    const set = (id: number, value: string) => ({
      name: "set_counter",
      text: "update counters set value = 10 / $2 where id = $1 returning value",
      values: [String(id), value],
    });
    const both = (second: string) =>
      inOneFlight(db.pool, (flight) =>
        Promise.all([flight.query(set(1, "5")), flight.query(set(2, second))]),
      );
    const rowsOf = async (second: string) => (await both(second)).map(({ rows }) => rows);
    assert.deepEqual(await rowsOf("2"), [[{ value: 2 }], [{ value: 5 }]]);
    await db.pool.query("update counters set value = 0");
    const before = db.pool.totalCount;
    await assert.rejects(both("0"), { code: "22012" });
    assert.equal(db.pool.totalCount, before - 1);
    assert.deepEqual(await values(), [0, 0]);
    // What `pg` has prepared by itself under the same name on any of its connections is another statement.
    await Promise.all(Array.from({ length: 20 }, () => db.pool.query(set(1, "1"))));
    await Promise.all(Array.from({ length: 20 }, () => both("2")));
    assert.deepEqual(await values(), [2, 5]);
  });

  it("of one round trip that deadlock run again", async () => {
    const add = (id: number) => ({
      name: "add_counter",
      text: "update counters set value = value + 1 from pg_sleep(0.05) where id = $1",
      values: [String(id)],
    });
    const crossing = [
      [1, 2],
      [2, 1],
    ].map((ids) => inOneFlight(db.pool, (flight) => Promise.all(ids.map((id) => flight.query(add(id))))));
    await Promise.all(crossing);
    assert.deepEqual(await values(), [2, 2]);
  });

  it("that stand still are cut off by the server, without ending this process", async () => {
    const { pool } = connect(db.url, { max: 1, applicationName: "standing still" });
    const work = withTransaction(pool, async (client) => {
      await client.query("set idle_in_transaction_session_timeout = 50");
      await add(client, 1);
      await once(client, "end");
      await add(client, 2);
    });
    await assert.rejects(work, (error) => classify(error) === "away");
    assert.deepEqual(await values(), [0, 0]);
    await pool.end();
  });
});
