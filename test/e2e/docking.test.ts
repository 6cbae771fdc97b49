import { strict as assert } from "node:assert";
import { randomUUID } from "node:crypto";
import { makeSector, makeStation, type PilotOptions } from "../support/fixtures.ts";
import { useGame } from "../support/game.ts";
import { accepted, holdUp, newest, refused, refuses, underWay } from "../support/play.ts";

const TURN_MS = 86_400;
const HARVEST_TICKS = 10;
const HOUR_MS = 3_600_000;

describe("docking", () => {
  const game = useGame({ harvestTicks: HARVEST_TICKS });
  let sectors = 0;

  async function port(options: PilotOptions = {}) {
    const sectorId = await makeSector(game.pool, game.world, ++sectors);
    const stationId = await makeStation(game.pool, game.world, sectorId);
    return { sectorId, stationId, ...(await game.fly(sectorId, options)) };
  }

  it("costs one turn, undocking another, and everybody sees where the ship is", async () => {
    const { sectorId, stationId, pilot, client } = await port();
    const watcher = await game.spectate(sectorId);
    assert.deepEqual([...watcher.state.stations.keys()], [stationId]);
    const { requestId: _, ...docked } = await accepted(client.ask("dock", { stationId }));
    assert.deepEqual(docked, { stationId, turnsSpent: 1 });
    await watcher.sees("the ship at the station", ({ ships }) => {
      const ship = ships.get(pilot.shipId);
      return ship?.status === "DOCKED" && ship.stationId === stationId;
    });
    assert.equal(newest(client).turns, 999);
    const { requestId: __, ...undocked } = await accepted(client.ask("undock"));
    assert.deepEqual(undocked, { stationId, turnsSpent: 1 });
    await watcher.sees("the ship in space", ({ ships }) => {
      const ship = ships.get(pilot.shipId);
      return ship?.status === "IN_SPACE" && ship.stationId === "";
    });
    assert.equal(await game.turnsOf(pilot), 998);
    const { rows } = await game.pool.query(
      "select kind, turns_spent, station_id from movements where player_id = $1 order by kind",
      [pilot.playerId],
    );
    assert.deepEqual(rows, [
      { kind: "dock", turns_spent: 1, station_id: stationId },
      { kind: "undock", turns_spent: 1, station_id: stationId },
    ]);
  });

  it("shows the shield as it has regrown by then", async () => {
    const { sectorId, stationId, pilot, client } = await port({ shield: 0 });
    const watcher = await game.spectate(sectorId);
    game.clock.advance(2 * HOUR_MS);
    await accepted(client.ask("dock", { stationId }));
    await watcher.sees(
      "the ship at the station",
      ({ ships }) => ships.get(pilot.shipId)?.status === "DOCKED",
    );
    // 8 points an hour.
    assert.equal(watcher.state.ships.get(pilot.shipId)?.shield, 16);
  });

  it("is refused twice over: already_docked, not_docked", async () => {
    const { stationId, client } = await port();
    await refuses(game, client, "undock", {}, "not_docked");
    await accepted(client.ask("dock", { stationId }));
    await refuses(game, client, "dock", { stationId }, "already_docked");
    await refuses(game, client, "dock", { stationId: randomUUID() }, "already_docked");
    await accepted(client.ask("undock"));
    await refuses(game, client, "undock", {}, "not_docked");
  });

  it("is refused at a station of another sector, or of none: station_not_here", async () => {
    const { client } = await port({ turns: 0 });
    const elsewhere = await port();
    for (const stationId of [elsewhere.stationId, randomUUID()]) {
      assert.deepEqual(await refuses(game, client, "dock", { stationId }, "station_not_here"), {
        stationId,
      });
    }
  });

  it("needs its turn, and so does undocking: insufficient_turns", async () => {
    const atMs = game.clock.nowMs();
    const { stationId, client } = await port({ turns: 0, at: new Date(atMs) });
    const lacking = { turns: 0, needed: 1 };
    assert.deepEqual(await refuses(game, client, "dock", { stationId }, "insufficient_turns"), {
      ...lacking,
      nextTurnAtMs: atMs + TURN_MS,
    });
    game.clock.advance(TURN_MS);
    await accepted(client.ask("dock", { stationId }));
    assert.deepEqual(await refuses(game, client, "undock", {}, "insufficient_turns"), {
      ...lacking,
      nextTurnAtMs: atMs + 2 * TURN_MS,
    });
  });

  it("is not for ships that are mining or laid up: ship_mining, ship_busy", async () => {
    const { sectorId, stationId, client } = await port();
    await accepted(client.ask("harvest"));
    for (const [type, body] of [
      ["dock", { stationId }],
      ["undock", {}],
      ["claim_hull", {}],
    ] as const) {
      await refuses(game, client, type, body, "ship_mining");
    }
    game.tick(HARVEST_TICKS);
    await client.heard("mining_harvest_completed");
    const pilot = await game.pilot(sectorId);
    await game.pool.query("update ships set status = 'MAINTENANCE' where id = $1", [pilot.shipId]);
    await refuses(game, await game.join(pilot, sectorId), "dock", { stationId }, "ship_busy");
  });

  it("protects from an attack that comes while it is on its way to the database", async () => {
    const { sectorId, stationId, pilot, client } = await port();
    const { client: raider } = await game.fly(sectorId);
    const release = await holdUp(game, pilot);
    const docking = client.ask("dock", { stationId });
    await underWay(game, pilot);
    const attacking = raider.ask("attack", { targetId: pilot.shipId });
    await release();
    await accepted(docking);
    await refused(attacking, "ERR_DOCKED_SHIP_PROTECTED");
  });
});
