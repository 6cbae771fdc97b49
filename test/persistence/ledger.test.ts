import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { Refusal } from "../../src/errors.ts";
import { connect } from "../../src/persistence/database.ts";
import { findBreaches } from "../../src/persistence/invariants.ts";
import {
  countFailure,
  type Grant,
  grantReward,
  readBalances,
  readRewards,
  spendBalance,
} from "../../src/persistence/ledger.ts";
import { ensureUser } from "../../src/persistence/sessions.ts";
import { withTransaction } from "../../src/persistence/sqlstate.ts";
import { useDatabase } from "../support/database.ts";

const NOW_MS = Date.UTC(2030, 0, 1, 12);
const RESTRICT_VIOLATION = "23001";
const CHECK_VIOLATION = "23514";

describe("the reward ledger", () => {
  const test = useDatabase();
  let userId: string;

  beforeEach(async () => {
    userId = randomUUID();
    await ensureUser(test.pool, { userId, name: "Ada" }, NOW_MS);
  });
  afterEach("hold the invariants against the database", async () => {
    // The rewards here are for nothing that ever was; that real ones have their cause is held where those are earned.
    const breaches = await findBreaches(test.pool);
    assert.deepEqual(
      breaches.filter(({ invariant }) => invariant === "rewards_make_balances"),
      [],
    );
  });

  const ore = (changes: Partial<Grant> = {}): Grant => ({
    userId,
    surface: "web",
    runId: "run9",
    rewardType: "ore_units",
    requestedValue: 12,
    value: 12,
    capReason: null,
    source: "referral",
    meta: {},
    nowMs: NOW_MS,
    ...changes,
  });
  const grant = (changes: Partial<Grant> = {}) =>
    withTransaction(test.pool, (tx) => grantReward(tx, ore(changes)));
  const balance = async () => (await readBalances(test.pool, userId)).ore_units;
  const tallies = async () =>
    (await test.pool.query("select duplicates, failures from reward_tallies where user_id = $1", [userId]))
      .rows;

  it("gives a reward under the seed's key, and its balance with it", async () => {
    const { row, duplicate } = await grant();
    assert.equal(duplicate, false);
    assert.equal(row.rewardKey, `${userId}:web:run9:ore_units`);
    assert.deepEqual([row.value, row.grantedAtMs], [12, NOW_MS]);
    assert.equal(await balance(), 12);
  });

  it("gives it once of a hundred that ask at the same time, and tells all of them of the same one", async () => {
    const { pool } = connect(test.url, { max: 25, applicationName: "test" });
    try {
      const granted = await Promise.all(
        Array.from({ length: 100 }, (_, n) =>
          withTransaction(pool, (tx) => grantReward(tx, ore({ requestedValue: n + 1, value: n + 1 }))),
        ),
      );
      assert.equal(granted.filter(({ duplicate }) => !duplicate).length, 1);
      assert.equal(new Set(granted.map(({ row }) => JSON.stringify(row))).size, 1);
      assert.equal(await balance(), granted[0]?.row.value);
      assert.deepEqual(await tallies(), [{ duplicates: 99, failures: 0 }]);
    } finally {
      await pool.end();
    }
  });

  it("keeps what was asked for beside what was given, and why it was less", async () => {
    const { row } = await grant({ requestedValue: 90, value: 40, capReason: "daily_cap" });
    assert.deepEqual([row.requestedValue, row.value, row.capReason], [90, 40, "daily_cap"]);
    assert.equal(await balance(), 40);
    const violates = { code: CHECK_VIOLATION };
    await assert.rejects(grant({ runId: "a", value: 13, requestedValue: 12 }), violates);
    await assert.rejects(grant({ runId: "b", value: 11 }), violates);
    await assert.rejects(grant({ runId: "c", capReason: "daily_cap" }), violates);
    await assert.rejects(grant({ runId: "d:ore_units" }), violates);
    await assert.rejects(grant({ runId: "e", requestedValue: -1, value: -1 }), violates);
  });

  it("leaves nothing of a transaction that fails after it", async () => {
    await assert.rejects(
      withTransaction(test.pool, async (tx) => {
        await grantReward(tx, ore());
        throw new Error("later");
      }),
    );
    await countFailure(test.pool, ore());
    assert.equal(await balance(), 0);
    assert.deepEqual(await readRewards(test.pool, userId, null), { rewards: [], nextBefore: null });
    assert.deepEqual(await tallies(), [{ duplicates: 0, failures: 1 }]);
  });

  it("lets a balance be spent down to nothing and not below, however many spend at once", async () => {
    await grant();
    const spend = (reference: string) =>
      withTransaction(test.pool, (tx) =>
        spendBalance(tx, {
          ...{ userId, rewardType: "ore_units", amount: 5, purpose: "research", reference, nowMs: NOW_MS },
        }),
      );
    const spent = await Promise.allSettled(["a", "b", "c", "d"].map(spend));
    assert.equal(spent.filter(({ status }) => status === "fulfilled").length, 2);
    for (const outcome of spent) {
      if (outcome.status === "fulfilled") continue;
      assert.ok(outcome.reason instanceof Refusal);
      assert.equal(outcome.reason.code, "insufficient_balance");
    }
    assert.equal(await balance(), 2);
  });

  it("refuses to change or delete what it holds", async () => {
    await grant();
    for (const table of ["reward_ledger", "reward_spendings"]) {
      for (const statement of [
        `truncate ${table}`,
        `delete from reward_ledger`,
        `update reward_ledger set surface = 'web'`,
      ]) {
        await assert.rejects(test.pool.query(statement), { code: RESTRICT_VIOLATION });
      }
    }
  });

  it("is read newest first, a page at a time", async () => {
    for (let n = 0; n < 60; n++) await grant({ runId: `run${n}`, meta: { day: n } });
    const first = await readRewards(test.pool, userId, null);
    assert.deepEqual([first.rewards.length, first.rewards[0]?.runId], [50, "run59"]);
    const second = await readRewards(test.pool, userId, first.nextBefore);
    assert.deepEqual(
      [second.rewards.length, second.rewards.at(-1)?.runId, second.nextBefore],
      [10, "run0", null],
    );
  });

  it("is what an audit holds against runs, deliveries and claims that it pays for", async () => {
    await grant({ runId: randomUUID(), source: "run" });
    await grant({ runId: "daily.a", source: "referral", meta: { template: "survey", day: "2030-01-01" } });
    await grant({ runId: "daily.b", source: "referral", meta: { template: "survey", day: "2030-01-01" } });
    await withTransaction(test.pool, (tx) =>
      spendBalance(tx, {
        ...{
          userId,
          rewardType: "ore_units",
          amount: 5,
          purpose: "deliver_ore",
          reference: "x",
          nowMs: NOW_MS,
        },
      }),
    );
    const found = (await findBreaches(test.pool)).map(({ invariant }) => invariant);
    assert.deepEqual(found.toSorted(), ["deliveries_paid", "runs_paid_once", "runs_paid_once"]);
    await test.pool.query("delete from users where id = $1", [userId]);
  });

  it("is what an audit holds against a balance that says something else", async () => {
    await grant();
    const set = (amount: number) =>
      test.pool.query("update user_balances set amount = $2 where user_id = $1", [userId, amount]);
    await set(13);
    const found = (await findBreaches(test.pool)).map(({ invariant }) => invariant);
    await set(12);
    assert.ok(found.includes("rewards_make_balances"));
  });
});
