import { strict as assert } from "node:assert";
import { randomUUID } from "node:crypto";
import { makeSector, makeStation } from "../support/fixtures.ts";
import { type GameUnderTest, useGame } from "../support/game.ts";
import type { PilotClient } from "../support/pilot-client.ts";
import { accepted, DAY_MS, flyDocked, holdUp, makeWreck, refused, refuses } from "../support/play.ts";
import { until } from "../support/until.ts";

/** Asteroid fields, but for the last. */
const FIELD = 1;
const DERIVED_FIELD = 2;
const OPEN_SPACE = 3;

const FULL_HOLD = { organics: 1000 };

const TURN_MS = 86_400;

/** A depleted field, whose richness nobody has written down yet: the first room derives tier 1 and its cooldown. */
async function makeDerivedField(game: GameUnderTest, sectorId: number): Promise<void> {
  await makeSector(game.pool, game.world, sectorId);
  await game.pool.query("delete from asteroid_fields where sector_id = $1", [sectorId]);
  await game.pool.query(
    "update sectors set resources = '{}', resource_regeneration = 0.29 where sector_id = $1",
    [sectorId],
  );
}

/** Mines until it is done. */
async function mine(game: GameUnderTest, client: PilotClient): Promise<void> {
  await accepted(client.ask("harvest"));
  game.tick(10);
  await client.heard("mining_harvest_completed");
}

