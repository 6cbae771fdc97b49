/** What members bring to their contract: each a row that the server wrote itself and that is theirs, once for ever. */
import type pg from "pg";
import { z } from "zod";
import { Refusal } from "../errors.ts";
import {
  CONTRIBUTION_SOURCES,
  CONTRIBUTIONS_PER_DAY_MAX,
  type ContributionSource,
  classificationPoints,
  SOURCE_POINTS,
} from "../rules/contracts.ts";
import { MISSION_IDS, missionOf } from "../rules/missions.ts";
import { SURFACE_CODES, type Surface } from "../rules/surfaces.ts";
import { utcDay } from "../rules/utc.ts";
import { uuidOf } from "../uuid.ts";
import { type Contract, isActive, notActive, readContract } from "./contracts.ts";
import { withTransaction } from "./sqlstate.ts";

/** What a member says they have done: only where to find it. */
export interface Claim {
  readonly contractId: string;
  readonly userId: string;
  /** Of the session that sends it: counted for a harvest whose own session said nothing. Null where this one does not either. */
  readonly surface: Surface | null;
  readonly sourceType: ContributionSource;
  readonly sourceId: string;
}

const contributionSchema = z
  .object({
    id: z.string(),
    contract_id: z.string(),
    user_id: z.string(),
    surface: z.enum(SURFACE_CODES),
    source_type: z.enum(CONTRIBUTION_SOURCES),
    source_id: z.string(),
    points: z.int(),
    contributed_at: z.date(),
  })
  .transform((row) => ({
    contributionId: row.id,
    contractId: row.contract_id,
    userId: row.user_id,
    surface: row.surface,
    sourceType: row.source_type,
    sourceId: row.source_id,
    points: row.points,
    contributedAtMs: row.contributed_at.getTime(),
  }));

/** A contribution as its row has it. */
export type Contribution = Readonly<z.output<typeof contributionSchema>>;

export interface Contributed {
  readonly contribution: Contribution;
  /** It had been brought before, and nothing changed. */
  readonly duplicate: boolean;
  /** The contract's points now. */
  readonly total: number;
  /** Tiers that this contribution has unlocked. */
  readonly unlocked: readonly number[];
}

/**
 * Counts a row of the game towards a contract, once, and unlocks what that reaches, in one transaction. Brought again,
 * alone or at the same time, it gives the first answer. Domain §16.5.
 * @throws Refusal contract_not_found, contract_not_active, not_a_member, source_not_found, source_not_counted,
 *   already_contributed, contribution_limit
 */
export async function contribute(pool: pg.Pool, claim: Claim, nowMs: number): Promise<Contributed> {
  return withTransaction(pool, async (tx) => {
    const contract = await readContract(tx, claim.contractId);
    // A member's contributions are counted one after the other, or the day's cap would not hold.
    const member = await tx.query(
      "select from contract_members where contract_id = $1 and user_id = $2 for no key update",
      [claim.contractId, claim.userId],
    );
    if (member.rows.length === 0) throw new Refusal("not_a_member", { contractId: claim.contractId });
    const before = await readContribution(tx, claim);
    if (before !== null) return repeated(before, claim, contract);
    if (!isActive(contract, nowMs)) throw notActive(contract);
    const source = await findSource(tx, claim, contract);
    await checkDay(tx, claim, nowMs);
    const inserted = await insertContribution(tx, claim, source, nowMs);
    if (inserted === null) return repeated(await readContribution(tx, claim), claim, contract);
    return { contribution: inserted, duplicate: false, ...(await addPoints(tx, inserted, nowMs)) };
  });
}

/** @throws Refusal source_not_found, already_contributed */
function repeated(before: Contribution | null, claim: Claim, { total }: Contract): Contributed {
  // Whose it is nobody else is told.
  if (before === null || before.userId !== claim.userId) throw notFound(claim);
  if (before.contractId !== claim.contractId)
    throw new Refusal("already_contributed", { contractId: before.contractId });
  return { contribution: before, duplicate: true, total, unlocked: [] };
}

function notFound({ sourceType, sourceId }: Claim): Refusal {
  return new Refusal("source_not_found", { sourceType, sourceId });
}

async function readContribution(tx: pg.PoolClient, claim: Claim): Promise<Contribution | null> {
  const { rows } = await tx.query(
    "select * from contract_contributions where source_type = $1 and source_id = $2",
    [claim.sourceType, claim.sourceId],
  );
  return z.array(contributionSchema).parse(rows)[0] ?? null;
}

/** What the server has found of a source. */
interface Source {
  readonly atMs: number;
  readonly surface: Surface;
  readonly points: number;
  /** Why it counts for nothing; null when it counts. */
  readonly fault: string | null;
}

/** @throws Refusal source_not_found, source_not_counted */
async function findSource(tx: pg.PoolClient, claim: Claim, contract: Contract): Promise<Source> {
  const source = await FINDERS[claim.sourceType](tx, claim);
  if (source === null) throw notFound(claim);
  const isOfWeek = contract.startsAtMs <= source.atMs && source.atMs < contract.endsAtMs;
  const fault = source.fault ?? (isOfWeek ? null : "another_week");
  if (fault !== null) throw new Refusal("source_not_counted", { ...sourceOf(claim), reason: fault });
  return source;
}

function sourceOf({ sourceType, sourceId }: Claim) {
  return { sourceType, sourceId };
}

const FINDERS: Readonly<
  Record<ContributionSource, (tx: pg.PoolClient, claim: Claim) => Promise<Source | null>>
> = { harvest: findHarvest, run: findRun, classification: findClassification };

