/** What this page reads of what the server sends; see docs/protocol.md. Whatever else comes is left alone. */
import { z } from "zod";

const depletion = z.enum(["fresh", "light", "moderate", "heavy", "exhausted"]);

export const mapSchema = z.object({
  name: z.string(),
  startSectorId: z.int(),
  regions: z.array(z.object({ name: z.string(), type: z.string() })),
  zones: z.array(z.object({ region: z.int(), type: z.string(), policing: z.int(), danger: z.int() })),
  clusters: z.array(z.object({ region: z.int(), name: z.string(), type: z.string() })),
  sectors: z.array(
    z.object({
      sectorId: z.int(),
      name: z.string(),
      type: z.string(),
      x: z.number(),
      y: z.number(),
      zone: z.int(),
      cluster: z.int(),
      richnessTier: z.int().nullable(),
      claimedBy: z.string().nullable(),
      stations: z.int(),
    }),
  ),
  warps: z.array(z.object({ from: z.int(), to: z.int(), turnCost: z.int(), oneWay: z.boolean() })),
});
export type GalaxyMap = z.output<typeof mapSchema>;
export type MapSector = GalaxyMap["sectors"][number];

export const storedSectorSchema = z.object({
  sectorId: z.int(),
  name: z.string(),
  type: z.string(),
  zone: z.string(),
  region: z.string(),
  richness: z.string().nullable(),
  richnessTier: z.int().nullable(),
  depletion: depletion.nullable(),
  replenishesAtMs: z.number().nullable(),
  claimedBy: z.string().nullable(),
  incident: z.object({ incidentId: z.string(), type: z.string(), closesAtMs: z.number() }).nullable(),
  evacuatedUntilMs: z.number().nullable(),
  conditions: z.array(z.object({ type: z.string(), severity: z.int(), endsAtMs: z.number() })),
  warps: z.array(z.object({ sectorId: z.int(), turnCost: z.int() })),
  stations: z.array(
    z.object({
      stationId: z.string(),
      name: z.string(),
      stationClass: z.int(),
      faction: z.string().nullable(),
      security: z.string(),
    }),
  ),
});
export type StoredSector = z.output<typeof storedSectorSchema>;

export const guestSchema = z.object({ token: z.string(), name: z.string() });
export const meSchema = z.object({ name: z.string(), sectorId: z.int(), playerId: z.string().nullable() });
export type Me = z.output<typeof meSchema>;

/** First in a room; spectators are told less. */
export const welcomeSchema = z.object({ playerId: z.string(), cursor: z.int() });

/** What only the pilot may see. */
export const pilotSchema = z.object({
  playerId: z.string(),
  shipId: z.string(),
  credits: z.int(),
  turns: z.int(),
  turnsReserved: z.int(),
  maxTurns: z.int(),
  nextTurnAtMs: z.number().nullable(),
  msPerTurn: z.int().positive(),
  cargo: z.record(z.string(), z.int()),
  cargoFree: z.int(),
  cargoCapacity: z.int(),
  equipment: z.record(z.string(), z.looseObject({ level: z.int() })),
  standing: z.record(z.string(), z.int()).default({}),
});
export type PilotSnapshot = z.output<typeof pilotSchema>;

/** What a harvest would bring and cost now, as the server answers `preview_harvest`. */
export const previewSchema = z.object({
  turns: z.int(),
  standing: z.record(z.string(), z.int()),
  license: z.object({
    state: z.enum(["not_needed", "valid", "expired", "none"]),
    expiresAtMs: z.number().nullable(),
    priceCr: z.int().nullable(),
  }),
  obstacles: z.array(z.object({ code: z.string(), detail: z.record(z.string(), z.unknown()) })),
  field: z
    .object({
      ore: z.object({ min: z.int(), max: z.int() }),
      preciousMetalsChanceBps: z.int(),
      quantumShardsChanceBps: z.int(),
    })
    .nullable(),
});
export type HarvestPreview = z.output<typeof previewSchema>;

export const licensesSchema = z.object({
  licenses: z.array(
    z.object({
      sectorId: z.int(),
      sectorName: z.string(),
      expiresAtMs: z.number(),
      active: z.boolean(),
      renewalPriceCr: z.int(),
    }),
  ),
});
export type Licenses = z.output<typeof licensesSchema>["licenses"];

