import type { Loadout } from "./missions.ts";

/** Something to be found out once, for stardust and for clues that were brought home. */
export interface Research {
  readonly title: string;
  readonly costStardust: number;
  /** Anomaly clues that must have been found; they are not used up. */
  readonly cluesMin: number;
  /** What has to be known first. */
  readonly after: string | null;
}

/** The research tree. One-time research cost 2 and larger pieces 10 in the original (domain §16.3). */
export const RESEARCH = {
  heavy_drill: { title: "Heavy drill", costStardust: 2, cluesMin: 0, after: null },
  precision_drill: { title: "Precision drill", costStardust: 10, cluesMin: 0, after: "heavy_drill" },
  deep_scanner: { title: "Deep scanner", costStardust: 10, cluesMin: 1, after: null },
} as const satisfies Record<string, Research>;

export type ResearchSubject = keyof typeof RESEARCH;

export const RESEARCH_SUBJECTS = [
  "heavy_drill",
  "precision_drill",
  "deep_scanner",
] as const satisfies ResearchSubject[];

/** What a loadout needs to have been researched. */
export function researchNeeded({ drill, scanner }: Loadout): ResearchSubject[] {
  return [
    ...(drill === "heavy" ? (["heavy_drill"] as const) : []),
    ...(drill === "precision" ? (["precision_drill"] as const) : []),
    ...(scanner === "deep" ? (["deep_scanner"] as const) : []),
  ];
}
