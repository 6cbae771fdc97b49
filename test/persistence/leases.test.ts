import { strict as assert } from "node:assert";
import type pg from "pg";
import { openLease, readLostLeases } from "../../src/persistence/leases.ts";
import { openSector } from "../../src/persistence/sectors.ts";
import { useDatabase } from "../support/database.ts";
import { makeSector, makeWorld } from "../support/fixtures.ts";

const FOREIGN_KEY_VIOLATION = "23503";

describe("a sector's lease", () => {
  const test = useDatabase();
  before(async () => {
    const world = await makeWorld(test.pool);
    for (const sectorId of [1, 2, 3, 4]) await makeSector(test.pool, world, sectorId);
  });

  async function withClient<Result>(work: (client: pg.PoolClient) => Promise<Result>): Promise<Result> {
    const client = await test.pool.connect();
    try {
      return await work(client);
    } finally {
      client.release(true);
    }
  }

  const open = (sectorId: number) => withClient((client) => openLease(client, sectorId));

  it("counts up from 1 with each opening", async () => {
    assert.deepEqual(await open(1), { sectorId: 1, epoch: 1 });
    assert.deepEqual(await open(1), { sectorId: 1, epoch: 2 });
    assert.deepEqual(await open(2), { sectorId: 2, epoch: 1 });
  });

  it("is given to each of many who open at once, under an epoch of their own", async () => {
    const opened = await Promise.all(Array.from({ length: 20 }, () => openSector(test.pool, 3, 0)));
    const epochs = opened.map(({ lease }) => lease.epoch).sort((a, b) => a - b);
    assert.deepEqual(
      epochs,
      Array.from({ length: 20 }, (_, index) => index + 1),
    );
  });

  it("is refused for a sector that does not exist", async () => {
    await assert.rejects(open(999), { code: FOREIGN_KEY_VIOLATION });
  });

  it("is lost to whoever opens after us, and to nobody else", async () => {
    const [kept, taken] = [await open(1), await open(2)];
    assert.deepEqual(await readLostLeases(test.pool, [kept, taken]), new Set());
    await open(2);
    assert.deepEqual(await readLostLeases(test.pool, [kept, taken]), new Set([2]));
    assert.deepEqual(await readLostLeases(test.pool, []), new Set());
  });

  it("is lost when its row is gone", async () => {
    const lease = await open(4);
    await test.pool.query("delete from sector_leases where sector_id = 4");
    assert.deepEqual(await readLostLeases(test.pool, [lease]), new Set([4]));
  });

  it("is not given while a batch holds it: what is loaded afterwards is final", async () => {
    const before = await open(1);
    const order: string[] = [];
    await withClient(async (batch) => {
      await batch.query("begin");
      await batch.query("select from sector_leases where sector_id = 1 for share");
      const opening = openSector(test.pool, 1, 0).then(({ lease }) => {
        order.push("opened");
        return lease;
      });
      await waitsForLock(test.pool);
      await batch.query(
        "update asteroid_fields set pool_remaining = 299, last_depleting_harvest_at = $1, replenish_due_at = $1 where sector_id = 1",
        [new Date()],
      );
      order.push("committed");
      await batch.query("commit");
      assert.equal((await opening).epoch, before.epoch + 1);
    });
    assert.deepEqual(order, ["committed", "opened"]);
    const { sector } = await openSector(test.pool, 1, 0);
    assert.equal(sector.field?.poolRemaining, 299);
  });
});

/** Resolves when some session of this database waits for a lock. */
async function waitsForLock(pool: pg.Pool): Promise<void> {
  for (;;) {
    const { rowCount } = await pool.query(
      "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
    );
    if ((rowCount ?? 0) > 0) return;
  }
}
