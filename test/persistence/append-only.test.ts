import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { useDatabase } from "../support/database.ts";

const AT = "2030-01-01T00:00:00.000Z";
const RESTRICT_VIOLATION = "23001";
const CHECK_VIOLATION = "23514";
const TABLES = ["mining_harvests", "combat_logs", "movements", "deals"] as const;

describe("tables of what happened", () => {
  const db = useDatabase();
  const id = {
    galaxy: randomUUID(),
    region: randomUUID(),
    zone: randomUUID(),
    cluster: randomUUID(),
    miner: randomUUID(),
    raider: randomUUID(),
    hauler: randomUUID(),
    defender: randomUUID(),
  };

  const run = (statement: string, values: unknown[] = []) => db.pool.query(statement, values);

  async function makeWorld(): Promise<void> {
    await run("insert into galaxies (id, name, created_at) values ($1, 'Test', $2)", [id.galaxy, AT]);
    await run(
      "insert into regions (id, galaxy_id, name, region_type) values ($1, $2, 'Terra', 'terran_space')",
      [id.region, id.galaxy],
    );
    await run(
      `insert into zones (id, region_id, zone_type, start_sector, end_sector, policing_level, danger_rating)
        values ($1, $2, 'EXPANSE', 1, 10, 5, 5)`,
      [id.zone, id.region],
    );
    await run("insert into clusters (id, region_id, name, cluster_type) values ($1, $2, 'C', 'STANDARD')", [
      id.cluster,
      id.region,
    ]);
    await run(
      `insert into sectors (sector_id, region_id, sector_number, zone_id, cluster_id, name, x, y, z)
        select n, $1, n, $2, $3, 'S' || n, 0, 0, 0 from generate_series(1, 2) n`,
      [id.region, id.zone, id.cluster],
    );
    for (const [player, ship, type] of [
      [id.miner, id.hauler, "CARGO_HAULER"],
      [id.raider, id.defender, "DEFENDER"],
    ]) {
      await run(
        "insert into players (id, credits, last_turn_regeneration, created_at) values ($1, 0, $2, $2)",
        [player, AT],
      );
      await run(
        `insert into ships (id, owner_id, type, name, sector_id, hull, hull_max, shield, shield_max, shield_anchor_at,
            cargo_capacity, created_at) values ($1, $2, $3, 'Ship', 1, 10, 10, 0, 0, $4, 10, $4)`,
        [ship, player, type, AT],
      );
    }
  }

  async function makeHistory(): Promise<void> {
    await run(
      `insert into mining_harvests (id, player_id, ship_id, sector_id, region_id, status, terminal_reason, turns_spent,
          refund_turns, started_at, resolves_at, resolved_at, laser_level, richness_tier, am_claimed,
          has_deep_asteroids, pool_before, cargo_free_before)
        values ($1, $2, $3, 1, $4, 'INTERRUPTED', 'pvp_attack', 3, 2, $5, $5, $5, 0, 3, false, false, 300, 10)`,
      [randomUUID(), id.miner, id.hauler, id.region, AT],
    );
    await run(
      `insert into combat_logs (id, attacker_id, defender_id, attacker_ship_id, defender_ship_id, sector_id,
          region_id_snapshot, result, rounds, turns_spent, damage_to_attacker, damage_to_defender,
          attacker_drones_lost, defender_drones_lost, log, started_at, ended_at)
        values ($1, $2, $3, $4, $5, 2, $6, 'draw', 10, 25, 0, 0, 0, 0, '{}', $7, $7)`,
      [randomUUID(), id.raider, id.miner, id.defender, id.hauler, id.region, AT],
    );
    await run(
      `insert into movements (id, player_id, ship_id, kind, from_sector_id, to_sector_id, turns_spent, at)
        values ($1, $2, $3, 'warp', 1, 2, 1, $4)`,
      [randomUUID(), id.miner, id.hauler, AT],
    );
  }

  async function makeDeal(): Promise<void> {
    await run(
      `insert into deals (id, player_id, ship_id, kind, station_id, sector_id, credits, commodity, quantity,
          unit_price_cr, bonus_bps, at)
        values ($1, $2, $3, 'sell', $1, 1, 150, 'ore', 10, 15, 10000, $4)`,
      [randomUUID(), id.miner, id.hauler, AT],
    );
  }

  async function counts(): Promise<number[]> {
    const { rows } = await run(
      `select (select count(*) from mining_harvests) as harvests, (select count(*) from combat_logs) as fights,
        (select count(*) from movements) as moves, (select count(*) from deals) as deals`,
    );
    return Object.values(rows[0]);
  }

  before(async () => {
    await makeWorld();
    await makeHistory();
    await makeDeal();
  });

  for (const table of TABLES) {
    it(`refuse to change, delete or empty ${table}`, async () => {
      await assert.rejects(run(`update ${table} set id = id`), { code: RESTRICT_VIOLATION });
      await assert.rejects(run(`delete from ${table}`), { code: RESTRICT_VIOLATION });
      await assert.rejects(run(`truncate ${table}`), { code: RESTRICT_VIOLATION });
      assert.deepEqual(await counts(), [1, 1, 1, 1]);
    });
  }

  it("refuse it to INSERT … ON CONFLICT DO UPDATE too, and let DO NOTHING pass", async () => {
    const again = "insert into movements select * from movements on conflict (id)";
    await assert.rejects(run(`${again} do update set turns_spent = 9`), { code: RESTRICT_VIOLATION });
    assert.equal((await run(`${again} do nothing`)).rowCount, 0);
  });

  it("take no completed harvest that does not say what it yielded", async () => {
    const completed = `insert into mining_harvests select (jsonb_populate_record(h, $1)).* from mining_harvests h`;
    const yields = {
      ...{ id: randomUUID(), status: "COMPLETED", terminal_reason: null, turns_spent: 5, refund_turns: 0 },
      ...{ roll_ore: 0, ore_rolled: 6, ore_yield: 6, precious_metals_yield: 0, quantum_shards_yield: 0 },
      ...{ floored: false, am_rep_delta: 1, depletion_state_before: "fresh", depletion_state_after: "fresh" },
    };
    for (const key of [
      "ore_rolled",
      "precious_metals_yield",
      "quantum_shards_yield",
      "floored",
      "am_rep_delta",
    ]) {
      await assert.rejects(run(completed, [{ ...yields, [key]: null }]), { code: CHECK_VIOLATION });
    }
  });

  it("lose only the reference when a sector goes", async () => {
    await run("delete from sectors where sector_id = 2");
    const { rows } = await run("select sector_id, region_id_snapshot from combat_logs");
    assert.deepEqual(rows, [{ sector_id: null, region_id_snapshot: id.region }]);
  });

  it("lose a player's rows with the player", async () => {
    await run("delete from players where id = $1", [id.miner]);
    assert.deepEqual(await counts(), [0, 0, 0, 0]);
  });

  it("lose only the reference when a region goes", async () => {
    await run("update players set current_ship_id = null where id = $1", [id.raider]);
    await run(
      `insert into mining_harvests (id, player_id, ship_id, sector_id, region_id, status, terminal_reason, turns_spent,
          refund_turns, started_at, resolves_at, resolved_at, laser_level, richness_tier, am_claimed,
          has_deep_asteroids, pool_before, cargo_free_before)
        values ($1, $2, $3, 1, $4, 'CANCELLED', 'cargo_full', 3, 2, $5, $5, $5, 0, 3, false, false, 300, 0)`,
      [randomUUID(), id.raider, id.defender, id.region, AT],
    );
    // The ship stays in its sector and holds it; a region of its own stands for one that has been emptied.
    const region = randomUUID();
    await run(
      "insert into regions (id, galaxy_id, name, region_type) values ($1, $2, 'Emptied', 'player_owned')",
      [region, id.galaxy],
    );
    await run(
      `insert into mining_harvests select (jsonb_populate_record(h, jsonb_build_object('id', gen_random_uuid(),
        'region_id', $1::uuid))).* from mining_harvests h`,
      [region],
    );
    await run("delete from regions where id = $1", [region]);
    const { rows } = await run("select region_id from mining_harvests order by region_id nulls last");
    assert.deepEqual(rows, [{ region_id: id.region }, { region_id: null }]);
  });
});
