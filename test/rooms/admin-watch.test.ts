import { strict as assert } from "node:assert";
import { recordOrder } from "../../src/persistence/admin.ts";
import { BanList } from "../../src/persistence/bans.ts";
import { AdminWatch } from "../../src/rooms/admin-watch.ts";
import { orderOfAnotherVersion } from "../support/admin.ts";
import { useDatabase } from "../support/database.ts";
import { until } from "../support/until.ts";

describe("a process that is given orders by another version's operators", () => {
  const test = useDatabase();

  it("says once of each that it does not know it, and carries out those after it", async () => {
    const clock = { nowMs: () => Date.now() };
    const warnings: unknown[] = [];
    const drains: (number | null)[] = [];
    const watch = new AdminWatch({
      pool: test.pool,
      clock,
      processId: "server-1",
      bans: new BanList(clock),
      sectors: new Set(),
      galaxies: new Set(),
      onDrain: (seconds) => drains.push(seconds),
      log: { debug() {}, info() {}, warn: (fields) => warnings.push(fields), error() {} },
    });
    const drain = (deadlineSeconds: number) =>
      recordOrder(
        test.pool,
        { kind: "drain", processId: null, deadlineSeconds },
        { operator: "test", nowMs: clock.nowMs() },
      );
    await watch.start();
    try {
      await orderOfAnotherVersion(test.pool, "mute");
      await orderOfAnotherVersion(test.pool, "incident", {
        sectorId: 1,
        type: "eclipse",
        severity: 9,
        seed: 1,
      });
      await drain(1);
      await until("the first drain", () => drains.length === 1);
      await drain(2);
      await until("the second drain", () => drains.length === 2);
    } finally {
      await watch.stop();
    }
    assert.deepEqual(drains, [1, 2]);
    assert.deepEqual(warnings, [
      { actionId: 1, operator: "later", kind: "mute" },
      { actionId: 2, operator: "later", kind: "incident" },
    ]);
  });
});
