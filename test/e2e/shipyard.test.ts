import { strict as assert } from "node:assert";
import { randomUUID } from "node:crypto";
import type { MadePilot } from "../support/fixtures.ts";
import { makeSector, makeStation, type PilotOptions } from "../support/fixtures.ts";
import { useGame } from "../support/game.ts";
import type { PilotClient } from "../support/pilot-client.ts";
import { accepted, flyDocked, newest, refuses } from "../support/play.ts";

describe("a shipyard", () => {
  // Holds are filled by hand.
  const game = useGame({ harvestTicks: 10, except: ["cargo_conserved"] });
  let sectors = 0;

  async function yard(options: PilotOptions) {
    const sectorId = await makeSector(game.pool, game.world, ++sectors);
    const stationId = await makeStation(game.pool, game.world, sectorId);
    return { sectorId, stationId, ...(await flyDocked(game, sectorId, stationId, options)) };
  }

  async function buy(client: PilotClient, hullType: string): Promise<string> {
    return String((await accepted(client.ask("buy_hull", { hullType }))).shipId);
  }

  async function shipRow(shipId: string) {
    return game.row(
      "select type, status, equipment_slots as slots, owner_id as owner, purchase_value as paid from ships where id = $1",
      shipId,
    );
  }

  function stands(pilot: MadePilot, faction: string, value: number) {
    return game.pool.query(
      "insert into reputations (player_id, faction_id, current_value) select $1, id, $3 from factions where code = $2",
      [pilot.playerId, faction, value],
    );
  }

  it("sells a hull, which the pilot flies at once with all cargo and the laser; the former stays at its berth", async () => {
    const { sectorId, pilot, client } = await yard({
      credits: 300_000,
      laserLevel: 2,
      cargo: { ore: 150, precious_metals: 2 },
    });
    const watcher = await game.spectate(sectorId);
    const { requestId: _, ...bought } = await accepted(client.ask("buy_hull", { hullType: "DEFENDER" }));
    const shipId = String(bought.shipId);
    assert.deepEqual(bought, { shipId, hullType: "DEFENDER", costCr: 300_000, formerShipId: pilot.shipId });
    const mine = newest(client);
    assert.deepEqual(
      [mine.shipId, mine.credits, mine.cargo, mine.equipment, mine.cargoCapacity],
      [shipId, 0, { ore: 150, precious_metals: 2 }, { mining_laser: { level: 2 } }, 400],
    );
    await watcher.sees("the new ship alone", ({ ships }) => ships.has(shipId) && !ships.has(pilot.shipId));
    assert.equal(watcher.state.ships.get(shipId)?.status, "DOCKED");
    assert.deepEqual(await shipRow(pilot.shipId), {
      type: "CARGO_HAULER",
      status: "DOCKED",
      slots: {},
      owner: pilot.playerId,
      paid: 0,
    });
    await accepted(client.ask("undock"));
    await accepted(client.ask("harvest"));
    game.tick(10);
    await client.heard("mining_harvest_completed");
  });

  it("leaves aboard the former what does not fit, and takes it along on the way back", async () => {
    const { pilot, client } = await yard({ credits: 30_000, laserLevel: 3, cargo: { ore: 100 } });
    const scout = await buy(client, "SCOUT_SHIP");
    assert.deepEqual((await shipRow(scout)).slots, {});
    assert.deepEqual((await shipRow(pilot.shipId)).slots, { mining_laser: { level: 3 } });
    assert.deepEqual(newest(client).cargo, { ore: 100 });
    const { requestId: _, ...back } = await accepted(client.ask("board_ship", { shipId: pilot.shipId }));
    assert.deepEqual(back, { shipId: pilot.shipId, formerShipId: scout });
    assert.deepEqual(
      [newest(client).cargo, newest(client).equipment],
      [{ ore: 100 }, { mining_laser: { level: 3 } }],
    );
  });

  it("leaves with each ship the level of a laser that it remembers, and hides none behind another laser", async () => {
    const { pilot, client } = await yard({ credits: 900_000, laserLevel: 3 });
    const hauler = async () => (await shipRow(pilot.shipId)).slots;
    await accepted(client.ask("remove_laser"));
    const defender = await buy(client, "DEFENDER");
    assert.deepEqual(
      [await hauler(), newest(client).equipment],
      [{ removed_mining_laser: { level: 3 } }, {}],
    );
    assert.equal((await accepted(client.ask("install_laser"))).level, 0);
    await accepted(client.ask("board_ship", { shipId: pilot.shipId }));
    assert.deepEqual((await shipRow(defender)).slots, { mining_laser: { level: 0 } });
    assert.deepEqual(newest(client).equipment, { removed_mining_laser: { level: 3 } });
    assert.equal((await accepted(client.ask("install_laser"))).level, 3);
  });

  it("refuses a hull that the cargo does not fit into: cargo_does_not_fit", async () => {
    const { client } = await yard({ credits: 30_000, cargo: { ore: 101 } });
    const detail = await refuses(game, client, "buy_hull", { hullType: "SCOUT_SHIP" }, "cargo_does_not_fit");
    assert.deepEqual(detail, { used: 101, free: 100 });
  });

  it("buys a ship back for a quarter of what was paid for it and for what is fitted; a free one is worth nothing", async () => {
    const { pilot, client } = await yard({ credits: 250_000 + 35_000 + 30_000, laserLevel: null });
    const hauler = await buy(client, "CARGO_HAULER");
    await accepted(client.ask("install_laser"));
    const scout = await buy(client, "SCOUT_SHIP");
    assert.equal(newest(client).credits, 0);
    await refuses(game, client, "sell_hull", { shipId: scout }, "ship_in_use");
    const sold = await accepted(client.ask("sell_hull", { shipId: hauler }));
    assert.equal(sold.refundCr, 62_500 + 8_750);
    assert.equal((await accepted(client.ask("sell_hull", { shipId: pilot.shipId }))).refundCr, 0);
    assert.equal(newest(client).credits, 71_250);
    await refuses(game, client, "sell_hull", { shipId: hauler }, "ship_destroyed");
    await refuses(game, client, "board_ship", { shipId: hauler }, "ship_destroyed");
  });

  it("takes no ship that still carries something: ship_not_empty", async () => {
    const { pilot, client } = await yard({ credits: 30_000 });
    await buy(client, "SCOUT_SHIP");
    await game.pool.query("insert into ship_cargo values ($1, 'ore', 1)", [pilot.shipId]);
    const detail = await refuses(game, client, "sell_hull", { shipId: pilot.shipId }, "ship_not_empty");
    assert.deepEqual(detail, { shipId: pilot.shipId, used: 1 });
  });

  it("has hulls for which a faction's standing, or citizenship, is asked", async () => {
    for (const [hullType, faction, min] of [
      ["CARRIER", "terran_federation", 200],
      ["WARP_JUMPER", "nova_scientific_institute", 500],
    ] as const) {
      const { sectorId, stationId, client } = await yard({ credits: 2_000_000 });
      const detail = await refuses(game, client, "buy_hull", { hullType }, "standing_too_low");
      assert.deepEqual(detail, { faction, min, standing: 0 });
      for (const value of [min - 1, min]) {
        const pilot = await game.pilot(sectorId, { credits: 2_000_000 });
        await stands(pilot, faction, value);
        const trusted = await game.join(pilot, sectorId);
        await accepted(trusted.ask("dock", { stationId }));
        if (value < min) await refuses(game, trusted, "buy_hull", { hullType }, "standing_too_low");
        else await buy(trusted, hullType);
      }
    }
    const { sectorId, stationId, client } = await yard({ credits: 50_000 });
    const clipper = { hullType: "CITIZEN_CLIPPER" };
    await refuses(game, client, "buy_hull", clipper, "ERR_GALACTIC_CITIZEN_REQUIRED");
    const citizen = await game.pilot(sectorId, { credits: 50_000 });
    await game.pool.query("update players set is_galactic_citizen = true where id = $1", [citizen.playerId]);
    const welcome = await game.join(citizen, sectorId);
    await accepted(welcome.ask("dock", { stationId }));
    await buy(welcome, "CITIZEN_CLIPPER");
  });

  it("sells no pods and no police ships, and asks for money and a dock", async () => {
    const { client } = await yard({ credits: 29_999 });
    for (const hullType of ["ESCAPE_POD", "NPC_MARSHAL_INTERDICTOR"]) {
      await refuses(game, client, "buy_hull", { hullType }, "hull_not_for_sale");
    }
    const scout = { hullType: "SCOUT_SHIP" };
    const detail = await refuses(game, client, "buy_hull", scout, "insufficient_credits");
    assert.deepEqual(detail, { credits: 29_999, needed: 30_000 });
    await accepted(client.ask("undock"));
    await refuses(game, client, "buy_hull", scout, "must_be_docked");
    await refuses(game, client, "board_ship", { shipId: randomUUID() }, "must_be_docked");
    await refuses(game, client, "sell_hull", { shipId: randomUUID() }, "must_be_docked");
  });

  it("deals in one's own ships at this very station alone", async () => {
    const { client } = await yard({});
    const other = await yard({ credits: 30_000 });
    const far = await game.pilot(other.sectorId);
    await game.pool.query("update ships set owner_id = $2 where id = $1", [far.shipId, other.pilot.playerId]);
    await game.pool.query(
      "update players set current_ship_id = null, user_id = null where id = $1", // Its own pilot is out of the game.
      [far.playerId],
    );
    for (const type of ["board_ship", "sell_hull"]) {
      await refuses(game, client, type, { shipId: other.pilot.shipId }, "not_your_ship");
      await refuses(game, client, type, { shipId: randomUUID() }, "ship_not_found");
      await refuses(game, other.client, type, { shipId: far.shipId }, "ship_not_here");
    }
  });

  it("keeps no more than ten ships a pilot: too_many_ships", async () => {
    const { client } = await yard({ credits: 300_000 });
    for (let ships = 1; ships < 10; ships++) await buy(client, "SCOUT_SHIP");
    const detail = await refuses(game, client, "buy_hull", { hullType: "SCOUT_SHIP" }, "too_many_ships");
    assert.deepEqual(detail, { ships: 10 });
  });

  it("takes a pilot out of an escape pod, which is scrapped", async () => {
    const { pilot, client } = await yard({
      hull: "ESCAPE_POD",
      laserLevel: null,
      credits: 30_000,
      cargo: { ore: 5 },
    });
    await buy(client, "SCOUT_SHIP");
    assert.deepEqual(newest(client).cargo, { ore: 5 });
    assert.equal((await shipRow(pilot.shipId)).status, "DESTROYED");
  });
});
