import assert from "node:assert/strict";
import { hasReached, PHASES } from "../../src/rules/phases.ts";
import { surveyArm, weekOf } from "../../src/rules/surveys.ts";
import { uuidOf } from "../../src/uuid.ts";

describe("rules of surveys and phases", () => {
  it("ask each user always in the same way, and half of them in either", () => {
    const users = Array.from({ length: 2_000 }, (_, index) => uuidOf("user", String(index)));
    const inA = users.filter((user) => surveyArm(user) === "a").length;
    assert.ok(Math.abs(inA - 1_000) < 100, `${inA}`);
    assert.ok(users.every((user) => surveyArm(user) === surveyArm(user.toUpperCase())));
  });

  it("count weeks from Monday 00:00 UTC", () => {
    const mondayMs = Date.UTC(2030, 0, 28);
    assert.equal(weekOf(mondayMs), "2030-01-28");
    assert.equal(weekOf(mondayMs - 1), "2030-01-21");
    assert.equal(weekOf(mondayMs + 7 * 86_400_000 - 1), "2030-01-28");
  });

  it("open more with each phase, and nothing less", () => {
    const open = PHASES.map((current) => PHASES.filter((needed) => hasReached(current, needed)));
    assert.deepEqual(open, [["pilot"], ["pilot", "expand"], ["pilot", "expand", "live"]]);
  });
});
