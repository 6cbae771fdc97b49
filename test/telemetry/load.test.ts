import { strict as assert } from "node:assert";
import { setTimeout as pause } from "node:timers/promises";
import { DELAY_LOOK_MS, LoadMeter } from "../../src/telemetry/load.ts";

const BLOCKED_MS = 300;
/** A timer's own inexactness. */
const SLACK_MS = 15;

describe("what a process measures of itself", () => {
  let meter: LoadMeter;
  beforeEach(() => {
    meter = new LoadMeter();
  });
  afterEach(() => meter.stop());

  it("says how late the event loop is, less the time between two looks at it", async () => {
    // There has to be a look before the one that comes late.
    await pause(2 * DELAY_LOOK_MS);
    const untilMs = performance.now() + BLOCKED_MS;
    while (performance.now() < untilMs);
    await pause(DELAY_LOOK_MS);
    const { eventLoopDelayP99Ms } = meter.take();
    // The next look was due at some moment between the block's first and the time between two looks.
    const leastMs = BLOCKED_MS - DELAY_LOOK_MS - SLACK_MS;
    assert.ok(eventLoopDelayP99Ms > leastMs, `blocked for ${BLOCKED_MS} ms: ${eventLoopDelayP99Ms}`);
    assert.ok(eventLoopDelayP99Ms < BLOCKED_MS + SLACK_MS, `${eventLoopDelayP99Ms}`);
    await pause(2 * DELAY_LOOK_MS);
    assert.ok(meter.take().eventLoopDelayP99Ms < BLOCKED_MS, "begins anew each time");
  });

  it("keeps the times of answers by command, and begins anew when they are taken", () => {
    for (let ms = 1; ms <= 100; ms++) meter.answered("harvest", null, ms);
    meter.answered("warp", "busy", 500);
    const { answers, answersByCommand } = meter.take();
    assert.equal(answers.count, 101);
    assert.ok(Math.abs((answersByCommand.harvest?.p50Ms ?? 0) - 50) < 2);
    assert.ok(Math.abs((answersByCommand.warp?.maxMs ?? 0) - 500) < 5);
    assert.equal(meter.take().answers.count, 0);
  });
});
