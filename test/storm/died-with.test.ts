import { strict as assert } from "node:assert";
import { diedWith, type Outage } from "../../loadtest/storm/died-with.ts";

/** A harvest of a second, accepted at so many ms. */
function harvestAt(acceptedMs: number) {
  return { id: "", what: "", acceptedMs, ticks: 10 };
}

const killed = (atMs: number, curedMs: number): Outage => ({ atMs, curedMs, killsServer: true });
const away = (atMs: number, curedMs: number): Outage => ({ atMs, curedMs, killsServer: false });

describe("a harvest without an outcome, in a storm", () => {
  it("has died with a server that was killed while it ran, or before it was written", () => {
    assert.equal(diedWith(harvestAt(10_000), [killed(10_500, 12_000)]), true);
    assert.equal(diedWith(harvestAt(10_000), [killed(11_900, 12_500)]), true);
    assert.equal(diedWith(harvestAt(10_000), [killed(9_990, 10_400)]), true, "its answer was on its way");
  });

  it("has been lost if nothing was killed then", () => {
    assert.equal(diedWith(harvestAt(10_000), []), false);
    assert.equal(diedWith(harvestAt(10_000), [killed(5_000, 9_000), killed(12_500, 13_000)]), false);
  });

  it("has been lost if only the database was away: its outcome comes afterwards", () => {
    assert.equal(diedWith(harvestAt(10_000), [away(10_500, 14_000)]), false);
    const both = [away(10_500, 14_000), killed(14_500, 16_000)];
    assert.equal(diedWith(harvestAt(10_000), both), true, "a server died that still had it");
    assert.equal(diedWith(harvestAt(10_000), [away(10_500, 14_000), killed(15_500, 16_000)]), false);
  });
});
