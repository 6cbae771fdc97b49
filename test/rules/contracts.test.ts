import assert from "node:assert/strict";
import {
  CONTRACT_THEMES,
  classificationPoints,
  contractTiers,
  multiplied,
} from "../../src/rules/contracts.ts";
import { SUBJECT_ANSWERS, SUBJECTS_PER_WEEK, subjectId, subjectOf } from "../../src/rules/subjects.ts";
import { isoWeek, mondayMs } from "../../src/rules/utc.ts";

describe("the rules of guild contracts", () => {
  it("count weeks after ISO 8601, from Monday 00:00 UTC on", () => {
    for (const [moment, week, monday] of [
      ["2030-01-06T23:59:59.999Z", "2030-W01", "2029-12-31"],
      ["2030-01-07T00:00:00.000Z", "2030-W02", "2030-01-07"],
      ["2027-01-01T12:00:00.000Z", "2026-W53", "2026-12-28"],
      ["2024-12-30T00:00:00.000Z", "2025-W01", "2024-12-30"],
    ] as const) {
      assert.equal(isoWeek(Date.parse(moment)), week);
      assert.equal(new Date(mondayMs(Date.parse(moment))).toISOString().slice(0, 10), monday);
    }
  });

  it("believe whoever hits seven in ten of what is known, or has seen less than three", () => {
    const points = (isRight: boolean | null, goldSeen: number, goldRight: number) =>
      classificationPoints({ isRight, goldSeen, goldRight });
    assert.deepEqual([points(true, 10, 1), points(false, 10, 9)], [2, 0]);
    assert.deepEqual(
      [points(null, 2, 0), points(null, 3, 2), points(null, 10, 7), points(null, 10, 6)],
      [1, 0, 1, 0],
    );
  });

  it("ask for more with each tier, and multiply whole units only", () => {
    for (const theme of CONTRACT_THEMES) {
      const tiers = contractTiers(theme);
      assert.deepEqual(
        tiers.map(({ tier }) => tier),
        [1, 2, 3],
      );
      const thresholds = tiers.map(({ threshold }) => threshold);
      assert.deepEqual(
        thresholds,
        [...thresholds].sort((a, b) => a - b),
      );
    }
    assert.deepEqual([multiplied(1, 12_000), multiplied(5, 12_000), multiplied(3, 15_000)], [1, 6, 4]);
  });

  it("have the same subjects for everybody, others each week, some of them with a known truth that shows", () => {
    for (const theme of CONTRACT_THEMES) {
      const of = (week: string) =>
        Array.from({ length: SUBJECTS_PER_WEEK }, (_, index) =>
          subjectOf(theme, week, subjectId(theme, week, index)),
        );
      const subjects = of("2030-W02");
      assert.deepEqual(of("2030-W02"), subjects);
      assert.notDeepEqual(of("2030-W03")[0]?.readings, subjects[0]?.readings);
      const known = subjects.flatMap((one) => (one === null || one.truth === null ? [] : [one]));
      assert.ok(known.length > 10 && known.length < 45, `${known.length}`);
      for (const { readings, truth } of known) {
        const farthest = Math.max(...readings.map((reading) => Math.abs(reading - 1_000)));
        assert.equal(farthest > 150, truth === SUBJECT_ANSWERS[theme][0]);
      }
    }
    for (const id of ["solar.2030-W02.90", "solar.2030-W02.-1", "solar.2030-W02.01", "solar.2030-W02.", "x"])
      assert.equal(subjectOf("solar", "2030-W02", id), null);
  });
});
