import { strict as assert } from "node:assert";
import { randomUUID } from "node:crypto";
import { withTransaction } from "../../src/persistence/sqlstate.ts";
import { useDatabase } from "../support/database.ts";
import { type MadePilot, makePilot, makeSector, makeWorld, type World } from "../support/fixtures.ts";

const FOREIGN_KEY_VIOLATION = "23503";
const LOCK_NOT_AVAILABLE = "55P03";
const AT = new Date("2102-01-02T00:00:00Z");

/** Of the tables whose foreign keys triggers hold, a statement at a time; `append-only.test.ts` deletes what they refer to. */
describe("references that triggers hold", () => {
  const db = useDatabase();
  let world: World;
  let pilot: MadePilot;

  before(async () => {
    world = await makeWorld(db.pool);
    await makeSector(db.pool, world, 1);
    pilot = await makePilot(db.pool, world, 1);
  });

  const event = `insert into events (player_id, seq, type, payload, created_at)
    select id, 1, 'test', '{}', $2 from unnest($1::uuid[]) id`;
  const request = `insert into requests (player_id, request_id, fingerprint, answer, created_at)
    select id, 'r', 'f', '{}', $2 from unnest($1::uuid[]) id`;
  const harvest = `insert into mining_harvests (id, player_id, ship_id, sector_id, region_id, status, terminal_reason,
      turns_spent, refund_turns, started_at, resolves_at, resolved_at, laser_level, richness_tier, am_claimed,
      has_deep_asteroids, pool_before, cargo_free_before)
    values ($1, $2, $3, 1, $4, 'INTERRUPTED', 'pvp_attack', 3, 2, $5, $5, $5, 0, 3, false, false, 300, 10)`;

  it("refuse an event or a request of a player who does not exist, also among others who do", async () => {
    for (const statement of [event, request]) {
      await assert.rejects(db.pool.query(statement, [[pilot.playerId, randomUUID()], AT]), {
        code: FOREIGN_KEY_VIOLATION,
      });
    }
  });

  it("refuse a harvest of a player, ship or region that does not exist, and take one of no region", async () => {
    const { playerId, shipId } = pilot;
    const gone = randomUUID();
    for (const [player, ship, region] of [
      [gone, shipId, world.regionId],
      [playerId, gone, world.regionId],
      [playerId, shipId, gone],
    ]) {
      await assert.rejects(db.pool.query(harvest, [randomUUID(), player, ship, region, AT]), {
        code: FOREIGN_KEY_VIOLATION,
      });
    }
    await db.pool.query(harvest, [randomUUID(), playerId, shipId, null, AT]);
  });

  it("keep what is referred to until the end of the transaction that refers to it", async () => {
    await withTransaction(db.pool, async (client) => {
      await client.query(event, [[pilot.playerId], AT]);
      const other = await db.pool.connect();
      try {
        await other.query("begin; set local lock_timeout = 50");
        await assert.rejects(other.query("delete from players where id = $1", [pilot.playerId]), {
          code: LOCK_NOT_AVAILABLE,
        });
        await other.query("rollback");
      } finally {
        other.release();
      }
    });
  });

  it("let nobody change an id that is referred to", async () => {
    for (const [table, id] of [
      ["players", pilot.playerId],
      ["ships", pilot.shipId],
      ["regions", world.regionId],
    ]) {
      await assert.rejects(db.pool.query(`update ${table} set id = $1 where id = $2`, [randomUUID(), id]), {
        code: FOREIGN_KEY_VIOLATION,
      });
    }
  });

  it("take a player's events and requests with the player, a ship's harvests with the ship", async () => {
    const leaver = await makePilot(db.pool, world, 1);
    await db.pool.query(event, [[leaver.playerId], AT]);
    await db.pool.query(request, [[leaver.playerId], AT]);
    await db.pool.query(harvest, [randomUUID(), pilot.playerId, leaver.shipId, null, AT]);
    await db.pool.query("delete from players where id = $1", [leaver.playerId]);
    const { rows } = await db.pool.query(
      `select (select count(*)::int from events where player_id = $1) as events,
        (select count(*)::int from requests where player_id = $1) as requests,
        (select count(*)::int from mining_harvests where ship_id = $2) as harvests`,
      [leaver.playerId, leaver.shipId],
    );
    assert.deepEqual(rows, [{ events: 0, requests: 0, harvests: 0 }]);
  });
});
