import { z } from "zod";
import { COMMODITIES } from "../rules/commodities.ts";
import { EQUIPMENT_SLOTS } from "../rules/equipment.ts";
import { FACTIONS } from "../rules/factions.ts";
import {
  CLUSTER_TYPES,
  PVP_RULES,
  REGION_TYPES,
  SECTOR_ID_MAX,
  SECTOR_TYPES,
  STATION_SECURITY,
  ZONE_TYPES,
} from "../rules/galaxy/vocabulary.ts";
import { HULL_TYPES, NPC_HULL_TYPES } from "../rules/ships.ts";

const INTEGER_MAX = 2 ** 31 - 1;
const COORDINATE_MAX = 1_000_000;
/** Lines of a written file up to this length hold a whole object. */
const LINE_CHARS_MAX = 400;

/** Names are shown to pilots and kept by Postgres, which takes neither NUL nor half a character. */
const nameOf = (charsMax: number) =>
  z
    .string()
    .max(charsMax)
    .regex(/\S/, "a name has at least one character that is no blank")
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, "a name has no control characters and no halves of characters");
const sectorId = z.int().min(1).max(SECTOR_ID_MAX);
const coordinate = z.int().min(-COORDINATE_MAX).max(COORDINATE_MAX);
const level = z.int().min(0).max(10);
const units = z.int().min(0).max(INTEGER_MAX);
const factionSlug = z.enum(FACTIONS.map(({ slug }) => slug));

const zoneSchema = z.strictObject({
  type: z.enum(ZONE_TYPES),
  from: z.int().min(1),
  to: z.int().min(1),
  policing: level.optional(),
  danger: level.optional(),
});

const clusterSchema = z.strictObject({
  name: nameOf(255),
  type: z.enum(CLUSTER_TYPES),
});

const sectorSchema = z.strictObject({
  id: sectorId,
  name: nameOf(100),
  cluster: z.string(),
  zone: z.enum(ZONE_TYPES).optional(),
  type: z.enum(SECTOR_TYPES).default("STANDARD"),
  position: z.tuple([coordinate, coordinate, coordinate]),
  security: z.int().min(1).max(10).optional(),
  hazard: level.optional(),
  regeneration: z.number().min(0).max(1).nullable().default(null),
  richness_tier: z.literal([1, 2, 3, 4, 5]).optional(),
  deep: z.boolean().optional(),
  controlling_faction: factionSlug.nullable().default(null),
});

const stationSchema = z.strictObject({
  name: nameOf(100),
  sector: sectorId,
  class: z.int().min(0).max(11),
  faction: factionSlug.nullable().default(null),
  security: z.enum(STATION_SECURITY).optional(),
  commodities: z
    .partialRecord(z.enum(COMMODITIES), z.strictObject({ quantity: units, capacity: units.min(1) }))
    .optional(),
});

const warpSchema = z.strictObject({
  from: sectorId,
  to: sectorId,
  turns: z.int().min(0).max(100).default(1),
  one_way: z.boolean().default(false),
  latent: z.boolean().default(false),
});

const regionSchema = z.strictObject({
  name: nameOf(255),
  type: z.enum(REGION_TYPES),
  capital: sectorId,
  pvp_rules: z.enum(PVP_RULES).default("open"),
  starting_credits: z.int().min(100).max(INTEGER_MAX).default(1_000),
  starting_ship: z.enum(HULL_TYPES).exclude(NPC_HULL_TYPES).default("SCOUT_SHIP"),
  starting_equipment: z.array(z.enum(EQUIPMENT_SLOTS)).default([]),
  zones: z.array(zoneSchema).min(1),
  clusters: z.array(clusterSchema).min(1),
  sectors: z.array(sectorSchema).min(1),
  stations: z.array(stationSchema).default([]),
});

/** The import format, as docs/world.md describes it. What may be left out has its default here. */
export const galaxyFileSchema = z.strictObject({
  format: z.literal("sectorkeep-galaxy"),
  version: z.literal(1),
  name: nameOf(255),
  start_region: z.string(),
  default_turns_per_day: z.int().min(1).max(INTEGER_MAX).default(1_000),
  regions: z.array(regionSchema).min(1),
  warps: z.array(warpSchema).default([]),
});

export type GalaxyFile = z.infer<typeof galaxyFileSchema>;
export type FileRegion = GalaxyFile["regions"][number];
export type FileSector = FileRegion["sectors"][number];

/** What is wrong with a file, and where: `regions[0].sectors[12].type`. */
export interface Problem {
  path: string;
  message: string;
}

/** `["regions", 0, "name"]` as it would be written in code: `regions[0].name`. */
export function jsonPath(keys: readonly PropertyKey[]): string {
  const path = keys.map((key) => (typeof key === "number" ? `[${key}]` : `.${String(key)}`)).join("");
  return path === "" ? "the file" : path.replace(/^\./, "");
}

/** The file as JSON to be read and edited by hand: a sector, a station, a warp on a line each. */
export function formatGalaxyFile(file: GalaxyFile): string {
  return `${format(file, "")}\n`;
}

function format(value: unknown, indent: string): string {
  const line = JSON.stringify(value);
  if (typeof value !== "object" || value === null || line.length + indent.length <= LINE_CHARS_MAX)
    return line;
  const deeper = `${indent}  `;
  const items = Array.isArray(value)
    ? value.map((item) => deeper + format(item, deeper))
    : Object.entries(value)
        .filter(([, item]) => item !== undefined)
        .map(([key, item]) => `${deeper}${JSON.stringify(key)}: ${format(item, deeper)}`);
  const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  return `${open}\n${items.join(",\n")}\n${indent}${close}`;
}
