/** What operators do; beside its table, which loads drizzle. */
export const ADMIN_ACTIONS = ["ban", "unban", "kick", "broadcast", "drain", "incident"] as const;
