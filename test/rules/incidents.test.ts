import assert from "node:assert/strict";
import {
  classificationScore,
  combinedBps,
  effectsOf,
  evacuationMs,
  generationChanceBps,
  INCIDENT_TYPES,
  incidentOutcome,
  incidentRewards,
  isEvacuated,
  isMissionAvailable,
  planIncident,
  SEVERITIES,
  stateHours,
} from "../../src/rules/incidents.ts";
import { drawCues, reactionMs, reactionScore } from "../../src/rules/reactions.ts";

describe("rules of incidents", () => {
  it("make the same incident of the same seed, and all kinds of them of many", () => {
    assert.deepEqual(planIncident(5), planIncident(5));
    const plans = Array.from({ length: 300 }, (_, seed) => planIncident(seed));
    assert.deepEqual(new Set(plans.map(({ type }) => type)), new Set(INCIDENT_TYPES));
    assert.deepEqual(new Set(plans.map(({ severity }) => severity)), new Set(SEVERITIES));
    assert.ok(plans.every(({ readings }) => readings.every((one) => one >= 0 && one <= 100)));
    const chosen = planIncident(5, { type: "storm", severity: 3 });
    assert.deepEqual([chosen.type, chosen.severity], ["storm", 3]);
  });

  it("show readings by which most severities are judged right, and not all", () => {
    const judged = Array.from({ length: 600 }, (_, seed) => {
      const { severity, readings } = planIncident(seed);
      const mean = readings.reduce((sum, one) => sum + one, 0) / readings.length;
      return (mean < 37.5 ? 1 : mean < 62.5 ? 2 : 3) === severity;
    });
    const right = judged.filter(Boolean).length / judged.length;
    assert.ok(right > 0.75 && right < 0.98, `${right}`);
  });

  it("judge an incident's end by what its answers have brought", () => {
    assert.deepEqual(
      [200, 199, 100, 99].map((score) => incidentOutcome(score, 2, 1)),
      ["resolved_success", "resolved_partial", "resolved_partial", "resolved_failure"],
    );
    assert.equal(incidentOutcome(0, 2, 0), "expired");
    assert.deepEqual(
      [1, 2, 3].map((said) => classificationScore(said as 1, 1)),
      [100, 40, 10],
    );
    assert.deepEqual(incidentRewards("resolved_success", 0), { badge: false, boost: false, anomaly: false });
  });

  it("let states last 24, 48 and 72 h, and effects of several add up", () => {
    assert.deepEqual(SEVERITIES.map(stateHours), [24, 48, 72]);
    assert.deepEqual(effectsOf([]), { yieldBps: 10_000, windowFactor: 1, extraWarpTurns: 0 });
    assert.deepEqual(effectsOf(["storm", "flare", "debris_field", "storm"]), {
      yieldBps: 11_000,
      windowFactor: 2,
      extraWarpTurns: 1,
    });
    assert.equal(combinedBps(13_000, 11_000, 10_500), 15_015);
  });

  it("evacuate for storms alone: 10, 30 or 60 minutes", () => {
    const minutes = (["resolved_success", "resolved_partial", "resolved_failure", "expired"] as const).map(
      (outcome) => evacuationMs("storm", outcome) / 60_000,
    );
    assert.deepEqual(minutes, [10, 30, 60, 60]);
    assert.equal(evacuationMs("flare", "expired"), 0);
  });

  it("catch a harvest that ran while an evacuation held, or was due as it began", () => {
    const evacuation = { fromMs: 100, untilMs: 200 };
    assert.equal(isEvacuated(evacuation, 50, 100), true);
    assert.equal(isEvacuated(evacuation, 50, 99), false);
    assert.equal(isEvacuated(evacuation, 199, 300), true);
    assert.equal(isEvacuated(evacuation, 200, 300), false);
  });

  it("offer missions by the states of their sector", () => {
    assert.equal(isMissionAvailable({ forbidden: ["storm"] }, []), true);
    assert.equal(isMissionAvailable({ forbidden: ["storm"] }, ["flare", "storm"]), false);
    assert.equal(isMissionAvailable({ required: ["debris_field"] }, []), false);
    assert.equal(isMissionAvailable({ required: ["debris_field"] }, ["debris_field"]), true);
  });

  it("give the generator the chance that makes so many a day", () => {
    assert.deepEqual(
      [0, 12, 144, 500].map((perDay) => generationChanceBps(perDay, 144)),
      [0, 833, 10_000, 10_000],
    );
  });

  it("count as hits what was pressed in its lane at its time, once a cue", () => {
    const cues = drawCues(9);
    assert.deepEqual(cues, drawCues(9));
    const perfect = cues.map((cue, index) => ({ cue: index, ...cue }));
    assert.equal(reactionScore(cues, perfect), 100);
    assert.equal(reactionScore(cues, []), 0);
    assert.equal(reactionScore(cues, perfect.slice(0, 3)), 30);
    const late = perfect.map((press) => ({ ...press, atMs: press.atMs + 401 }));
    assert.equal(reactionScore(cues, [...late, ...perfect]), 0, "only the first press of a cue counts");
    assert.ok(reactionMs(cues) > 8_000);
  });
});