describe("a refused harvest", () => {
  // No fight has made the wrecks of these tests.
  const game = useGame({ harvestTicks: 10, except: ["wrecks_have_causes"] });
  let stationId = "";
  let derivedStationId = "";
  before(async () => {
    await makeSector(game.pool, game.world, FIELD);
    await makeSector(game.pool, game.world, OPEN_SPACE, { type: "STANDARD" });
    await makeDerivedField(game, DERIVED_FIELD);
    stationId = await makeStation(game.pool, game.world, FIELD);
    derivedStationId = await makeStation(game.pool, game.world, DERIVED_FIELD);
  });

  it("names a ship that does not exist: ship_not_found", async () => {
    const { client } = await game.fly(FIELD);
    const shipId = randomUUID();
    assert.deepEqual(await refuses(game, client, "harvest", { shipId }, "ship_not_found"), { shipId });
  });

  it("names somebody else's ship: not_your_ship, even from a ship that is mining", async () => {
    const { client } = await game.fly(FIELD);
    const { pilot: other } = await game.fly(FIELD);
    await refuses(game, client, "harvest", { shipId: other.shipId }, "not_your_ship");
    await accepted(client.ask("harvest"));
    await refuses(game, client, "harvest", { shipId: other.shipId }, "not_your_ship");
    game.tick(10);
    await client.heard("mining_harvest_completed");
  });

  it("names the pilot's own wreck: ship_destroyed; somebody else's is not theirs first", async () => {
    const { pilot, client } = await game.fly(FIELD);
    const { pilot: other } = await game.fly(FIELD);
    const [own, others] = [await makeWreck(game, pilot), await makeWreck(game, other)];
    await refuses(game, client, "harvest", { shipId: own }, "ship_destroyed");
    await refuses(game, client, "harvest", { shipId: others }, "not_your_ship");
  });

  it("comes while the ship is mining: already_mining, before the lack of turns", async () => {
    const { pilot, client } = await game.fly(FIELD, { turns: 5 });
    await accepted(client.ask("harvest"));
    await refuses(game, client, "harvest", {}, "already_mining");
    await refuses(game, client, "harvest", { shipId: pilot.shipId }, "already_mining");
    game.tick(10);
    await client.heard("mining_harvest_completed");
    assert.equal(await game.turnsOf(pilot), 0, "one harvest was paid");
  });

  it("comes outside an asteroid field: not_an_asteroid_field, before the missing laser", async () => {
    const { client } = await game.fly(OPEN_SPACE, { laserLevel: null, turns: 0, cargo: FULL_HOLD });
    const detail = await refuses(game, client, "harvest", {}, "not_an_asteroid_field");
    assert.deepEqual(detail, { type: "STANDARD" });
  });

  it("comes from a ship without a laser: no_mining_laser, before docked, full and out of turns", async () => {
    const { client } = await flyDocked(game, FIELD, stationId, {
      laserLevel: null,
      turns: 1,
      cargo: FULL_HOLD,
    });
    await refuses(game, client, "harvest", {}, "no_mining_laser");
  });

  it("comes from a docked ship: must_be_undocked, before full and out of turns", async () => {
    const { client } = await flyDocked(game, FIELD, stationId, { turns: 1, cargo: FULL_HOLD });
    await refuses(game, client, "harvest", {}, "must_be_undocked");
  });

  it("comes from a ship without a free unit: cargo_full, before out of turns; one free unit is enough", async () => {
    const { client } = await game.fly(FIELD, { turns: 0, cargo: FULL_HOLD });
    await refuses(game, client, "harvest", {}, "cargo_full");
    const { client: roomy } = await game.fly(FIELD, { cargo: { organics: 999 } });
    await mine(game, roomy);
  });

  it("comes with 4 turns: insufficient_turns, and says when the next one comes; 5 are enough", async () => {
    const anchorMs = game.clock.nowMs();
    const { client } = await game.fly(FIELD, { turns: 4, at: new Date(anchorMs) });
    const detail = await refuses(game, client, "harvest", {}, "insufficient_turns");
    assert.deepEqual(detail, { turns: 4, needed: 5, nextTurnAtMs: anchorMs + TURN_MS });
    game.clock.advance(TURN_MS - 1);
    await refuses(game, client, "harvest", {}, "insufficient_turns");
    game.clock.advance(1);
    await mine(game, client);
  });

  it("comes again to a field derived as depleted within 24 h: sector_on_cooldown, to the millisecond", async () => {
    const { pilot, client } = await game.fly(DERIVED_FIELD);
    assert.equal(client.state.richness, "depleted");
    await mine(game, client);
    const { at } = await game.row(
      "select resolved_at as at from mining_harvests where player_id = $1",
      pilot.playerId,
    );
    assert.ok(at instanceof Date);
    const retryAtMs = at.getTime() + DAY_MS;
    assert.deepEqual(await refuses(game, client, "harvest", {}, "sector_on_cooldown"), { retryAtMs });
    game.clock.advance(retryAtMs - game.clock.nowMs() - 1);
    assert.deepEqual(await refuses(game, client, "harvest", {}, "sector_on_cooldown"), { retryAtMs });
    game.clock.advance(1);
    await accepted(client.ask("harvest"));
    game.tick(10);
    await client.until("a second harvest", (told) => told.filter(isCompleted).length === 2);
  });

  it("meets the cooldown after the turns and before the fight", async () => {
    const { pilot, client } = await game.fly(DERIVED_FIELD, { turns: 5 });
    const { client: raider } = await game.fly(DERIVED_FIELD);
    await mine(game, client);
    await refuses(game, client, "harvest", {}, "insufficient_turns");
    game.clock.advance(5 * TURN_MS);
    await accepted(raider.ask("attack", { targetId: pilot.shipId }));
    await refuses(game, client, "harvest", {}, "sector_on_cooldown");
    game.tick(100);
    await client.heard("combat_resolved");
  });

  it("is remembered by the field, not by the room or the connection, and is each pilot's own", async () => {
    const { pilot, client } = await game.fly(DERIVED_FIELD);
    await mine(game, client);
    await client.leave();
    await refuses(game, await game.join(pilot, DERIVED_FIELD), "harvest", {}, "sector_on_cooldown");
    const { client: newcomer } = await game.fly(DERIVED_FIELD);
    await mine(game, newcomer);
  });

  it("is not on cooldown after a harvest that was interrupted, or cancelled for want of room", async () => {
    const { pilot, client } = await game.fly(DERIVED_FIELD);
    const { client: raider } = await game.fly(DERIVED_FIELD);
    await accepted(client.ask("harvest"));
    await accepted(raider.ask("attack", { targetId: pilot.shipId }));
    await client.heard("mining_harvest_interrupted");
    game.tick(100);
    await client.heard("combat_resolved");
    const { client: hauler, pilot: full } = await game.fly(DERIVED_FIELD);
    await accepted(hauler.ask("harvest"));
    await game.pool.query("insert into ship_cargo values ($1, 'organics', 1000)", [full.shipId]);
    game.tick(10);
    await hauler.heard("mining_harvest_cancelled");
    await game.pool.query("delete from ship_cargo where ship_id = $1", [full.shipId]);

    await mine(game, client);
    await hauler.leave();
    await mine(game, await game.join(full, DERIVED_FIELD));
  });

  it("comes from a docked ship on cooldown: must_be_undocked", async () => {
    const { client } = await game.fly(DERIVED_FIELD);
    await mine(game, client);
    await accepted(client.ask("dock", { stationId: derivedStationId }));
    await refuses(game, client, "harvest", {}, "must_be_undocked");
  });

  it("comes from a ship in a fight, on either side of it: ship_in_combat, the last of all", async () => {
    const { pilot, client } = await game.fly(FIELD);
    const { client: raider } = await game.fly(FIELD);
    await accepted(raider.ask("attack", { targetId: pilot.shipId }));
    await refuses(game, client, "harvest", {}, "ship_in_combat");
    await refuses(game, raider, "harvest", {}, "ship_in_combat");
    game.tick(100);
    await client.heard("combat_resolved");
    await raider.heard("combat_resolved");
  });

  it("comes while the server's clock is in doubt: clock_skew, as everything does that costs something", async () => {
    const { client } = await game.fly(FIELD);
    game.clock.skewed = true;
    try {
      await refuses(game, client, "harvest", {}, "clock_skew");
      await refuses(game, client, "dock", { stationId }, "clock_skew");
      await refuses(game, client, "flee", {}, "not_in_combat");
    } finally {
      game.clock.skewed = false;
    }
    await mine(game, client);
  });

  it("comes from a ship that is harmonizing or in maintenance: ship_busy", async () => {
    for (const status of ["HARMONIZING", "MAINTENANCE"]) {
      const pilot = await game.pilot(FIELD);
      await game.pool.query("update ships set status = $2 where id = $1", [pilot.shipId, status]);
      await refuses(game, await game.join(pilot, FIELD), "harvest", {}, "ship_busy");
    }
  });
});

