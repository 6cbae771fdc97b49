/** How long things take in the tests of presence and authority, in ticks. */
export const HARVEST_TICKS = 20;
/** Ten rounds of a second each. */
export const FIGHT_TICKS = 100;
