import assert from "node:assert/strict";
import { Explorer } from "../support/expedition.ts";
import { makeSector, makeStation } from "../support/fixtures.ts";
import { useGame } from "../support/game.ts";
import { accepted, flyDocked, newest, refuses } from "../support/play.ts";

describe("ore of expeditions", () => {
  const game = useGame();
  let stationId: string;
  before(async () => {
    await makeSector(game.pool, game.world, 1);
    stationId = await makeStation(game.pool, game.world, 1);
  });

  /** A docked pilot whose expedition has brought 5 units. */
  async function prospector() {
    const docked = await flyDocked(game, 1, stationId, {});
    const who = new Explorer(game, docked.pilot.userId);
    await who.play();
    return { ...docked, who };
  }
  const oreUnits = async (who: Explorer) => (await who.ask("GET", "/me/balances")).body.balances.ore_units;

  it("becomes cargo at a station, once for each request, and can be sold like any other", async () => {
    const { client, pilot, who } = await prospector();
    const order = { requestId: "mine", quantity: 3 };
    const { requestId: _, ...answer } = await accepted(client.ask("deliver_ore", order));
    assert.deepEqual(answer, { quantity: 3, oreUnitsLeft: 2 });
    assert.deepEqual(newest(client).cargo, { ore: 3 });
    assert.equal((await accepted(client.ask("deliver_ore", order))).oreUnitsLeft, 2);
    assert.deepEqual([await game.oreOf(pilot), await oreUnits(who)], [3, 2]);
    await accepted(client.ask("sell", { commodity: "ore", quantity: 3 }));
    assert.equal(await game.oreOf(pilot), 0);
  });

  it("does not come aboard twice, however many ask at once, nor from HTTP at the same time", async () => {
    const { client, pilot, who } = await prospector();
    const asked = await Promise.all(
      Array.from({ length: 6 }, () => client.ask("deliver_ore", { quantity: 2 })),
    );
    assert.equal(asked.filter((answer) => "accepted" in answer).length, 2);
    assert.deepEqual([await game.oreOf(pilot), await oreUnits(who)], [4, 1]);
  });

  it("is refused without a station, without so much of it, and without room for it", async () => {
    const { client, pilot } = await prospector();
    await refuses(game, client, "deliver_ore", { quantity: 6 }, "insufficient_balance");
    await game.pool.query("update ships set cargo_capacity = 4 where id = $1", [pilot.shipId]);
    const detail = await refuses(game, client, "deliver_ore", { quantity: 5 }, "hold_too_small");
    assert.deepEqual(detail, { free: 4 });
    await accepted(client.ask("undock"));
    await refuses(game, client, "deliver_ore", { quantity: 1 }, "must_be_docked");
  });
});
