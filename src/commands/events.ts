import { z } from "zod";
import { COMMODITIES } from "../rules/commodities.ts";
import { CONTRACT_THEMES } from "../rules/contracts.ts";
import { ANOMALIES, ORE_GRADES } from "../rules/expeditions.ts";
import { INCIDENT_TYPES } from "../rules/incidents.ts";
import { STANDING_LEVELS } from "../rules/standing.ts";

/** What a room tells its clients besides state, by who hears it. */
export type Audience =
  /** Part of the pilot's feed: kept, numbered, and told again after an absence. */
  | "feed"
  /** The pilot alone, while connected. */
  | "pilot"
  /** Everybody in the sector, spectators too. */
  | "sector";

export interface EventSpec {
  readonly name: string;
  readonly audience: Audience;
  readonly summary: string;
  readonly payload: z.ZodType;
}

const eventId = z.int().describe("Its place in your feed, counted from 1 without gaps.");
const atMs = z.number().describe("Server time in ms since 1970.");
const depletion = z.enum(["fresh", "light", "moderate", "heavy", "exhausted"]);
const cargo = z.partialRecord(z.enum(COMMODITIES), z.int());
const shipId = z.uuid();
const outcome = z.enum(["attacker_victory", "defender_victory", "draw", "attacker_fled", "defender_fled"]);
const standing = z.enum(STANDING_LEVELS.map(({ level }) => level));
const side = z.enum(["attacker", "defender"]);

const roundEvent = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("miss"), by: side }),
  z.object({ kind: z.literal("drones_lost"), by: side, drones: z.int() }),
  z.object({ kind: z.literal("damage"), by: side, shield: z.int(), hull: z.int(), crit: z.boolean() }),
  z.object({ kind: z.literal("escape"), by: side, escaped: z.boolean() }),
]);

const ended = z.object({
  eventId,
  harvestId: z.uuid(),
  reason: z.string(),
  turnsRefunded: z.int(),
});

/** What operators have to say. */
export const serverNotice = z.object({
  kind: z.enum(["broadcast", "kicked", "banned"]),
  text: z.string(),
  untilMs: atMs.nullable().describe("When a ban ends; null for one without an end, and for what is no ban."),
});
export type ServerNotice = z.output<typeof serverNotice>;

