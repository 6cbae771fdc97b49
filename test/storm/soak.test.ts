import { strict as assert } from "node:assert";
import type { ProbeReport } from "../../loadtest/storm/probe-report.ts";
import { driftsOf } from "../../loadtest/storm/soak.ts";

const MB = 1e6;

/** An hour of a server, a sample a minute. */
function hour(change: (minute: number) => Partial<ProbeReport>): ProbeReport[] {
  return Array.from({ length: 60 }, (_, minute) => ({
    heapBytes: 60 * MB + (minute % 7) * 0.2 * MB,
    rssBytes: 150 * MB,
    resources: { TCPSocketWrap: 60, Timeout: 40 },
    roomCount: 9,
    clients: 40,
    ...change(minute),
  }));
}

function notFlat(samples: readonly ProbeReport[]): string[] {
  return driftsOf(samples)
    .filter(({ isFlat }) => !isFlat)
    .map(({ what }) => what);
}

describe("what a soak calls flat", () => {
  it("is a server that warms up, lives through faults, and holds what it held", () => {
    const warming = (minute: number) => ({ heapBytes: (40 + Math.min(minute, 10) * 2) * MB });
    assert.deepEqual(notFlat(hour(warming)), []);
    // Two samples in the middle of an outage.
    assert.deepEqual(
      notFlat(hour((minute) => (minute > 57 ? { clients: 400, heapBytes: 300 * MB } : {}))),
      [],
    );
  });

  it("is none that grows: in use, in memory, by rooms, clients, sockets or timers", () => {
    assert.deepEqual(notFlat(hour((minute) => ({ heapBytes: (60 + minute * 0.5) * MB }))), ["heap, MB"]);
    assert.deepEqual(notFlat(hour((minute) => ({ rssBytes: (150 + minute * 2) * MB }))), ["memory, MB"]);
    assert.deepEqual(notFlat(hour((minute) => ({ roomCount: 9 + Math.floor(minute / 6) }))), ["rooms"]);
    assert.deepEqual(notFlat(hour((minute) => ({ clients: 40 + Math.floor(minute / 3) }))), ["clients"]);
    const held = (minute: number) => ({ TCPSocketWrap: 60 + minute, Timeout: 40 + minute });
    assert.deepEqual(notFlat(hour((minute) => ({ resources: held(minute) }))), ["sockets", "timers"]);
  });

  it("cannot be said of a few samples", () => {
    assert.throws(() => driftsOf(hour(() => ({})).slice(0, 5)), /5 samples say nothing/);
  });
});
