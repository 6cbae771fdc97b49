import assert from "node:assert/strict";
import { useDatabase } from "../support/database.ts";
import { makePilot, makeSector, makeWorld } from "../support/fixtures.ts";

describe("what rows may say", () => {
  const test = useDatabase();
  before(async () => {
    const world = await makeWorld(test.pool);
    const { playerId } = await makePilot(test.pool, world, await makeSector(test.pool, world, 1));
    await test.pool.query(
      "insert into reputations (player_id, faction_id) select $1, id from factions where code = 'pirates'",
      [playerId],
    );
  });

  async function rejects(constraint: string, text: string, value: unknown): Promise<void> {
    await assert.rejects(test.pool.query(text, [value]), { code: "23514", constraint });
  }

  it("of a region's trade bonuses is 1 to 3 for each commodity; its tariff rate is another matter", async () => {
    const text = "update regions set trade_bonuses = $1";
    for (const bonuses of [{}, { ore: 1, fuel: 3, equipment: 1.25 }, { ore: 2, tariff_rate: 0.05 }]) {
      await test.pool.query(text, [bonuses]);
    }
    for (const bonuses of [
      { ore: 0.99 },
      { ore: 2, fuel: 3.01 },
      { ore: "2" },
      { ore: null },
      '"ore"',
      "[2]",
    ]) {
      await rejects("regions_trade_bonuses", text, bonuses);
    }
  });

  it("of a region's starting ship is a hull that there is", async () => {
    const text = "update regions set starting_ship = $1";
    await test.pool.query(text, ["LIGHT_FREIGHTER"]);
    await rejects("regions_starting_ship", text, "scout");
  });

  it("of a standing's level is one of the seventeen", async () => {
    const text = "update reputations set current_level = $1";
    await test.pool.query(text, ["PUBLIC_ENEMY"]);
    await rejects("reputations_current_level", text, "Neutral");
  });
});
