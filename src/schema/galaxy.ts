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

export const ContractSummary = schema(
  {
    contractId: t.string().default(""),
    /** planet-hunting, cloud-tracking or solar. */
    theme: t.string().default(""),
    /** As 2030-W05. */
    isoWeek: t.string().default(""),
    endsAtMs: t.float64().default(0),
    members: t.uint32().default(0),
    /** Points of all members together. */
    total: t.uint32().default(0),
    /** The highest tier that is unlocked; 0 before the first. */
    tier: t.uint8().default(0),
    /** The points that unlock the next tier; 0 when all are. */
    nextThreshold: t.uint32().default(0),
  },
  "ContractSummary",
);
export type ContractSummary = SchemaType<typeof ContractSummary>;

export const GalaxyState = schema(
  {
    /** Sectors that are awake, sleeping ones whose field is not full, and those of incidents. All others are as the map has them. */
    sectors: t.map(SectorSummary),
    /** This week's guild contracts by theme; none before their phase. */
    contracts: t.map(ContractSummary),
  },
  "GalaxyState",
);
export type GalaxyState = SchemaType<typeof GalaxyState>;

/** Every type that the galaxy's state is made of, for documents and for tests that walk them. */
export const GALAXY_STATE_TYPES = { GalaxyState, SectorSummary, ContractSummary } as const;
