export * from "./authority.ts";
export * from "./combat.ts";
export * from "./factions.ts";
export * from "./mining.ts";
export * from "./movements.ts";
export * from "./players.ts";
export * from "./ships.ts";
export * from "./world.ts";
