import { strict as assert } from "node:assert";
import { eventLoopReading, LOOK_MS, nextPace, type Pace, PatchRate } from "../../src/rooms/patch-rate.ts";

const SLOWEST = 4;

/** The paces that a process goes through as it is found so busy, look by look. */
function paces(utilizations: readonly number[], everyBeatsMax = SLOWEST): number[] {
  let pace: Pace = { everyBeats: 1, calmLooks: 0 };
  return utilizations.map((utilization) => {
    pace = nextPace(pace, utilization, everyBeatsMax);
    return pace.everyBeats;
  });
}

describe("the patch rate", () => {
  for (const [what, utilizations, expected] of [
    ["stays at every beat below 60 %", [0, 0.3, 0.59, 0.59, 0.59], [1, 1, 1, 1, 1]],
    ["halves with each busy look, to a quarter", [0.6, 0.6, 1, 1], [2, 4, 4, 4]],
    ["stays where it is between calm and busy", [0.8, 0.59, 0.5, 0.5, 0.5, 0.5], [2, 2, 2, 2, 2, 2]],
    ["doubles after three calm looks in a row", [1, 1, 0.49, 0, 0, 0.3, 0.3, 0.3], [2, 4, 4, 4, 2, 2, 2, 1]],
    [
      "is a beat again after a crowded moment in a process half at work",
      [0.7, 0.7, 0.41, 0.41, 0.41, 0.45, 0.45, 0.45, 0.52],
      [2, 4, 4, 4, 2, 2, 2, 1, 1],
    ],
    ["counts calm looks anew after one that was not", [0.9, 0, 0, 0.55, 0, 0, 0], [2, 2, 2, 2, 2, 2, 1]],
    ["is never faster than a beat", [0, 0, 0, 0, 0, 0, 0.9], [1, 1, 1, 1, 1, 1, 2]],
  ] as const) {
    it(what, () => assert.deepEqual(paces(utilizations), expected));
  }

  it("is not thinned past what the operator allows", () => {
    assert.deepEqual(paces([1, 1, 1], 2), [2, 2, 2]);
    assert.deepEqual(paces([1, 1, 1], 1), [1, 1, 1]);
  });

  it("looks once a second, and not at what was before its first look", () => {
    const readings = [1, 0.8, 0.9];
    const rate = new PatchRate(2.5, () => readings.shift() ?? assert.fail("looked too often"));
    const hz = (nowMs: number) => {
      rate.look(nowMs);
      return rate.hz;
    };
    assert.deepEqual([5_000, 5_010, 5_000 + LOOK_MS - 1].map(hz), [10, 10, 10]);
    assert.deepEqual([5_000 + LOOK_MS, 5_010 + LOOK_MS].map(hz), [5, 5]);
    assert.equal(hz(5_000 + 2 * LOOK_MS), 2.5);
  });

  it("finds a process that computes without a pause busy, and one that waits not", async () => {
    const read = eventLoopReading();
    const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
    await wait(60);
    assert.ok(read() < 0.9);
    const untilMs = performance.now() + 60;
    while (performance.now() < untilMs);
    await wait(0);
    assert.ok(read() > 0.7);
  });
});
