import { strict as assert } from "node:assert";
import type pg from "pg";
import { Flight } from "../../src/persistence/flight.ts";
import { type Column, copyRows, type Statement } from "../../src/persistence/statements.ts";
import { useDatabase } from "../support/database.ts";

interface Word {
  readonly place: number;
  readonly word: string | null;
}

const COLUMNS: readonly Column<Word>[] = [
  ["place", "int", (row) => row.place],
  ["word", "text", (row) => row.word],
];

function ask(name: string, text: string, values: Statement["values"] = []): Statement {
  return { name, text, values };
}

describe("a flight of statements", () => {
  const db = useDatabase();
  let client: pg.PoolClient;

  before(() => db.pool.query("create table words (place int primary key, word text, said timestamptz)"));
  beforeEach(async () => {
    await db.pool.query("delete from words");
    client = await db.pool.connect();
  });
  afterEach(() => client.release(true));

  async function words(): Promise<unknown[]> {
    const { rows } = await db.pool.query("select place, word from words order by place");
    return rows;
  }

  it("gives each statement its own rows, read as its columns' types say, the first time and again", async () => {
    const at = new Date("2102-07-04T05:06:07.890Z");
    for (const word of ["one", "two"]) {
      const flight = new Flight(client);
      const [numbers, none, moment] = [
        flight.query(
          ask("numbers", "select $1::int as a, null::text as b union all select 7, $2", ["5", word]),
        ),
        flight.query(ask("nothing", "select 1 as x where false")),
        flight.query(ask("moment", "select $1::timestamptz as at", [at.toISOString()])),
      ];
      await flight.send();
      assert.deepEqual((await numbers).rows, [
        { a: 5, b: null },
        { a: 7, b: word },
      ]);
      assert.deepEqual((await none).rows, []);
      assert.deepEqual((await moment).rows, [{ at }]);
    }
  });

  it("copies rows in between, NULLs too", async () => {
    const flight = new Flight(client);
    const rows = [
      { place: 1, word: 'ü "🚀"' },
      { place: 2, word: null },
    ];
    flight.query(copyRows("words", COLUMNS, rows));
    const seen = flight.query(ask("count", "select count(*)::int as count from words"));
    await flight.send();
    assert.deepEqual((await seen).rows, [{ count: 2 }]);
    assert.deepEqual(await words(), rows);
  });

  it("stops at the first statement that fails, tells why, and passes over the rows of a later COPY", async () => {
    const flight = new Flight(client);
    const begun = flight.query(ask("begin", "begin"));
    flight.query(copyRows("words", COLUMNS, [{ place: 1, word: "kept?" }]));
    const failed = flight.query(ask("divide", "select 1 / $1::int", ["0"]));
    const skipped = flight.query(copyRows("words", COLUMNS, [{ place: 2, word: "never" }]));
    flight.query(ask("commit", "commit"));
    await assert.rejects(flight.send(), { code: "22012" });
    await begun;
    await assert.rejects(failed, { code: "22012" });
    await assert.rejects(skipped, { code: "22012" });
    client.release(true);
    client = await db.pool.connect();
    assert.deepEqual(await words(), []);
  });

  it("fails when a COPY finds a row that is there already", async () => {
    await db.pool.query("insert into words values (1, 'first')");
    const flight = new Flight(client);
    flight.query(copyRows("words", COLUMNS, [{ place: 1, word: "second" }]));
    await assert.rejects(flight.send(), { code: "23505" });
    assert.deepEqual(await words(), [{ place: 1, word: "first" }]);
  });

  it("fails when its connection is cut before it is answered", async () => {
    const { rows } = await client.query("select pg_backend_pid() as pid");
    const flight = new Flight(client);
    flight.query(ask("sleep", "select pg_sleep(30)"));
    client.on("error", () => {});
    // It may fail before whoever ends it is told that it has been.
    const failed = assert.rejects(flight.send());
    await db.pool.query("select pg_terminate_backend($1)", [rows[0]?.pid]);
    await failed;
  });
});
