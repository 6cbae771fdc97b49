import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { expireRuns } from "../../src/persistence/expeditions.ts";
import { withTransaction } from "../../src/persistence/sqlstate.ts";
import { AM_FACTION } from "../../src/rules/factions.ts";
import { type Answer, type Begun, Explorer, runOf } from "../support/expedition.ts";
import { makeSector } from "../support/fixtures.ts";
import { useGame } from "../support/game.ts";

const MINUTE_MS = 60_000;

describe("an expedition", () => {
  const game = useGame();
  before(async () => {
    await makeSector(game.pool, game.world, 1);
    await makeSector(game.pool, game.world, 2, { type: "STANDARD" });
    await makeSector(game.pool, game.world, 3, { controllingFaction: AM_FACTION });
    await makeSector(game.pool, game.world, 4, { tier: 1 });
  });

  const explorer = async (surface?: string) => new Explorer(game, (await game.pilot(1)).userId, surface);
  const rewardsOf = ({ rewards }: Answer["body"]) =>
    (rewards ?? []).map(({ rewardType, value, capReason }) => [rewardType, value, capReason]);
  const balances = async (who: Explorer) => (await who.ask("GET", "/me/balances")).body.balances;

  it("is created, started and completed; its rewards are in the ledger, its story in the log and the feed", async () => {
    const pilot = await game.pilot(1);
    const who = new Explorer(game, pilot.userId);
    const run = await who.begun();
    game.clock.advance(MINUTE_MS);
    const { status, body } = await who.complete(run);
    assert.equal(status, 200, JSON.stringify(body));
    assert.equal(body.duplicate, false);
    assert.deepEqual(rewardsOf(body), [
      ["ore_units", 5, null],
      ["stardust_bonus", 2, null],
      ["expedition_reputation", 1, null],
    ]);
    const told = await who.ask("GET", `/runs/${run.runId}`);
    assert.deepEqual(told.body.run, body.run);
    const log = await who.ask("GET", "/me/mission-log");
    assert.deepEqual(log.body.runs, [body.run]);
    const { narrative, oreGrade, status: ended, amRepDelta } = runOf({ status, body });
    assert.match(
      String(narrative),
      new RegExp(`^Belt survey: the crew brought home 5 units of ${oreGrade} ore`),
    );
    assert.deepEqual([ended, amRepDelta], ["completed", 1]);
    const event = await game.row("select type from events where player_id = $1", pilot.playerId);
    assert.equal(event.type, "expedition_completed");
    const events = await game.pool.query(
      "select name, properties from product_events where user_id = $1 order by seq",
      [pilot.userId],
    );
    const about = { mission_id: "belt_survey", surface: "godot_mining", run_id: run.runId };
    assert.deepEqual(events.rows.slice(0, 2), [
      { name: "ecosystem_mission_started", properties: { ...about, entry_point: "mission_board" } },
      {
        name: "ecosystem_mission_completed",
        properties: { ...about, duration_sec: 60, objective_score: 1000 },
      },
    ]);
    assert.equal(events.rows.length, 5);
  });

  it("gives one grant and one answer to a hundred that submit it at once, and to those who do so later", async () => {
    const who = await explorer();
    const run = await who.begun();
    game.clock.advance(MINUTE_MS);
    const submit = async (n: number): Promise<Awaited<ReturnType<typeof who.complete>>> => {
      const answer = await who.complete(run, { oreUnits: (n % 6) + 1, objectiveScore: 990 + (n % 10) });
      // On a busy machine some wait for longer than a request may, behind all the others; programs ask again then.
      return answer.status === 503 ? submit(n) : answer;
    };
    const answers = await Promise.all(Array.from({ length: 100 }, (_, n) => submit(n)));
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
    assert.equal(answers.filter(({ body }) => body.duplicate === false).length, 1);
    const first = answers.find(({ body }) => body.duplicate === false)?.body;
    assert.ok(first !== undefined);
    for (const { body } of answers) assert.deepEqual({ ...body, duplicate: false }, first);
    game.clock.advance(MINUTE_MS);
    assert.deepEqual((await who.complete(run, { oreUnits: 1 })).body, { ...first, duplicate: true });
    const ledger = await game.row(
      "select count(*)::int as rows from reward_ledger where run_id = $1",
      run.runId,
    );
    assert.equal(ledger.rows, 3);
    const tally = await game.row("select duplicates from reward_tallies where user_id = $1", who.userId);
    assert.equal(tally.duplicates, 100);
  }).timeout(60_000);

  it("pays for time that the server has measured, for objectives that were proven, and nothing below the floor", async () => {
    const cases: [what: string, playedSec: number, metrics: object, ore: number, why: string | null][] = [
      ["claims more time than went by", 20, { durationSec: 600, oreUnits: 5 }, 0, "below_duration_floor"],
      ["claims more ore than a minute gives", 60, { oreUnits: 500 }, 6, "rate_cap"],
      ["claims more ore than the mission has", 500, { durationSec: 500, oreUnits: 500 }, 20, "mission_cap"],
    ];
    for (const [what, playedSec, metrics, ore, why] of cases) {
      const who = await explorer();
      const run = await who.begun();
      game.clock.advance(playedSec * 1000);
      const { body } = await who.complete(run, { ...metrics });
      assert.deepEqual(rewardsOf(body)[0], ["ore_units", ore, why], what);
      assert.equal((await balances(who)).ore_units, ore, what);
    }
    const who = await explorer();
    const run = await who.begun();
    game.clock.advance(500_000);
    const objectives = who.proof(run).slice(0, 2);
    const { body } = await who.complete(run, { objectives, durationSec: 500, oreUnits: 500 });
    assert.deepEqual(rewardsOf(body), [
      ["ore_units", 10, "objectives_incomplete"],
      ["stardust_bonus", 1, "objectives_incomplete"],
      ["expedition_reputation", 0, "objectives_incomplete"],
    ]);
  });

  it("is rejected for metrics that contradict what the server knows, once for all", async () => {
    const faults: [code: string, metrics: (who: Explorer, run: Begun) => object][] = [
      ["metrics_mismatch", () => ({ sectorId: 2 })],
      ["metrics_mismatch", (_, { seed }) => ({ seed: seed + 1 })],
      ["score_out_of_range", () => ({ objectiveScore: 1001 })],
      ["objective_proof_missing", () => ({ objectives: [] })],
      ["objective_proof_missing", (who, run) => ({ objectives: who.proof(run).toReversed() })],
      [
        "objective_proof_missing",
        (who, run) => ({ objectives: who.proof(run).map((each) => ({ ...each, nonce: "guessed" })) }),
      ],
      [
        "objective_proof_missing",
        (who, run) => ({ objectives: who.proof(run).map((each) => ({ ...each, atSec: 61 })) }),
      ],
      ["duration_below_floor", () => ({ durationSec: 44 })],
    ];
    for (const [code, metrics] of faults) {
      const who = await explorer();
      const run = await who.begun();
      game.clock.advance(MINUTE_MS);
      const first = await who.complete(run, { ...metrics(who, run) });
      assert.deepEqual([first.status, first.body.code], [422, code]);
      assert.deepEqual((await who.complete(run)).body, first.body, "the same when sent again, whole");
      const { rejectReason, status } = runOf(await who.ask("GET", `/runs/${run.runId}`));
      assert.deepEqual([status, rejectReason], ["rejected", code]);
      assert.equal((await balances(who)).ore_units, 0);
    }
  });

  it("is known by its id in capitals, too", async () => {
    const who = await explorer();
    const held = await who.created();
    const { status } = await who.start({ ...held, runId: held.runId.toUpperCase() });
    assert.equal(status, 200);
  });

  it("takes no words that no database takes", async () => {
    const who = await explorer();
    const run = await who.begun();
    for (const word of ["\u0000", "\ud800"]) {
      for (const wrong of [{ nonce: word }, { objective: word }]) {
        const objectives = who.proof(run).map((each) => ({ ...each, ...wrong }));
        const { status, body } = await who.complete(run, { objectives });
        assert.deepEqual([status, body.code], [400, "invalid_message"]);
      }
    }
  });

  it("ends by itself when its time is up, without waiting for one that somebody holds", async () => {
    const [held, free] = [await (await explorer()).created(), await (await explorer()).created()];
    game.clock.advance(30 * MINUTE_MS);
    const statusOf = async ({ runId }: { runId: string }) =>
      (await game.row("select status from expedition_runs where id = $1", runId)).status;
    await withTransaction(game.pool, async (tx) => {
      await tx.query("select from expedition_runs where id = $1 for update", [held.runId]);
      await expireRuns(game.pool, game.clock.nowMs());
      assert.deepEqual([await statusOf(held), await statusOf(free)], ["created", "expired"]);
    });
    assert.equal(await expireRuns(game.pool, game.clock.nowMs()), 1);
    assert.equal(await statusOf(held), "expired");
  });

  it("has taken no time when the clock that ends it is behind the one that began it", async () => {
    const who = await explorer();
    const run = await who.begun();
    await game.pool.query("update expedition_runs set started_at = $2 where id = $1", [
      run.runId,
      new Date(game.clock.nowMs() + 1_500),
    ]);
    const objectives = who.proof(run).map((each) => ({ ...each, atSec: 0 }));
    const { status, body } = await who.complete(run, { objectives, durationSec: 0 });
    assert.ok(status === 200 || status === 422, JSON.stringify(body));
    const { elapsed_sec } = await game.row(
      "select elapsed_sec from expedition_runs where id = $1",
      run.runId,
    );
    assert.equal(elapsed_sec, 0);
  });

  it("holds the caps of a day, and begins anew at midnight UTC", async () => {
    const who = await explorer();
    game.clock.setNow(Date.UTC(2130, 5, 1, 20));
    // The live phase pays 20 points of reputation a day.
    for (let runs = 0; runs < 20; runs++) await who.play();
    const last = await who.play();
    assert.deepEqual(rewardsOf(last.body)[2], ["expedition_reputation", 0, "daily_cap"]);
    game.clock.setNow(Date.UTC(2130, 5, 1, 23, 59, 30));
    const across = await who.begun();
    game.clock.setNow(Date.UTC(2130, 5, 2, 0, 0, 30));
    assert.deepEqual(rewardsOf((await who.complete(across)).body)[2], ["expedition_reputation", 1, null]);
  }).timeout(30_000);

  it("has as many open runs as one may, each mission once; asked for again by its key, it is the same", async () => {
    const who = await explorer();
    const key = { "idempotency-key": randomUUID() };
    const [first, again] = [await who.create({}, key), await who.create({}, key)];
    assert.deepEqual(again.body, first.body);
    assert.equal((await who.create({ sectorId: 3 }, key)).body.code, "request_id_reused");
    const another = await who.create();
    assert.deepEqual([another.status, another.body.code], [429, "too_many_runs"]);
    const { runId } = runOf(first);
    assert.equal(runOf(await who.ask("POST", `/runs/${runId}/cancel`)).status, "cancelled");
    assert.equal((await who.create()).status, 200);
    game.clock.advance(30 * MINUTE_MS);
    assert.equal((await who.create()).status, 200, "what has expired is not open");
  });

  it("is not given up when its time is up: it has expired, and stays so", async () => {
    const who = await explorer();
    const { runId } = await who.begun();
    game.clock.advance(30 * MINUTE_MS);
    const late = await who.ask("POST", `/runs/${runId}/cancel`);
    assert.deepEqual([late.status, late.body.code], [410, "run_expired"]);
    const { status } = await game.row("select status from expedition_runs where id = $1", runId);
    assert.equal(status, "expired");
    assert.equal((await who.ask("POST", `/runs/${runId}/cancel`)).body.code, "run_expired");
  });

  it("goes where its pilot may go, to a field that is rich enough, with what has been researched", async () => {
    const who = await explorer();
    const refused = async (changes: Record<string, unknown>) => {
      const { status, body } = await who.create(changes);
      return [status, body.code];
    };
    assert.deepEqual(await refused({ sectorId: 2 }), [409, "not_an_asteroid_field"]);
    assert.deepEqual(await refused({ sectorId: 99 }), [404, "sector_not_found"]);
    assert.deepEqual(await refused({ sectorId: 4, missionId: "core_extraction" }), [409, "field_too_poor"]);
    assert.deepEqual(await refused({ surface: "web", missionId: "core_extraction" }), [
      409,
      "mission_not_on_surface",
    ]);
    assert.deepEqual(await refused({ surface: "fridge" }), [400, "unknown_surface"]);
    assert.deepEqual(await refused({ loadout: { drill: "heavy", scanner: "basic" } }), [
      403,
      "research_needed",
    ]);
    assert.deepEqual(await refused({ missionId: "picnic" }), [400, "invalid_message"]);
    const nobody = new Explorer(game, randomUUID());
    assert.equal((await nobody.create()).body.code, "not_joined_yet");
    await game.pool.query(
      `insert into reputations (player_id, faction_id, current_value)
        select p.id, f.id, -401 from players p, factions f where p.user_id = $1 and f.code = $2`,
      [who.userId, AM_FACTION],
    );
    assert.deepEqual(await refused({ sectorId: 3 }), [403, "territory_closed"]);
    await game.pool.query("delete from reputations where current_value = -401");
  });

  it("is there or not by what incidents have left in its sector", async () => {
    const who = await explorer();
    const refusal = async (changes: object) => (await who.create({ sectorId: 4, ...changes })).body.code;
    assert.equal(await refusal({ missionId: "debris_salvage" }), "mission_not_available");
    const at = new Date(game.clock.nowMs());
    for (const type of ["debris_field", "storm"]) {
      const incidentId = randomUUID();
      await game.pool.query(
        `insert into sector_incidents (id, sector_id, type, severity, status, threshold, seed, readings, opens_at,
            closes_at, resolved_at)
          values ($1, 4, $2::text, 1, 'resolved_failure', 1, 1, '{}', $3, $3, $3)`,
        [incidentId, type, at],
      );
      await game.pool.query(
        `insert into sector_states (incident_id, sector_id, state_type, severity, starts_at, ends_at)
          values ($1, 4, $2::text, 1, $3, $3::timestamptz + case $2::text when 'storm' then interval '24 hours' else interval '48 hours' end)`,
        [incidentId, type, at],
      );
    }
    assert.equal(
      await refusal({ missionId: "debris_salvage" }),
      "mission_not_available",
      "there is a storm too",
    );
    assert.equal(await refusal({ missionId: "belt_survey" }), "mission_not_available");
    game.clock.advance(24 * 60 * MINUTE_MS);
    assert.equal(
      await refusal({ missionId: "debris_salvage" }),
      "",
      "the storm has ended, the debris is there",
    );
  });

  it("is in the log once, also when a page of it ends among runs of one moment", async () => {
    const who = await explorer();
    const { runId } = await who.created();
    const older = `insert into expedition_runs (id, user_id, player_id, mission_id, surface, entry_point, sector_id,
        richness_tier, loadout, seed, status, token_jti, issued_at, expires_at, ended_at)
      select gen_random_uuid(), user_id, player_id, mission_id, surface, entry_point, sector_id, richness_tier, loadout,
        seed, 'cancelled', gen_random_uuid(), issued_at - $2::interval, expires_at - $2::interval, issued_at
      from expedition_runs, generate_series(1, $3) where id = $1`;
    await game.pool.query(older, [runId, "1 minute", 51]);
    await game.pool.query(older, [runId, "2 minutes", 1]);
    const page = async (query: string) => (await who.ask("GET", `/me/mission-log${query}`)).body;
    const { runs: first } = await page("");
    assert.equal(first.length, 50);
    const { runs: rest } = await page(`?beforeRunId=${first.at(-1)?.runId}`);
    assert.equal(new Set([...first, ...rest].map((run) => run.runId)).size, 53);
    assert.equal(rest.length, 3);
    assert.equal((await page(`?before=${first.at(-1)?.issuedAtMs}`)).runs.length, 1);
    assert.equal((await page(`?beforeRunId=${rest.at(-1)?.runId}`)).runs.length, 0);
    assert.equal((await page(`?beforeRunId=${randomUUID()}`)).code, "run_not_found");
  });

  it("moves standing as a harvest does: by the claim on the field and the licence for it", async () => {
    const deltaOf = async (who: Explorer, sectorId: number, metrics = {}) =>
      runOf(await who.play({ sectorId }, metrics)).amRepDelta;
    const who = await explorer();
    assert.equal(await deltaOf(who, 1), 1);
    assert.equal(await deltaOf(who, 3), -10);
    assert.equal(await deltaOf(who, 3, { oreUnits: 0 }), 0);
    const { rows } = await game.pool.query(
      `select current_value, current_level from reputations r join players p on p.id = r.player_id where p.user_id = $1`,
      [who.userId],
    );
    assert.deepEqual(rows, [{ current_value: -9, current_level: "NEUTRAL" }]);
  });

  it("finds things, pays for research with stardust, and takes along what was researched", async () => {
    const who = await explorer();
    const poor = await who.ask("POST", "/me/research", { subject: "heavy_drill" });
    assert.deepEqual([poor.status, poor.body.code], [409, "insufficient_balance"]);
    await who.play();
    const unready = await who.ask("POST", "/me/research", { subject: "precision_drill" });
    assert.deepEqual([unready.status, unready.body.code], [409, "research_not_ready"]);
    for (let asked = 0; asked < 3; asked++) {
      const { body } = await who.ask("POST", "/me/research", { subject: "heavy_drill" });
      assert.deepEqual(body.unlocked, ["heavy_drill"]);
    }
    assert.equal((await balances(who)).stardust_bonus, 0);
    const loadout = { drill: "heavy", scanner: "basic" };
    const { body } = await who.play({ loadout }, { oreUnits: 100 });
    assert.deepEqual(rewardsOf(body)[0], ["ore_units", 7, "rate_cap"]);
    for (let runs = 0; runs < 15; runs++) await who.play();
    const inventory = (await who.ask("GET", "/me/inventory")).body;
    const { clues = [], balances: held }: { clues?: unknown[]; balances?: Record<string, number> } =
      inventory;
    assert.ok(clues.length > 0, "fifteen runs found a clue");
    assert.ok((held.ore_units ?? 0) > 50);
  }).timeout(30_000);
});
