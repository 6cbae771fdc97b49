import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { SURVEY, surveyArm, weekOf } from "../../src/rules/surveys.ts";
import { makeSector } from "../support/fixtures.ts";
import { useGame } from "../support/game.ts";
import { called, callRefused } from "../support/incidents.ts";

const DAY_MS = 86_400_000;

describe("the weekly survey", () => {
  const game = useGame();
  before(() => makeSector(game.pool, game.world, 1));
  const asking = (userId: string) => called(game, "/surveys/current", { pilot: { userId } });

  it("asks each user in the way of their arm, takes one answer, and asks again on Monday", async () => {
    game.clock.setNow(Date.UTC(2031, 0, 5, 23, 59, 59, 999));
    const userId = randomUUID();
    const pilot = { userId };
    const asked = await asking(userId);
    const arm = surveyArm(userId);
    const { week, ...rest } = asked;
    assert.equal(week, "2030-12-30");
    assert.deepEqual(rest, {
      survey: SURVEY.id,
      arm,
      question: SURVEY.questions[arm],
      choices: [...SURVEY.choices],
      answer: null,
    });
    const answers = await Promise.all(
      SURVEY.choices.map((choice) => called(game, "/surveys/current", { pilot }, { week, choice })),
    );
    const [kept] = answers.filter(({ duplicate }) => duplicate === false);
    assert.ok(answers.every(({ choice }) => choice === kept?.choice));
    assert.equal(answers.filter(({ duplicate }) => duplicate === true).length, 2);
    assert.equal((await asking(userId)).answer, kept?.choice);

    game.clock.advance(1);
    const next = await asking(userId);
    assert.deepEqual([next.week, next.answer, next.arm], ["2031-01-06", null, arm]);
    const late = { week, choice: SURVEY.choices[0] };
    assert.deepEqual(await callRefused("survey_over", game, "/surveys/current", { pilot }, late), {
      week: weekOf(game.clock.nowMs()),
    });
    game.clock.advance(6 * DAY_MS);
    assert.equal((await asking(userId)).week, "2031-01-06");
  });

  it("takes nothing but its choices", async () => {
    const week = weekOf(game.clock.nowMs());
    const pilot = { userId: randomUUID() };
    await callRefused("invalid_message", game, "/surveys/current", { pilot }, { week, choice: "money" });
    await callRefused("token_missing", game, "/surveys/current", {}, { week, choice: "money" });
  });
});

describe("an installation in an earlier phase", () => {
  const game = useGame({ env: { ECOSYSTEM_PHASE: "expand" } });
  before(() => makeSector(game.pool, game.world, 1));

  it("has neither incidents nor surveys", async () => {
    const pilot = { userId: randomUUID() };
    const detail = { phase: "expand", opensWith: "live" };
    for (const path of [
      "/incidents",
      `/incidents/${randomUUID()}`,
      "/sector-states",
      "/surveys/current",
      "/me/boons",
    ])
      assert.deepEqual(await callRefused("feature_disabled", game, path, { pilot }), detail, path);
    const incident = `/incidents/${randomUUID()}`;
    for (const path of [`${incident}/classification`, `${incident}/reactions`, "/surveys/current"])
      assert.deepEqual(await callRefused("feature_disabled", game, path, { pilot }, {}), detail, path);
  });
});