/** Everything a room sends. Additions are fine; what is here stays as it is. */
export const EVENTS: readonly EventSpec[] = [
  {
    name: "welcome",
    audience: "pilot",
    summary: "First after joining or reconnecting. Spectators get it without the fields of a pilot.",
    payload: z.object({
      protocol: z.literal(1),
      sectorId: z.int(),
      tickMs: z.int(),
      playerId: z.uuid().optional(),
      shipId: shipId.optional(),
      cursor: z.int().optional().describe("Events after this one follow."),
      serverMs: atMs.optional(),
    }),
  },
  {
    name: "pilot",
    audience: "pilot",
    summary:
      "What only you may see, after whatever you or others did to it: turns are the balance less what is reserved. It does not come when time alone adds a turn: at `nextTurnAtMs`, and each `msPerTurn` after it, count one more, until turns and turnsReserved together are `maxTurns`.",
    payload: z.object({
      playerId: z.uuid(),
      shipId,
      credits: z.int(),
      turns: z.int(),
      turnsReserved: z.int(),
      maxTurns: z.int(),
      nextTurnAtMs: atMs
        .nullable()
        .describe("When one more turn is there; null while there are as many as may be."),
      msPerTurn: z.int().describe("The time one turn takes, in ms."),
      cargo,
      cargoFree: z.int(),
      cargoCapacity: z.int(),
      equipment: z.record(z.string(), z.object({ level: z.int() })),
      standing: z.record(z.string(), z.int()),
      attackDrones: z.int(),
      defenseDrones: z.int(),
      quantumShards: z.int(),
      quantumCrystals: z.int(),
    }),
  },
  {
    name: "events_truncated",
    audience: "pilot",
    summary:
      "Events between the two are not told: they are older than the feed is kept, or come before the newest 500 that you missed. Trust the snapshot.",
    payload: z.object({ afterEventId: z.int(), beforeEventId: z.int() }),
  },
  {
    name: "server_notice",
    audience: "sector",
    summary:
      "From the operators, for people to read: to everybody (`broadcast`), or to you before you are sent away (`kicked`, `banned`).",
    payload: serverNotice,
  },
  {
    name: "mining_harvest_completed",
    audience: "feed",
    summary: "Your harvest is in your hold and in the database.",
    payload: z.object({
      eventId,
      harvestId: z.uuid(),
      sectorId: z.int(),
      ore: z.int(),
      preciousMetals: z.int(),
      quantumShards: z.int(),
      floored: z.boolean().describe("The field is exhausted: exactly one ore."),
      licensed: z.boolean().describe("A licence for the claimed sector held when it started."),
      amRepDelta: z.int(),
      fcRepDelta: z.int().describe("Standing with the Frontier Coalition."),
      depletion: z.object({
        state: depletion,
        poolRemaining: z.int(),
        poolSize: z.int(),
        replenishesAtMs: atMs.nullable(),
      }),
    }),
  },
  {
    name: "mining_harvest_interrupted",
    audience: "feed",
    summary:
      "Your harvest ended without a yield: `pvp_attack`, `npc_attack`, `evacuation`, or `internal` (our fault, all 5 turns kept).",
    payload: ended,
  },
  {
    name: "mining_harvest_cancelled",
    audience: "feed",
    summary: "Your hold was full when the harvest was due: no yield.",
    payload: ended,
  },
  {
    name: "combat_resolved",
    audience: "feed",
    summary: "A fight of yours is over and written.",
    payload: z.object({
      eventId,
      fightId: z.uuid(),
      role: side,
      opponent: z.string(),
      outcome,
      rounds: z.int(),
      destroyedShipId: shipId.nullable(),
      loot: cargo,
    }),
  },
  {
    name: "mining_rare_drop",
    audience: "feed",
    summary: "Your harvest has brought more than ore.",
    payload: z.object({
      eventId,
      harvestId: z.uuid(),
      commodity: z.enum(["precious_metals", "quantum_shards"]),
      quantity: z.int(),
    }),
  },
  {
    name: "expedition_completed",
    audience: "feed",
    summary: "A run of yours was completed, on whatever surface, and its rewards given.",
    payload: z.object({
      eventId,
      runId: z.uuid(),
      missionId: z.string(),
      sectorId: z.int(),
      oreUnits: z.int(),
      amRepDelta: z.int(),
      oreQuality: z.int().describe("0–100."),
      oreGrade: z.enum(ORE_GRADES),
      anomaly: z.enum(ANOMALIES).nullable().describe("The clue it found; null for none."),
    }),
  },
  {
    name: "claim_license_purchased",
    audience: "feed",
    summary: "You may mine in a claimed sector for 24 h.",
    payload: z.object({
      eventId,
      licenseId: z.uuid(),
      sectorId: z.int(),
      costPaidCr: z.int(),
      expiresAtMs: atMs,
      renewal: z.boolean(),
    }),
  },
  ...(["claim_license_expiring", "claim_license_expired"] as const).map(
    (name): EventSpec => ({
      name,
      audience: "feed",
      summary:
        name === "claim_license_expiring"
          ? "A claim licence of yours ends within the hour."
          : "A claim licence of yours has ended; for 24 h it can be renewed at this price.",
      payload: z.object({
        eventId,
        licenseId: z.uuid(),
        sectorId: z.int(),
        expiresAtMs: atMs,
        renewalPriceCr: z.int(),
      }),
    }),
  ),
  {
    name: "am_enforcement_flagged",
    audience: "feed",
    summary: "Three extractions without a licence in 24 h: the Consortium sends a patrol after you.",
    payload: z.object({ eventId, sectorId: z.int(), untilMs: atMs }),
  },
  {
    name: "sector_depletion_changed",
    audience: "feed",
    summary: "The field of a sector that you have bookmarked is in another state.",
    payload: z.object({
      eventId,
      sectorId: z.int(),
      from: depletion,
      to: depletion,
      replenishesAtMs: atMs.nullable(),
    }),
  },
  {
    name: "incident_resolved",
    audience: "feed",
    summary: "An incident that you answered has ended: how, and what you are given for it.",
    payload: z.object({
      eventId,
      incidentId: z.uuid(),
      sectorId: z.int(),
      type: z.enum(INCIDENT_TYPES),
      severity: z.int(),
      outcome: z.enum(["resolved_success", "resolved_partial", "resolved_failure", "expired"]),
      score: z.int().describe("Of your answers together."),
      rewards: z
        .array(z.enum(["incident_badge", "efficiency_boost", "anomaly_access"]))
        .describe("GET /me/rewards has them, with their ends."),
    }),
  },
  {
    name: "contract_tier_unlocked",
    audience: "feed",
    summary: "A contract that you are in has reached a tier: what you are given for it.",
    payload: z.object({
      eventId,
      contractId: z.uuid(),
      theme: z.enum(CONTRACT_THEMES),
      isoWeek: z.string(),
      tier: z.int(),
      rewards: z
        .array(z.enum(["cosmetic_unlock", "stardust_bonus", "stardust_multiplier"]))
        .describe("GET /me/rewards has them."),
    }),
  },
  {
    name: "reputation_changed",
    audience: "feed",
    summary: "Your standing with a faction has reached another of its 17 levels.",
    payload: z.object({
      eventId,
      faction: z.string().describe("The faction's slug."),
      oldLevel: standing,
      newLevel: standing,
      oldValue: z.int(),
      newValue: z.int(),
      title: z.string(),
    }),
  },
  {
    name: "mining_harvest_started",
    audience: "sector",
    summary: "A ship has begun to mine.",
    payload: z.object({ shipId, startTick: z.int(), endTick: z.int() }),
  },
  {
    name: "mining_harvest_stopped",
    audience: "sector",
    summary: "A ship was interrupted while mining.",
    payload: z.object({ shipId, reason: z.string() }),
  },
  {
    name: "combat_update",
    audience: "sector",
    summary:
      "A fight: `started`, a `round` of it, `resolved`. Hull and shields seen before the end are provisional.",
    payload: z.discriminatedUnion("phase", [
      z.object({
        phase: z.literal("started"),
        fightId: z.uuid(),
        attackerShipId: shipId,
        defenderShipId: shipId,
      }),
      z.object({
        phase: z.literal("round"),
        fightId: z.uuid(),
        round: z.int(),
        events: z.array(roundEvent),
      }),
      z.object({
        phase: z.literal("resolved"),
        fightId: z.uuid(),
        outcome: z
          .union([outcome, z.literal("void")])
          .describe("`void`: it could not be written, and did not happen."),
      }),
    ]),
  },
  {
    name: "ship_destroyed",
    audience: "sector",
    summary: "A ship is gone; its pilot is in an escape pod.",
    payload: z.object({ shipId, pilotId: z.uuid(), podId: z.uuid() }),
  },
];
