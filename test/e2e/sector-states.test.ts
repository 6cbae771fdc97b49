import assert from "node:assert/strict";
import { settleIncidents } from "../../src/jobs/incidents.ts";
import { ScriptedDice } from "../support/dice.ts";
import { makeSector } from "../support/fixtures.ts";
import { GalaxyClient } from "../support/galaxy-client.ts";
import { useGame } from "../support/game.ts";
import { called, callRefused, strike } from "../support/incidents.ts";
import { accepted, DAY_MS, HOUR_MS, newNeighbours, refused } from "../support/play.ts";
import { harvestRolls } from "../support/rolls.ts";
import { until } from "../support/until.ts";

const HARVEST_TICKS = 10;
let sectors = 500;

describe("what an incident leaves in its sector", () => {
  const dice = new ScriptedDice();
  const game = useGame({ harvestTicks: HARVEST_TICKS, dice: () => dice });
  const field = () => makeSector(game.pool, game.world, ++sectors, { tier: 3 });
  const seen = (client: Awaited<ReturnType<typeof game.fly>>["client"], types: string) =>
    until(`the sector shows ${types}`, () => {
      game.server.heartbeat.step();
      return [...client.state.conditions.keys()].join() === types;
    });

  it("interrupts running harvests when a storm breaks: 2 turns back, no ore, and nobody mines for an hour", async () => {
    const sectorId = await field();
    const { pilot, client } = await game.fly(sectorId);
    await accepted(client.ask("harvest"));
    await strike(game, sectorId, "storm", 2);
    const { harvestId: _, eventId: __, ...told } = await client.heard("mining_harvest_interrupted");
    assert.deepEqual(told, { reason: "evacuation", turnsRefunded: 2 });
    assert.deepEqual([await game.turnsOf(pilot), await game.oreOf(pilot)], [997, 0]);

    const untilMs = game.clock.nowMs() + HOUR_MS;
    assert.deepEqual(await refused(client.ask("harvest"), "sector_evacuated"), { untilMs });
    await until("the state says so", () => {
      game.server.heartbeat.step();
      return client.state.evacuatedUntilMs === untilMs;
    });
    const condition = client.state.conditions.get("storm");
    assert.deepEqual([condition?.severity, condition?.endsAtMs], [2, game.clock.nowMs() + 2 * DAY_MS]);
    game.clock.advance(HOUR_MS);
    assert.deepEqual((await accepted(client.ask("preview_harvest"))).obstacles, []);
  });

  it("interrupts a harvest that was due after the storm broke, told or not", async () => {
    const sectorId = await field();
    const { pilot, client } = await game.fly(sectorId);
    await accepted(client.ask("harvest"));
    const room = [...game.server.sectors].find((one) => one.live?.record.sectorId === sectorId);
    assert.ok(room?.live);
    // What the room would be told, it is not.
    room.live.conditions.replace = () => {};
    dice.push(...harvestRolls({ ore: 12, tier: 3, laserLevel: 0 }));
    await strike(game, sectorId, "storm");
    game.tick(HARVEST_TICKS);
    const { reason } = await client.heard("mining_harvest_interrupted");
    assert.equal(reason, "evacuation");
    assert.deepEqual([await game.turnsOf(pilot), await game.oreOf(pilot)], [997, 0]);
  });

  it("leaves alone what came due before it, and costs each warp out of a storm a turn more", async () => {
    const { here, there } = await newNeighbours(game);
    const { pilot, client } = await game.fly(here);
    await accepted(client.ask("harvest"));
    dice.push(...harvestRolls({ ore: 12, tier: 3, laserLevel: 0 }));
    game.tick(HARVEST_TICKS);
    await client.heard("mining_harvest_completed");
    game.clock.advance(1);
    await strike(game, here, "storm");
    assert.deepEqual([await game.turnsOf(pilot), await game.oreOf(pilot)], [995, 12]);
    await seen(client, "storm");
    assert.equal(client.state.warps.get(String(there))?.turnCost, 2);
    const view = await called(game, `/sectors/${here}`);
    assert.deepEqual(view.warps, [{ sectorId: there, turnCost: 2 }]);
    const { turnsSpent } = await accepted(client.ask("warp", { sectorId: there }));
    assert.equal(turnsSpent, 2);
    const back = await game.join(pilot, there);
    assert.equal((await accepted(back.ask("warp", { sectorId: here }))).turnsSpent, 1);
  });

  it("gives a tenth more ore while a debris field drifts there, for as long as its severity says", async () => {
    const sectorId = await field();
    const { pilot, client } = await game.fly(sectorId);
    await strike(game, sectorId, "debris_field", 1);
    await seen(client, "debris_field");
    const { field: previewed } = await accepted(client.ask("preview_harvest"));
    assert.deepEqual((previewed as { ore: unknown }).ore, { min: 6, max: 13 });
    const mine = async () => {
      const before = await game.oreOf(pilot);
      const done = client.next("mining_harvest_completed");
      await accepted(client.ask("harvest"));
      dice.push(...harvestRolls({ ore: 12, tier: 3, laserLevel: 0 }));
      game.tick(HARVEST_TICKS);
      await done;
      return (await game.oreOf(pilot)) - before;
    };
    assert.equal(await mine(), 13);
    // The pool has been drawn from, and fills again meanwhile.
    game.clock.advance(DAY_MS + HOUR_MS);
    assert.equal(await mine(), 12);
    await seen(client, "");
  });

  it("doubles the window of harvests that begin under a flare", async () => {
    const sectorId = await field();
    const { client } = await game.fly(sectorId);
    await strike(game, sectorId, "flare", 3);
    await seen(client, "flare");
    const { startTick, endTick } = await accepted(client.ask("harvest"));
    assert.equal(Number(endTick) - Number(startTick), 2 * HARVEST_TICKS);
    game.tick(HARVEST_TICKS);
    dice.push(...harvestRolls({ ore: 12, tier: 3, laserLevel: 0 }));
    game.tick(HARVEST_TICKS);
    await client.heard("mining_harvest_completed");
  });

  it("keeps missions from setting out while it holds", async () => {
    const sectorId = await field();
    const pilot = await game.pilot(sectorId);
    const available = async () => {
      const { missions } = await called(game, `/missions?sectorId=${sectorId}`);
      return (missions as { missionId: string; available: boolean }[])
        .filter((mission) => mission.available)
        .map(({ missionId }) => missionId);
    };
    const setOut = {
      missionId: "core_extraction",
      surface: "godot_mining",
      sectorId,
      entryPoint: "mission_board",
    };
    await callRefused("sector_not_found", game, "/missions?sectorId=99999");
    assert.deepEqual(await available(), ["belt_survey", "core_extraction", "anomaly_prospect"]);
    await strike(game, sectorId, "flare");
    assert.deepEqual(await available(), ["belt_survey", "anomaly_prospect"]);
    await callRefused("mission_not_available", game, "/runs", { pilot }, setOut);
    await strike(game, sectorId, "storm");
    assert.deepEqual(await available(), ["anomaly_prospect"]);
    game.clock.advance(DAY_MS);
    assert.deepEqual(await available(), ["belt_survey", "core_extraction", "anomaly_prospect"]);
    dice.push(1);
    await called(game, "/runs", { pilot }, setOut);
  });

  it("ends where nobody is, is shown until then in every view, and is told when it begins and ends", async () => {
    const sectorId = await field();
    const startedAtMs = game.clock.nowMs();
    const { incidentId } = await strike(game, sectorId, "debris_field", 3);
    const endsAtMs = startedAtMs + 3 * DAY_MS;
    const shown = { type: "debris_field", severity: 3, endsAtMs };
    assert.deepEqual((await called(game, `/sectors/${sectorId}`)).conditions, [shown]);
    const { states } = await called(game, `/sector-states?sectorId=${sectorId}`);
    assert.deepEqual(states, [
      {
        sectorId,
        stateType: "debris_field",
        severity: 3,
        incidentId,
        yieldBps: 11_000,
        windowFactor: 1,
        extraWarpTurns: 0,
        startsAtMs: startedAtMs,
        endsAtMs,
        evacuatedUntilMs: null,
      },
    ]);
    const map = await called(game, "/galaxy/map");
    assert.deepEqual(
      (map.conditions as { sectorId: number }[]).filter((one) => one.sectorId === sectorId),
      [{ sectorId, ...shown }],
    );
    const galaxy = await GalaxyClient.join(game.port);
    await until("the galaxy shows it", () => galaxy.summary(sectorId)?.conditions === "debris_field");
    await galaxy.room.leave();

    game.clock.advance(3 * DAY_MS - 1);
    await settleIncidents(game);
    assert.equal(((await called(game, `/sectors/${sectorId}`)).conditions as unknown[]).length, 1);
    game.clock.advance(1);
    assert.deepEqual((await called(game, `/sectors/${sectorId}`)).conditions, []);
    await Promise.all([1, 2, 3].map(() => settleIncidents(game)));
    const { rows } = await game.pool.query(
      `select properties from product_events where name = 'ecosystem_state_changed' and properties->>'sector_id' = $1
        order by seq`,
      [String(sectorId)],
    );
    const state = { state_type: "debris_field", sector_id: sectorId, duration_hours: 72 };
    assert.deepEqual(
      rows.map(({ properties }) => properties),
      [
        { ...state, new_state: "active" },
        { ...state, new_state: "ended" },
      ],
    );
  });
});
