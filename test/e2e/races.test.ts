import { strict as assert } from "node:assert";
import { makeSector, makeStation, makeWarp } from "../support/fixtures.ts";
import { useGame } from "../support/game.ts";

/** Enough that the messages of a round meet in every order; each round of either race was won by the fault within five. */
const ROUNDS = 15;

describe("an attack and a move of its target at the same moment", () => {
  const game = useGame({ combatRoundTicks: 1 });
  let stationId = "";
  before(async () => {
    await makeSector(game.pool, game.world, 1);
    await makeSector(game.pool, game.world, 2);
    await makeWarp(game.pool, 1, 2);
    stationId = await makeStation(game.pool, game.world, 1, "premium");
  });

  it("bind the target by one of the two, never by both", async () => {
    const [attacker, target, other] = [await game.fly(1), await game.fly(1), await game.fly(1)];
    for (let round = 0; round < ROUNDS; round++) {
      // Keeps the look-up of requests busy, so that the next two are carried out in one turn of the event loop.
      const busy = other.client.ask("undock");
      const [attack, dock] = await Promise.all([
        attacker.client.ask("attack", { targetId: target.pilot.shipId }),
        target.client.ask("dock", { stationId }),
      ]);
      await busy;
      assert.ok(!("accepted" in attack && "accepted" in dock), "docked at a guarded station, and in a fight");
      if ("accepted" in dock) await target.client.ask("undock");
      else {
        game.tick(10);
        await game.server.queue.drained();
        await attacker.client.sees("the fight's end", (state) =>
          [...state.ships.values()].every((ship) => ship.status === "IN_SPACE"),
        );
      }
      assert.ok("accepted" in attack || "accepted" in dock, "one of them wins");
    }
  });

  it("leave a ship in one room only when the move is a warp", async () => {
    const [attacker, target, other] = [await game.fly(1), await game.fly(1), await game.fly(1)];
    const busy = other.client.ask("undock");
    const [attack, warp] = await Promise.all([
      attacker.client.ask("attack", { targetId: target.pilot.shipId }),
      target.client.ask("warp", { sectorId: 2 }),
    ]);
    await busy;
    assert.notEqual("accepted" in attack, "accepted" in warp);
    const sectorId = "accepted" in warp ? 2 : 1;
    const row = await game.row("select sector_id from ships where id = $1", target.pilot.shipId);
    assert.equal(row.sector_id, sectorId);
    game.tick(10);
    await game.server.queue.drained();
  });
});

describe("a pilot who warps, leaves and comes straight back", () => {
  const game = useGame({ harvestTicks: 5 });
  before(async () => {
    await makeSector(game.pool, game.world, 1);
    await makeSector(game.pool, game.world, 2);
    await makeWarp(game.pool, 1, 2);
  });

  it("is the pilot that the room knows, and nobody else is thrown out", async () => {
    const bystander = await game.fly(2);
    const traveller = await game.pilot(2);
    const first = await game.join(traveller, 2);
    // Somebody outside holds the player's row, so that the warp is still at the database when its pilot leaves.
    const outsider = await game.pool.connect();
    await outsider.query("begin");
    await outsider.query("select from players where id = $1 for update", [traveller.playerId]);
    first.room.send("warp", { requestId: "out", sectorId: 1 });
    while (game.server.queue.size === 0) await new Promise((resolve) => setImmediate(resolve));
    await first.leave();
    await outsider.query("commit");
    outsider.release();
    await game.server.queue.drained();

    const away = await game.join(traveller, 1);
    assert.ok("accepted" in (await away.ask("warp", { sectorId: 2 })));
    await away.leave();
    const again = await game.join(traveller, 2);
    assert.ok("accepted" in (await again.ask("harvest")));
    game.tick(10);
    await again.heard("mining_harvest_completed");
    assert.equal(bystander.client.closed, null);
  });
});
