/** The slug of the Astral Mining Consortium, as licences and claimed sectors carry it (C-35). */
export const AM_FACTION = "astral_mining_consortium";

/** The slug of the Frontier Coalition. */
export const FRONTIER_FACTION = "frontier_coalition";

/** The gameplay seed's nine archetypes (C-12). */
export const FACTION_TYPES = [
  "FEDERATION",
  "MERCHANTS",
  "INDEPENDENTS",
  "MINING",
  "EXPLORERS",
  "OUTLAWS",
  "SYNDICATE",
  "PIRATES",
  "CABAL",
] as const;

export type FactionType = (typeof FACTION_TYPES)[number];

interface Faction {
  slug: string;
  name: string;
  type: FactionType;
  /** 1–10. */
  aggression: number;
  stance: "hostile" | "neutral" | "friendly";
  colorPrimary: string | null;
  colorSecondary: string | null;
}

/**
 * The factions of a new galaxy. Gameplay seed, "Faction"; domain §3.1. The Cabal is reserved and has no
 * figures of its own: it keeps the seed's column defaults.
 */
// biome-ignore format: a table is read by column
export const FACTIONS: readonly Faction[] = [
  { slug: "terran_federation", name: "Terran Federation", type: "FEDERATION",
    aggression: 4, stance: "friendly", colorPrimary: "#0066CC", colorSecondary: "#FFFFFF" },
  { slug: "mercantile_guild", name: "Mercantile Guild", type: "MERCHANTS",
    aggression: 2, stance: "neutral", colorPrimary: "#009900", colorSecondary: "#FFCC00" },
  { slug: FRONTIER_FACTION, name: "Frontier Coalition", type: "INDEPENDENTS",
    aggression: 6, stance: "neutral", colorPrimary: "#FF9900", colorSecondary: "#333333" },
  { slug: AM_FACTION, name: "Astral Mining Consortium", type: "MINING",
    aggression: 5, stance: "neutral", colorPrimary: "#8B5A2B", colorSecondary: "#333333" },
  { slug: "nova_scientific_institute", name: "Nova Scientific Institute", type: "EXPLORERS",
    aggression: 3, stance: "friendly", colorPrimary: "#6600CC", colorSecondary: "#CCCCCC" },
  { slug: "fringe_alliance", name: "Fringe Alliance", type: "OUTLAWS",
    aggression: 7, stance: "hostile", colorPrimary: "#996600", colorSecondary: "#000000" },
  { slug: "shadow_syndicate", name: "Shadow Syndicate", type: "SYNDICATE",
    aggression: 6, stance: "hostile", colorPrimary: "#1A1A2E", colorSecondary: "#C9A227" },
  { slug: "pirates", name: "Pirates", type: "PIRATES",
    aggression: 10, stance: "hostile", colorPrimary: "#CC0000", colorSecondary: "#000000" },
  { slug: "cabal", name: "The Cabal", type: "CABAL",
    aggression: 5, stance: "neutral", colorPrimary: null, colorSecondary: null },
];
