import { strict as assert } from "node:assert";
import { useDatabase } from "../support/database.ts";
import { makePilot, makeSector, makeWarp, makeWorld } from "../support/fixtures.ts";
import { accepted, refused } from "../support/play.ts";
import { joinRefused } from "../support/presence.ts";
import { useRedis } from "../support/redis.ts";
import { type ServerProcess, useServers } from "../support/server-process.ts";
import { until } from "../support/until.ts";

/** Redis is looked for four times a second; the rest is for a busy machine. */
const REFUSED_MS_MAX = 2_000;
const DRAIN_SECONDS = 3;
/** Nothing runs that a stop would have to wait for. */
const STOP_MS_MAX = 4_000;

describe("a server whose Redis is away", function () {
  this.timeout(30_000);
  // In this order, so that the server is gone before what it is connected to.
  const servers = useServers();
  const test = useDatabase();
  const redis = useRedis();
  let server: ServerProcess;

  async function pilotsIn(...sectorIds: number[]) {
    const world = await makeWorld(test.pool);
    for (const sectorId of new Set(sectorIds)) await makeSector(test.pool, world, sectorId);
    await makeWarp(test.pool, 2, 1);
    return Promise.all(sectorIds.map((sectorId) => makePilot(test.pool, world, sectorId)));
  }

  it("plays on, ends rooms, and stops in order; when Redis is back every sector is open to all", async () => {
    const [leaver, stayer] = await pilotsIn(1, 2);
    assert.ok(leaver !== undefined && stayer !== undefined);
    server = await servers.start(test.url, {
      REDIS_URL: redis.url,
      RECONNECT_SECONDS: "1",
      DRAIN_SECONDS: `${DRAIN_SECONDS}`,
    });
    const leaving = await server.join(leaver.userId, 1);
    const staying = await server.join(stayer.userId, 2);

    await redis.goAway();
    leaving.drop();
    const awayAt = performance.now();
    await refused(staying.ask("warp", { sectorId: 1 }), "store_unavailable");
    await joinRefused(server.join(leaver.userId, 1), "store_unavailable");
    assert.ok(performance.now() - awayAt < REFUSED_MS_MAX);
    await accepted(staying.ask("harvest"));
    await staying.heard("mining_harvest_completed");
    await until("the room that was left has ended", () =>
      server.stderr().includes('"roomId":"sector-1","msg":"A room could not be struck off'),
    );

    await redis.comeBack();
    await until("it is ready", async () => (await fetch(`http://localhost:${server.port}/readyz`)).ok);
    await until("its stale listing is gone", async () =>
      server.join(leaver.userId, 1).then(
        () => true,
        () => false,
      ),
    );
    await accepted(staying.ask("warp", { sectorId: 1 }));

    await redis.goAway();
    const stoppedAt = performance.now();
    server.signal("SIGTERM");
    assert.deepEqual(await server.ended, { code: 0, signal: null });
    assert.ok(performance.now() - stoppedAt < STOP_MS_MAX);
  });
});
