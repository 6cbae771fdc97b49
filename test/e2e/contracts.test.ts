import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { loadConfig } from "../../src/config.ts";
import { settleContracts } from "../../src/jobs/contracts.ts";
import { classify } from "../../src/persistence/classifications.ts";
import { type Contract, joinContract, readActiveContracts } from "../../src/persistence/contracts.ts";
import { contribute } from "../../src/persistence/contributions.ts";
import { connect } from "../../src/persistence/database.ts";
import { openIncident, readOpenIncidents } from "../../src/persistence/incidents.ts";
import { grantReward } from "../../src/persistence/ledger.ts";
import { withTransaction } from "../../src/persistence/sqlstate.ts";
import {
  SUBJECT_ANSWERS,
  SUBJECTS_PER_WEEK,
  type Subject,
  subjectId,
  subjectOf,
} from "../../src/rules/subjects.ts";
import { mondayMs, WEEK_MS } from "../../src/rules/utc.ts";
import type { ContractSummary } from "../../src/schema/galaxy.ts";
import { seededDice } from "../support/dice.ts";
import { erase } from "../support/erasure.ts";
import { Explorer, runOf } from "../support/expedition.ts";
import { makeSector } from "../support/fixtures.ts";
import { GalaxyClient } from "../support/galaxy-client.ts";
import { useGame } from "../support/game.ts";
import { call, called, callRefused } from "../support/incidents.ts";
import { accepted, DAY_MS, HOUR_MS } from "../support/play.ts";
import { until } from "../support/until.ts";

function contractFields(shown: ContractSummary | undefined): ContractSummary {
  assert.ok(shown !== undefined);
  return shown;
}

interface User {
  readonly userId: string;
}

