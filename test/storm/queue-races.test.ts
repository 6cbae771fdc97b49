import { strict as assert } from "node:assert";
import { runQueueRaces } from "../../loadtest/storm/queue-races.ts";
import { useDatabase } from "../support/database.ts";

describe("requests that two commit queues are given many times at once", function () {
  this.timeout(60_000);
  const test = useDatabase();

  it("have one effect each, and everybody the same answer, also when the reply to COMMIT is lost", async () => {
    const report = await runQueueRaces({ databaseUrl: test.url, seed: 1, requests: 100 });
    assert.deepEqual(report.findings, []);
    assert.deepEqual(report.effects, { answers: 100, moves: 100, turnsSpent: 100 });
    assert.ok(report.submissions > 2_000, `${report.submissions} submissions`);
  });
});
