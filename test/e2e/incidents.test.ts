import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { settleIncidents } from "../../src/jobs/incidents.ts";
import type { Incident } from "../../src/persistence/incidents.ts";
import { withTransaction } from "../../src/persistence/sqlstate.ts";
import { RESPONSE_MS, type Severity } from "../../src/rules/incidents.ts";
import { type Cue, reactionMs } from "../../src/rules/reactions.ts";
import { type MadePilot, makeSector } from "../support/fixtures.ts";
import { useGame } from "../support/game.ts";
import { befall, call, called, callRefused } from "../support/incidents.ts";
import { accepted, DAY_MS } from "../support/play.ts";
import { until } from "../support/until.ts";

const GODOT = "godot_mining";
let sectors = 600;

describe("incidents and their answers", () => {
  const game = useGame();
  const field = () => makeSector(game.pool, game.world, ++sectors);
  const settle = () => settleIncidents({ pool: game.pool, clock: game.clock });

  async function open(type: "storm" | "flare" | "debris_field" = "flare", severity: Severity = 1) {
    const sectorId = await field();
    return { sectorId, incident: await befall(game, sectorId, type, severity) };
  }

  const classify = (incident: Incident, pilot: MadePilot, severity: Severity = incident.severity) =>
    called(game, `/incidents/${incident.incidentId}/classification`, { pilot, surface: "web" }, { severity });

  interface Begun {
    readonly runId: string;
    readonly cues: Cue[];
  }
  async function begin(incident: Incident, pilot: MadePilot, surface = GODOT): Promise<Begun> {
    const begun = await called(game, `/incidents/${incident.incidentId}/reactions`, { pilot, surface }, {});
    return begun as unknown as Begun;
  }
  const pathOf = ({ incidentId }: Incident, runId: string) => `/incidents/${incidentId}/reactions/${runId}`;
  /** As somebody presses who never misses. */
  const perfect = ({ cues }: Begun) => ({ presses: cues.map((cue, index) => ({ cue: index, ...cue })) });

  async function rewardsOf({ userId }: MadePilot): Promise<string[]> {
    const { rows } = await game.pool.query(
      "select reward_type from reward_ledger where user_id = $1 and source = 'incident' order by reward_type",
      [userId],
    );
    return rows.map((row) => row.reward_type);
  }

  it("can be judged by their readings and reacted to, once each; mastered, they reward those who answered", async () => {
    const { sectorId, incident } = await open("flare", 2);
    const { pilot, client } = await game.fly(sectorId);
    await until("the sector shows it", () => {
      game.server.heartbeat.step();
      return client.state.incidentId === incident.incidentId;
    });
    const shown = await called(game, `/incidents/${incident.incidentId}`, { pilot });
    assert.deepEqual(
      [shown.type, shown.status, shown.severity, shown.threshold, shown.responses],
      ["flare", "detected", null, null, []],
    );
    assert.deepEqual(await classify(incident, pilot), {
      score: 100,
      duplicate: false,
      status: "responding",
    });
    assert.deepEqual(await classify(incident, pilot, 3), {
      score: 100,
      duplicate: true,
      status: "responding",
    });

    const begun = await begin(incident, pilot);
    game.clock.advance(15_000);
    const path = pathOf(incident, begun.runId);
    const done = { score: 100, duplicate: false, status: "resolved_success" };
    assert.deepEqual(await called(game, path, { pilot, surface: GODOT }, perfect(begun)), done);
    assert.deepEqual(await called(game, path, { pilot, surface: GODOT }, { presses: [] }), {
      ...done,
      duplicate: true,
    });

    const { eventId: _, ...told } = await client.heard("incident_resolved");
    assert.deepEqual(told, {
      incidentId: incident.incidentId,
      sectorId,
      type: "flare",
      severity: 2,
      outcome: "resolved_success",
      score: 200,
      rewards: ["incident_badge", "efficiency_boost", "anomaly_access"],
    });
    await Promise.all([1, 2, 3].map(settle));
    assert.deepEqual(await rewardsOf(pilot), ["anomaly_access", "efficiency_boost", "incident_badge"]);
    const { balances } = await called(game, "/me/balances", { pilot });
    assert.equal((balances as Record<string, number>).incident_badge, 1);
    const { yieldBps, boons } = await called(game, "/me/boons", { pilot });
    assert.deepEqual([yieldBps, (boons as unknown[]).length], [10_500, 2]);
    const { field: previewed } = await accepted(client.ask("preview_harvest"));
    assert.equal((previewed as { boostBps: number }).boostBps, 10_500);
    game.clock.advance(2 * DAY_MS);
    assert.deepEqual(await called(game, "/me/boons", { pilot }), { yieldBps: 10_000, boons: [] });
  });

  it("end when their time is over: half mastered, tried, or answered by nobody", async () => {
    const { incident: half } = await open("flare", 2);
    const { incident: tried } = await open("flare", 3);
    const { incident: nobodys } = await open("flare", 1);
    const { pilot: helper } = await game.fly(await field());
    const { pilot: guesser } = await game.fly(await field());
    await classify(half, helper);
    await classify(tried, guesser, 2);
    game.clock.advance(RESPONSE_MS);
    await callRefused(
      "incident_closed",
      game,
      `/incidents/${nobodys.incidentId}/classification`,
      { pilot: helper, surface: "web" },
      { severity: 1 },
    );
    await Promise.all([1, 2, 3].map(settle));
    for (const [incident, status] of [
      [half, "resolved_partial"],
      [tried, "resolved_failure"],
      [nobodys, "expired"],
    ] as const) {
      const shown = await called(game, `/incidents/${incident.incidentId}`);
      assert.deepEqual([shown.status, shown.severity], [status, incident.severity]);
    }
    assert.deepEqual(await rewardsOf(helper), ["efficiency_boost", "incident_badge"]);
    assert.deepEqual(await rewardsOf(guesser), []);
  });

  it("are judged while somebody holds their sector, if that does not end them", async () => {
    const { sectorId, incident } = await open("flare", 3);
    const pilot = await game.pilot(await field());
    await game.pool.query("insert into sector_leases (sector_id, epoch) values ($1, 1)", [sectorId]);
    await withTransaction(game.pool, async (tx) => {
      await tx.query("select from sector_leases where sector_id = $1 for update", [sectorId]);
      assert.equal((await classify(incident, pilot)).status, "responding");
    });
  });

  it("count each answer once, however many come at a time, and are resolved once", async () => {
    const { incident } = await open("flare", 3);
    const pilots = await Promise.all(Array.from({ length: 6 }, async () => game.pilot(await field())));
    const answers = await Promise.all(
      pilots.flatMap((pilot) =>
        [1, 2, 3].map(() =>
          call(
            game,
            `/incidents/${incident.incidentId}/classification`,
            { pilot, surface: "web" },
            { severity: 3 },
          ),
        ),
      ),
    );
    const taken = answers.filter(({ body }) => body.duplicate === false);
    const { score } = await called(game, `/incidents/${incident.incidentId}`);
    assert.equal(score, 100 * taken.length);
    assert.ok(taken.length >= 3);
    await settle();
    const { rows } = await game.pool.query(
      `select (select count(*)::int from sector_states where incident_id = $1) as states,
        (select count(*)::int from reward_ledger where run_id = 'incident.' || $1 and reward_type = 'incident_badge') as badges,
        (select count(*)::int from incident_responses where incident_id = $1) as responses`,
      [incident.incidentId],
    );
    assert.deepEqual(rows, [{ states: 1, badges: taken.length, responses: taken.length }]);
  });

  it("believe no reaction that the server's clock, its cues or its surface speak against", async () => {
    const { incident } = await open("flare", 3);
    const { pilot } = await game.fly(await field());
    const { pilot: other } = await game.fly(await field());
    const starting = `/incidents/${incident.incidentId}/reactions`;
    await callRefused("wrong_surface", game, starting, { pilot }, {});
    await callRefused("wrong_surface", game, starting, { pilot, surface: "web" }, {});
    await callRefused("unknown_surface", game, starting, { pilot, surface: "my_cheat" }, {});

    const begun = await begin(incident, pilot);
    const path = pathOf(incident, begun.runId);
    const by = { pilot, surface: GODOT };
    const lastsMs = reactionMs(begun.cues);
    game.clock.advance(lastsMs - 1);
    assert.deepEqual(await callRefused("reaction_too_fast", game, path, by, perfect(begun)), {
      elapsedMs: lastsMs - 1,
      lastsMs,
    });
    game.clock.advance(1);
    const another = { pilot: other, surface: GODOT };
    await callRefused("reaction_not_found", game, path, another, perfect(begun));
    await callRefused("reaction_not_found", game, pathOf(incident, randomUUID()), by, perfect(begun));
    await callRefused("wrong_surface", game, path, { pilot, surface: "godot" }, perfect(begun));
    await callRefused("invalid_message", game, path, by, { presses: [], score: 100 });
    const many = { presses: Array.from({ length: 11 }, () => ({ cue: 0, lane: 0, atMs: 0 })) };
    await callRefused("invalid_message", game, path, by, many);

    // Nothing of it has counted, and what is wrong in an answer brings nothing.
    const [first, second, ...rest] = perfect(begun).presses;
    assert.ok(first !== undefined && second !== undefined);
    const presses = [
      { ...first, lane: (first.lane + 1) % 4 },
      { ...second, atMs: second.atMs + 401 },
      ...rest,
    ];
    const { score } = await called(game, path, by, { presses });
    assert.equal(score, 80);
    await callRefused("already_responded", game, starting, by, {});

    const late = await begin(incident, other);
    game.clock.advance(120_001);
    await callRefused("reaction_expired", game, pathOf(incident, late.runId), another, perfect(late));
    await callRefused("reaction_expired", game, starting, another, {});
  });

  it("are reacted to once: who begins again, later or at the same time, gets the same cues and the same start", async () => {
    const { incident } = await open("flare", 3);
    const { incident: mild } = await open("flare", 1);
    const { pilot } = await game.fly(await field());
    const [first, ...others] = await Promise.all(Array.from({ length: 20 }, () => begin(incident, pilot)));
    assert.ok(first !== undefined);
    game.clock.advance(5_000);
    for (const one of [...others, await begin(incident, pilot)]) assert.deepEqual(one, first);
    const path = `/incidents/${incident.incidentId}/reactions`;
    const from = await callRefused("wrong_surface", game, path, { pilot, surface: "godot" }, {});
    assert.equal(from.begunOn, GODOT);
    const begun = await game.row(
      `select (select count(*) from incident_reactions r join players p on p.id = r.player_id where p.user_id = $1)::int
          as reactions,
        (select count(*) from product_events where user_id = $1)::int as measured`,
      pilot.userId,
    );
    assert.deepEqual(begun, { reactions: 1, measured: 1 });
    // The same seed of another severity: the cues say nothing about it.
    await game.pool.query(
      "update incident_reactions set seed = (select seed from incident_reactions where run_id = $2) where run_id = $1",
      [(await begin(mild, pilot)).runId, first.runId],
    );
    assert.deepEqual((await begin(mild, pilot)).cues, first.cues);
  });

  it("are answered by pilots alone, and made by nobody over HTTP", async () => {
    const { incident } = await open();
    const path = `/incidents/${incident.incidentId}/classification`;
    await callRefused("token_missing", game, path, {}, { severity: 1 });
    await callRefused("unknown_surface", game, path, { pilot: { userId: randomUUID() } }, { severity: 1 });
    const stranger = { pilot: { userId: randomUUID() }, surface: "web" };
    await callRefused("not_joined_yet", game, path, stranger, { severity: 1 });
    await callRefused("incident_not_found", game, `/incidents/${randomUUID()}`);
    const { pilot } = await game.fly(await field());
    const { status } = await call(game, "/incidents", { pilot }, { sectorId: 1, type: "storm" });
    assert.equal(status, 405);
  });

  it("count as begun and completed missions, with what product events are told of them", async () => {
    const { incident } = await open("flare", 1);
    const { pilot } = await game.fly(await field());
    const begun = await begin(incident, pilot);
    game.clock.advance(20_000);
    await called(game, pathOf(incident, begun.runId), { pilot, surface: GODOT }, perfect(begun));
    const { rows } = await game.pool.query(
      `select name, properties from product_events where user_id = $1 and name like 'ecosystem_mission_%' order by seq`,
      [pilot.userId],
    );
    const run = { mission_id: "reaction_flare", surface: GODOT, run_id: begun.runId };
    assert.deepEqual(rows, [
      { name: "ecosystem_mission_started", properties: { ...run, entry_point: "incident" } },
      { name: "ecosystem_mission_completed", properties: { ...run, duration_sec: 20, objective_score: 100 } },
    ]);
  });
});
