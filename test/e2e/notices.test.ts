import { strict as assert } from "node:assert";
import pg from "pg";
import { giveNotices } from "../../src/jobs/notices.ts";
import { tellDepletionChanges } from "../../src/persistence/bookmarks.ts";
import { AM_FACTION } from "../../src/rules/factions.ts";
import { ScriptedDice } from "../support/dice.ts";
import { type MadePilot, makeSector, makeStation } from "../support/fixtures.ts";
import { useGame } from "../support/game.ts";
import { accepted, DAY_MS, flyDocked, HOUR_MS, timesHeard } from "../support/play.ts";
import { harvestRolls } from "../support/rolls.ts";

const HARVEST_TICKS = 10;

describe("notices to pilots, there or not", () => {
  const dice = new ScriptedDice();
  const game = useGame({ harvestTicks: HARVEST_TICKS, dice: () => dice });
  let sectors = 0;

  async function claim(tier: 1 | 2 = 1) {
    const sectorId = await makeSector(game.pool, game.world, ++sectors, {
      tier,
      controllingFaction: AM_FACTION,
    });
    const stationId = await makeStation(game.pool, game.world, sectorId, "basic", { faction: AM_FACTION });
    const flown = await flyDocked(game, sectorId, stationId, {});
    return { sectorId, ...flown };
  }

  async function told({ playerId }: MadePilot, type: string) {
    const { rows } = await game.pool.query(
      "select payload from events where player_id = $1 and type = $2 order by seq",
      [playerId, type],
    );
    return rows.map(({ payload }) => payload as Record<string, unknown>);
  }

  async function bookmark(pilot: MadePilot, sectorId: number, bookmarked = true): Promise<Response> {
    return fetch(`http://localhost:${game.port}/me/bookmarks`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${await game.token(pilot.userId)}`,
        "content-type": "application/json",
      },
      body: JSON.stringify({ sectorId, bookmarked }),
    });
  }

  it("warn of a licence an hour before it ends, and tell that it has ended, once each, to whoever is away too", async () => {
    const { sectorId, pilot, client } = await claim();
    const { licenseId, expiresAtMs } = await accepted(client.ask("buy_license", { sectorId }));
    await client.leave();
    const notice = { licenseId, sectorId, expiresAtMs, renewalPriceCr: 400 };
    const counts = async () => [
      (await told(pilot, "claim_license_expiring")).length,
      (await told(pilot, "claim_license_expired")).length,
    ];
    game.clock.advance(23 * HOUR_MS - 1);
    await giveNotices(game.pool, game.clock);
    assert.deepEqual(await counts(), [0, 0]);
    game.clock.advance(1);
    await Promise.all([1, 2, 3].map(() => giveNotices(game.pool, game.clock)));
    assert.deepEqual(await counts(), [1, 0]);
    game.clock.advance(HOUR_MS - 1);
    await giveNotices(game.pool, game.clock);
    assert.deepEqual(await counts(), [1, 0]);
    game.clock.advance(1);
    await Promise.all([1, 2, 3].map(() => giveNotices(game.pool, game.clock)));
    game.clock.advance(DAY_MS);
    await giveNotices(game.pool, game.clock);
    assert.deepEqual(await counts(), [1, 1]);
    assert.deepEqual(await told(pilot, "claim_license_expiring"), [notice]);
    assert.deepEqual(await told(pilot, "claim_license_expired"), [notice]);

    const back = await game.join(pilot, sectorId, { cursor: 0 });
    await back.heard("claim_license_expired");
    assert.equal(timesHeard(back, "claim_license_expiring"), 1);
  });

  it("say nothing of a licence that was renewed, and do not warn of one that has ended already", async () => {
    const renewed = await claim();
    await accepted(renewed.client.ask("buy_license", { sectorId: renewed.sectorId }));
    game.clock.advance(22 * HOUR_MS);
    await accepted(renewed.client.ask("buy_license", { sectorId: renewed.sectorId }));
    game.clock.advance(22 * HOUR_MS);
    await giveNotices(game.pool, game.clock);
    assert.deepEqual(await told(renewed.pilot, "claim_license_expired"), []);
    game.clock.advance(3 * HOUR_MS);
    await giveNotices(game.pool, game.clock);
    assert.deepEqual(await told(renewed.pilot, "claim_license_expiring"), []);
    assert.equal((await told(renewed.pilot, "claim_license_expired")).length, 1);
  });

  it("reach everybody but the one whose row somebody holds, and that one the next time", async () => {
    const held = await claim();
    const free = await claim();
    const watched = await makeSector(game.pool, game.world, ++sectors, { tier: 3, pool: 200 });
    for (const { client, pilot, sectorId } of [held, free]) {
      await accepted(client.ask("buy_license", { sectorId }));
      await bookmark(pilot, watched);
      game.clock.advance(1);
    }
    await game.pool.query("update asteroid_fields set pool_remaining = 100 where sector_id = $1", [watched]);
    game.clock.advance(23 * HOUR_MS);
    const counts = async () => {
      const types = ["claim_license_expiring", "sector_depletion_changed"];
      const each = [held, free].flatMap(({ pilot }) => types.map((type) => told(pilot, type)));
      return (await Promise.all(each)).map((notices) => notices.length);
    };
    const impatient = new pg.Pool({ connectionString: game.test.url, options: "-c lock_timeout=50" });
    const outsider = new pg.Client({ connectionString: game.test.url });
    await outsider.connect();
    try {
      await outsider.query("begin");
      await outsider.query("select from players where id = $1 for update", [held.pilot.playerId]);
      await assert.rejects(giveNotices(impatient, game.clock), { code: "55P03" });
      assert.deepEqual(await counts(), [0, 0, 1, 1]);
    } finally {
      await outsider.end();
    }
    await giveNotices(impatient, game.clock);
    assert.deepEqual(await counts(), [1, 1, 1, 1]);
    await impatient.end();
    await game.pool.query("update asteroid_fields set pool_remaining = 200 where sector_id = $1", [watched]);
  });

  it("tell of a bookmarked field that was mined, and that it is full again", async () => {
    const sectorId = await makeSector(game.pool, game.world, ++sectors, { tier: 3 });
    const { pilot: watcher, client: watching } = await game.fly(
      await makeSector(game.pool, game.world, ++sectors),
    );
    assert.equal((await bookmark(watcher, sectorId)).status, 200);
    await giveNotices(game.pool, game.clock);
    const { client } = await game.fly(sectorId, { laserLevel: 2 });
    const heard = watching.next("sector_depletion_changed");
    await accepted(client.ask("harvest"));
    dice.push(...harvestRolls({ ore: 18, tier: 3, laserLevel: 2 }));
    game.tick(HARVEST_TICKS);
    await client.heard("mining_harvest_completed");
    const replenishesAtMs = game.clock.nowMs() + DAY_MS;
    await Promise.all([1, 2].map(() => giveNotices(game.pool, game.clock)));
    const { eventId: _, ...notice } = await heard;
    assert.deepEqual(notice, { sectorId, from: "fresh", to: "moderate", replenishesAtMs });
    game.clock.advance(DAY_MS);
    await giveNotices(game.pool, game.clock);
    assert.deepEqual(await told(watcher, "sector_depletion_changed"), [
      { sectorId, from: "fresh", to: "moderate", replenishesAtMs },
      { sectorId, from: "moderate", to: "fresh", replenishesAtMs: null },
    ]);
  });

  it("tell of a field that nobody had opened when it was bookmarked, and keep no other notice back", async () => {
    const { pilot: watcher } = await game.fly(await makeSector(game.pool, game.world, ++sectors));
    const earlier = await makeSector(game.pool, game.world, ++sectors, { tier: 3 });
    const unopened = await makeSector(game.pool, game.world, ++sectors, { tier: 3 });
    const last = await makeSector(game.pool, game.world, ++sectors, { tier: 3 });
    const fields = [earlier, unopened, last];
    await game.pool.query("delete from asteroid_fields where sector_id = $1", [unopened]);
    for (const sectorId of fields) await bookmark(watcher, sectorId);
    // As those are stored that were made before a bookmark opened its field.
    await game.pool.query("update sector_bookmarks set depletion_told = null where sector_id = $1", [
      earlier,
    ]);
    const { depletion_told: known } = await game.row(
      "select depletion_told from sector_bookmarks where sector_id = $1",
      unopened,
    );
    assert.equal(known, "fresh");
    const drawnAtMs = game.clock.nowMs();
    await game.pool.query(
      `update asteroid_fields set pool_remaining = pool_size / 2, last_depleting_harvest_at = $2, replenish_due_at = $3
        where sector_id = any($1)`,
      [fields, new Date(drawnAtMs), new Date(drawnAtMs + DAY_MS)],
    );
    for (let minute = 0; minute < 2; minute++) await giveNotices(game.pool, game.clock);
    assert.deepEqual(
      await told(watcher, "sector_depletion_changed"),
      fields.map((sectorId) => ({
        ...{ sectorId, from: "fresh", to: "moderate" },
        replenishesAtMs: drawnAtMs + DAY_MS,
      })),
    );
    await game.pool.query(
      `update asteroid_fields set pool_remaining = pool_size, last_depleting_harvest_at = null, replenish_due_at = null
        where sector_id = any($1)`,
      [fields],
    );
  });

  it("take of all bookmarks only those to be told out of the database, however many there are", async () => {
    await game.pool.query("delete from sector_bookmarks");
    const WATCHERS = 10;
    const field = await makeSector(game.pool, game.world, ++sectors, { tier: 3, pool: 150 });
    const watchers = await Promise.all(Array.from({ length: WATCHERS }, () => game.pilot(field)));
    for (const watcher of watchers) await bookmark(watcher, field);
    const known = "update sector_bookmarks set depletion_told = 'light' where player_id = $1";
    await game.pool.query(known, [watchers[0]?.playerId]);
    let rowsRead = 0;
    const counting = new Proxy(game.pool, {
      get(pool, key) {
        if (key !== "query") return Reflect.get(pool, key, pool);
        return async (query: pg.QueryConfig) => {
          const answer = await pool.query(query);
          rowsRead += answer.rows.length;
          return answer;
        };
      },
    });
    await tellDepletionChanges(counting, game.clock.nowMs());
    const counts = watchers.map(async (watcher) => (await told(watcher, "sector_depletion_changed")).length);
    assert.deepEqual(await Promise.all(counts), [1, ...Array.from({ length: WATCHERS - 1 }, () => 0)]);
    assert.equal(rowsRead, 2, "the field, and the one bookmark");
  });

  it("come of fields that one still has bookmarked; at most fifty", async () => {
    const { pilot } = await claim();
    const field = await makeSector(game.pool, game.world, ++sectors, { tier: 3, pool: 290 });
    const replenishesAtMs = game.clock.nowMs() + HOUR_MS;
    await game.pool.query(
      "update asteroid_fields set last_depleting_harvest_at = $2, replenish_due_at = $3 where sector_id = $1",
      [field, new Date(replenishesAtMs - DAY_MS), new Date(replenishesAtMs)],
    );
    assert.deepEqual(await (await bookmark(pilot, field)).json(), {
      bookmarks: [{ sectorId: field, name: `Sector ${field}`, depletion: "light", replenishesAtMs }],
    });
    assert.deepEqual(await (await bookmark(pilot, field, false)).json(), { bookmarks: [] });
    await game.pool.query("update asteroid_fields set pool_remaining = 100 where sector_id = $1", [field]);
    await giveNotices(game.pool, game.clock);
    assert.deepEqual(await told(pilot, "sector_depletion_changed"), []);
    await game.pool.query("update asteroid_fields set pool_remaining = 290 where sector_id = $1", [field]);

    assert.equal((await bookmark(pilot, 999_999)).status, 404);
    for (let count = 0; count < 50; count++) {
      await makeSector(game.pool, game.world, ++sectors, { type: "STANDARD" });
      assert.equal((await bookmark(pilot, sectors)).status, 200);
    }
    const refused = await bookmark(pilot, field);
    assert.deepEqual(
      [refused.status, ((await refused.json()) as { code: string }).code],
      [409, "too_many_bookmarks"],
    );
    assert.equal((await bookmark(pilot, sectors)).status, 200, "one that is there already");
  });
});
