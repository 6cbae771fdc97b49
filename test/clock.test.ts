import assert from "node:assert/strict";
import { DatabaseClock, type TimeServer } from "../src/clock.ts";
import { ManualClock } from "./support/clock.ts";
import { useDatabase } from "./support/database.ts";

const START_MS = Date.UTC(2030, 0, 1);
const HOUR_MS = 3_600_000;
/** What a measurement on a busy machine may be off by. */
const TOLERANCE_MS = 200;

function near(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) <= TOLERANCE_MS, `${actual} should be about ${expected}`);
}

/** A database whose clock the test can set. Each measurement takes five answers. */
class FakeServer implements TimeServer {
  /** Offsets for the coming measurements; the last one stays. */
  offsetsMs = [0];
  fails = false;
  onQuery = (): unknown => null;
  #answers = 0;

  async query(): Promise<{ rows: unknown[] }> {
    this.onQuery();
    if (this.fails) throw new Error("away");
    if (this.#answers > 0 && this.#answers % 5 === 0 && this.offsetsMs.length > 1) this.offsetsMs.shift();
    this.#answers += 1;
    return { rows: [{ ms: `${START_MS + performance.now() + (this.offsetsMs[0] ?? 0)}` }] };
  }
}

async function startOn(server: TimeServer) {
  const troubles: string[] = [];
  const clock = await DatabaseClock.start(server, 60_000, (message) => troubles.push(message));
  return { clock, troubles };
}

describe("clock on a real database", () => {
  const db = useDatabase();

  it("says what the database says, in whole milliseconds", async () => {
    const { clock } = await startOn(db.pool);
    const { rows } = await db.pool.query<{ at: Date }>("select clock_timestamp() as at");
    near(clock.nowMs(), rows[0]?.at.getTime() ?? 0);
    assert.ok(Number.isInteger(clock.nowMs()));
    await clock.measure();
    assert.equal(clock.isSkewed(), false);
    await clock.stop();
  });

  it("does not start without a database", async () => {
    const gone: TimeServer = { query: () => Promise.reject(new Error("away")) };
    await assert.rejects(startOn(gone), /away/);
  });
});

describe("clock", () => {
  let stop = async () => {};
  afterEach(() => stop());

  async function start(server: FakeServer) {
    const started = await startOn(server);
    stop = () => started.clock.stop();
    return started;
  }

  const expectedMs = (offsetMs: number) => START_MS + performance.now() + offsetMs;

  it("follows the database's clock through small corrections and never goes back in them", async () => {
    const server = new FakeServer();
    const { clock, troubles } = await start(server);
    const beforeMs = clock.nowMs();
    server.offsetsMs = [0, -500];
    await clock.measure();
    assert.equal(clock.isSkewed(), false);
    assert.ok(clock.nowMs() >= beforeMs);
    near(clock.nowMs(), beforeMs);
    assert.deepEqual(troubles, []);
  });

  it("is skewed from a jump until a second measurement says the same", async () => {
    const server = new FakeServer();
    const { clock, troubles } = await start(server);
    server.offsetsMs = [0, HOUR_MS];
    const skewedAtQuery: boolean[] = [];
    server.onQuery = () => skewedAtQuery.push(clock.isSkewed());
    await clock.measure();
    // Five queries of the measurement that found the jump, five of the one that confirmed it.
    assert.deepEqual(skewedAtQuery, [...Array(5).fill(false), ...Array(5).fill(true)]);
    assert.equal(clock.isSkewed(), false);
    near(clock.nowMs(), expectedMs(HOUR_MS));
    assert.equal(troubles.length, 1);
    assert.match(troubles[0] ?? "", /3600\.0 s/);
  });

  it("goes back when the database's clock was set back", async () => {
    const server = new FakeServer();
    const { clock } = await start(server);
    clock.nowMs();
    server.offsetsMs = [0, -HOUR_MS];
    await clock.measure();
    near(clock.nowMs(), expectedMs(-HOUR_MS));
  });

  it("takes a single wrong measurement for what it is", async () => {
    const server = new FakeServer();
    const { clock } = await start(server);
    server.offsetsMs = [0, HOUR_MS, 0];
    await clock.measure();
    assert.equal(clock.isSkewed(), false);
    near(clock.nowMs(), expectedMs(0));
  });

  it("stays skewed, on its old time, while the measurements contradict each other", async () => {
    const server = new FakeServer();
    const { clock } = await start(server);
    server.offsetsMs = [0, ...[1, 2, 3, 4, 5, 6].map((hours) => hours * HOUR_MS)];
    await clock.measure();
    assert.equal(clock.isSkewed(), true);
    near(clock.nowMs(), expectedMs(0));
    server.offsetsMs = [0];
    await clock.measure();
    assert.equal(clock.isSkewed(), false);
  });

  it("runs on while the database is away", async () => {
    const server = new FakeServer();
    const { clock, troubles } = await start(server);
    server.fails = true;
    await clock.measure();
    near(clock.nowMs(), expectedMs(0));
    assert.deepEqual(troubles, ["Measuring the time failed: away"]);
  });
});

describe("manual clock", () => {
  it("moves only when it is moved", () => {
    const clock = new ManualClock(START_MS);
    clock.advance(5);
    clock.setNow(START_MS - HOUR_MS);
    assert.equal(clock.nowMs(), START_MS - HOUR_MS);
    assert.equal(clock.monotonicMs(), 5);
    assert.throws(() => clock.advance(-1), RangeError);
  });
});
