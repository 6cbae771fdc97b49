/** What happens in the tests of presence and authority, where what matters is whom it happens to. */
import { harvestRolls } from "./rolls.ts";

/** How long a harvest takes, in ticks. */
export const HARVEST_TICKS = 20;
/** Ten rounds of a second each. */
export const FIGHT_TICKS = 100;
/** What an ordinary harvest in an ordinary field draws. */
export const HARVEST_DICE: readonly number[] = harvestRolls({ ore: 7, tier: 3, laserLevel: 0 });
