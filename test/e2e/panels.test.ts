import { strict as assert } from "node:assert";
import { AM_FACTION } from "../../src/rules/factions.ts";
import { makeSector, makeStation, makeWarp } from "../support/fixtures.ts";
import { useGame } from "../support/game.ts";
import { accepted, DAY_MS, flyDocked, HOUR_MS } from "../support/play.ts";

describe("what a pilot reads over HTTP", () => {
  const game = useGame({ harvestTicks: 10, except: ["cargo_conserved"] });
  let sectors = 0;

  async function get(path: string, pilot?: { userId: string }) {
    const headers = pilot === undefined ? {} : { authorization: `Bearer ${await game.token(pilot.userId)}` };
    const response = await fetch(`http://localhost:${game.port}${path}`, { headers });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }

  async function refineryAt(sectorId: number, stationClass = 5) {
    return makeStation(game.pool, game.world, sectorId, "basic", { stationClass, faction: AM_FACTION });
  }

  it("of licences: those that hold and those that ended within a day, with the price of renewal", async () => {
    const sectorId = await makeSector(game.pool, game.world, ++sectors, {
      tier: 4,
      controllingFaction: AM_FACTION,
    });
    const { pilot, client } = await flyDocked(game, sectorId, await refineryAt(sectorId), {});
    const { licenseId } = await accepted(client.ask("buy_license", { sectorId }));
    const purchasedAtMs = game.clock.nowMs();
    const license = {
      licenseId,
      sectorId,
      sectorName: `Sector ${sectorId}`,
      purchasedAtMs,
      expiresAtMs: purchasedAtMs + DAY_MS,
      active: true,
      renewalPriceCr: 1_600,
    };
    assert.deepEqual((await get("/me/licenses", pilot)).body, { licenses: [license] });
    game.clock.advance(DAY_MS);
    assert.deepEqual((await get("/me/licenses", pilot)).body, { licenses: [{ ...license, active: false }] });
    game.clock.advance(DAY_MS + 1);
    assert.deepEqual((await get("/me/licenses", pilot)).body, { licenses: [] });
    assert.equal((await get("/me/licenses")).status, 401);
  });

  it("of standing: with every faction its level, its price and its border", async () => {
    const pilot = await game.pilot(await makeSector(game.pool, game.world, ++sectors));
    const views = [];
    for (const value of [-700, -401, -400, -200, 0, 200, 400, 600, 700]) {
      await game.pool.query(
        `insert into reputations (player_id, faction_id, current_value)
            select $1, id, $2 from factions where code = 'mercantile_guild'
          on conflict (player_id, faction_id) do update set current_value = $2`,
        [pilot.playerId, value],
      );
      const { body } = await get("/me/standing", pilot);
      const all = body.standing as Record<string, unknown>[];
      assert.equal(all.length, 9);
      const guild = all.find(({ faction }) => faction === "mercantile_guild");
      views.push([guild?.value, guild?.level, guild?.pricingModifierBps, guild?.mayEnterTerritory]);
    }
    assert.deepEqual(views, [
      [-700, "CRIMINAL", 13_000, false],
      [-401, "PIRATE", 12_000, false],
      [-400, "SMUGGLER", 12_000, true],
      [-200, "SUSPICIOUS", 11_000, true],
      [0, "NEUTRAL", 10_000, true],
      [200, "TRUSTED", 9_600, true],
      [400, "VALUED", 9_200, true],
      [600, "REVERED", 8_500, true],
      [700, "EXALTED", 8_500, true],
    ]);
  });

  it("of their ships, the one they fly first, and of the hulls that are for sale", async () => {
    const sectorId = await makeSector(game.pool, game.world, ++sectors);
    const stationId = await makeStation(game.pool, game.world, sectorId);
    const { pilot, client } = await flyDocked(game, sectorId, stationId, {
      credits: 30_000,
      cargo: { ore: 3 },
    });
    const { shipId } = await accepted(client.ask("buy_hull", { hullType: "SCOUT_SHIP" }));
    const ships = (await get("/me/ships", pilot)).body.ships as Record<string, unknown>[];
    assert.deepEqual(
      ships.map((ship) => [ship.shipId, ship.isFlown, ship.cargo, ship.equipment, ship.stationId]),
      [
        [shipId, true, { ore: 3 }, {}, stationId],
        [pilot.shipId, false, {}, { mining_laser: { level: 0 } }, stationId],
      ],
    );
    const hulls = (await get("/shipyard")).body.hulls as Record<string, unknown>[];
    assert.equal(hulls.length, 9);
    assert.deepEqual(
      hulls.find(({ hullType }) => hullType === "CARRIER"),
      { hullType: "CARRIER", costCr: 1_500_000, standing: { faction: "terran_federation", min: 200 } },
    );
  });

  it("of the nearest AM refineries by warps, with what they pay this pilot for ore now", async () => {
    const chain = [];
    for (let count = 0; count < 6; count++) chain.push(await makeSector(game.pool, game.world, ++sectors));
    const [here = 0, one = 0, two = 0, three = 0, four = 0, five = 0] = chain;
    for (const [from, to] of [
      [one, here],
      [one, two],
      [two, three],
      [three, four],
      [four, five],
    ] as const) {
      await makeWarp(game.pool, from, to);
    }
    const [nearest, next, far] = [await refineryAt(one), await refineryAt(three, 1), await refineryAt(four)];
    await refineryAt(five);
    await makeStation(game.pool, game.world, here, "basic", { stationClass: 6, faction: AM_FACTION });
    await makeStation(game.pool, game.world, here, "basic", { stationClass: 1 });
    await game.pool.query(
      "update stations set commodities = $2 where id = $1",
      [next, { ore: { quantity: 0, capacity: 1_000 } }], // An empty store pays most.
    );
    const pilot = await game.pilot(here);
    const look = async () =>
      ((await get("/mining/refineries", pilot)).body.refineries as Record<string, unknown>[]).map(
        ({ stationId, warps, orePriceCr }) => [stationId, warps, orePriceCr],
      );
    assert.deepEqual(await look(), [
      [nearest, 1, 15],
      [next, 3, 19],
      [far, 4, 15],
    ]);
    await game.pool.query("insert into station_surplus values ($1, 'ore', 1000, $2)", [
      next,
      new Date(game.clock.nowMs()),
    ]);
    assert.deepEqual((await look())[1], [next, 3, 15]);
    game.clock.advance(24 * HOUR_MS);
    assert.deepEqual((await look())[1], [next, 3, 19]);
    const stranger = { userId: "00000000-0000-4000-8000-00000000dead" };
    assert.equal((await get("/mining/refineries", stranger)).body.code, "not_joined_yet");
  });

  it("of a change of level of standing they are told at once", async () => {
    const sectorId = await makeSector(game.pool, game.world, ++sectors, { controllingFaction: AM_FACTION });
    const pilot = await game.pilot(sectorId);
    const client = await game.join(pilot, sectorId);
    for (let count = 0; count < 5; count++) {
      const told = client.next("mining_harvest_completed");
      await accepted(client.ask("harvest"));
      game.tick(10);
      await told;
      // Three in a day would bring a patrol.
      game.clock.advance(DAY_MS);
    }
    assert.equal(client.told.filter(({ type }) => type === "reputation_changed").length, 0);
    const changed = client.next("reputation_changed");
    await accepted(client.ask("harvest"));
    game.tick(10);
    const { eventId: _, ...notice } = await changed;
    assert.deepEqual(notice, {
      faction: AM_FACTION,
      oldLevel: "NEUTRAL",
      newLevel: "QUESTIONABLE",
      oldValue: -50,
      newValue: -60,
      title: "Questionable",
    });
  });
});
