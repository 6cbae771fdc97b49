import { strict as assert } from "node:assert";
import { runIdempotency } from "../../loadtest/storm/idempotency.ts";
import { fingerprintOfRepeats, repeatsOf } from "../../loadtest/storm/repeats.ts";
import { useDatabase } from "../support/database.ts";

const REQUESTS = 40;
/** What pilots can do in a sector, and over HTTP. */
const KINDS = [
  ...["buy_license", "cancel_run", "classify", "complete_run", "contribute", "create_run", "dock", "harvest"],
  ...["join_contract", "sell", "start_run", "undock", "warp"],
];

describe("requests that a server is sent many times, over every line that a pilot has", function () {
  this.timeout(90_000);
  const test = useDatabase();

  it("have one effect each, and one answer, also when replies to COMMIT are lost", async () => {
    const report = await runIdempotency({
      databaseUrl: test.url,
      seed: 1,
      requests: REQUESTS,
      processes: 1,
      tell: () => {},
    });
    assert.deepEqual(report.findings, []);
    assert.deepEqual(
      report.effects.map(({ kind }) => kind),
      KINDS,
    );
    assert.ok(report.submissions > 10 * REQUESTS, `${report.submissions} submissions`);
    assert.ok(report.repliesLost > 0);
  });
});

describe("how often a storm sends a request, and how", () => {
  it("is the same for the same seed, and covers every way, up to fifty copies", () => {
    const [first, again, other] = [1, 1, 2].map((seed) => repeatsOf(seed, 1_003, 10));
    assert.ok(first !== undefined && again !== undefined && other !== undefined);
    assert.equal(fingerprintOfRepeats(again), fingerprintOfRepeats(first));
    assert.notEqual(fingerprintOfRepeats(other), fingerprintOfRepeats(first));
    const all = first.flat();
    assert.equal(all.length, 1_003);
    assert.deepEqual([...new Set(all.map(({ way }) => way))].sort(), [
      "after_cut",
      "after_rejoin",
      "beside",
      "later",
    ]);
    const copies = all.map((one) => one.copies);
    assert.deepEqual([Math.min(...copies), Math.max(...copies)], [2, 50]);
  });
});
