/** What pilots of a fleet do, and how often. */
import type { Prng } from "../../src/rules/galaxy/prng.ts";

export const ACTIONS = [
  ...(["harvest", "attack", "warp", "dock", "sell", "drop"] as const),
  // Beside the rooms: a run of a mission, something for a guild contract, ore from the ledger into the hold, an answer
  // to what befalls the sector.
  ...(["expedition", "contribute", "deliver", "incident"] as const),
] as const;
export type Action = (typeof ACTIONS)[number];

/** How often each is chosen, relative to the others. */
export type Mix = Readonly<Record<Action, number>>;

export const NO_ACTIONS: Mix = {
  ...{ harvest: 0, attack: 0, warp: 0, dock: 0, sell: 0, drop: 0 },
  ...{ expedition: 0, contribute: 0, deliver: 0, incident: 0 },
};

export function chooseAction(mix: Mix, random: Prng): Action {
  const total = ACTIONS.reduce((sum, action) => sum + mix[action], 0);
  let left = (random.u32() / 2 ** 32) * total;
  for (const action of ACTIONS) {
    left -= mix[action];
    if (left < 0) return action;
  }
  return "harvest";
}
