import { strict as assert } from "node:assert";
import { type Evidence, faultsOf } from "../../loadtest/faults.ts";

const HEALTHY = { queue: { commits: 9, items: 9, fenced: 0, failed: 0 }, errors: new Map(), hasDied: false };
const PASSED: Evidence = {
  bots: 2,
  entered: 2,
  early: 0,
  servers: [HEALTHY],
  refusals: [{ field_depleted: 3 }],
};

/** Each by itself fails a load test, whatever the bots were told. */
const FAULTS: readonly [Partial<Evidence>, string][] = [
  [{ entered: 1 }, "only 1 of 2 bots were in before the play began"],
  [{ refusals: [{ internal: 1 }, { internal: 2 }] }, "3 × answered with internal"],
  [{ refusals: [{ "(join) internal": 1 }] }, "1 × answered with (join) internal"],
  [
    { servers: [HEALTHY, { ...HEALTHY, queue: { ...HEALTHY.queue, failed: 1 } }] },
    "server 2 could not write 1 of its outcomes",
  ],
  [
    { servers: [{ ...HEALTHY, queue: { ...HEALTHY.queue, fenced: 2 } }] },
    "server 1 lost 2 outcomes with a sector's lease",
  ],
  [
    { servers: [{ ...HEALTHY, errors: new Map([["A command failed.", 2]]) }] },
    "server 1 logged 2 × as an error: A command failed.",
  ],
  [{ early: 2 }, "2 harvests ended before they were due"],
  [{ servers: [{ ...HEALTHY, queue: null, hasDied: true }] }, "server 1 ended by itself"],
];

describe("what speaks against a server in a load test", () => {
  it("is nothing when everybody got in and the server failed at nothing", () => {
    assert.deepEqual(faultsOf(PASSED), []);
  });

  for (const [evidence, fault] of FAULTS) {
    it(`is said: ${fault}`, () => assert.deepEqual(faultsOf({ ...PASSED, ...evidence }), [fault]));
  }
});
