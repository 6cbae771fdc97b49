import { strict as assert } from "node:assert";
import { readSnapshot } from "../../src/persistence/snapshot.ts";
import { useDatabase } from "../support/database.ts";

describe("the database's snapshot", () => {
  const test = useDatabase();
  before(() => test.pool.query("create table notes (n int)"));

  it("is the same while nothing is committed, and another one as soon as something is, in whatever order", async () => {
    const [early, late] = [await test.pool.connect(), await test.pool.connect()];
    const write = "insert into notes values (1)";
    const snapshots: string[] = [];
    const look = async () => snapshots.push(await readSnapshot(test.pool));
    try {
      await early.query(`begin; ${write}`);
      await late.query(`begin; ${write}`);
      await look();
      await test.pool.query("select count(*) from notes");
      await look();
      await late.query("commit");
      await look();
      await early.query("commit");
      await look();
    } finally {
      early.release();
      late.release();
    }
    const [before, afterReading, afterLate, afterEarly] = snapshots;
    assert.equal(afterReading, before);
    assert.equal(new Set([before, afterLate, afterEarly]).size, 3);
  });
});
