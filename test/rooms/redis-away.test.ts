import { strict as assert } from "node:assert";
import { matchMaker } from "@colyseus/core";
import { initializeRoomCache } from "@colyseus/core/matchmaker/driver";
import { Redis } from "ioredis";
import { pino } from "pino";
import { z } from "zod";
import { SectorDriver } from "../../src/rooms/redis-driver.ts";
import { SectorPresence } from "../../src/rooms/redis-presence.ts";
import { useRedis } from "../support/redis.ts";
import { pause, until } from "../support/until.ts";

/** Redis is looked for four times a second; the rest is for a busy machine. */
const FAILS_MS_MAX = 1_500;
/** Twice the time after which a listing is tried again that could not be struck off. */
const STRIKE_OFF_MS = 500;

describe("while Redis is away", () => {
  const redis = useRedis();
  const log = pino({ level: "silent" });
  let driver: SectorDriver;
  let presence: SectorPresence;
  before(() => {
    driver = new SectorDriver(redis.url, log);
    presence = new SectorPresence(redis.url, log);
  });
  after(async () => {
    presence?.shutdown();
    await driver?.shutdown();
  });

  const ours = (roomId: string) =>
    initializeRoomCache({ roomId, name: "sector", processId: matchMaker.processId ?? "" });

  async function whileAway(work: () => Promise<void>): Promise<void> {
    await redis.goAway();
    try {
      await work();
    } finally {
      await redis.comeBack();
    }
    await until("Redis answers again", () =>
      Promise.all([driver.ping(), presence.channels()]).then(
        () => true,
        () => false,
      ),
    );
  }

  it("nobody waits long for it", async () => {
    await whileAway(async () => {
      const before = performance.now();
      await assert.rejects(driver.findByIds(["sector-1"]));
      await assert.rejects(driver.ping());
      assert.ok(performance.now() - before < FAILS_MS_MAX);
    });
  });

  it("a room that ends does so, and is struck off when Redis is back; others' rooms are not", async () => {
    const theirs = { ...ours("sector-3"), processId: "another" };
    for (const room of [ours("sector-1"), ours("sector-2"), theirs]) await driver.insert(room);
    await whileAway(async () => {
      const struckOff = await Promise.all(["sector-1", "sector-3"].map((roomId) => driver.remove(roomId)));
      assert.deepEqual(struckOff, [false, false]);
    });
    await until("it is struck off", async () => !(await driver.has("sector-1")));
    await pause(STRIKE_OFF_MS);
    assert.deepEqual([await driver.has("sector-2"), await driver.has("sector-3")], [true, true]);
  });

  it("a room stays listed that takes the place of one that could not be struck off, or not be listed", async () => {
    await driver.insert(ours("sector-4"));
    await whileAway(async () => {
      const [struckOff] = await Promise.all([
        driver.remove("sector-4"),
        assert.rejects(driver.insert(ours("sector-5"))),
      ]);
      assert.equal(struckOff, false);
    });
    for (const roomId of ["sector-4", "sector-5"])
      assert.equal(await driver.insert({ ...ours(roomId), clients: 7 }), true);
    await pause(STRIKE_OFF_MS);
    for (const roomId of ["sector-4", "sector-5"])
      assert.equal((await driver.findOne({ roomId }))?.clients, 7);
  });

  it("a seat can be reserved: the listing that tells of it is brought up to date later; so are dead processes found", async () => {
    const room = ours("sector-6");
    await driver.insert(room);
    await driver.insert({ ...ours("sector-8"), processId: "dead" });
    await whileAway(async () => {
      assert.equal(await driver.update(room, { $inc: { clients: 1 } }), false);
      await driver.cleanup("dead");
    });
    await driver.cleanup("dead");
    assert.equal(await driver.has("sector-8"), false);
    assert.equal(await driver.update(room, { $inc: { clients: 1 } }), true);
    assert.equal((await driver.findOne({ roomId: "sector-6" }))?.clients, 2);
  });

  it("nothing that is said to other processes fails, and they are heard again when Redis is back", async () => {
    const heard: unknown[] = [];
    const hear = (said: unknown) => heard.push(said);
    await whileAway(async () => {
      await Promise.all([
        presence.subscribe("news", hear),
        presence.unsubscribe("old news", hear),
        presence.publish("news", "while it was away"),
        presence.hset("count", "a", "1"),
        presence.hdel("count", "a"),
      ]);
    });
    await until("it hears", async () => {
      await presence.publish("news", "now");
      return heard.length > 0;
    });
    assert.equal(heard[0], "now");
  });

  it("nor is anything ended by a Redis that does not let us in again; what is said is heard once it does", async () => {
    const operator = new Redis(redis.url);
    // Who is in stays in.
    await operator.config("SET", "requirepass", "ours");
    const guarded = new SectorPresence(redis.url.replace("//", "//:ours@"), log);
    try {
      const heard: unknown[] = [];
      await guarded.subscribe("news", (said: unknown) => heard.push(said));
      await operator.config("SET", "requirepass", "another");
      await operator.call("ACL", "LOG", "RESET");
      await operator.client("KILL", "TYPE", "pubsub");
      await until("it has come back and was refused", async () => {
        const [refused] = z.array(z.array(z.unknown())).parse(await operator.call("ACL", "LOG"));
        return Number(refused?.[1] ?? 0) > 1;
      });
      await operator.config("SET", "requirepass", "ours");
      await until("it hears", async () => {
        await guarded.publish("news", "now");
        return heard.length > 0;
      });
    } finally {
      await operator.config("SET", "requirepass", "");
      operator.disconnect();
      guarded.shutdown();
    }
  });
});
