/** How a run of an expedition comes to be: what somebody may set out on, and where to. */
import { randomUUID } from "node:crypto";
import type pg from "pg";
import { z } from "zod";
import { canonicalJson } from "../canonical-json.ts";
import type { Dice } from "../dice.ts";
import { Refusal } from "../errors.ts";
import { OPEN_RUNS_MAX, RUN_MS, RUNS_PER_DAY_MAX } from "../rules/expeditions.ts";
import { FACTION_TYPES } from "../rules/factions.ts";
import { isMissionAvailable } from "../rules/incidents.ts";
import { RICHNESS_TIERS } from "../rules/mining.ts";
import { type Loadout, type MissionId, missionOf } from "../rules/missions.ts";
import { researchNeeded } from "../rules/research.ts";
import { canAccessTerritory } from "../rules/standing.ts";
import { SURFACES, type Surface } from "../rules/surfaces.ts";
import { utcDay } from "../rules/utc.ts";
import { uuidOf } from "../uuid.ts";
import { readStateTypes } from "./conditions.ts";
import type { Database } from "./database.ts";
import { expireRunsOf, RUN_COLUMNS, type Run, readRun, runSchema } from "./expeditions.ts";
import { lockPlayer } from "./player-lock.ts";
import { readResearch } from "./research.ts";
import { ensureField } from "./sectors.ts";
import { withTransaction } from "./sqlstate.ts";

type Queryable = Pick<pg.ClientBase, "query">;
type Pool = Pick<Database, "pool">;

/** An expedition that somebody wants to go on. */
export interface NewRun {
  readonly userId: string;
  readonly missionId: MissionId;
  readonly surface: Surface;
  readonly appVersion: string | null;
  readonly entryPoint: string;
  readonly sectorId: number;
  readonly loadout: Loadout;
  /** Of the client's own: asking again with it gives the same run. */
  readonly idempotencyKey: string | null;
}

/**
 * Creates a run. Asked again with the same key, it gives the one it gave before, whatever has become of it.
 * @throws Refusal mission_not_on_surface, not_joined_yet, sector_not_found, not_an_asteroid_field, field_too_poor,
 * territory_closed, mission_not_available, research_needed, too_many_runs, daily_limit, request_id_reused
 */
export async function createRun({ pool }: Pool, wanted: NewRun, dice: Dice, nowMs: number): Promise<Run> {
  const mission = missionOf(wanted.missionId);
  const { kind } = SURFACES[wanted.surface];
  if (!mission.surfaceKinds.includes(kind)) {
    throw new Refusal("mission_not_on_surface", { surfaceKinds: mission.surfaceKinds });
  }
  const runId = uuidOf("expedition", wanted.userId, wanted.idempotencyKey ?? randomUUID());
  return withTransaction(pool, async (tx) => {
    const player = await lockPlayer(tx, "user_id", wanted.userId);
    if (player === null) throw new Refusal("not_joined_yet");
    const before = await readRun(tx, runId);
    if (before !== null) {
      if (!isSameRun(before, wanted)) throw new Refusal("request_id_reused");
      return before;
    }
    const richnessTier = await readFieldFor(tx, player.id, wanted.sectorId);
    if (richnessTier < mission.richnessTierMin) {
      throw new Refusal("field_too_poor", { richnessTier, needed: mission.richnessTierMin });
    }
    const states = await readStateTypes(tx, wanted.sectorId, nowMs);
    if (!isMissionAvailable(mission.states, states)) {
      throw new Refusal("mission_not_available", { states, ...mission.states });
    }
    const { unlocked } = await readResearch(tx, wanted.userId);
    const missing = researchNeeded(wanted.loadout).filter((subject) => !unlocked.includes(subject));
    if (missing.length > 0) throw new Refusal("research_needed", { research: missing });
    await expireRunsOf(tx, wanted.userId, nowMs);
    await checkRoom(tx, wanted, nowMs);
    return insertRun(tx, { runId, playerId: player.id, richnessTier, seed: dice.u32(), ...wanted }, nowMs);
  });
}

