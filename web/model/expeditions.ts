/** Expeditions as people read them: what a choice brings, and why it cannot be had just now. */
import {
  CLUE_BPS,
  CLUE_DEEP_BPS,
  DRILL_ORE_BPS,
  QUALITY_OF_PRECISION,
  TIER_ORE_BPS,
} from "../../src/rules/expeditions.ts";
import { RICHNESS_TIERS } from "../../src/rules/mining.ts";
import { DRILLS, type Loadout, type Mission, SCANNERS } from "../../src/rules/missions.ts";
import { RESEARCH, type ResearchSubject, researchNeeded } from "../../src/rules/research.ts";
import { SURFACE_CODES, SURFACES, type Surface } from "../../src/rules/surfaces.ts";
import type { MapSector } from "../net/wire.ts";
import type { Inventory, Run } from "../net/wire-economy.ts";
import { count, incidentOf } from "./words.ts";

const percent = (bps: number) => `${(bps / 100).toLocaleString("en")} %`;

export const DRILL_WORDS: Readonly<Record<Loadout["drill"], { name: string; effect: string }>> = {
  standard: { name: "Standard drill", effect: "ore at the mission’s own pace" },
  heavy: { name: "Heavy drill", effect: `${percent(DRILL_ORE_BPS.heavy - 10_000)} more ore a minute` },
  precision: {
    name: "Precision drill",
    effect: `${QUALITY_OF_PRECISION} points of quality more, ${percent(10_000 - DRILL_ORE_BPS.precision)} less ore a minute`,
  },
};

export const SCANNER_WORDS: Readonly<Record<Loadout["scanner"], { name: string; effect: string }>> = {
  basic: { name: "Basic scanner", effect: `a clue in ${percent(CLUE_BPS)} of whole runs` },
  deep: { name: "Deep scanner", effect: `a clue in ${percent(CLUE_BPS + CLUE_DEEP_BPS)} of whole runs` },
};

export { DRILLS, SCANNERS };

/** What has to be researched before a part can be taken along; null when nothing has. */
export function whyNotPart(part: Partial<Loadout>, unlocked: Inventory["unlocked"]): string | null {
  const [missing] = researchNeeded({ drill: "standard", scanner: "basic", ...part }).filter(
    (subject) => !unlocked.includes(subject),
  );
  return missing === undefined
    ? null
    : `To be researched first, for ${count(RESEARCH[missing].costStardust, "stardust", "stardust")}.`;
}

/** Ore a minute in a field of a tier, at most. */
export function orePerMinute(mission: Mission, { drill }: Loadout, richnessTier: number | null): number {
  const tier = RICHNESS_TIERS.find((each) => each === richnessTier) ?? 3;
  return (mission.orePerMinute * DRILL_ORE_BPS[drill] * TIER_ORE_BPS[tier]) / (10_000 * 10_000);
}

/** Where a mission can be played, this page not among them: what it shows is no game. */
export function gamesFor(mission: Mission): Surface[] {
  return SURFACE_CODES.filter((code) => {
    const { kind } = SURFACES[code];
    return kind !== "web" && mission.surfaceKinds.includes(kind);
  });
}

/** What a mission asks of the state of its sector; empty when nothing. */
export function stateText({ states }: Mission): string {
  const names = (types: readonly string[], last: string) =>
    types.map((type) => `a ${incidentOf(type).name.toLowerCase()}`).join(last);
  const { required = [], forbidden = [] } = states;
  return [
    ...(required.length === 0 ? [] : [`only in ${names(required, " and ")}`]),
    ...(forbidden.length === 0 ? [] : [`not in ${names(forbidden, " or ")}`]),
  ].join(", ");
}

/** Why a mission cannot be begun there. @param available what the server says of the sector's state; null until it has */
export function whyNotThere(
  mission: Mission,
  sector: MapSector | undefined,
  available: boolean | null,
): string | null {
  if (sector === undefined) return "Choose an asteroid field.";
  if (sector.type !== "ASTEROID_FIELD") return "That sector is no asteroid field.";
  const tier = sector.richnessTier;
  if (tier !== null && tier < mission.richnessTierMin)
    return `That field is of tier ${tier}; the mission takes tier ${mission.richnessTierMin} or better.`;
  return available === false ? `The sector’s state does not allow it: ${stateText(mission)}.` : null;
}

export const isOpen = ({ status }: Pick<Run, "status">) => status === "created" || status === "started";

const REJECTIONS: Readonly<Record<string, string>> = {
  metrics_mismatch: "Sector or seed were not those of the run.",
  score_out_of_range: "The score was higher than the mission gives.",
  objective_proof_missing: "The objectives were not those of the run, in its order and with their proof.",
  duration_below_floor: "It was shorter than the mission takes at least.",
};

/** How a run stands, in one sentence. */
export function statusText({ status, rejectReason }: Run): string {
  switch (status) {
    case "created":
      return "It waits for the game to begin it.";
    case "started":
      return "It is being played. What comes of it is shown here by itself.";
    case "completed":
      return "It was played to its end.";
    case "rejected":
      return `The server did not believe it. ${REJECTIONS[rejectReason ?? ""] ?? ""}`.trim();
    case "expired":
      return "Its half hour was over before it was sent in.";
    case "cancelled":
      return "It was given up.";
  }
}

/** Why something cannot be researched now; null when it can. */
export function whyNotResearch(
  subject: ResearchSubject,
  { unlocked, clues, balances }: Inventory,
): string | null {
  const { costStardust, cluesMin, after }: (typeof RESEARCH)[ResearchSubject] = RESEARCH[subject];
  if (after !== null && !unlocked.some((known) => known === after))
    return `${RESEARCH[after].title} comes first.`;
  if (clues.length < cluesMin) return `It takes ${count(cluesMin, "anomaly clue")} from expeditions.`;
  const held = balances.stardust_bonus ?? 0;
  return held < costStardust ? `It costs ${costStardust} stardust; you have ${held}.` : null;
}
