import { strict as assert } from "node:assert";
import { makeSector, makeStation } from "../support/fixtures.ts";
import { useGame } from "../support/game.ts";
import { accepted, flyDocked, newest, refused } from "../support/play.ts";

const HARVEST_TICKS = 10;

describe("many at once", () => {
  const env = { MESSAGES_PER_SECOND_MAX: "1000" };
  const game = useGame({ harvestTicks: HARVEST_TICKS, env, except: ["cargo_conserved"] });
  let sectors = 0;

  it("fifty starts of one ship: one harvest runs", async () => {
    const { pilot, client } = await game.fly(await makeSector(game.pool, game.world, ++sectors));
    // No more than sixteen requests of one pilot wait for each other; the others are told to wait.
    const answers = await Promise.all(Array.from({ length: 50 }, () => client.ask("harvest")));
    const codes = answers.map((answer) => ("refused" in answer ? answer.refused : "accepted"));
    assert.equal(codes.filter((code) => code === "accepted").length, 1);
    assert.deepEqual([...new Set(codes)].sort(), ["accepted", "already_mining", "busy"]);
    game.tick(HARVEST_TICKS);
    await client.heard("mining_harvest_completed");
    assert.equal(await game.turnsOf(pilot), 995);
  });

  it("a sale while the ship mines is refused, and what it carries stays", async () => {
    const sectorId = await makeSector(game.pool, game.world, ++sectors);
    await makeStation(game.pool, game.world, sectorId);
    const { pilot, client } = await game.fly(sectorId, { cargo: { ore: 10 } });
    await accepted(client.ask("harvest"));
    const selling = client.ask("sell", { commodity: "ore", quantity: 10 });
    game.tick(HARVEST_TICKS);
    const { ore } = await client.heard("mining_harvest_completed");
    const answer = await selling;
    assert.ok("refused" in answer && ["ship_mining", "must_be_docked"].includes(answer.refused));
    assert.equal(await game.oreOf(pilot), 10 + Number(ore));
    await refused(client.ask("sell", { commodity: "ore", quantity: 10 }), "must_be_docked");
  });

  it("twenty sales at one station: each is paid, and the store has it all", async () => {
    const sectorId = await makeSector(game.pool, game.world, ++sectors);
    const stock = { ore: { quantity: 400_000, capacity: 500_000 } };
    const stationId = await makeStation(game.pool, game.world, sectorId, "basic", { stock });
    const sellers = await Promise.all(
      Array.from({ length: 20 }, () => flyDocked(game, sectorId, stationId, { cargo: { ore: 30 } })),
    );
    await Promise.all(
      sellers.map(({ client }) => accepted(client.ask("sell", { commodity: "ore", quantity: 30 }))),
    );
    for (const { client } of sellers) assert.equal(newest(client).credits, 10_450);
    const store = await game.row("select units from station_surplus where station_id = $1", stationId);
    assert.equal(store.units, 600);
  });
});
