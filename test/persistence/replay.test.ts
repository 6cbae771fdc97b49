import { strict as assert } from "node:assert";
import type pg from "pg";
import { CommitQueue } from "../../src/persistence/commit-queue.ts";
import { connect } from "../../src/persistence/database.ts";
import { REPLAY_TEXTS, replayAll } from "../../src/persistence/replay.ts";
import type { Work } from "../../src/persistence/work.ts";
import { Bench, type BenchPilot } from "../durability/bench.ts";
import { makeHistory } from "../durability/history.ts";
import { Backup } from "../support/backup.ts";
import { ManualClock } from "../support/clock.ts";
import { useDatabase } from "../support/database.ts";
import { seededDice } from "../support/dice.ts";

const A_HARVEST =
  "id = (select id from mining_harvests where status = 'COMPLETED' order by resolved_at limit 1)";
const A_KILL = "id = (select id from combat_logs where destroyed_ship_id is not null limit 1)";
const WITH_LOOT = "id = (select id from combat_logs where loot ? 'ore' limit 1)";
const WITH_DRONES = "id = (select id from combat_logs where attacker_drones_lost > 0 limit 1)";
const LONGEST = "id = (select id from combat_logs order by rounds desc, ended_at limit 1)";
const IN_LOG = (path: string, value: string) =>
  `update combat_logs set log = jsonb_set(log, '{${path}}', ${value}) where ${LONGEST}`;

/** What is written of an outcome, changed in one place each. */
const HARVESTS = {
  "another roll": `update mining_harvests set roll_ore = (roll_ore + 2147483648) % 4294967296 where ${A_HARVEST}`,
  "another laser": `update mining_harvests set laser_level = 3 where ${A_HARVEST}`,
  "another field": `update mining_harvests set richness_tier = 1 where ${A_HARVEST}`,
  "more ore": `update mining_harvests set ore_yield = ore_yield + 1 where ${A_HARVEST}`,
  "more metals": `update mining_harvests set precious_metals_yield = precious_metals_yield + 1 where ${A_HARVEST}`,
  "more shards": `update mining_harvests set quantum_shards_yield = quantum_shards_yield + 1 where ${A_HARVEST}`,
  "less drawn from the pool": `update mining_harvests set pool_drawn = pool_drawn - 1 where ${A_HARVEST}`,
  "a floor it did not need": `update mining_harvests set floored = not floored where ${A_HARVEST}`,
  "more standing": `update mining_harvests set am_rep_delta = am_rep_delta + 1 where ${A_HARVEST}`,
  "standing with another faction": `update mining_harvests set fc_rep_delta = fc_rep_delta + 1 where ${A_HARVEST}`,
  "a claimed field": `update mining_harvests set am_claimed = not am_claimed where ${A_HARVEST}`,
  "another state of the field": `update mining_harvests set depletion_state_after = 'exhausted' where ${A_HARVEST}`,
  "a roll that is missing": `update mining_harvests set roll_ore = null where ${A_HARVEST}`,
  "a laser that does not exist": `update mining_harvests set laser_level = 9 where ${A_HARVEST}`,
};
const FIGHTS = {
  "another outcome": `update combat_logs set result = 'draw' where ${A_KILL}`,
  "another number of rounds": `update combat_logs set rounds = rounds + 1 where ${A_KILL}`,
  "another wreck": `update combat_logs set destroyed_ship_id = attacker_ship_id where ${A_KILL}`,
  "no wreck": `update combat_logs set destroyed_ship_id = null where ${A_KILL}`,
  "less damage": `update combat_logs set damage_to_defender = damage_to_defender - 1 where ${A_KILL}`,
  "damage to the other side": `update combat_logs set damage_to_attacker = damage_to_attacker + 1 where ${A_KILL}`,
  "drones that were not lost": `update combat_logs set attacker_drones_lost = 1 where ${A_KILL}`,
  "drones that the defender did not have": `update combat_logs set defender_drones_lost = 1 where ${A_KILL}`,
  "fewer drones lost than were shot down": `update combat_logs set attacker_drones_lost = attacker_drones_lost - 1 where ${WITH_DRONES}`,
  "a drone more at its start": `update combat_logs set log = jsonb_set(log, '{attacker,attackDrones}', '50') where ${WITH_DRONES}`,
  "more loot": `update combat_logs set loot = jsonb_set(loot, '{ore}', to_jsonb((loot ->> 'ore')::int + 5)) where ${WITH_LOOT}`,
  "loot of another kind": `update combat_logs set loot = loot - 'ore' || jsonb_build_object('fuel', loot -> 'ore') where ${WITH_LOOT}`,
  "loot that is no number": `update combat_logs set loot = '{"ore": "much"}' where ${WITH_LOOT}`,
  "loot without a wreck": `update combat_logs set loot = '{"ore": 1}' where id =
    (select id from combat_logs where destroyed_ship_id is null limit 1)`,
  "other loot rolls": `update combat_logs set log = jsonb_set(log, '{lootRolls,0}', '4294967295') where ${WITH_LOOT}`,
  "loot rolls that are missing": `update combat_logs set log = jsonb_set(log, '{lootRolls}', '[]') where ${WITH_LOOT}`,
  "a wreck that somebody unloaded": `update ship_cargo set quantity = 0 where ship_id =
    (select destroyed_ship_id from combat_logs where ${WITH_LOOT})`,
  "a round that went otherwise": IN_LOG("rounds,0,0,kind", `'"damage_undone"'`),
  "another draw": IN_LOG(
    "draws,0",
    "case when (log -> 'draws' ->> 0)::bigint < 2147483648 then '4294967295' else '0' end::jsonb",
  ),
  "too few draws": IN_LOG("draws", "'[]'"),
  "a draw too many": IN_LOG("draws", "log -> 'draws' || '[7]'"),
  "another ship": IN_LOG("attacker,hullType", `'"SCOUT_SHIP"'`),
  "a loser who cannot have died": `update combat_logs set log = jsonb_set(log, '{defender,hull}', '100000') where ${A_KILL}`,
  "another damage scale": IN_LOG("damageScale", `'"faithful"'`),
  "a flight from the first round on": IN_LOG("fleeingFrom,attacker", "'0'"),
  "a log that says nothing": `update combat_logs set log = '{}' where ${A_KILL}`,
};

