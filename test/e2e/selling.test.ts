import { strict as assert } from "node:assert";
import { AM_FACTION } from "../../src/rules/factions.ts";
import { makeSector, makeStation, type PilotOptions, type StationOptions } from "../support/fixtures.ts";
import { useGame } from "../support/game.ts";
import { accepted, DAY_MS, flyDocked, newest, refuses } from "../support/play.ts";

/** Ore at 15 cr, whatever is sold: half a million units of room. */
const WIDE = { ore: { quantity: 400_000, capacity: 500_000 } };

describe("selling at a station", () => {
  // Holds are filled by hand.
  const game = useGame({ harvestTicks: 10, except: ["cargo_conserved"] });
  let sectors = 0;

  async function trader(station: StationOptions, options: PilotOptions) {
    const sectorId = await makeSector(game.pool, game.world, ++sectors);
    const stationId = await makeStation(game.pool, game.world, sectorId, "basic", station);
    return { stationId, ...(await flyDocked(game, sectorId, stationId, options)) };
  }

  it("turns cargo into credits at the station's price, in one transaction, and tells at once", async () => {
    const { pilot, stationId, client } = await trader({ stock: WIDE }, { cargo: { ore: 100 } });
    const { requestId: _, ...answer } = await accepted(
      client.ask("sell", { commodity: "ore", quantity: 40 }),
    );
    assert.deepEqual(answer, {
      commodity: "ore",
      quantity: 40,
      unitPriceCr: 15,
      totalCr: 600,
      amRepDelta: 0,
    });
    assert.equal(newest(client).credits, 10_600);
    assert.deepEqual(newest(client).cargo, { ore: 60 });
    assert.deepEqual(
      await game.row(
        `select kind, credits, commodity, quantity, unit_price_cr as price, station_id as station from deals
          where player_id = $1`,
        pilot.playerId,
      ),
      { kind: "sell", credits: 600, commodity: "ore", quantity: 40, price: 15, station: stationId },
    );
    assert.equal(await game.oreOf(pilot), 60);
    assert.equal(
      (await game.row("select credits from players where id = $1", pilot.playerId)).credits,
      10_600,
    );
  });

  it("is what each class buys, and a refusal says what that is: station_does_not_buy", async () => {
    for (const [stationClass, buys] of [
      [1, true],
      [2, false],
      [4, true],
      [5, true],
      [6, true],
      [7, false],
      [8, true],
      [9, false],
    ] as const) {
      const { client } = await trader({ stationClass }, { cargo: { ore: 5 } });
      const sale = { commodity: "ore", quantity: 5 };
      if (buys) await accepted(client.ask("sell", sale));
      else await refuses(game, client, "sell", sale, "station_does_not_buy");
    }
  });

  it("is for what is aboard, in a ship that is docked: not_enough_cargo, must_be_docked", async () => {
    const { client } = await trader({}, { cargo: { ore: 5 } });
    const detail = await refuses(game, client, "sell", { commodity: "ore", quantity: 6 }, "not_enough_cargo");
    assert.deepEqual(detail, { commodity: "ore", held: 5 });
    await accepted(client.ask("undock"));
    await refuses(game, client, "sell", { commodity: "ore", quantity: 5 }, "must_be_docked");
  });

  it("makes the price fall, until the station has used it up", async () => {
    const stock = { precious_metals: { quantity: 0, capacity: 1_000 } };
    const { client } = await trader({ stationClass: 5, stock }, { cargo: { precious_metals: 600 } });
    const sell = async () =>
      (await accepted(client.ask("sell", { commodity: "precious_metals", quantity: 200 }))).unitPriceCr;
    assert.deepEqual([await sell(), await sell()], [165, 143]);
    game.clock.advance(DAY_MS);
    assert.equal(await sell(), 165);
  });

  it("pays by standing with the station's faction, and by rank", async () => {
    const sectorId = await makeSector(game.pool, game.world, ++sectors);
    const options = { stationClass: 5, faction: "mercantile_guild" };
    const stationId = await makeStation(game.pool, game.world, sectorId, "basic", options);
    const priceOf = async (standing: number, rank: string) => {
      const pilot = await game.pilot(sectorId, { cargo: { precious_metals: 1 } });
      await game.pool.query("update players set military_rank = $2 where id = $1", [pilot.playerId, rank]);
      await game.pool.query(
        `insert into reputations (player_id, faction_id, current_value)
          select $1, id, $2 from factions where code = 'mercantile_guild'`,
        [pilot.playerId, standing],
      );
      const client = await game.join(pilot, sectorId);
      await accepted(client.ask("dock", { stationId }));
      return (await accepted(client.ask("sell", { commodity: "precious_metals", quantity: 1 }))).unitPriceCr;
    };
    assert.deepEqual(
      [await priceOf(0, "Recruit"), await priceOf(600, "Recruit"), await priceOf(-600, "Recruit")],
      [132, 152, 92],
    );
    assert.equal(await priceOf(0, "Sergeant"), 139);
  });

  it("of ore to AM's refineries brings +2 standing for each 5,000 cr, the rest carried over", async () => {
    const refinery = { stationClass: 1, faction: AM_FACTION, stock: WIDE };
    const { pilot, client } = await trader(refinery, { cargo: { ore: 1_000 } });
    const sell = async (quantity: number) =>
      (await accepted(client.ask("sell", { commodity: "ore", quantity }))).amRepDelta;
    assert.deepEqual([await sell(333), await sell(1), await sell(333), await sell(333)], [0, 2, 2, 2]);
    const row = await game.row(
      `select current_value as standing, trade_carry_cr as carry from reputations where player_id = $1`,
      pilot.playerId,
    );
    assert.deepEqual(row, { standing: 6, carry: 0 });
    assert.deepEqual(newest(client).standing, { [AM_FACTION]: 6 });
  });

  it("anywhere else brings no standing, nor does anything but ore", async () => {
    const elsewhere = await trader({ stationClass: 6, faction: AM_FACTION }, { cargo: { ore: 900 } });
    const sold = await accepted(elsewhere.client.ask("sell", { commodity: "ore", quantity: 900 }));
    assert.equal(sold.amRepDelta, 0);
    const metals = await trader(
      { stationClass: 5, faction: AM_FACTION },
      { cargo: { precious_metals: 100 } },
    );
    const answer = await accepted(metals.client.ask("sell", { commodity: "precious_metals", quantity: 100 }));
    assert.deepEqual([Number(answer.totalCr) > 5_000, answer.amRepDelta], [true, 0]);
  });

  it("sells the same cargo once, however many ask at once", async () => {
    const { pilot, client } = await trader({ stock: WIDE }, { cargo: { ore: 10 } });
    const asks = Array.from({ length: 10 }, () => client.ask("sell", { commodity: "ore", quantity: 10 }));
    const answers = await Promise.all(asks);
    assert.equal(answers.filter((answer) => "accepted" in answer).length, 1);
    assert.deepEqual([await game.oreOf(pilot), newest(client).credits], [0, 10_150]);
  });
});
