import { type SchemaType, schema, t } from "@colyseus/schema";

/**
 * What everybody may know of what goes on in the galaxy, sector by sector. The same limits as in a sector's state:
 * primitives, references and maps of schemas, each with a default.
 */

export const SectorSummary = schema(
  {
    sectorId: t.uint32().default(0),
    /** Somebody is there: it has a live room that can be watched. */
    awake: t.boolean().default(false),
    ships: t.uint16().default(0),
    /** Ships that are mining. */
    miners: t.uint16().default(0),
    /** Fights under way, of two ships each. */
    fights: t.uint16().default(0),
    /** Of its field; empty where there is none. */
    depletion: t.string().default(""),
    /** When the field is full again; 0 while it is. */
    replenishesAtMs: t.float64().default(0),
    /** The slug of the faction that claims the sector, or empty. For sectors that sleep the map says it. */
    claimedBy: t.string().default(""),
    /** Types of the states that incidents have left, in the order of the alphabet, with a blank between; mostly empty. */
    conditions: t.string().default(""),
    /** The type of the incident that can be answered there; mostly empty. */
    incident: t.string().default(""),
  },
  "SectorSummary",
);
export type SectorSummary = SchemaType<typeof SectorSummary>;

export const GalaxyState = schema(
  {
    /** Sectors that are awake, sleeping ones whose field is not full, and those of incidents. All others are as the map has them. */
    sectors: t.map(SectorSummary),
  },
  "GalaxyState",
);
export type GalaxyState = SchemaType<typeof GalaxyState>;

/** Every type that the galaxy's state is made of, for documents and for tests that walk them. */
export const GALAXY_STATE_TYPES = { GalaxyState, SectorSummary } as const;
