/** What is told to whoever measures how the game is played (ecosystem seed, PostHog Event Schema). */
export const PRODUCT_EVENT_NAMES = [
  "ecosystem_mission_started",
  "ecosystem_mission_completed",
  "ecosystem_reward_granted",
  "ecosystem_state_changed",
] as const;
