import { strict as assert } from "node:assert";
import { makeSector } from "../support/fixtures.ts";
import { TRANSPORTS, useGame } from "../support/game.ts";

for (const transport of TRANSPORTS) {
  describe(`mining in a live sector over ${transport}`, () => {
    const game = useGame({ transport, harvestTicks: 100 });
    before(() => makeSector(game.pool, game.world, 7));

    it("binds the ship, shows everybody, and lands in Postgres once the window is over", async () => {
      const { pilot, client } = await game.fly(7);
      const watcher = await game.spectate(7);
      const answer = await client.ask("harvest");
      assert.ok("accepted" in answer);
      const { startTick, endTick } = answer.accepted;
      assert.equal(Number(endTick) - Number(startTick), 100);
      await watcher.sees("the ship mining", (state) => {
        const ship = state.ships.get(pilot.shipId);
        return ship?.status === "MINING" && ship.action.endTick === endTick;
      });
      assert.equal(await game.turnsOf(pilot), 1000, "nothing is written while it runs");
      game.tick(99);
      assert.equal(client.told.filter((told) => told.type === "mining_harvest_completed").length, 0);
      game.tick(1);
      const event = await client.heard("mining_harvest_completed");
      assert.equal(event.eventId, 1);
      assert.equal(await game.turnsOf(pilot), 995);
      assert.equal(await game.oreOf(pilot), event.ore);
      await watcher.sees("the ship free", (state) => state.ships.get(pilot.shipId)?.status === "IN_SPACE");
    });
  });
}
