import assert from "node:assert/strict";
import { loadConfig } from "../../src/config.ts";
import { settleContracts } from "../../src/jobs/contracts.ts";
import { settleIncidents } from "../../src/jobs/incidents.ts";
import { readActiveContracts } from "../../src/persistence/contracts.ts";
import type { Phase } from "../../src/rules/phases.ts";
import { SUBJECTS_PER_WEEK, subjectId, subjectOf } from "../../src/rules/subjects.ts";
import { seededDice } from "../support/dice.ts";
import { Explorer } from "../support/expedition.ts";
import { type MadePilot, makeSector } from "../support/fixtures.ts";
import { useGame } from "../support/game.ts";
import { befall, called } from "../support/incidents.ts";

const MINUTE_MS = 60_000;

describe("a reward that cannot be given", () => {
  const game = useGame();
  before(async () => {
    await makeSector(game.pool, game.world, 1);
    await makeSector(game.pool, game.world, 2);
    await game.pool.query(`create table doomed (user_id uuid)`);
    await game.pool.query(`create function refuse_doomed() returns trigger language plpgsql as $$
      begin
        if exists (select from doomed d where d.user_id = new.user_id) then raise exception 'no reward for the doomed'; end if;
        return new;
      end $$`);
    await game.pool.query(
      "create trigger doomed before insert on reward_ledger for each row execute function refuse_doomed()",
    );
  });
  afterEach(() => game.pool.query("delete from doomed"));

  const doom = ({ userId }: { userId: string }) =>
    game.pool.query("insert into doomed (user_id) values ($1)", [userId]);
  const spare = () => game.pool.query("delete from doomed");
  const failuresOf = async ({ userId }: { userId: string }) => {
    const { rows } = await game.pool.query(
      "select coalesce(sum(failures), 0)::int as failures from reward_tallies where user_id = $1",
      [userId],
    );
    return rows[0].failures;
  };
  const settle = (phase: Phase = "live") =>
    settleContracts({
      ...{ pool: game.pool, clock: game.clock, dice: seededDice(1) },
      config: loadConfig({ ECOSYSTEM_PHASE: phase }),
    });
  const rewardsOf = async ({ userId }: { userId: string }) =>
    (await game.pool.query("select from reward_ledger where user_id = $1", [userId])).rows.length;

  /** Members of a contract whose first tier they have reached together, and have not been paid for. */
  async function earners(count: number): Promise<{ pilots: MadePilot[]; contractId: string }> {
    await settle();
    const [contract] = await readActiveContracts(game.pool, game.clock.nowMs());
    assert.ok(contract !== undefined);
    const { contractId, theme, isoWeek } = contract;
    const pilots = await Promise.all(Array.from({ length: count }, () => game.pilot(1)));
    for (const pilot of pilots) {
      await called(game, `/contracts/${contractId}/join`, { pilot }, {});
      for (let index = 0; index < SUBJECTS_PER_WEEK; index++) {
        const subject = subjectOf(theme, isoWeek, subjectId(theme, isoWeek, index));
        if (subject?.truth == null) continue;
        const by = { pilot, surface: "web" };
        const said = { subjectId: subject.subjectId, answer: subject.truth };
        const { classificationId } = await called(game, `/contracts/${contractId}/classifications`, by, said);
        const source = { sourceType: "classification", sourceId: classificationId };
        await called(game, `/contracts/${contractId}/contributions`, by, source);
        break;
      }
    }
    // The rest of the way to the first tier is somebody else's.
    await game.pool.query(
      "update contract_tiers set threshold = (select total from guild_contracts where id = $1) where contract_id = $1 and tier = 1",
      [contractId],
    );
    await game.pool.query(
      `update contract_tiers set unlocked_at = k.contributed_at, unlocked_by = k.id
        from (select * from contract_contributions where contract_id = $1 order by contributed_at desc, id limit 1) k
        where contract_tiers.contract_id = $1 and tier = 1`,
      [contractId],
    );
    return { pilots, contractId };
  }

  it("is counted as a failure whatever it is for: a run, a claim, a referral, an incident", async () => {
    const pilot = await game.pilot(1);
    const who = new Explorer(game, pilot.userId);
    const run = await who.begun();
    game.clock.advance(MINUTE_MS);
    await doom(pilot);
    assert.equal((await who.complete(run)).body.code, "internal");
    assert.equal(await failuresOf(pilot), 1, "a run");
    await spare();
    assert.equal((await who.complete(run)).status, 200);

    await doom(pilot);
    const claim = { template: "survey", surface: "web" };
    assert.equal((await who.ask("POST", "/me/daily-claims", claim)).body.code, "internal");
    assert.equal(await failuresOf(pilot), 2, "a claim");

    const referrer = await game.pilot(1);
    const { code } = await called(game, "/me/referral", { pilot: referrer });
    await doom(referrer);
    const referral = await who.ask("POST", "/me/referral", { code, surface: "web" });
    assert.equal(referral.body.code, "internal");
    assert.equal(await failuresOf(pilot), 3, "a referral");
    await spare();
    assert.equal((await who.ask("POST", "/me/referral", { code, surface: "web" })).body.duplicate, false);
    assert.equal((await who.ask("POST", "/me/daily-claims", claim)).body.duplicate, false);

    const { incidentId } = await befall(game, 2, "flare", 1);
    await doom(pilot);
    const by = { pilot, surface: "web" };
    await called(game, `/incidents/${incidentId}/classification`, by, { severity: 1 });
    assert.equal(await failuresOf(pilot), 4, "an incident");
    await spare();
    game.clock.advance(MINUTE_MS + 1);
    await settleIncidents({ pool: game.pool, clock: game.clock });
    const badge = await game.row(
      "select count(*)::int as count from reward_ledger where user_id = $1 and reward_type = 'incident_badge'",
      pilot.userId,
    );
    assert.equal(badge.count, 1);

    const shown = await (await fetch(`http://localhost:${game.port}/metrics/guardrails`)).json();
    const given = Number((await game.row("select count(*)::int as count from reward_ledger")).count);
    const runs = await game.pool.query(
      `select surface, count(*) filter (where status = 'completed')::int as part, count(*)::int as of
        from expedition_runs group by surface`,
    );
    const rated = (part: number, of: number) => ({ part, of, rate: part / of });
    assert.deepEqual(shown, {
      grantFailures: rated(4, 4 + given),
      duplicatesPrevented: rated(0, given),
      runCompletion: runs.rows.map(({ surface, part, of }) => ({ surface, ...rated(part, of) })),
      // Nobody's first day is over.
      retention: [],
    });
  });

  it("of a contract is counted, keeps no other member's waiting, and is tried again later and later", async () => {
    const { pilots } = await earners(3);
    const [doomed, ...others] = pilots.toSorted((a, b) => (a.userId < b.userId ? -1 : 1));
    assert.ok(doomed !== undefined);
    await doom(doomed);
    await assert.rejects(settle(), /no reward for the doomed/);
    for (const other of others) assert.equal(await rewardsOf(other), 2);
    const tries: [afterMs: number, failures: number][] = [
      [MINUTE_MS - 1, 1],
      [1, 2],
      [2 * MINUTE_MS - 1, 2],
      [1, 3],
      [4 * MINUTE_MS - 1, 3],
      [1, 4],
    ];
    for (const [afterMs, failures] of tries) {
      game.clock.advance(afterMs);
      await settle().catch(() => {});
      assert.equal(await failuresOf(doomed), failures, `${afterMs} ms later`);
    }
    await spare();
    game.clock.advance(8 * MINUTE_MS);
    await settle();
    assert.equal(await rewardsOf(doomed), 2);
  });

  it("of a contract is not kept back by a week whose contracts cannot be made", async () => {
    const { pilots } = await earners(1);
    const [pilot] = pilots;
    assert.ok(pilot !== undefined);
    await game.pool.query(
      `create function refuse_contract() returns trigger language plpgsql as $$ begin raise exception 'no contract'; end $$;
        create trigger refused before insert on guild_contracts for each row execute function refuse_contract()`,
    );
    const before = await rewardsOf(pilot);
    game.clock.advance(7 * 24 * 60 * MINUTE_MS);
    await assert.rejects(settle(), /no contract/);
    await game.pool.query("drop trigger refused on guild_contracts");
    assert.ok((await rewardsOf(pilot)) > before);
  });

  it("is not lost when the rollout goes back to its pilot: what was earned stays earned", async () => {
    game.clock.advance(7 * 24 * 60 * MINUTE_MS);
    const { pilots, contractId } = await earners(2);
    await settle("pilot");
    for (const pilot of pilots) assert.equal(await rewardsOf(pilot), 2);
    const { rows } = await game.pool.query("select from contract_tier_grants where contract_id = $1", [
      contractId,
    ]);
    assert.equal(rows.length, 2);
    game.clock.advance(14 * 24 * 60 * MINUTE_MS);
    await settle("pilot");
    assert.deepEqual(
      await readActiveContracts(game.pool, game.clock.nowMs()),
      [],
      "and no new ones are made",
    );
  });
});