export const refineriesSchema = z.object({
  refineries: z.array(
    z.object({
      stationId: z.string(),
      name: z.string(),
      sectorId: z.int(),
      warps: z.int(),
      orePriceCr: z.int().nullable(),
    }),
  ),
});

/** An incident with one's own answers to it. */
export const incidentSchema = z.object({
  readings: z.array(z.int()),
  score: z.int(),
  responses: z.array(z.object({ mode: z.string(), score: z.int() })),
});
export type Incident = z.output<typeof incidentSchema>;
export const judgedSchema = z.object({ score: z.int(), status: z.string() });

export const acceptedSchema = z.looseObject({ requestId: z.string() });
export const refusedSchema = z.object({
  requestId: z.string().nullish(),
  code: z.string(),
  message: z.string().optional(),
  detail: z.record(z.string(), z.unknown()).optional(),
});
export const seatSchema = z.object({
  name: z.string(),
  sessionId: z.string(),
  roomId: z.string(),
  processId: z.string(),
  publicAddress: z.string().exactOptional(),
});
export const foundSchema = z.object({
  requestId: z.string(),
  pilots: z.array(z.object({ name: z.string(), sectorId: z.int() })),
});

/** A refusal as HTTP and a refused join tell it. */
export const refusalSchema = z.object({
  code: z.string(),
  error: z.string(),
  detail: z.record(z.string(), z.unknown()).default({}),
});

const side = z.enum(["attacker", "defender"]);
export const roundEventSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("miss"), by: side }),
  z.object({ kind: z.literal("drones_lost"), by: side, drones: z.int() }),
  z.object({ kind: z.literal("damage"), by: side, shield: z.int(), hull: z.int(), crit: z.boolean() }),
  z.object({ kind: z.literal("escape"), by: side, escaped: z.boolean() }),
]);
export type RoundEvent = z.output<typeof roundEventSchema>;

const combatSchema = z.discriminatedUnion("phase", [
  z.object({
    phase: z.literal("started"),
    fightId: z.string(),
    attackerShipId: z.string(),
    defenderShipId: z.string(),
  }),
  z.object({
    phase: z.literal("round"),
    fightId: z.string(),
    round: z.int(),
    events: z.array(roundEventSchema),
  }),
  z.object({ phase: z.literal("resolved"), fightId: z.string(), outcome: z.string() }),
]);

export const noticeSchema = z.object({
  kind: z.string(),
  text: z.string(),
  untilMs: z.number().nullable().default(null),
});

/** What happens in a sector, as everybody is told it. */
export const sectorEventSchemas = {
  mining_harvest_stopped: z.object({ shipId: z.string(), reason: z.string() }),
  combat_update: combatSchema,
  ship_destroyed: z.object({ shipId: z.string(), pilotId: z.string(), podId: z.string() }),
  server_notice: noticeSchema,
} as const;

/** What happens to the pilot alone. */
export const pilotEventSchemas = {
  mining_harvest_completed: z.object({
    harvestId: z.string(),
    ore: z.int(),
    preciousMetals: z.int(),
    quantumShards: z.int(),
    floored: z.boolean(),
  }),
  claim_license_purchased: z.object({ sectorId: z.int(), costPaidCr: z.int(), expiresAtMs: z.number() }),
  claim_license_expiring: z.object({ sectorId: z.int(), expiresAtMs: z.number() }),
  claim_license_expired: z.object({ sectorId: z.int(), renewalPriceCr: z.int() }),
  am_enforcement_flagged: z.object({ untilMs: z.number() }),
  sector_depletion_changed: z.object({ sectorId: z.int(), to: z.string() }),
  reputation_changed: z.object({
    faction: z.string(),
    oldValue: z.int(),
    newValue: z.int(),
    title: z.string(),
  }),
  incident_resolved: z.object({
    sectorId: z.int(),
    type: z.string(),
    outcome: z.string(),
    rewards: z.array(z.string()),
  }),
  expedition_completed: z.object({ sectorId: z.int(), oreUnits: z.int(), oreGrade: z.string() }),
  mining_harvest_interrupted: z.object({ reason: z.string(), turnsRefunded: z.int() }),
  combat_resolved: z.object({
    role: side,
    opponent: z.string(),
    outcome: z.string(),
    rounds: z.int(),
    loot: z.record(z.string(), z.int()),
    destroyedShipId: z.string().nullable(),
  }),
} as const;
