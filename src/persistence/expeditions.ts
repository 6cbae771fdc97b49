/** Runs of expeditions as rows: begun, given up, expired, read. They are made in `expedition-create.ts` and end in `expedition-end.ts`. */
import type pg from "pg";
import { z } from "zod";
import type { Dice } from "../dice.ts";
import { Refusal, type RefusalDetail } from "../errors.ts";
import { type Objective, ORE_GRADES, objectiveOrder, RUN_STATUSES } from "../rules/expeditions.ts";
import { RICHNESS_TIERS } from "../rules/mining.ts";
import { DRILLS, MISSION_IDS, missionOf, SCANNERS } from "../rules/missions.ts";
import { SURFACE_CODES } from "../rules/surfaces.ts";
import type { Database } from "./database.ts";
import { recordProductEvent } from "./product-events.ts";
import { withTransaction } from "./sqlstate.ts";

type Queryable = Pick<pg.ClientBase, "query">;
type Pool = Pick<Database, "pool">;

/** As it is sent over HTTP and kept in rows. */
export const loadoutSchema = z.strictObject({ drill: z.enum(DRILLS), scanner: z.enum(SCANNERS) });

const objectivesSchema = z.array(z.object({ objective: z.string(), nonce: z.string() }));

const runRowSchema = z.object({
  id: z.string(),
  user_id: z.string(),
  player_id: z.string(),
  mission_id: z.enum(MISSION_IDS),
  surface: z.enum(SURFACE_CODES),
  entry_point: z.string(),
  sector_id: z.int(),
  richness_tier: z.literal(RICHNESS_TIERS),
  loadout: loadoutSchema,
  seed: z.coerce.number(),
  status: z.enum(RUN_STATUSES),
  token_jti: z.string(),
  objectives: objectivesSchema.nullable(),
  issued_at: z.date(),
  started_at: z.date().nullable(),
  expires_at: z.date(),
  ended_at: z.date().nullable(),
  objective_score: z.int().nullable(),
  elapsed_sec: z.int().nullable(),
  reject_reason: z.string().nullable(),
  ore_quality: z.int().nullable(),
  ore_grade: z.enum(ORE_GRADES).nullable(),
  narrative: z.string().nullable(),
  am_rep_delta: z.int().nullable(),
});

/** What statements read of a run: never `*`, since a column that a migration adds would break what is prepared. */
export const RUN_COLUMNS = Object.keys(runRowSchema.shape).join(", ");

/** A run as its row has it. */
export const runSchema = runRowSchema.transform((row) => ({
  runId: row.id,
  userId: row.user_id,
  playerId: row.player_id,
  missionId: row.mission_id,
  surface: row.surface,
  entryPoint: row.entry_point,
  sectorId: row.sector_id,
  richnessTier: row.richness_tier,
  loadout: row.loadout,
  seed: row.seed,
  status: row.status,
  jti: row.token_jti,
  objectives: row.objectives,
  issuedAtMs: row.issued_at.getTime(),
  startedAtMs: row.started_at?.getTime() ?? null,
  expiresAtMs: row.expires_at.getTime(),
  endedAtMs: row.ended_at?.getTime() ?? null,
  objectiveScore: row.objective_score,
  elapsedSec: row.elapsed_sec,
  rejectReason: row.reject_reason,
  oreQuality: row.ore_quality,
  oreGrade: row.ore_grade,
  narrative: row.narrative,
  amRepDelta: row.am_rep_delta,
}));

/** A run as it is stored. */
export type Run = Readonly<z.output<typeof runSchema>>;

/** What a transaction comes to that may have to keep something although it refuses. */
export type Kept<Result> = { readonly done: Result } | { readonly refused: Refusal };

/** Runs `work` in a transaction that is kept also when it refuses. @throws Refusal the one that `work` gave */
export async function keeping<Result>(
  pool: pg.Pool,
  work: (tx: pg.PoolClient) => Promise<Kept<Result>>,
): Promise<Result> {
  const outcome = await withTransaction(pool, work);
  if ("refused" in outcome) throw outcome.refused;
  return outcome.done;
}

/** A run of an id; locked with `lock`. */
export async function readRun(db: Queryable, runId: string, lock = ""): Promise<Run | null> {
  const { rows } = await db.query({
    name: `read_expedition_run${lock === "" ? "" : "_locked"}`,
    text: `select ${RUN_COLUMNS} from expedition_runs where id = $1 ${lock}`,
    values: [runId],
  });
  return z.array(runSchema).parse(rows)[0] ?? null;
}

/** Whose run, by what token. */
export interface RunKey {
  readonly runId: string;
  readonly userId: string;
  readonly jti: string;
}

/** Locks a run. @throws Refusal run_not_found, run_token_invalid */
export async function lockRun(tx: Queryable, { runId, userId, jti }: RunKey): Promise<Run> {
  const run = await readRun(tx, runId, "for update");
  if (run === null || run.userId !== userId) throw new Refusal("run_not_found");
  if (run.jti !== jti) throw new Refusal("run_token_invalid", { reason: "jti" });
  return run;
}

/**
 * Begins a run: from now on its time is measured, and its objectives are known. Beginning it again tells the same.
 * @throws Refusal run_not_found, run_token_invalid, run_expired, run_not_open
 */
