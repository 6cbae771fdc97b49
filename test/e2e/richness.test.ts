import { strict as assert } from "node:assert";
import { YIELD_MATRIX } from "../../src/rules/mining.ts";
import { type MadePilot, makeSector } from "../support/fixtures.ts";
import { useGame } from "../support/game.ts";
import { accepted } from "../support/play.ts";

const HARVEST_TICKS = 10;

/** As the mining seed stores it, by resource_regeneration. */
const DEPLETED = { richness: "depleted", richness_tier: 1, yield_band: [0, 1], harvest_cooldown_hours: 24 };
const MODERATE = {
  richness: "moderate",
  richness_tier: 3,
  yield_band: [6, 12],
  harvest_cooldown_hours: null,
};
const RICH = { richness: "rich", richness_tier: 4, yield_band: [10, 18], harvest_cooldown_hours: null };
const ABUNDANT = {
  richness: "abundant",
  richness_tier: 5,
  yield_band: [15, 25],
  harvest_cooldown_hours: null,
};
const DERIVED = [
  [0.29, DEPLETED, 1],
  [0.3, MODERATE, 3],
  [0.59, MODERATE, 3],
  [0.595, MODERATE, 3],
  [0.6, RICH, 4],
  [0.89, RICH, 4],
  [0.895, RICH, 4],
  [0.9, ABUNDANT, 5],
  [null, MODERATE, 3],
] as const;

describe("the richness of a field", () => {
  const game = useGame({ harvestTicks: HARVEST_TICKS });
  let sectors = 0;

  async function get(path: string, pilot?: MadePilot) {
    const headers = pilot === undefined ? {} : { authorization: `Bearer ${await game.token(pilot.userId)}` };
    const response = await fetch(`http://localhost:${game.port}${path}`, { headers });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }

  it("is derived from the sector's regeneration for the first who mines there, and told in the seed's own shape", async () => {
    for (const [regeneration, richness, tier] of DERIVED) {
      const sectorId = await makeSector(game.pool, game.world, ++sectors);
      await game.pool.query("delete from asteroid_fields where sector_id = $1", [sectorId]);
      await game.pool.query(
        "update sectors set resources = '{}', resource_regeneration = $2 where sector_id = $1",
        [sectorId, regeneration],
      );
      assert.equal((await get(`/sectors/${sectorId}`)).body.resources, null);
      const { client } = await game.fly(sectorId);
      await accepted(client.ask("harvest"));
      game.tick(HARVEST_TICKS);
      const ore = Number((await client.heard("mining_harvest_completed")).ore);
      const [least, most] = YIELD_MATRIX[tier][0];
      assert.ok(ore >= least && ore <= most, `${ore} at ${regeneration}`);
      assert.deepEqual((await get(`/sectors/${sectorId}`)).body.resources, {
        asteroid_richness: richness,
        depletion_pool: tier * 100 - ore,
        has_deep_asteroids: false,
      });
      const { resources } = await game.row("select resources from sectors where sector_id = $1", sectorId);
      assert.deepEqual((resources as Record<string, unknown>).asteroid_richness, richness);
    }
  });

  it("shows in how a harvest has ended, which its pilot alone can read: harvest_not_found", async () => {
    const sectorId = await makeSector(game.pool, game.world, ++sectors);
    const { pilot, client } = await game.fly(sectorId);
    const startedAtMs = game.clock.nowMs();
    const { harvestId } = await accepted(client.ask("harvest"));
    const path = `/mining/harvests/${harvestId}`;
    const running = await get(path, pilot);
    assert.deepEqual([running.status, running.body.code], [404, "harvest_not_found"]);
    game.tick(HARVEST_TICKS);
    const { ore, preciousMetals } = await client.heard("mining_harvest_completed");
    const resolvesAtMs = startedAtMs + 1_000;
    assert.deepEqual((await get(path, pilot)).body, {
      ...{ harvestId, sectorId, status: "COMPLETED", terminalReason: null, turnsSpent: 5, startedAtMs },
      ...{ resolvesAtMs, resolvedAtMs: resolvesAtMs, ore, preciousMetals, quantumShards: 0 },
      ...{ amRepDelta: 1, fcRepDelta: 0 },
    });
    const { pilot: stranger } = await game.fly(sectorId);
    assert.equal((await get(path, stranger)).status, 404);
    assert.equal((await get(path)).status, 401);
    assert.equal((await get("/mining/harvests/none", pilot)).status, 400);
  });
});
