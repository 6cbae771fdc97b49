import { strict as assert } from "node:assert";
import { REFUSALS } from "../../loadtest/storm/refusals.ts";
import type { Fault } from "../../loadtest/storm/schedule.ts";
import { faultsFound, runStorm } from "../../loadtest/storm/storm.ts";
import { describeTruth } from "../../loadtest/truth.ts";

/** One of each sort; `npm run storm` has all of them, often. */
const FAULTS: readonly Fault[] = [
  { kind: "both_killed", everyone: true, afterMs: 1_500 },
  { kind: "commit_line", fault: "cut", stallMs: 0, afterMs: 300 },
  { kind: "clock_jump", byMs: -90_000, afterMs: 300 },
  ...REFUSALS.map((sqlstate) => ({ kind: "batch_refused", sqlstate, afterMs: 300 }) as const),
  { kind: "server_killed", moment: "before_publish", afterMs: 300 },
];

describe("bots in a storm", function () {
  this.timeout(120_000);

  it("lose nothing that they were told, get nothing twice, and nobody stays stuck", async () => {
    const told: string[] = [];
    const report = await runStorm({
      seed: 1,
      bots: 12,
      sectors: 3,
      faults: FAULTS,
      tell: (line) => told.push(line),
      signal: new AbortController().signal,
    });
    const seen = [...told, ...describeTruth(report.truth, 5)].join("\n");
    assert.deepEqual(faultsFound(report), [], seen);
    assert.deepEqual(report.truth.breaches, []);
    assert.equal(report.blows.length, FAULTS.length);
    for (const sqlstate of REFUSALS) assert.ok((report.refusals.get(sqlstate) ?? 0) > 0, sqlstate);
    assert.ok(report.truth.checked.answers > 30 && report.truth.checked.events > 5);
  });
});
