import { type SchemaType, schema, t } from "@colyseus/schema";

/**
 * What everybody in a sector sees. Only primitives, references and maps of schemas, each with a default: that is
 * what every client SDK can read.
 */

/** What a ship is in the middle of. Clients draw progress from the two ticks; nothing is sent in between. */
export const Action = schema(
  {
    /** `harvest`, `fight`, or empty when the ship is doing nothing that lasts. */
    kind: t.string().default(""),
    startTick: t.uint32().default(0),
    endTick: t.uint32().default(0),
    /** The other ship of a fight. */
    targetId: t.string().default(""),
  },
  "Action",
);
export type Action = SchemaType<typeof Action>;

export const Ship = schema(
  {
    shipId: t.string().default(""),
    pilotId: t.string().default(""),
    pilotName: t.string().default(""),
    pilotColor: t.string().default("#FFFFFF"),
    teamId: t.string().default(""),
    name: t.string().default(""),
    hullType: t.string().default(""),
    status: t.string().default("IN_SPACE"),
    stationId: t.string().default(""),
    hull: t.uint16().default(0),
    hullMax: t.uint16().default(0),
    shield: t.uint16().default(0),
    shieldMax: t.uint16().default(0),
    action: t.ref(Action).default(new Action()),
  },
  "Ship",
);
export type Ship = SchemaType<typeof Ship>;

export const Warp = schema(
  {
    sectorId: t.uint32().default(0),
    turnCost: t.uint16().default(1),
  },
  "Warp",
);
export type Warp = SchemaType<typeof Warp>;

export const Station = schema(
  {
    stationId: t.string().default(""),
    name: t.string().default(""),
    stationClass: t.uint8().default(0),
    faction: t.string().default(""),
    security: t.string().default("none"),
  },
  "Station",
);
export type Station = SchemaType<typeof Station>;

/** A tick of this room and the server's time at it: from here a client computes every other tick's time. */
const ClockRef = schema(
  {
    tick: t.uint32().default(0),
    serverMs: t.float64().default(0),
    tickMs: t.uint16().default(100),
  },
  "ClockRef",
);

/** A state that an incident has left in the sector. */
export const Condition = schema(
  {
    /** storm, flare or debris_field. */
    type: t.string().default(""),
    severity: t.uint8().default(1),
    endsAtMs: t.float64().default(0),
  },
  "Condition",
);
export type Condition = SchemaType<typeof Condition>;

export const SectorState = schema(
  {
    sectorId: t.uint32().default(0),
    name: t.string().default(""),
    type: t.string().default(""),
    zone: t.string().default(""),
    region: t.string().default(""),
    /** Empty outside asteroid fields. */
    richness: t.string().default(""),
    richnessTier: t.uint8().default(0),
    depletion: t.string().default(""),
    /** When the field is full again; 0 while it is. */
    replenishesAtMs: t.float64().default(0),
    /** The slug of the faction that claims the sector, or empty. */
    claimedBy: t.string().default(""),
    /** The incident that can be answered here, what it is, and until when; empty and 0 without one. */
    incidentId: t.string().default(""),
    incidentType: t.string().default(""),
    incidentClosesAtMs: t.float64().default(0),
    /** Nobody mines here until then; 0 when nobody had to leave. */
    evacuatedUntilMs: t.float64().default(0),
    /** By type. */
    conditions: t.map(Condition),
    clockRef: t.ref(ClockRef).default(new ClockRef()),
    warps: t.map(Warp),
    stations: t.map(Station),
    ships: t.map(Ship),
  },
  "SectorState",
);
export type SectorState = SchemaType<typeof SectorState>;

/** Every type that a sector's state is made of, for documents and for tests that walk them. */
export const STATE_TYPES = { SectorState, Ship, Action, Warp, Station, Condition, ClockRef } as const;
