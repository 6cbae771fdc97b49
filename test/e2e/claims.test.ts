import assert from "node:assert/strict";
import { DAY_MS } from "../../src/rules/utc.ts";
import { Explorer } from "../support/expedition.ts";
import { makeSector } from "../support/fixtures.ts";
import { useGame } from "../support/game.ts";

const NOON = Date.UTC(2131, 0, 1, 12);

describe("rewards beside runs", () => {
  const game = useGame();
  before(() => makeSector(game.pool, game.world, 1));
  let day = 0;
  beforeEach(() => game.clock.setNow(NOON + day++ * 10 * DAY_MS));

  const explorer = async () => new Explorer(game, (await game.pilot(1)).userId);
  const stardust = async (who: Explorer) =>
    (await who.ask("GET", "/me/balances")).body.balances.stardust_bonus;
  const claim = (who: Explorer, surface = "web", template = "survey") =>
    who.ask("POST", "/me/daily-claims", { template, surface });

  it("are written by the server alone, whoever asks it to write what", async () => {
    const who = await explorer();
    await who.play();
    const rows = () =>
      game.row("select count(*)::int as count, sum(reward_value)::int as sum from reward_ledger");
    const before = await rows();
    const reward = {
      ...{ userId: who.userId, surface: "web", runId: "free", rewardType: "ore_units" },
      ...{ requestedValue: 1000, value: 1000, source: "run" },
    };
    const written = await who.ask("POST", "/me/rewards", reward);
    assert.deepEqual([written.status, written.body.code], [403, "ledger_closed"]);
    const unknown = await fetch(`http://localhost:${game.port}/me/rewards`, {
      method: "POST",
      body: JSON.stringify(reward),
    });
    assert.equal(unknown.status, 401);
    const refused: [method: string, path: string, status: number][] = [
      ...(["PUT", "PATCH", "DELETE"] as const).map((method): [string, string, number] => [
        method,
        "/me/rewards",
        405,
      ]),
      ["POST", "/me/balances", 405],
      ["POST", "/me/inventory", 405],
      ["POST", "/rewards", 404],
    ];
    for (const [method, path, status] of refused) {
      const answer = await who.ask(method, path, reward);
      assert.equal(answer.status, status, `${method} ${path}`);
    }
    assert.deepEqual(await rows(), before);
    assert.deepEqual((await who.ask("GET", "/me/balances")).body.balances.ore_units, 5);
  });

  describe("the claim of a day", () => {
    it("is there once for each template and UTC day, on all surfaces together", async () => {
      const who = await explorer();
      assert.equal((await claim(who)).body.code, "nothing_to_claim");
      await who.play({}, { objectiveScore: 0 });
      assert.equal((await claim(who, "web", "extraction")).body.code, "nothing_to_claim");
      const claims = await Promise.all(
        ["web", "godot", "bot", "web", "godot_mining"].map((surface) => claim(who, surface)),
      );
      assert.deepEqual(
        claims.map(({ status }) => status),
        [200, 200, 200, 200, 200],
      );
      assert.equal(claims.filter(({ body }) => body.duplicate === false).length, 1);
      assert.equal(new Set(claims.map(({ body }) => JSON.stringify(body.reward))).size, 1);
      assert.equal(await stardust(who), 1);
    });

    it("comes back at midnight UTC, for those who have played since", async () => {
      const who = await explorer();
      const midnight = (Math.floor(game.clock.nowMs() / DAY_MS) + 1) * DAY_MS;
      game.clock.setNow(midnight - 90_000);
      await who.play({}, { objectiveScore: 0 });
      assert.equal((await claim(who)).body.duplicate, false);
      game.clock.setNow(midnight - 1);
      assert.equal((await claim(who)).body.duplicate, true);
      game.clock.setNow(midnight);
      assert.equal((await claim(who)).body.code, "nothing_to_claim");
      await who.play({}, { objectiveScore: 0 });
      assert.equal((await claim(who)).body.duplicate, false);
      assert.equal(await stardust(who), 2);
    });

    it("is not there for a run that was below the floor", async () => {
      const who = await explorer();
      const run = await who.begun();
      game.clock.advance(20_000);
      assert.equal((await who.complete(run)).status, 200);
      assert.equal((await claim(who)).body.code, "nothing_to_claim");
    });
  });

  describe("a referral", () => {
    const codeOf = async (who: Explorer) => String((await who.ask("GET", "/me/referral")).body.code);
    const apply = (who: Explorer, code: string) => who.ask("POST", "/me/referral", { code, surface: "web" });

    it("rewards whoever brought somebody along, once for each who plays", async () => {
      const [referrer, other, referee] = [await explorer(), await explorer(), await explorer()];
      const code = await codeOf(referrer);
      assert.equal(await codeOf(referrer), code);
      assert.equal((await apply(referee, code)).body.code, "referral_too_early");
      await referee.play();
      assert.equal((await apply(referee, "NOBODYS1")).body.code, "referral_unknown");
      assert.equal((await apply(referee, await codeOf(referee))).body.code, "referral_own");
      const applied = await Promise.all(Array.from({ length: 10 }, () => apply(referee, code)));
      assert.equal(applied.filter(({ body }) => body.duplicate === false).length, 1);
      assert.equal(applied.filter(({ body }) => body.duplicate === true).length, 9);
      const second = await apply(referee, await codeOf(other));
      assert.deepEqual([second.status, second.body.code], [409, "referral_used"]);
      assert.deepEqual([await stardust(referrer), await stardust(other)], [5, 0]);
    });

    it("is not there for somebody whose run was below the floor, nor for a code that no database takes", async () => {
      const [referrer, referee] = [await explorer(), await explorer()];
      const run = await referee.begun();
      game.clock.advance(20_000);
      assert.equal((await referee.complete(run)).status, 200);
      assert.equal((await apply(referee, await codeOf(referrer))).body.code, "referral_too_early");
      assert.equal((await apply(referee, "\u0000")).body.code, "invalid_message");
      assert.equal((await apply(referee, "\ud800")).body.code, "invalid_message");
    });

    it("goes one way between two, also when both apply at once", async () => {
      const [one, other] = [await explorer(), await explorer()];
      const [code, otherCode] = [await codeOf(one), await codeOf(other)];
      await one.play();
      await other.play();
      const applied = await Promise.all([apply(one, otherCode), apply(other, code)]);
      assert.deepEqual(applied.map(({ status }) => status).sort(), [200, 409]);
      assert.equal(applied.find(({ status }) => status === 409)?.body.code, "referral_mutual");
      assert.deepEqual([await stardust(one), await stardust(other)].sort(), [2, 7]);
    });

    it("is paid for five a day; the others are kept as cut", async () => {
      const referrer = await explorer();
      const code = await codeOf(referrer);
      for (let count = 0; count < 6; count++) {
        const referee = await explorer();
        await referee.play();
        assert.equal((await apply(referee, code)).body.duplicate, false);
      }
      assert.equal(await stardust(referrer), 25);
      const cut = await game.row(
        "select requested_value, reward_value, cap_reason from reward_ledger where user_id = $1 and reward_value = 0",
        referrer.userId,
      );
      assert.deepEqual(cut, { requested_value: 5, reward_value: 0, cap_reason: "daily_cap" });
    });
  });
});