describe("a server that waits for as many outcomes as it may", () => {
  const game = useGame({ env: { COMMIT_QUEUE_ITEMS_MAX: "2" } });
  let stationId = "";
  before(async () => {
    await makeSector(game.pool, game.world, FIELD);
    stationId = await makeStation(game.pool, game.world, FIELD);
  });

  it("begins nothing that costs, busy, and goes on when they are written", async () => {
    const [first, second] = [await game.fly(FIELD), await game.fly(FIELD)];
    const third = await game.fly(FIELD);
    const letGo = [await holdUp(game, first.pilot), await holdUp(game, second.pilot)];
    const docking = [first, second].map(({ client }) => accepted(client.ask("dock", { stationId })));
    await until("both wait", () => game.server.queue.size === 2);
    const requestId = randomUUID();
    for (const type of ["harvest", "undock"]) await refused(third.client.ask(type), "busy");
    await refused(third.client.ask("dock", { requestId, stationId }), "busy");
    await refused(third.client.ask("flee"), "not_in_combat");
    for (const release of letGo) await release();
    await Promise.all(docking);
    const answer = await accepted(third.client.ask("dock", { requestId, stationId }));
    assert.equal(answer.repeated, undefined, "it is asked for the first time");
    assert.equal(await game.turnsOf(third.pilot), 999);
  });
});

function isCompleted({ type }: { type: string }): boolean {
  return type === "mining_harvest_completed";
}