describe("guild contracts", () => {
  const game = useGame();
  before(() => makeSector(game.pool, game.world, 1));
  // Each test has a week of its own, from its Monday noon on.
  beforeEach(async () => {
    const nowMs = game.clock.nowMs();
    game.clock.advance(mondayMs(nowMs) + WEEK_MS + 12 * HOUR_MS - nowMs);
    await settle();
  });

  const settle = (phase = "live") =>
    settleContracts({
      ...{ pool: game.pool, clock: game.clock, dice: seededDice(1) },
      config: loadConfig({ ECOSYSTEM_PHASE: phase }),
    });
  async function current(theme = "planet-hunting"): Promise<Contract> {
    const found = (await readActiveContracts(game.pool, game.clock.nowMs())).find(
      (one) => one.theme === theme,
    );
    assert.ok(found !== undefined);
    return found;
  }
  const user = (): User => ({ userId: randomUUID() });
  const join = (pilot: User, { contractId }: Contract) =>
    called(game, `/contracts/${contractId}/join`, { pilot }, {});
  const progress = ({ contractId }: Contract, pilot?: User) =>
    called(game, `/contracts/${contractId}/progress`, pilot === undefined ? {} : { pilot });
  const path = ({ contractId }: Contract) => `/contracts/${contractId}/contributions`;
  const bring = (pilot: User, to: Contract, sourceType: string, sourceId: string, surface = "web") =>
    call(game, path(to), { pilot, surface }, { sourceType, sourceId });

  /** The subjects of a contract whose truth is known. */
  const gold = ({ theme, isoWeek }: Contract) =>
    Array.from({ length: SUBJECTS_PER_WEEK }, (_, index) =>
      subjectOf(theme, isoWeek, subjectId(theme, isoWeek, index)),
    ).filter(
      (one): one is Subject & { truth: NonNullable<Subject["truth"]> } => one !== null && one.truth !== null,
    );

  /** What a user has classified rightly, a subject of known truth each. @returns their ids */
  async function classified(
    contract: Contract,
    { userId }: User,
    count: number,
    from = 0,
  ): Promise<string[]> {
    const ids: string[] = [];
    for (const { subjectId: of, truth } of gold(contract).slice(from, from + count)) {
      const opinion = { contractId: contract.contractId, userId, name: "Ada", surface: "web" as const };
      const kept = await classify(
        game.pool,
        { ...opinion, subjectId: of, answer: truth },
        game.clock.nowMs(),
      );
      ids.push(kept.classificationId);
    }
    return ids;
  }

  /** Brings a contract to a total of at least so many points, by users of whom nothing more is wanted. */
  async function raise(contract: Contract, points: number): Promise<void> {
    const { contractId } = contract;
    const nowMs = game.clock.nowMs();
    for (let raised = 0; raised < points; ) {
      const one = user();
      await joinContract(game.pool, { ...one, name: "Filler" }, contractId, nowMs);
      for (const sourceId of await classified(contract, one, 15)) {
        const claim = { contractId, ...one, surface: "web", sourceType: "classification", sourceId } as const;
        if (raised < points) raised += (await contribute(game.pool, claim, nowMs)).contribution.points;
      }
    }
  }

  const rewardsOf = async ({ userId }: User) =>
    (
      await game.pool.query(
        "select run_id, reward_type, reward_value from reward_ledger where user_id = $1 and source = 'contract' order by seq",
        [userId],
      )
    ).rows.map((row) => [row.run_id.split(".").at(-1), row.reward_type, row.reward_value]);

  it("are made once a week for each theme, however many processes try, and end with Sunday UTC", async () => {
    await Promise.all([settle(), settle(), settle()]);
    const { contracts } = await called(game, "/contracts/current");
    const shown = contracts as { theme: string; startsAtMs: number; endsAtMs: number; tiers: unknown[] }[];
    assert.deepEqual(
      shown.map(({ theme }) => theme),
      ["cloud-tracking", "planet-hunting", "solar"],
    );
    const monday = mondayMs(game.clock.nowMs());
    for (const { startsAtMs, endsAtMs, tiers } of shown) {
      assert.deepEqual([startsAtMs, endsAtMs, tiers.length], [monday, monday + WEEK_MS, 3]);
    }

    const contract = await current();
    const pilot = user();
    await join(pilot, contract);
    const [first = "", second = ""] = await classified(contract, pilot, 2);
    game.clock.advance(monday + WEEK_MS - 1 - game.clock.nowMs());
    assert.equal((await bring(pilot, contract, "classification", first)).status, 200);
    game.clock.advance(1);
    const late = await bring(pilot, contract, "classification", second);
    assert.equal(late.body.code, "contract_not_active");
    await callRefused(
      "contract_not_active",
      game,
      `/contracts/${contract.contractId}/join`,
      { pilot: user() },
      {},
    );
    // Nobody has to do anything for the next one to be there.
    const next = await current();
    assert.equal(next.startsAtMs, monday + WEEK_MS);
    await join(pilot, next);
    const old = await bring(pilot, next, "classification", second);
    assert.deepEqual(
      [old.body.code, (old.body.detail as { reason: string }).reason],
      ["source_not_counted", "another_contract"],
    );
  });

  it("count sixty contributions at once over a threshold: one unlock, and no point lost", async () => {
    const contract = await current();
    const { contractId } = contract;
    const nowMs = game.clock.nowMs();
    await raise(contract, 90);
    const users = Array.from({ length: 60 }, user);
    const claims = await Promise.all(
      users.map(async ({ userId }) => {
        await joinContract(game.pool, { userId, name: "Ada" }, contractId, nowMs);
        const [sourceId = ""] = await classified(contract, { userId }, 1);
        return { contractId, userId, surface: "web", sourceType: "classification", sourceId } as const;
      }),
    );
    const before = (await current()).total;
    const { pool } = connect(game.test.url, { max: 20, applicationName: "crowd" });
    try {
      const done = await Promise.all(claims.map((claim) => contribute(pool, claim, nowMs)));
      assert.deepEqual(
        done.flatMap(({ unlocked }) => unlocked),
        [1],
      );
      assert.equal((await current()).total, before + 120);
      assert.equal(new Set(done.map(({ total }) => total)).size, 60);
    } finally {
      await pool.end();
    }
    await Promise.all([settle(), settle(), settle()]);
    const { rows } = await game.pool.query(
      "select count(*)::int as rewards, count(distinct user_id)::int as users from reward_ledger where run_id = $1",
      [`contract.${contractId}.tier1`],
    );
    const members = Number((await progress(contract)).members);
    assert.deepEqual(rows, [{ rewards: 2 * members, users: members }]);
  });

  it("count the same thing once, whoever brings it how often, also at the same time and to several contracts", async () => {
    const [hunting, solar] = [await current(), await current("solar")];
    const { pilot, client } = await game.fly(1);
    await join(pilot, hunting);
    await join(pilot, solar);
    await accepted(client.ask("harvest"));
    game.tick(100);
    const { harvestId } = await client.heard("mining_harvest_completed");
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, n) =>
        bring(
          pilot,
          n % 3 === 0 ? solar : hunting,
          "harvest",
          String(harvestId),
          n % 2 === 0 ? "web" : "bot",
        ),
      ),
    );
    const codes = answers.map(({ body }) => body.code ?? (body.duplicate === true ? "again" : "first"));
    assert.equal(codes.filter((code) => code === "first").length, 1, codes.join());
    assert.ok(
      codes.every((code) => ["first", "again", "already_contributed"].includes(String(code))),
      codes.join(),
    );
    const totals = [await current(), await current("solar")].map(({ total }) => total);
    assert.deepEqual(totals.sort(), [0, 2]);
    const contributions = answers.flatMap(({ body }) =>
      body.contribution === undefined ? [] : [body.contribution],
    );
    assert.equal(new Set(contributions.map((one) => JSON.stringify(one))).size, 1);
  });

  it("take nobody's word: what is made up, somebody else's, unfinished or wrong is refused", async () => {
    const contract = await current();
    const { pilot, client } = await game.fly(1);
    const thief = await game.pilot(1);
    await join(pilot, contract);
    await join(thief, contract);
    await accepted(client.ask("harvest"));
    game.tick(100);
    const { harvestId } = await client.heard("mining_harvest_completed");
    const code = async (answer: ReturnType<typeof bring>) => (await answer).body.code;
    for (const type of ["harvest", "run", "classification"]) {
      assert.equal(await code(bring(pilot, contract, type, randomUUID())), "source_not_found");
      assert.equal(await code(bring(thief, contract, type, String(harvestId))), "source_not_found");
    }
    assert.equal((await bring(pilot, contract, "harvest", String(harvestId))).status, 200);
    assert.equal(await code(bring(thief, contract, "harvest", String(harvestId))), "source_not_found");
    assert.equal(
      await code(bring(await game.pilot(1), contract, "harvest", String(harvestId))),
      "not_a_member",
    );
    await callRefused(
      "token_missing",
      game,
      path(contract),
      {},
      { sourceType: "harvest", sourceId: harvestId },
    );
    const points = { sourceType: "harvest", sourceId: harvestId, points: 1000 };
    await callRefused("invalid_message", game, path(contract), { pilot, surface: "web" }, points);
    assert.equal(
      await code(bring(pilot, contract, "harvest", String(harvestId), "my_cheat")),
      "unknown_surface",
    );

    const miner = new Explorer(game, pilot.userId);
    const run = await miner.begun();
    assert.equal(await code(bring(pilot, contract, "run", run.runId)), "source_not_counted");
    game.clock.advance(60_000);
    const completed = runOf(await miner.complete(run));
    assert.equal(await code(bring(thief, contract, "run", completed.runId)), "source_not_found");
    const { body } = await bring(pilot, contract, "run", completed.runId, "web");
    const counted = body.contribution as { surface: string; points: number };
    // The surface of the run, not that of whoever tells of it.
    assert.deepEqual([counted.surface, counted.points], ["godot_mining", 5]);
    assert.deepEqual((await progress(contract, pilot)).own, {
      ...{ points: 7, contributions: 2 },
      joinedAtMs: ((await progress(contract, thief)) as { own: { joinedAtMs: number } }).own.joinedAtMs,
    });
  });

  it("count a harvest for the surface of the session that flew the ship when it was due, whoever says what later", async () => {
    const contract = await current();
    const pilot = await game.pilot(1);
    await join(pilot, contract);
    const harvested = async (from: { appSurface?: string }, later?: { appSurface?: string }) => {
      const client = await game.join(pilot, 1, from);
      await accepted(client.ask("harvest"));
      game.tick(50);
      const last = later === undefined ? client : await game.join(pilot, 1, later);
      game.tick(50);
      return String((await last.heard("mining_harvest_completed")).harvestId);
    };
    const surfaceOf = async (sourceId: string, from?: string, named?: string) => {
      const caller = { pilot, ...(from !== undefined && { surface: from }) };
      const said = { sourceType: "harvest", sourceId, ...(named !== undefined && { surface: named }) };
      const { body } = await call(game, path(contract), caller, said);
      return body.code ?? (body.contribution as { surface: string }).surface;
    };
    const inGame = await harvested({ appSurface: "godot_mining" });
    assert.equal(await surfaceOf(inGame, "web", "bot"), "godot_mining");
    const takenOver = await harvested({ appSurface: "godot_mining" }, { appSurface: "web" });
    assert.equal(await surfaceOf(takenOver), "web", "who had control when it was due");
    const unsaid = await harvested({});
    assert.equal(await surfaceOf(unsaid), "unknown_surface");
    assert.equal(
      await surfaceOf(unsaid, "bot", "web"),
      "bot",
      "its session's word goes before the request's own",
    );
  });

  it("judge classifications by subjects of known truth: one opinion each, and nothing for guessing", async () => {
    const contract = await current("solar");
    const { contractId } = contract;
    const pilot = user();
    await join(pilot, contract);
    const given = await called(game, `/contracts/${contractId}/subjects`, { pilot });
    const subjects = given.subjects as Record<string, unknown>[];
    assert.equal(subjects.length, 10);
    assert.deepEqual(Object.keys(subjects[0] ?? {}), ["subjectId", "readings"]);
    const by = { pilot, surface: "web" };
    const saying = `/contracts/${contractId}/classifications`;
    const say = (subject: string, answer: string) => called(game, saying, by, { subjectId: subject, answer });
    await callRefused("subject_not_found", game, saying, by, {
      subjectId: "solar.2001-W01.1",
      answer: "flare",
    });
    await callRefused("unknown_answer", game, saying, by, {
      subjectId: subjects[0]?.subjectId,
      answer: "transit",
    });
    const [known, ...others] = gold(contract);
    assert.ok(known !== undefined);
    const wrong = SUBJECT_ANSWERS.solar.find((answer) => answer !== known.truth) ?? "";
    const kept = await say(known.subjectId, wrong);
    assert.deepEqual([kept.isRight, kept.duplicate], [false, false]);
    // A second opinion changes nothing.
    assert.deepEqual(await say(known.subjectId, known.truth), { ...kept, duplicate: true });
    const id = String(kept.classificationId);
    assert.equal((await bring(pilot, contract, "classification", id)).body.code, "source_not_counted");

    const unsure = subjects
      .map((one) => String(one.subjectId))
      .find((one) => gold(contract).every((g) => g.subjectId !== one));
    const guess = await say(unsure ?? "", "flare");
    assert.equal(guess.isRight, null);
    for (const { subjectId: of, truth } of others.slice(0, 2))
      await say(of, SUBJECT_ANSWERS.solar.find((a) => a !== truth) ?? "");
    const late = await bring(pilot, contract, "classification", String(guess.classificationId));
    assert.deepEqual((late.body.detail as { reason: string }).reason, "wrong_too_often");
    for (const { subjectId: of, truth } of others.slice(2, 10)) await say(of, truth);
    const believed = await bring(pilot, contract, "classification", String(guess.classificationId));
    assert.equal((believed.body.contribution as { points: number }).points, 1);
  });

  it("count no more of a kind than the day's cap, also at the same time, and count again the next day", async () => {
    const contract = await current();
    const pilot = user();
    await join(pilot, contract);
    const ids: string[] = [];
    for (let index = 0; index < 33; index++) {
      const { contractId, theme, isoWeek } = contract;
      const subject = subjectOf(theme, isoWeek, subjectId(theme, isoWeek, index));
      assert.ok(subject !== null);
      const opinion = {
        contractId,
        ...pilot,
        name: "Ada",
        surface: "web",
        subjectId: subject.subjectId,
      } as const;
      const answer = subject.truth ?? "transit";
      ids.push((await classify(game.pool, { ...opinion, answer }, game.clock.nowMs())).classificationId);
    }
    const answers = await Promise.all(ids.map((id) => bring(pilot, contract, "classification", id)));
    const refusals = answers.filter(({ status }) => status !== 200);
    assert.deepEqual(
      refusals.map(({ status, body }) => [status, body.code]),
      [1, 2, 3].map(() => [429, "contribution_limit"]),
    );
    game.clock.advance(DAY_MS);
    const again = await Promise.all(ids.map((id) => bring(pilot, contract, "classification", id)));
    assert.deepEqual(again.filter(({ body }) => body.duplicate === false).length, 3);
  });

  it("reward members from their joining on; stardust is worth more until the week ends", async () => {
    const contract = await current();
    const [early, idle, late] = [user(), user(), user()];
    await join(early, contract);
    await join(idle, contract);
    const [first = ""] = await classified(contract, early, 1);
    await bring(early, contract, "classification", first);
    await raise(contract, 98);
    await join(late, contract);
    const [lates = ""] = await classified(contract, late, 1);
    await bring(late, contract, "classification", lates);
    await settle();
    const tier1 = [
      ["tier1", "cosmetic_unlock", 1],
      ["tier1", "stardust_bonus", 2],
    ];
    assert.deepEqual(await rewardsOf(early), tier1);
    assert.deepEqual(await rewardsOf(late), []);
    assert.deepEqual(await rewardsOf(idle), []);

    const stardust = async (runId: string) => {
      const grant = { userId: late.userId, surface: "web", runId, rewardType: "stardust_bonus" } as const;
      const value = { requestedValue: 7, value: 6, capReason: "daily_cap", source: "run" } as const;
      const given = { ...grant, ...value, meta: {}, nowMs: game.clock.nowMs() };
      const { row } = await withTransaction(game.pool, (tx) => grantReward(tx, given));
      return [row.requestedValue, row.value, row.meta];
    };
    assert.deepEqual(await stardust("before"), [7, 6, {}]);
    await raise(contract, 200);
    await Promise.all([settle(), settle()]);
    const tier2 = [
      ["tier2", "cosmetic_unlock", 1],
      ["tier2", "stardust_bonus", 5],
      ["tier2", "stardust_multiplier", 1],
    ];
    assert.deepEqual(await rewardsOf(early), [...tier1, ...tier2]);
    assert.deepEqual(await rewardsOf(late), tier2);
    // Who brings something at last is given what was unlocked while they were in.
    const [idles = ""] = await classified(contract, idle, 1);
    await bring(idle, contract, "classification", idles);
    await settle();
    assert.deepEqual(await rewardsOf(idle), [...tier1, ...tier2]);

    assert.deepEqual(await stardust("during"), [8, 7, { multiplierBps: 12_000, valueBefore: 6 }]);
    game.clock.advance(contract.endsAtMs - game.clock.nowMs());
    assert.deepEqual(await stardust("after"), [7, 6, {}]);
    // These grants stand for runs, which there were none of.
    await game.pool.query("alter table reward_ledger disable trigger user");
    await game.pool.query("delete from reward_ledger where source = 'run' and user_id = $1", [late.userId]);
    await game.pool.query("alter table reward_ledger enable trigger user");
    await game.pool.query(
      "delete from product_events where user_id = $1 and properties ->> 'run_id' in ('before', 'during', 'after')",
      [late.userId],
    );
    await game.pool.query(
      "update user_balances set amount = amount - 19 where user_id = $1 and reward_type = 'stardust_bonus'",
      [late.userId],
    );
  });

  it("let the last tier's world event befall one sector, once, in that week and phase", async () => {
    const contract = await current("cloud-tracking");
    await raise(contract, 600);
    await settle("expand");
    const events = async () =>
      (await game.pool.query("select type, status from sector_incidents where score >= threshold")).rows;
    assert.deepEqual(await events(), []);
    await Promise.all([settle(), settle(), settle()]);
    assert.deepEqual(await events(), [{ type: "debris_field", status: "resolved_success" }]);
    await settle();
    assert.equal((await events()).length, 1);
    // Its points are there: no answer adds to them, or is rewarded for what others have done. Nor is one asked for, in
    // the moment in which it is open.
    const nowMs = game.clock.nowMs();
    const opened = withTransaction(game.pool, async (tx) => {
      await openIncident(tx, { sectorId: 1, seed: 1, severity: 1, isMastered: true }, nowMs);
      assert.deepEqual(await readOpenIncidents(tx, [1], nowMs), []);
      throw new Error("undone");
    });
    await assert.rejects(opened, /undone/);
    const { id } = await game.row("select id from sector_incidents where score >= threshold");
    const pilot = await game.pilot(1);
    await callRefused(
      "incident_closed",
      game,
      `/incidents/${id}/classification`,
      { pilot, surface: "web" },
      { severity: 1 },
    );
  });

  it("are seen live by those who watch the galaxy, through whichever process things are brought", async () => {
    const contract = await current();
    const galaxy = await GalaxyClient.join(game.port);
    try {
      const shown = () => galaxy.room.state.contracts?.get("planet-hunting");
      await until("the week's contract is shown", () => shown()?.contractId === contract.contractId);
      const { total, members, tier, nextThreshold, isoWeek, endsAtMs } = contractFields(shown());
      assert.deepEqual([total, members, tier, nextThreshold], [0, 0, 0, 100]);
      assert.deepEqual([isoWeek, endsAtMs], [contract.isoWeek, contract.endsAtMs]);
      await raise(contract, 100);
      await until("the first tier is shown", () => shown()?.tier === 1);
      const { total: raised, nextThreshold: next } = contractFields(shown());
      assert.deepEqual([raised >= 100, next], [true, 300]);
      game.clock.advance(WEEK_MS);
      await settle();
      await until(
        "the next week's is shown",
        () => shown()?.total === 0 && shown()?.isoWeek !== contract.isoWeek,
      );
    } finally {
      await galaxy.room.leave();
    }
  });

  it("keep their points, and no name, of somebody who is erased as the operators' guide says", async () => {
    const contract = await current();
    const ada = await game.pilot(1);
    await join(ada, contract);
    const [sourceId = ""] = await classified(contract, ada, 1);
    assert.equal((await bring(ada, contract, "classification", sourceId)).status, 200);
    const { total } = await progress(contract);
    await erase(game.pool, ada.userId);
    assert.equal((await progress(contract)).total, total);
    const { places } = await called(game, `/leaderboard?contractId=${contract.contractId}`);
    assert.deepEqual(
      (places as { name: string }[]).map(({ name }) => name),
      ["Erased"],
    );
    const { sessions } = await game.row(
      "select count(*)::int as sessions from sessions where user_id = $1",
      ada.userId,
    );
    assert.equal(sessions, 0);
  });

  it("rank who has brought most, on one surface or all", async () => {
    const contract = await current();
    const make = async (name: string, surfaces: readonly ("web" | "bot")[]) => {
      const one = { ...user(), name };
      // Who was there first stands first among equals.
      game.clock.advance(1);
      await joinContract(game.pool, one, contract.contractId, game.clock.nowMs());
      for (const [index, surface] of surfaces.entries()) {
        const subject = gold(contract)[index];
        assert.ok(subject !== undefined);
        const { contractId } = contract;
        const opinion = { contractId, ...one, surface, subjectId: subject.subjectId, answer: subject.truth };
        const { classificationId } = await classify(game.pool, opinion, game.clock.nowMs());
        await bring(one, contract, "classification", classificationId);
      }
    };
    await make("Both", ["web", "bot", "bot"]);
    await make("Web", ["web", "web"]);
    await make("Too", ["web", "web"]);
    const places = async (query = "") =>
      (
        (await called(game, `/leaderboard${query}`)).places as {
          rank: number;
          name: string;
          points: number;
        }[]
      ).map(({ rank, name, points }) => [rank, name, points]);
    assert.deepEqual(await places(), [
      [1, "Both", 6],
      [2, "Web", 4],
      [2, "Too", 4],
    ]);
    assert.deepEqual(
      (await places("?surface=bot")).map(([rank, name]) => [rank, name]),
      [[1, "Both"]],
    );
    assert.deepEqual(
      (await places("?surface=web")).map(([rank, , points]) => [rank, points]),
      [
        [1, 4],
        [1, 4],
        [3, 2],
      ],
    );
    assert.deepEqual(await places(`?contractId=${(await current("solar")).contractId}`), []);
    await callRefused("unknown_surface", game, "/leaderboard?surface=my_cheat");
  });
});

describe("guild contracts before their phase", () => {
  const game = useGame({ env: { ECOSYSTEM_PHASE: "pilot" } });

  it("are not there", async () => {
    for (const path of ["/contracts/current", "/leaderboard", `/contracts/${randomUUID()}/progress`])
      await callRefused("feature_disabled", game, path);
  });
});
