import { strict as assert } from "node:assert";
import { randomUUID } from "node:crypto";
import { newLedger } from "../../loadtest/fleet/ledger.ts";
import { beforeWaking, whenStopped, writtenPastLease } from "../../loadtest/storm/past-lease.ts";
import { useDatabase } from "../support/database.ts";
import { type MadePilot, makePilot, makeSector, makeWorld } from "../support/fixtures.ts";

describe("what a stopped server had promised", () => {
  const test = useDatabase();

  async function endHarvest(id: string, { playerId, shipId }: MadePilot, sectorId: number): Promise<void> {
    await test.pool.query(
      `insert into mining_harvests (id, player_id, ship_id, sector_id, status, terminal_reason, turns_spent,
          refund_turns, started_at, resolves_at, resolved_at, laser_level, richness_tier, am_claimed,
          has_deep_asteroids, pool_before, cargo_free_before)
        values ($1, $2, $3, $4, 'CANCELLED', 'cargo_full', 3, 2, $5, $5, $5, 0, 3, false, false, 300, 0)`,
      [id, playerId, shipId, sectorId, new Date()],
    );
  }

  it("may end after it has woken up in no sector that another has taken over", async () => {
    const world = await makeWorld(test.pool);
    for (const sectorId of [1, 2]) await makeSector(test.pool, world, sectorId);
    const [taken, kept] = [await makePilot(test.pool, world, 1), await makePilot(test.pool, world, 2)];
    const ids = { before: randomUUID(), past: randomUUID(), own: randomUUID() };
    const ledger = newLedger("Miner", taken.userId);
    for (const harvestId of Object.values(ids)) {
      const reply = { accepted: { harvestId, startTick: 1, endTick: 11 } };
      ledger.requests.push({ requestId: harvestId, kind: "harvest", attempts: 1, reply, acceptedMs: 1 });
    }
    await test.pool.query("insert into sector_leases (sector_id, epoch) values (1, 1), (2, 1)");

    const stopped = await whenStopped(test.pool, [ledger]);
    await endHarvest(ids.before, taken, 1);
    await test.pool.query("update sector_leases set epoch = 2 where sector_id = 1");
    const waking = await beforeWaking(test.pool, stopped);
    await endHarvest(randomUUID(), taken, 1);
    await endHarvest(ids.own, kept, 2);
    assert.deepEqual(await writtenPastLease(test.pool, waking), []);
    await endHarvest(ids.past, taken, 1);
    assert.deepEqual(await writtenPastLease(test.pool, waking), [`Miner: harvest ${ids.past}, in sector 1`]);
  });
});
