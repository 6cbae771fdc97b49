import { strict as assert } from "node:assert";
import { Warp } from "../../src/schema/sector.ts";
import { makeSector } from "../support/fixtures.ts";
import { useGame } from "../support/game.ts";
import { accepted, newest, timesHeard } from "../support/play.ts";
import { letRoomsEnd, roomOf } from "../support/presence.ts";

const SECTOR = 1;
/** Beats from one patch to the next in a process that is as busy as can be. */
const EVERY_BEATS = 4;
/** In one patch they take more than the 16 KB that a room begins with. */
const WARPS = 2_000;

describe("clients of a busy process", () => {
  const game = useGame({
    env: { PATCH_HZ_MIN: "2.5" },
    readUtilization: () => 0.95,
    combatRoundTicks: 1,
  });
  before(async () => {
    await makeSector(game.pool, game.world, SECTOR);
    // Beats come from the test alone, so that it knows which of them sends a patch.
    game.server.heartbeat.stop();
    game.tick(40);
    assert.equal(game.server.patchRate.hz, 2.5);
  });
  afterEach(() => letRoomsEnd(game));

  /** A pilot in a sector whose next patch is `EVERY_BEATS` away. */
  async function flyBetweenPatches() {
    const flown = await game.fly(SECTOR);
    const room = roomOf(game, SECTOR);
    while (room.hasChanged()) game.tick();
    return { ...flown, room };
  }

  it("are answered at once, and see with the next patch what has changed", async () => {
    const { pilot, client, room } = await flyBetweenPatches();
    await accepted(client.ask("harvest"));
    await client.until("its own numbers", () => newest(client).turnsReserved === 5);
    game.tick(EVERY_BEATS - 1);

    const { client: newcomer } = await game.fly(SECTOR);
    assert.equal(newcomer.state.ships.get(pilot.shipId)?.status, "MINING", "who joins sees it as it is");
    assert.ok(room.hasChanged());
    assert.equal(client.state.ships.get(pilot.shipId)?.status, "IN_SPACE");
    assert.equal(client.state.ships.size, 1);
    assert.equal(timesHeard(client, "mining_harvest_started"), 0);

    game.tick();
    assert.ok(!room.hasChanged());
    await client.heard("mining_harvest_started");
    await newcomer.heard("mining_harvest_started");
    for (const { state } of [client, newcomer]) assert.deepEqual(state.toJSON(), room.state.toJSON());
  });

  it("see a fight's rounds together, each of which was fought in its time", async () => {
    const { pilot: target, client: defender } = await game.fly(SECTOR);
    const { client, room } = await flyBetweenPatches();
    await accepted(client.ask("attack", { targetId: target.shipId }));
    for (let round = 1; round < EVERY_BEATS; round++) {
      game.tick();
      assert.ok(room.hasChanged(), "what is due does not take the change with it");
    }
    assert.equal(timesHeard(defender, "combat_update"), 0);
    game.tick();
    assert.ok(!room.hasChanged());
    const rounds = (told: readonly { type: string }[]) =>
      told.filter(({ type }) => type === "combat_update").length === EVERY_BEATS;
    for (const one of [client, defender]) {
      await one.until("each round", rounds);
      assert.deepEqual(one.state.toJSON(), room.state.toJSON());
    }
  });

  it("get what does not fit into Colyseus' own buffer, and nobody complains on the console", async () => {
    const { client, room } = await flyBetweenPatches();
    const complaints: unknown[] = [];
    const { warn } = console;
    console.warn = (...told: unknown[]) => complaints.push(told);
    try {
      for (let sectorId = 2; sectorId < 2 + WARPS; sectorId++)
        room.state.warps.set(String(sectorId), Object.assign(new Warp(), { sectorId, turnCost: 1 }));
      await accepted(client.ask("harvest"));
      game.tick(EVERY_BEATS);
      await client.until("all ways out", () => client.state.warps.size === WARPS);
    } finally {
      console.warn = warn;
    }
    assert.deepEqual(complaints, []);
  });
});
