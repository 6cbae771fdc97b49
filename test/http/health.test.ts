import { strict as assert } from "node:assert";
import { inspect } from "node:util";
import { matchMaker } from "@colyseus/core";
import type { ErrorCode } from "../../src/errors.ts";
import { connect } from "../../src/persistence/database.ts";
import { CHANNEL } from "../../src/rooms/galaxy-watch.ts";
import { type ReadinessParts, readiness } from "../../src/server/readiness.ts";
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
    readiness({
      database: test.database,
      queue: { refusal: () => changes.refusal ?? null },
      clock: { isSkewed: () => false },
      pingRedis: null,
      isDraining: () => false,
      log: { warn: () => {} },
      ...changes,
    })();
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
    assert.deepEqual(await checks({ pingRedis }), ["redis"]);
    const waiting = () => new Promise<void>(() => {});
    assert.deepEqual(await checks({ pingRedis: waiting }), ["redis"]);
  });
  it("says nothing of what drivers say to whoever asks; the log has it, once each time something goes away", async () => {
    const database = connect("postgres://nobody@127.0.0.1:1/nowhere", { max: 1, applicationName: "test" });
    const logged: unknown[] = [];
    let ping = (): Promise<void> => Promise.reject(new Error("connect to cache.internal:6379 refused"));
    const ask = readiness({
      database,
      queue: { refusal: () => null },
      clock: { isSkewed: () => false },
      pingRedis: () => ping(),
      isDraining: () => false,
      log: { warn: (fields) => logged.push(fields) },
    });
    const told = ["database: cannot be used; the log says why", "redis: cannot be used; the log says why"];
    assert.deepEqual(await ask(), told);
    assert.deepEqual(await ask(), told);
    const text = inspect(logged);
    assert.match(text, /ECONNREFUSED 127.0.0.1:1/);
    assert.match(text, /cache.internal:6379/);
    assert.equal(logged.length, 2);
    const refusing = ping;
    ping = () => Promise.resolve();
    assert.deepEqual(await ask(), told.slice(0, 1));
    ping = refusing;
    assert.deepEqual(await ask(), told);
    assert.equal(logged.length, 3);
    await database.pool.end();
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