const harvestSchema = z.object({
  status: z.string(),
  resolved_at: z.date(),
  surface: z.enum(SURFACE_CODES).nullable(),
});

/** @throws Refusal unknown_surface when neither the harvest's session has said what it was, nor this one does */
async function findHarvest(
  tx: pg.PoolClient,
  { userId, sourceId, surface: said }: Claim,
): Promise<Source | null> {
  const { rows } = await tx.query(
    `select h.status, h.resolved_at, h.surface from mining_harvests h join players p on p.id = h.player_id
      where h.id = $1 and p.user_id = $2`,
    [sourceId, userId],
  );
  const [harvest] = z.array(harvestSchema).parse(rows);
  if (harvest === undefined) return null;
  const surface = harvest.surface ?? said;
  if (surface === null) throw new Refusal("unknown_surface", { appSurface: null, known: SURFACE_CODES });
  const fault = harvest.status === "COMPLETED" ? null : "not_completed";
  return { atMs: harvest.resolved_at.getTime(), surface, points: SOURCE_POINTS.harvest, fault };
}

const runSchema = z.object({
  surface: z.enum(SURFACE_CODES),
  status: z.string(),
  mission_id: z.enum(MISSION_IDS),
  issued_at: z.date(),
  ended_at: z.date().nullable(),
  elapsed_sec: z.int().nullable(),
});

async function findRun(tx: pg.PoolClient, { userId, sourceId }: Claim): Promise<Source | null> {
  const { rows } = await tx.query(
    `select surface, status, mission_id, issued_at, ended_at, elapsed_sec from expedition_runs
      where id = $1 and user_id = $2`,
    [sourceId, userId],
  );
  const [run] = z.array(runSchema).parse(rows);
  if (run === undefined) return null;
  // As with what runs are paid: what took too little time was not played.
  const isPlayed = (run.elapsed_sec ?? 0) >= missionOf(run.mission_id).durationSecMin;
  const cut = isPlayed ? null : "below_duration_floor";
  const fault = run.status === "completed" ? cut : "not_completed";
  const atMs = (run.ended_at ?? run.issued_at).getTime();
  return { atMs, surface: run.surface, points: SOURCE_POINTS.run, fault };
}

const classificationSchema = z.object({
  contract_id: z.string(),
  surface: z.enum(SURFACE_CODES),
  is_right: z.boolean().nullable(),
  classified_at: z.date(),
  gold_seen: z.int(),
  gold_right: z.int(),
});

async function findClassification(tx: pg.PoolClient, claim: Claim): Promise<Source | null> {
  const { rows } = await tx.query(
    `select c.*,
        (select count(*)::int from classifications g where g.user_id = $2 and g.is_right is not null) as gold_seen,
        (select count(*)::int from classifications g where g.user_id = $2 and g.is_right) as gold_right
      from classifications c where c.id = $1 and c.user_id = $2`,
    [claim.sourceId, claim.userId],
  );
  const [found] = z.array(classificationSchema).parse(rows);
  if (found === undefined) return null;
  const { is_right: isRight, gold_seen: goldSeen, gold_right: goldRight } = found;
  const points = classificationPoints({ isRight, goldSeen, goldRight });
  const worthless = points > 0 ? null : isRight === false ? "judged_wrong" : "wrong_too_often";
  const fault = found.contract_id === claim.contractId ? worthless : "another_contract";
  return { atMs: found.classified_at.getTime(), surface: found.surface, points, fault };
}

/** @throws Refusal contribution_limit */
async function checkDay(tx: pg.PoolClient, claim: Claim, nowMs: number): Promise<void> {
  const { rows } = await tx.query(
    `select count(*)::int as today from contract_contributions
      where contract_id = $1 and user_id = $2 and day = $3 and source_type = $4`,
    [claim.contractId, claim.userId, utcDay(nowMs), claim.sourceType],
  );
  const { today } = z.object({ today: z.int() }).parse(rows[0]);
  const most = CONTRIBUTIONS_PER_DAY_MAX[claim.sourceType];
  if (today >= most) throw new Refusal("contribution_limit", { sourceType: claim.sourceType, most });
}

async function insertContribution(
  tx: pg.PoolClient,
  claim: Claim,
  { surface, points }: Source,
  nowMs: number,
): Promise<Contribution | null> {
  const { rows } = await tx.query(
    `insert into contract_contributions (id, contract_id, user_id, surface, source_type, source_id, points, day,
        contributed_at)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing returning *`,
    [
      uuidOf("contribution", claim.sourceType, claim.sourceId),
      claim.contractId,
      claim.userId,
      surface,
      claim.sourceType,
      claim.sourceId,
      points,
      utcDay(nowMs),
      new Date(nowMs),
    ],
  );
  return z.array(contributionSchema).parse(rows)[0] ?? null;
}

/** Raises the contract's points and unlocks what they reach. The contract's row is held, so one comes after the other. */
async function addPoints(
  tx: pg.PoolClient,
  { contributionId, contractId, points }: Contribution,
  nowMs: number,
): Promise<{ total: number; unlocked: number[] }> {
  const raised = await tx.query(
    "update guild_contracts set total = total + $2 where id = $1 returning total",
    [contractId, points],
  );
  const { total } = z.object({ total: z.int() }).parse(raised.rows[0]);
  const { rows } = await tx.query(
    `update contract_tiers set unlocked_at = $3, unlocked_by = $4
      where contract_id = $1 and threshold <= $2 and unlocked_at is null returning tier`,
    [contractId, total, new Date(nowMs), contributionId],
  );
  const unlocked = z.array(z.object({ tier: z.int() })).parse(rows);
  return { total, unlocked: unlocked.map(({ tier }) => tier).sort((a, b) => a - b) };
}
