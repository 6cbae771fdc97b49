/** What a surface is made with: some things can be done only in a browser, or only in a game. */
export type SurfaceKind = "web" | "godot" | "program";

/**
 * The known surfaces: every program through which people play in the one economy. Ecosystem seed, "Identity". A new one
 * is a line here and a migration (`npm run db:generate`), since rows may name no other.
 */
export const SURFACES = {
  web: { name: "The web page", kind: "web" },
  godot: { name: "A game built on the Godot addon", kind: "godot" },
  godot_mining: { name: "The mining minigame", kind: "godot" },
  godot_experiment1: { name: "The first experiment", kind: "godot" },
  bot: { name: "A program that plays by itself", kind: "program" },
} as const satisfies Record<string, { name: string; kind: SurfaceKind }>;

export type Surface = keyof typeof SURFACES;

export const SURFACE_CODES = [
  "web",
  "godot",
  "godot_mining",
  "godot_experiment1",
  "bot",
] as const satisfies Surface[];
