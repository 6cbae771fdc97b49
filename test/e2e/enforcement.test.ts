import { strict as assert } from "node:assert";
import { TICK_MS } from "../../src/commands/sector.ts";
import { AM_FACTION } from "../../src/rules/factions.ts";
import { berth, makeSector, makeStation } from "../support/fixtures.ts";
import { useGame } from "../support/game.ts";
import type { PilotClient } from "../support/pilot-client.ts";
import { accepted, DAY_MS, newest, refused, timesHeard } from "../support/play.ts";
import { letRoomsEnd, outsideTransaction, roomOf } from "../support/presence.ts";
import { until } from "../support/until.ts";

/** Not a multiple of the ticks between a patrol's looks: what is due at the same tick as a look, the look comes too late for. */
const HARVEST_TICKS = 15;
const PATROL = "NPC_MARSHAL_INTERDICTOR";

describe("enforcement by the Astral Mining Consortium", () => {
  const game = useGame({ harvestTicks: HARVEST_TICKS, combatRoundTicks: 1 });
  let sectors = 0;

  async function claim() {
    const sectorId = await makeSector(game.pool, game.world, ++sectors, {
      tier: 5,
      controllingFaction: AM_FACTION,
    });
    return { sectorId, ...(await game.fly(sectorId)) };
  }

  async function mine(client: PilotClient): Promise<void> {
    const told = client.next("mining_harvest_completed");
    await accepted(client.ask("harvest"));
    game.tick(HARVEST_TICKS);
    await told;
  }

  const patrolIn = (client: PilotClient) =>
    [...client.state.ships.values()].find(({ hullType }) => hullType === PATROL);

  /** Ticks until it is so; the database answers between ticks. */
  async function tickUntil(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
    for (let ticks = 0; ticks < 600; ticks++) {
      if (await holds()) return;
      game.tick();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    assert.fail(`not within 600 ticks: ${what}`);
  }

  const done = async (playerId: string) =>
    (await game.row("select done_at from npc_patrols where target_player_id = $1", playerId)).done_at !==
    null;

  it("comes with the third extraction without a licence in 24 h: flag, event, and a patrol in the sector", async () => {
    const { sectorId, pilot, client } = await claim();
    await mine(client);
    game.clock.advance(DAY_MS);
    await mine(client);
    await mine(client);
    assert.equal(timesHeard(client, "am_enforcement_flagged"), 0, "the first was a day ago");
    const flagged = client.next("am_enforcement_flagged");
    await mine(client);
    const untilMs = game.clock.nowMs() + DAY_MS;
    const { eventId: _, ...notice } = await flagged;
    assert.deepEqual(notice, { sectorId, untilMs });
    assert.equal(newest(client).standing instanceof Object, true);
    const row = await game.row(
      "select (extract(epoch from am_enforcement_until) * 1000)::float8 as until from players where id = $1",
      pilot.playerId,
    );
    assert.equal(row.until, untilMs);
    await client.sees("a patrol", () => patrolIn(client) !== undefined);
    const standing = newest(client).standing as Record<string, number>;
    assert.equal(standing[AM_FACTION], -40, "the −10 of each is all it costs in standing");
  });

  it("interrupts a harvest, fights, and goes home when that is done", async () => {
    const { pilot, client } = await claim();
    for (let count = 0; count < 3; count++) await mine(client);
    await client.sees("a patrol", () => patrolIn(client) !== undefined);
    const interrupted = client.next("mining_harvest_interrupted");
    const resolved = client.next("combat_resolved");
    await accepted(client.ask("harvest"));
    await tickUntil("the harvest interrupted", () => timesHeard(client, "mining_harvest_interrupted") > 0);
    const { reason, turnsRefunded } = await interrupted;
    assert.deepEqual({ reason, turnsRefunded }, { reason: "npc_attack", turnsRefunded: 2 });
    await tickUntil("the fight's end", () => timesHeard(client, "combat_resolved") > 0);
    assert.equal((await resolved).opponent, "AM Patrol");
    await tickUntil("the patrol's way home", () => done(pilot.playerId));
    await tickUntil("an empty place", () => patrolIn(client) === undefined);
    const fight = await game.row(
      `select turns_spent as turns, p.user_id as "user", s.status from combat_logs c
        join players p on p.id = c.attacker_id join ships s on s.id = p.current_ship_id where c.defender_id = $1`,
      pilot.playerId,
    );
    assert.deepEqual(fight, { turns: 0, user: null, status: "MAINTENANCE" });
  });

  it("comes too late for a harvest that has come due in the same beat", async () => {
    const { sectorId, pilot, client } = await claim();
    for (let count = 0; count < 3; count++) await mine(client);
    await client.sees("a patrol", () => patrolIn(client) !== undefined);
    const { tick, schedule } = roomOf(game, sectorId).sector;
    const lookTick = schedule.nextTick;
    game.tick(Math.max(0, lookTick + 1 - HARVEST_TICKS - tick));
    await accepted(client.ask("harvest"));
    const ended = client.next("mining_harvest_completed");
    // The process stands still meanwhile: the next beat comes after both.
    game.clock.advance((HARVEST_TICKS + 1) * TICK_MS);
    game.server.heartbeat.step();
    await ended;
    const { ends } = await game.row(
      "select count(*)::int as ends from mining_harvests where player_id = $1",
      pilot.playerId,
    );
    assert.equal(ends, 4);
    assert.equal(timesHeard(client, "mining_harvest_interrupted"), 0);
  });

  it("waits for who is docked, and is there again after a restart until its work is done", async () => {
    const { sectorId, pilot, client } = await claim();
    const stationId = await makeStation(game.pool, game.world, sectorId);
    for (let count = 0; count < 3; count++) await mine(client);
    await client.leave();
    await game.stop();
    await game.start({ harvestTicks: HARVEST_TICKS, combatRoundTicks: 1 });
    await berth(game.pool, pilot.shipId, stationId);
    const back = await game.join(pilot, sectorId);
    await back.sees("the patrol again", () => patrolIn(back) !== undefined);
    for (let ticks = 0; ticks < 40; ticks++) {
      game.tick();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    assert.deepEqual([timesHeard(back, "combat_resolved"), await done(pilot.playerId)], [0, false]);
    await accepted(back.ask("undock"));
    await tickUntil("a fight", () => timesHeard(back, "combat_resolved") > 0);
    await tickUntil("the patrol's way home", () => done(pilot.playerId));
  });

  it("ends with the flag, and comes for nobody who has a licence", async () => {
    const { pilot, client } = await claim();
    for (let count = 0; count < 3; count++) await mine(client);
    await client.sees("a patrol", () => patrolIn(client) !== undefined);
    await client.leave();
    game.clock.advance(DAY_MS);
    const { client: somebody } = await game.fly(sectors);
    await tickUntil("the patrol's way home", () => done(pilot.playerId));
    await tickUntil("an empty place", () => patrolIn(somebody) === undefined);
    assert.equal(timesHeard(somebody, "combat_update"), 0);
    await refused(somebody.ask("flee"), "not_in_combat");
  });

  it("is over for a patrol that somebody has shot down: its pod attacks nobody", async () => {
    const { sectorId, pilot, client } = await claim();
    for (let count = 0; count < 3; count++) await mine(client);
    await client.sees("a patrol", () => patrolIn(client) !== undefined);
    await client.leave();
    await game.stop();
    await game.pool.query("update ships set type = 'ESCAPE_POD' where is_npc and sector_id = $1", [sectorId]);
    await game.start({ harvestTicks: HARVEST_TICKS, combatRoundTicks: 1 });
    const back = await game.join(pilot, sectorId);
    await tickUntil("the pod's way home", () => done(pilot.playerId));
    await tickUntil("an empty place", () => back.state.ships.size === 1);
    assert.equal(timesHeard(back, "combat_update"), 0);
  });

  it("is let in when the database can be read again that could not when the sector was opened", async () => {
    const { sectorId, pilot, client } = await claim();
    for (let count = 0; count < 3; count++) await mine(client);
    await client.sees("a patrol", () => patrolIn(client) !== undefined);
    await game.leaveAll();
    await letRoomsEnd(game);
    const outside = await outsideTransaction(game);
    await outside.client.query("lock table combat_logs in access exclusive mode");
    const joining = game.join(pilot, sectorId);
    await until("the patrol's question has failed", async () => {
      const cancel = `select pg_cancel_backend(pid) from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock' and query like '%combat_logs%'`;
      return (await game.pool.query(cancel)).rowCount === 1;
    });
    const back = await joining;
    assert.equal(patrolIn(back), undefined);
    await outside.end("rollback");
    await tickUntil("a patrol", () => patrolIn(back) !== undefined);
  });

  it("keeps no sector awake", async () => {
    const { sectorId, client } = await claim();
    for (let count = 0; count < 3; count++) await mine(client);
    await client.sees("a patrol", () => patrolIn(client) !== undefined);
    await client.leave();
    const isAwake = () => [...game.server.sectors].some((room) => room.live?.record.sectorId === sectorId);
    await tickUntil("a sector asleep", () => !isAwake());
  });
});
