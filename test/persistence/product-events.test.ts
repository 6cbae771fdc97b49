import assert from "node:assert/strict";
import { type ProductEvent, recordProductEvent } from "../../src/persistence/product-events.ts";
import { withTransaction } from "../../src/persistence/sqlstate.ts";
import { useDatabase } from "../support/database.ts";

const USER = "5f0c2a4e-8d1b-4c3a-9e7f-1234567890ab";
const now = new Date(Date.UTC(2030, 0, 1));
const started: ProductEvent = {
  name: "ecosystem_mission_started",
  userId: USER,
  properties: { mission_id: "m", surface: "web", run_id: "r", entry_point: "map" },
  now,
};

describe("the outbox of product events", () => {
  const test = useDatabase();
  const record = (event: ProductEvent) => withTransaction(test.pool, (tx) => recordProductEvent(tx, event));
  const recorded = async () =>
    (await test.pool.query("select name, properties from product_events order by seq")).rows;
  beforeEach(() => test.pool.query("delete from product_events"));

  it("has an event if, and only if, its transaction was committed", async () => {
    const failing = withTransaction(test.pool, async (tx) => {
      await recordProductEvent(tx, started);
      throw new Error("the run could not be started");
    });
    await assert.rejects(failing, /could not be started/);
    assert.deepEqual(await recorded(), []);
    await record(started);
    assert.deepEqual(await recorded(), [{ name: started.name, properties: started.properties }]);
  });

  it("has one event for one thing, however often it is recorded", async () => {
    await record(started);
    await record({ ...started, now: new Date(now.getTime() + 1_000) });
    await record({ ...started, properties: { ...started.properties, run_id: "another" } });
    assert.equal((await recorded()).length, 2);
  });

  it("takes no property too many, too few, or of another type", async () => {
    const { properties } = started;
    const { entry_point: _, ...less } = properties;
    for (const wrong of [{ ...properties, credits: 1 }, less, { ...properties, run_id: 7 }]) {
      const event: ProductEvent = { ...started, properties: JSON.parse(JSON.stringify(wrong)) };
      await assert.rejects(record(event), { name: "ZodError" });
    }
    assert.deepEqual(await recorded(), []);
  });
});