describe("the replay", () => {
  after(() => pipelined.end());
  const test = useDatabase();
  let pipelined: pg.Pool;
  let backup: Backup;

  before(async () => {
    pipelined = connect(test.url, { max: 3, applicationName: "queue" }).pool;
    const clock = new ManualClock(Date.now());
    const queue = new CommitQueue({
      pool: pipelined,
      clock,
      turnsPerDay: 1000,
      itemsMax: 100,
      onFailure: (message, error) => assert.fail(`${message}: ${error}`),
    });
    const bench = new Bench(test.pool, clock, seededDice(99));
    await makeHistory(bench, queue, clock);
    const here = await bench.sector();
    const apply = async (work: Work, ...pilots: BenchPilot[]) => {
      const settlement = await queue.submit(work);
      assert.ok(settlement.kind === "applied");
      bench.absorb(settlement, pilots);
    };
    const [drones, guard] = [
      await bench.pilot(here, { attackDrones: 12 }),
      await bench.pilot(here, { hull: "DEFENDER" }),
    ];
    await apply(bench.fight(drones, guard, here), drones, guard);
    const [pirate, trader] = [
      await bench.pilot(here, { hull: "DEFENDER" }),
      await bench.pilot(here, { cargo: { ore: 40, organics: 20, fuel: 20 } }),
    ];
    while (trader.ship.type !== "ESCAPE_POD") await apply(bench.fight(pirate, trader, here), pirate, trader);
    backup = await Backup.of(test.pool);
  });

  it("computes every completed harvest and every fight again, and finds them as they are written", async () => {
    const { breaches, harvests, fights } = await replayAll(test.pool);
    assert.deepEqual(breaches, []);
    const { rows } = await test.pool.query(
      `select (select count(*)::int from mining_harvests where status = 'COMPLETED') as harvests,
        (select count(*)::int from combat_logs) as fights`,
    );
    assert.deepEqual([{ harvests, fights }], rows);
  });

  it("names the row, what its dice give and what it says", async () => {
    await backup.corrupt(
      `update mining_harvests set ore_yield = ore_yield + 1000, floored = null where ${A_HARVEST}`,
    );
    await backup.corrupt(`update combat_logs set rounds = rounds + 100, result = 'none' where ${A_KILL}`);
    try {
      const { breaches } = await replayAll(test.pool);
      const [harvest, fight] = breaches.map(({ what }) => what);
      assert.match(
        harvest ?? "",
        /^harvest [0-9a-f-]{36} cannot be computed again: floored: .*expected boolean/,
      );
      assert.match(
        fight ?? "",
        /^fight [0-9a-f-]{36} differs from its dice: result: expected "attacker_victory", found "none"; rounds: expected \d+, found 1\d\d$/,
      );
    } finally {
      await backup.restore();
    }
  });

  it("is named in words, each part of it", () => {
    assert.deepEqual(
      REPLAY_TEXTS.map(({ name }) => name),
      ["yields_recomputed", "fights_replayed", "runs_recomputed"],
    );
  });

  for (const [invariant, changes] of Object.entries({
    yields_recomputed: HARVESTS,
    fights_replayed: FIGHTS,
  })) {
    for (const [what, sql] of Object.entries(changes)) {
      it(`finds a ${invariant === "fights_replayed" ? "fight" : "harvest"} with ${what}`, async () => {
        await backup.corrupt(sql);
        try {
          const { breaches } = await replayAll(test.pool);
          assert.deepEqual(
            breaches.map((breach) => breach.invariant),
            [invariant],
          );
          assert.match(
            breaches[0]?.what ?? "",
            / (differs from its dice: \w+: expected .+, found .+|cannot be computed again: .+)$/,
          );
        } finally {
          await backup.restore();
        }
      });
    }
  }
});
