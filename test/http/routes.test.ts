import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import pg from "pg";
import { type Config, loadConfig } from "../../src/config.ts";
import { createHttpHandler } from "../../src/http/handler.ts";
import { createRoutes } from "../../src/http/routes.ts";
import type { HttpHandler } from "../../src/http/types.ts";
import { createIdentity } from "../../src/identity.ts";
import { connect, type Database } from "../../src/persistence/database.ts";
import { IdempotencyKeys } from "../../src/persistence/idempotency-keys.ts";
import { Players } from "../../src/persistence/players.ts";
import { SessionLog } from "../../src/persistence/sessions.ts";
import { readiness } from "../../src/server/readiness.ts";
import { NO_METER } from "../../src/telemetry/meter.ts";
import { ManualClock } from "../support/clock.ts";
import { useDatabase } from "../support/database.ts";
import { seededDice } from "../support/dice.ts";
import { makeSector, makeStation, makeWarp, makeWorld, type World } from "../support/fixtures.ts";
import { request, TestLog, told } from "./requests.ts";

const HOUR_MS = 3_600_000;

describe("HTTP routes", () => {
  const test = useDatabase();
  const dataDir = mkdtempSync(path.join(tmpdir(), "sectorkeep-routes-"));
  const clock = new ManualClock();
  let world: World;
  let handle: HttpHandler;
  before("make a small world", async () => {
    world = await makeWorld(test.pool);
    await makeSector(test.pool, world, 1, { type: "STANDARD" });
    await makeSector(test.pool, world, 2, { tier: 4, controllingFaction: "astral_mining_consortium" });
    await makeSector(test.pool, world, 3, { type: "STANDARD" });
    handle = handlerOf();
  });
  after(() => rmSync(dataDir, { recursive: true }));

  function handlerOf(env: Record<string, string> = {}, database: Database = test.database): HttpHandler {
    const config: Config = loadConfig({ DATA_DIR: dataDir, GUESTS: "on", ...env });
    const identity = createIdentity(config, clock);
    const matchmake = () => Promise.reject(new Error("Nobody joins here."));
    const queue = { refusal: () => null };
    const log = new TestLog();
    const routes = createRoutes({
      config,
      identity,
      database,
      clock,
      matchmake,
      site: null,
      findReasons: readiness({ database, queue, clock, log, pingRedis: null, isDraining: () => false }),
      dice: seededDice(1),
      log,
      metricsText: async () => "",
    });
    return createHttpHandler(routes, {
      config,
      clock,
      identity,
      sessions: new SessionLog(database, clock),
      idempotencyKeys: new IdempotencyKeys(database, clock),
      meter: NO_METER,
      log,
    });
  }
  const ask = async (method: string, url: string, token?: unknown, body = "") =>
    told(
      await handle(
        request(method, url, {
          body,
          headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
        }),
      ),
    );
  const guest = async (name?: string) =>
    (await ask("POST", "/auth/guest", undefined, JSON.stringify({ name }))).body;

  describe("/auth/guest", () => {
    it("signs somebody new in, whose token opens /me", async () => {
      const { token, name, userId, expiresAtMs } = await guest("Ada");
      assert.equal(name, "Ada");
      assert.equal(typeof userId, "string");
      assert.ok(Number(expiresAtMs) > clock.nowMs());
      assert.equal((await ask("GET", "/me", token)).body.name, "Ada");
    });

    it("finds a name for who gives none", async () => {
      assert.match(String((await ask("POST", "/auth/guest")).body.name), /^Pilot [0-9a-f]{4}$/);
    });

    it("is refused where guests are switched off", async () => {
      const response = await handlerOf({ GUESTS: "off" })(request("POST", "/auth/guest"));
      assert.deepEqual([response.status, told(response).body.code], [403, "guests_off"]);
    });
  });

  describe("/me", () => {
    it("tells a newcomer where to join, and creates nothing", async () => {
      const { token } = await guest("Grace");
      const { body } = await ask("GET", "/me", token);
      const { name, sectorId, ...rest } = body;
      assert.deepEqual([name, sectorId], ["Grace", 1]);
      assert.deepEqual(new Set(Object.values(rest)), new Set([null]));
      assert.equal((await test.pool.query("select from users")).rowCount, 0);
    });

    it("tells a pilot what they have, their turns up to now", async () => {
      const { token, userId } = await guest("Linus");
      const place = await new Players(test.database).ensure(
        { userId: String(userId), name: "Linus" },
        clock.nowMs(),
      );
      const station = await makeStation(test.pool, world, 1);
      await test.pool.query("update ships set status = 'DOCKED', docked_station_id = $1 where id = $2", [
        station,
        place.shipId,
      ]);
      await test.pool.query(
        "update players set turns = 100, lifetime_turns_spent = 900, last_turn_regeneration = $1 where id = $2",
        [new Date(clock.nowMs() - HOUR_MS), place.playerId],
      );
      const { body } = await ask("GET", "/me", token);
      const { shipName, ...rest } = body;
      assert.equal(typeof shipName, "string");
      assert.deepEqual(rest, {
        playerId: place.playerId,
        name: "Linus",
        sectorId: 1,
        shipId: place.shipId,
        shipType: "CARGO_HAULER",
        status: "DOCKED",
        stationId: station,
        credits: 10_000,
        turns: 141,
        maxTurns: 1_000,
        // One each 86.4 s: the 42nd since then.
        nextTurnAtMs: clock.nowMs() - HOUR_MS + 42 * 86_400,
      });
    });

    it("is for pilots alone", async () => {
      assert.equal((await ask("GET", "/me")).body.code, "token_missing");
    });
  });

  describe("/sectors", () => {
    it("shows a sector as everybody may see it", async () => {
      await makeWarp(test.pool, 1, 2, 2);
      await makeWarp(test.pool, 2, 3);
      const station = await makeStation(test.pool, world, 2);
      const { status, body } = await ask("GET", "/sectors/2");
      assert.equal(status, 200);
      assert.deepEqual(body, {
        sectorId: 2,
        name: "Sector 2",
        type: "ASTEROID_FIELD",
        zone: "FEDERATION",
        region: "Terran Space",
        richness: "moderate",
        richnessTier: 4,
        depletion: "fresh",
        replenishesAtMs: null,
        resources: {
          asteroid_richness: { richness: "moderate", richness_tier: 4 },
          depletion_pool: 400,
          has_deep_asteroids: false,
        },
        claimedBy: "astral_mining_consortium",
        incident: null,
        evacuatedUntilMs: null,
        conditions: [],
        warps: [
          { sectorId: 1, turnCost: 2 },
          { sectorId: 3, turnCost: 1 },
        ],
        stations: [{ stationId: station, name: "Port", stationClass: 1, faction: null, security: "basic" }],
      });
    });

    it("knows one-way tunnels, the cheaper of two, and none that is latent", async () => {
      for (const sectorId of [4, 5, 6]) await makeSector(test.pool, world, sectorId, { type: "STANDARD" });
      await test.pool.query(
        `insert into sector_warps (source_sector_id, destination_sector_id, is_bidirectional, is_latent, turn_cost)
          values (4, 5, false, false, 3), (5, 4, true, false, 1), (4, 6, true, true, 1), (6, 5, false, false, 2)`,
      );
      const ways = async (sectorId: number) => (await ask("GET", `/sectors/${sectorId}`)).body.warps;
      assert.deepEqual(await ways(4), [{ sectorId: 5, turnCost: 1 }]);
      assert.deepEqual(await ways(5), [{ sectorId: 4, turnCost: 1 }]);
      assert.deepEqual(await ways(6), [{ sectorId: 5, turnCost: 2 }]);
    });

    it("shows a field filling up by itself", async () => {
      await makeSector(test.pool, world, 7, { tier: 2 });
      const drawnAt = clock.nowMs() - HOUR_MS;
      await test.pool.query(
        `update asteroid_fields set pool_remaining = 60, last_depleting_harvest_at = $1, replenish_due_at = $2
          where sector_id = 7`,
        [new Date(drawnAt), new Date(drawnAt + 7 * 24 * HOUR_MS)],
      );
      const field = async () => {
        const { richnessTier, depletion, replenishesAtMs } = (await ask("GET", "/sectors/7")).body;
        return [richnessTier, depletion, replenishesAtMs];
      };
      assert.deepEqual(await field(), [2, "heavy", drawnAt + 7 * 24 * HOUR_MS]);
      clock.advance(7 * 24 * HOUR_MS - HOUR_MS - 1);
      assert.deepEqual(await field(), [2, "heavy", drawnAt + 7 * 24 * HOUR_MS]);
      clock.advance(1);
      assert.deepEqual(await field(), [2, "fresh", null]);
    });

    it("shows ordinary space without a field", async () => {
      const { richness, richnessTier, depletion, replenishesAtMs } = (await ask("GET", "/sectors/1")).body;
      assert.deepEqual([richnessTier, depletion, replenishesAtMs], [null, null, null]);
      assert.ok(richness === null || typeof richness === "string");
    });

    const refusals: [url: string, status: number, code: string][] = [
      ["/sectors/999", 404, "sector_not_found"],
      ["/sectors/0", 400, "invalid_message"],
      ["/sectors/01", 400, "invalid_message"],
      ["/sectors/1e3", 400, "invalid_message"],
      ["/sectors/-1", 400, "invalid_message"],
      ["/sectors/99999999999", 400, "invalid_message"],
      ["/sectors/1%27%20or%201=1", 400, "invalid_message"],
      ["/sectors", 404, "not_found"],
    ];
    for (const [url, status, code] of refusals) {
      it(`answers ${url} with ${code}`, async () => {
        const { status: answered, body } = await ask("GET", url);
        assert.deepEqual([answered, body.code], [status, code]);
      });
    }

    for (const spectators of ["token", "off"]) {
      it(`asks for a token where spectators are ${spectators}`, async () => {
        const closed = handlerOf({ SPECTATORS: spectators });
        assert.equal(told(await closed(request("GET", "/sectors/1"))).body.code, "token_missing");
        assert.equal(told(await closed(request("GET", "/missions?sectorId=1"))).body.code, "token_missing");
        assert.equal((await closed(request("GET", "/missions"))).status, 200);
        const authorization = `Bearer ${(await guest()).token}`;
        assert.equal(
          (await closed(request("GET", "/sectors/1", { headers: { authorization } }))).status,
          200,
        );
      });
    }
  });

  it("/galaxy tells how large it is and where to begin", async () => {
    const { body } = await ask("GET", "/galaxy");
    const { galaxyId, ...rest } = body;
    assert.equal(typeof galaxyId, "string");
    assert.deepEqual(rest, { name: "Test", sectors: 3, startSectorId: 1 });
  });

  it("/ says where to look", async () => {
    assert.equal((await ask("GET", "/")).body.name, "Sectorkeep");
  });

  it("/healthz answers without the database, /readyz does not", async () => {
    const nowhere = connect("postgres://nobody@127.0.0.1:1/nowhere", { max: 1, applicationName: "test" });
    const alone = handlerOf({}, nowhere);
    assert.equal((await alone(request("GET", "/healthz"))).status, 200);
    const ready = await alone(request("GET", "/readyz"));
    assert.deepEqual([ready.status, told(ready).body.code], [503, "not_ready"]);
    assert.match(JSON.stringify(told(ready).body.detail), /^\{"reasons":\["database: /);
    assert.equal((await alone(request("GET", "/sectors/1"))).status, 503);
    assert.deepEqual(await ask("GET", "/readyz"), { status: 200, body: { status: "ready" } });
    await nowhere.pool.end();
  });
});

describe("a newcomer's player", () => {
  const test = useDatabase();
  const nowMs = Date.UTC(2030, 0, 1);

  it("is made once, with one ship, by fifty joins at once of as many processes", async () => {
    await makeSector(test.pool, await makeWorld(test.pool), 1, { type: "STANDARD" });
    const user = { userId: randomUUID(), name: "Ada" };
    const pool = new pg.Pool({ connectionString: test.url, max: 50 });
    try {
      const places = await Promise.all(
        Array.from({ length: 50 }, () => new Players({ pool }).ensure(user, nowMs)),
      );
      assert.equal(new Set(places.map((place) => JSON.stringify(place))).size, 1);
    } finally {
      await pool.end();
    }
    const { rows } = await test.pool.query(
      `select (select count(*)::int from users) as users, (select count(*)::int from players) as players,
        (select count(*)::int from ships) as ships`,
    );
    assert.deepEqual(rows, [{ users: 1, players: 1, ships: 1 }]);
  });
});
