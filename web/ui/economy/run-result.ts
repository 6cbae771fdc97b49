import { missionOf } from "../../../src/rules/missions.ts";
import { capText, rewardOf } from "../../model/rewards.ts";
import { duration, plainWords } from "../../model/words.ts";
import type { Reward, Run, RunResult } from "../../net/wire-economy.ts";
import { h } from "../dom.ts";
import { icon } from "../icons.ts";

/** What a run that has ended brought: the crew's story, its ore, what was paid, and what was cut and why. */
export function runResult({ run, anomaly, rewards }: RunResult): HTMLElement[] {
  if (run.status !== "completed") return [];
  return [
    ...(run.narrative === null ? [] : [h("blockquote", { class: "narrative" }, run.narrative)]),
    ...(anomaly === null ? [] : [clue(anomaly)]),
    h("div", { class: "pair" }, quality(run), facts(run)),
    h("h3", { class: "sub-head" }, "Rewards"),
    rewardTable(rewards),
  ];
}

function clue(anomaly: string): HTMLElement {
  const text = `Anomaly clue: ${plainWords(anomaly).toLowerCase()}. Research goes by such clues.`;
  return h("p", { class: "claim-call" }, icon("star"), h("span", {}, text));
}

function quality({ oreQuality, oreGrade }: Run): HTMLElement {
  const bar = h("i");
  bar.style.width = `${oreQuality ?? 0}%`;
  return h(
    "div",
    { class: "quality" },
    h("span", { class: "muted" }, "Ore quality"),
    h("span", { class: "big" }, plainWords(oreGrade ?? "none")),
    h("div", { class: "meter", "aria-hidden": "true" }, bar),
    h("span", { class: "sub muted number" }, `${oreQuality ?? 0} of 100`),
  );
}

function facts({ missionId, elapsedSec, objectiveScore, amRepDelta }: Run): HTMLElement {
  const delta = amRepDelta ?? 0;
  const rows = [
    ["Measured", elapsedSec === null ? "–" : duration(elapsedSec * 1000)],
    ["Score", `${objectiveScore ?? 0} of ${missionOf(missionId).objectiveScoreMax}`],
    ["Consortium standing", delta === 0 ? "unchanged" : `${delta > 0 ? "+" : "−"}${Math.abs(delta)}`],
  ] as const;
  return h(
    "dl",
    { class: "facts" },
    ...rows.flatMap(([name, value]) => [h("dt", {}, name), h("dd", { class: "number" }, value)]),
  );
}

/** Rewards with what was asked for, and why some came to less. */
function rewardTable(rewards: readonly Reward[]): HTMLElement {
  if (rewards.length === 0) return h("p", { class: "muted" }, "Nothing was asked for, so nothing was paid.");
  const row = ({ rewardType, value, requestedValue, capReason }: Reward) => {
    const { name, sign } = rewardOf(rewardType);
    const cut = capReason === null ? null : `of ${requestedValue}: ${capText(capReason)}`;
    return h(
      "li",
      { class: "reward" },
      h("span", {}, icon(sign), ` ${name}`, cut !== null && h("span", { class: "sub is-mine" }, cut)),
      h("span", { class: "number amount" }, `+${value}`),
    );
  };
  return h("ul", { class: "rewards" }, ...rewards.map(row));
}
