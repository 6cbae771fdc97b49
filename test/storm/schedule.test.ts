import { strict as assert } from "node:assert";
import { fingerprintOf, labelOf, scheduleOf } from "../../loadtest/storm/schedule.ts";

describe("a storm's schedule", () => {
  it("is the same for the same seed, and another one for another", () => {
    assert.deepEqual(scheduleOf(7, 50), scheduleOf(7, 50));
    assert.equal(fingerprintOf(scheduleOf(7, 50)), fingerprintOf(scheduleOf(7, 50)));
    assert.notEqual(fingerprintOf(scheduleOf(7, 50)), fingerprintOf(scheduleOf(8, 50)));
  });

  it("begins with what a shorter one of that seed has", () => {
    const short = scheduleOf(3, 12);
    assert.deepEqual(scheduleOf(3, 100).slice(0, short.length), short);
  });

  it("kills as often as it is told, and gives every kind of fault its share", () => {
    const faults = scheduleOf(1, 100);
    const isKill = (kind: string) => kind.endsWith("_killed");
    assert.equal(faults.filter(({ kind }) => isKill(kind)).length, 100);
    const counts = [...Map.groupBy(faults, labelOf).values()].map((same) => same.length);
    assert.equal(counts.length, 16);
    assert.ok(Math.min(...counts) >= 3, String(counts));
  });
});