/** A key makes the same run for ever, also when nobody remembers any more what else it was used for. */
function isSameRun(before: Run, wanted: NewRun): boolean {
  return (["missionId", "surface", "sectorId", "entryPoint", "loadout"] as const).every(
    (field) => canonicalJson(before[field]) === canonicalJson(wanted[field]),
  );
}

const placeSchema = z.object({
  type: z.string(),
  faction_code: z.string().nullable(),
  faction_type: z.enum(FACTION_TYPES).nullable(),
  standing: z.int(),
  richness_tier: z.literal(RICHNESS_TIERS).nullable(),
});

/** The richness of a field that the player may go to: mining's field and territory, domain §18. */
async function readFieldFor(tx: Queryable, playerId: string, sectorId: number) {
  await ensureField(tx, sectorId);
  const { rows } = await tx.query({
    name: "read_expedition_field",
    text: `select s.type, f.code as faction_code, f.faction_type, coalesce(r.current_value, 0) as standing, a.richness_tier
      from sectors s
      left join asteroid_fields a on a.sector_id = s.sector_id
      left join factions f on f.code = s.controlling_faction
      left join reputations r on r.faction_id = f.id and r.player_id = $2
      where s.sector_id = $1`,
    values: [sectorId, playerId],
  });
  const [place] = z.array(placeSchema).parse(rows);
  if (place === undefined) throw new Refusal("sector_not_found", { sectorId });
  if (place.type !== "ASTEROID_FIELD" || place.richness_tier === null) {
    throw new Refusal("not_an_asteroid_field", { sectorId });
  }
  if (place.faction_type !== null && !canAccessTerritory(place.faction_type, place.standing)) {
    throw new Refusal("territory_closed", { faction: place.faction_code });
  }
  return place.richness_tier;
}

const roomSchema = z.object({
  open: z.array(z.object({ id: z.string(), mission: z.string() })),
  today: z.int(),
});

async function checkRoom(tx: Queryable, { userId, missionId }: NewRun, nowMs: number): Promise<void> {
  const { rows } = await tx.query({
    name: "read_run_counts",
    text: `select coalesce(jsonb_agg(jsonb_build_object('id', id, 'mission', mission_id))
        filter (where status in ('created', 'started')), '[]') as open,
        count(*) filter (where issued_at >= $2)::int as today
      from expedition_runs where user_id = $1 and (issued_at >= $2 or status in ('created', 'started'))`,
    values: [userId, new Date(utcDay(nowMs))],
  });
  const { open, today } = roomSchema.parse(rows[0]);
  const same = open.find(({ mission }) => mission === missionId);
  if (same !== undefined || open.length >= OPEN_RUNS_MAX) {
    throw new Refusal("too_many_runs", { open: open.map(({ id }) => id), openRunsMax: OPEN_RUNS_MAX });
  }
  if (today >= RUNS_PER_DAY_MAX) throw new Refusal("daily_limit", { runsPerDayMax: RUNS_PER_DAY_MAX });
}

interface RunToInsert extends NewRun {
  readonly runId: string;
  readonly playerId: string;
  readonly richnessTier: number;
  readonly seed: number;
}

async function insertRun(tx: Queryable, run: RunToInsert, nowMs: number): Promise<Run> {
  const { rows } = await tx.query({
    name: "insert_expedition_run",
    text: `insert into expedition_runs (id, user_id, player_id, mission_id, surface, app_version, entry_point, sector_id,
        richness_tier, loadout, seed, status, token_jti, issued_at, expires_at)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'created', $12, $13, $14) returning ${RUN_COLUMNS}`,
    values: [
      run.runId,
      run.userId,
      run.playerId,
      run.missionId,
      run.surface,
      run.appVersion,
      run.entryPoint,
      run.sectorId,
      run.richnessTier,
      JSON.stringify(run.loadout),
      run.seed,
      randomUUID(),
      new Date(nowMs),
      new Date(nowMs + RUN_MS),
    ],
  });
  return runSchema.parse(rows[0]);
}
