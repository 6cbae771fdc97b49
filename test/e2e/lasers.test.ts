import { strict as assert } from "node:assert";
import { makeSector, makeStation, type PilotOptions } from "../support/fixtures.ts";
import { useGame } from "../support/game.ts";
import { accepted, flyDocked, newest, refuses } from "../support/play.ts";

describe("a Mining Laser", () => {
  const game = useGame({ harvestTicks: 10 });
  let sectors = 0;

  async function workshop(options: PilotOptions, stationClass = 7) {
    const sectorId = await makeSector(game.pool, game.world, ++sectors);
    const stationId = await makeStation(game.pool, game.world, sectorId, "basic", { stationClass });
    return flyDocked(game, sectorId, stationId, options);
  }

  it("costs 35,000 cr, and 50,000, 100,000 and 200,000 more for its levels", async () => {
    const { pilot, client } = await workshop({ laserLevel: null, credits: 400_000 });
    const { requestId: _, ...fitted } = await accepted(client.ask("install_laser"));
    assert.deepEqual(fitted, { level: 0, costCr: 35_000 });
    const spent = [];
    for (let level = 1; level <= 3; level++) {
      assert.equal((await accepted(client.ask("upgrade_laser"))).level, level);
      spent.push(400_000 - Number(newest(client).credits));
    }
    assert.deepEqual(spent, [85_000, 185_000, 385_000]);
    await refuses(game, client, "upgrade_laser", {}, "laser_at_max_level");
    assert.deepEqual(
      await game.row("select equipment_slots as slots from ships where id = $1", pilot.shipId),
      { slots: { mining_laser: { level: 3 } } },
    );
  });

  it("gives 8,750 cr back whatever its level, which the ship remembers for the next", async () => {
    const { pilot, client } = await workshop({ laserLevel: 3, credits: 35_000 });
    const { requestId: _, ...removed } = await accepted(client.ask("remove_laser"));
    assert.deepEqual(removed, { level: 3, refundCr: 8_750 });
    assert.equal(newest(client).credits, 43_750);
    await refuses(game, client, "remove_laser", {}, "no_mining_laser");
    await refuses(game, client, "upgrade_laser", {}, "no_mining_laser");
    assert.equal((await accepted(client.ask("install_laser"))).level, 3);
    assert.equal(newest(client).credits, 8_750);
    const { slots } = await game.row(
      "select equipment_slots as slots from ships where id = $1",
      pilot.shipId,
    );
    assert.deepEqual(slots, { mining_laser: { level: 3 } });
  });

  it("taken out, leaves a higher level that its ship remembers already", async () => {
    const sectorId = await makeSector(game.pool, game.world, ++sectors);
    const stationId = await makeStation(game.pool, game.world, sectorId);
    for (const [fitted, remembered, kept] of [
      [0, 3, 3],
      [2, 1, 2],
    ]) {
      const slots = { mining_laser: { level: fitted }, removed_mining_laser: { level: remembered } };
      const pilot = await game.pilot(sectorId, { credits: 35_000 });
      await game.pool.query("update ships set equipment_slots = $2 where id = $1", [pilot.shipId, slots]);
      const client = await game.join(pilot, sectorId);
      await accepted(client.ask("dock", { stationId }));
      assert.equal((await accepted(client.ask("remove_laser"))).level, kept);
      assert.equal((await accepted(client.ask("install_laser"))).level, kept);
    }
  });

  it("fits into Cargo Haulers, Colony Ships and Defenders alone, one in each: laser_does_not_fit, laser_already_fitted", async () => {
    for (const hull of ["CARGO_HAULER", "COLONY_SHIP", "DEFENDER"] as const) {
      const { client } = await workshop({ hull, laserLevel: null, credits: 70_000 });
      await accepted(client.ask("install_laser"));
      await refuses(game, client, "install_laser", {}, "laser_already_fitted");
    }
    for (const hull of ["SCOUT_SHIP", "LIGHT_FREIGHTER", "CARRIER"] as const) {
      const { client } = await workshop({ hull, laserLevel: null, credits: 70_000 });
      await refuses(game, client, "install_laser", {}, "laser_does_not_fit");
    }
  });

  it("is upgraded from class 7 on: station_cannot_upgrade", async () => {
    const { client } = await workshop({ credits: 50_000 }, 6);
    const detail = await refuses(game, client, "upgrade_laser", {}, "station_cannot_upgrade");
    assert.deepEqual(detail, { stationClass: 6, stationClassMin: 7 });
    await accepted((await workshop({ credits: 50_000 }, 11)).client.ask("upgrade_laser"));
  });

  it("has to be paid, in a dock: insufficient_credits, must_be_docked", async () => {
    const poor = await workshop({ laserLevel: null, credits: 34_999 });
    const detail = await refuses(game, poor.client, "install_laser", {}, "insufficient_credits");
    assert.deepEqual(detail, { credits: 34_999, needed: 35_000 });
    const { client } = await workshop({ credits: 49_999 });
    await refuses(game, client, "upgrade_laser", {}, "insufficient_credits");
    await accepted(client.ask("undock"));
    for (const type of ["install_laser", "upgrade_laser", "remove_laser"]) {
      await refuses(game, client, type, {}, "must_be_docked");
    }
    await accepted(client.ask("harvest"));
    for (const type of ["install_laser", "upgrade_laser", "remove_laser"]) {
      await refuses(game, client, type, {}, "ship_mining");
    }
  });
});