export function startRun(
  { pool }: Pool,
  key: RunKey & { readonly isExpired: boolean },
  dice: Dice,
  nowMs: number,
): Promise<Run> {
  return keeping(pool, async (tx) => {
    const run = await lockRun(tx, key);
    if (run.status !== "created" && run.status !== "started") return { refused: notOpen(run) };
    if (key.isExpired || nowMs >= run.expiresAtMs) return expire(tx, run);
    if (run.status === "started") return { done: run };
    const objectives: Objective[] = objectiveOrder(missionOf(run.missionId), run.seed).map((objective) => ({
      objective,
      nonce: [dice.u32(), dice.u32()].map((word) => word.toString(36)).join("-"),
    }));
    const { rows } = await tx.query({
      name: "start_expedition_run",
      text: `update expedition_runs set status = 'started', started_at = $2, objectives = $3 where id = $1 returning ${RUN_COLUMNS}`,
      values: [run.runId, new Date(nowMs), JSON.stringify(objectives)],
    });
    await recordProductEvent(tx, {
      name: "ecosystem_mission_started",
      userId: run.userId,
      properties: {
        mission_id: run.missionId,
        surface: run.surface,
        run_id: run.runId,
        entry_point: run.entryPoint,
      },
      now: new Date(nowMs),
    });
    return { done: runSchema.parse(rows[0]) };
  });
}

/**
 * Gives a run up; doing so again changes nothing. One whose time is up has expired, whoever notices first.
 * @throws Refusal run_not_found, run_expired, run_not_open
 */
export function cancelRun({ pool }: Pool, userId: string, runId: string, nowMs: number): Promise<Run> {
  return keeping(pool, async (tx) => {
    const run = await readRun(tx, runId, "for update");
    if (run === null || run.userId !== userId) throw new Refusal("run_not_found");
    if (run.status === "cancelled") return { done: run };
    if (run.status !== "created" && run.status !== "started") throw notOpen(run);
    if (nowMs >= run.expiresAtMs) return expire(tx, run);
    const { rows } = await tx.query(
      `update expedition_runs set status = 'cancelled', ended_at = $2 where id = $1 returning ${RUN_COLUMNS}`,
      [runId, new Date(nowMs)],
    );
    return { done: runSchema.parse(rows[0]) };
  });
}

/** Why a run that has ended otherwise cannot go on: the same answer each time. */
export function notOpen({ status, runId, rejectReason }: Run): Refusal {
  if (status === "expired") return new Refusal("run_expired", { runId });
  const detail: RefusalDetail = { runId, status, rejectReason };
  return new Refusal("run_not_open", detail);
}

const EXPIRE = "update expedition_runs set status = 'expired', ended_at = expires_at";
const IS_OPEN = "status in ('created', 'started')";

/** Ends a run whose time is up, if nothing has ended it yet, and keeps that while refusing. The run is locked. */
export async function expire(tx: Queryable, { runId }: Run): Promise<{ refused: Refusal }> {
  await tx.query({
    name: "expire_expedition_run",
    text: `${EXPIRE} where id = $1 and ${IS_OPEN}`,
    values: [runId],
  });
  return { refused: new Refusal("run_expired", { runId }) };
}

/** Ends one user's runs whose time is up. Their player is locked. */
export async function expireRunsOf(tx: Queryable, userId: string, nowMs: number): Promise<void> {
  await tx.query({
    name: "expire_expedition_runs_of_user",
    text: `${EXPIRE} where user_id = $1 and ${IS_OPEN} and expires_at <= $2`,
    values: [userId, new Date(nowMs)],
  });
}

/**
 * Ends all runs whose time is up, save those that somebody holds: whoever ends several waits for nobody, and those are
 * found the next time.
 * @returns how many
 */
export async function expireRuns(db: Queryable, nowMs: number): Promise<number> {
  const { rowCount } = await db.query({
    name: "expire_expedition_runs",
    text: `${EXPIRE} where id in (select id from expedition_runs where ${IS_OPEN} and expires_at <= $1
      for update skip locked)`,
    values: [new Date(nowMs)],
  });
  return rowCount ?? 0;
}

/** The user's own run. @throws Refusal run_not_found */
export async function readOwnRun({ pool }: Pool, userId: string, runId: string): Promise<Run> {
  const run = await readRun(pool, runId);
  if (run === null || run.userId !== userId) throw new Refusal("run_not_found");
  return run;
}

/** As many as a page of a list shows. */
const RUNS_PER_PAGE = 50;

/** Where a page of the mission log begins; both null for the first. */
interface LogPage {
  /** After the runs of this moment, all of them. */
  readonly beforeMs: number | null;
  /** After this run. */
  readonly beforeRunId: string | null;
}

/** The user's runs, newest first: the mission log. @throws Refusal run_not_found when the page begins after no run of theirs */
export async function readMissionLog(
  { pool }: Pool,
  userId: string,
  { beforeMs, beforeRunId }: LogPage,
): Promise<Run[]> {
  const last = beforeRunId === null ? null : await readOwnRun({ pool }, userId, beforeRunId);
  const { rows } = await pool.query({
    name: "read_mission_log",
    text: `select ${RUN_COLUMNS} from expedition_runs where user_id = $1 and ($2::timestamptz is null or issued_at < $2)
        and ($3::timestamptz is null or (issued_at, id) < ($3, $4::uuid))
      order by issued_at desc, id desc limit ${RUNS_PER_PAGE}`,
    values: [
      userId,
      beforeMs === null ? null : new Date(beforeMs),
      last === null ? null : new Date(last.issuedAtMs),
      beforeRunId,
    ],
  });
  return z.array(runSchema).parse(rows);
}
