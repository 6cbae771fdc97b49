import { strict as assert } from "node:assert";
import { matchMaker } from "@colyseus/core";
import type { ErrorCode } from "../../src/errors.ts";
import { connect } from "../../src/persistence/database.ts";
import { CHANNEL } from "../../src/rooms/galaxy-watch.ts";
import { findReasons, type ReadinessParts } from "../../src/server/readiness.ts";
import { useDatabase } from "../support/database.ts";
import { makeSector } from "../support/fixtures.ts";
import { useGame } from "../support/game.ts";
import { accepted } from "../support/play.ts";
import { until } from "../support/until.ts";

/** For three parts of a server three seconds each, of which one is waited for in vain here. */
const STOP_MS_MAX = 5_000;

describe("whether a process can be sent players", () => {
  const test = useDatabase();
  const reasons = (changes: Partial<ReadinessParts> & { refusal?: ErrorCode } = {}) =>
    findReasons({
      database: test.database,
      queue: { refusal: () => changes.refusal ?? null },
      clock: { isSkewed: () => false },
      pingRedis: null,
      isDraining: () => false,
      ...changes,
    });
  const checks = async (...changes: Parameters<typeof reasons>) =>
    (await reasons(...changes)).map((reason) => reason.split(":")[0]);

  it("it can, if nothing is amiss", async () => assert.deepEqual(await reasons(), []));
  it("not while it drains", async () =>
    assert.deepEqual(await checks({ isDraining: () => true }), ["draining"]));
  it("not while outcomes wait for the database, or too many of them wait", async () => {
    assert.deepEqual(await checks({ refusal: "store_unavailable" }), ["queue"]);
    assert.deepEqual(await checks({ refusal: "busy" }), ["queue"]);
  });
  it("not while the clock is in doubt", async () =>
    assert.deepEqual(await checks({ clock: { isSkewed: () => true } }), ["clock"]));
  it("not without the database, which it says once", async () => {
    const database = connect("postgres://nobody@127.0.0.1:1/nowhere", { max: 1, applicationName: "test" });
    assert.deepEqual(await checks({ database }), ["database"]);
    await database.pool.end();
  });
  it("not while Redis is away, if there are several processes", async () => {
    assert.deepEqual(await reasons({ pingRedis: async () => {} }), []);
    const pingRedis = () => Promise.reject(new Error("Connection is closed."));
    assert.deepEqual(await reasons({ pingRedis }), ["redis: Connection is closed."]);
    const waiting = () => new Promise<void>(() => {});
    assert.deepEqual(await checks({ pingRedis: waiting }), ["redis"]);
  });
  it("not on a database that lacks a migration; one that has a later version's is fine", async () => {
    const table = "drizzle.__drizzle_migrations";
    await test.pool.query(`insert into ${table} (hash, created_at) values ('later', 9000000000000)`);
    assert.deepEqual(await reasons(), []);
    await test.pool.query(`delete from ${table} where created_at = (select max(created_at) from ${table})`);
    await test.pool.query(`delete from ${table} where created_at = (select max(created_at) from ${table})`);
    assert.deepEqual(await checks(), ["migrations"]);
  });
});

describe("a running server that is told to stop", () => {
  const game = useGame();
  before(() => makeSector(game.pool, game.world, 7));

  it("is not ready any more from that moment, and alive until it is gone", async () => {
    const status = async (path: string) => (await fetch(`http://127.0.0.1:${game.port}${path}`)).status;
    assert.deepEqual([await status("/healthz"), await status("/readyz")], [200, 200]);
    const { client } = await game.fly(7);
    await accepted(client.ask("harvest"));
    const stopping = game.server.stop();
    await until("it says so", async () => (await status("/readyz")) === 503);
    assert.equal(await status("/healthz"), 200);
    await stopping;
  });
});

describe("a server that is told to stop while a part of it does not end", () => {
  const game = useGame();
  before(() => makeSector(game.pool, game.world, 7));

  it("stops all the same, soon after its deadline", async () => {
    const { client } = await game.fly(7);
    const [room] = game.server.sectors;
    assert.ok(room !== undefined);
    room.drain = () => new Promise(() => {});
    const { presence } = matchMaker;
    const { unsubscribe } = presence;
    presence.unsubscribe = async (topic, callback) => {
      if (topic === CHANNEL.find) throw new Error("Connection is closed.");
      return unsubscribe.call(presence, topic, callback);
    };
    const stoppedAt = performance.now();
    await game.server.stop(0);
    assert.ok(performance.now() - stoppedAt < STOP_MS_MAX);
    await client.heard("(closed)");
    await assert.rejects(fetch(`http://127.0.0.1:${game.port}/healthz`));
  });
});
