/** Guild contracts: one of each theme a week, who is in them, and how far they are. */
import type pg from "pg";
import { z } from "zod";
import { Refusal } from "../errors.ts";
import { CONTRACT_THEMES, contractTiers } from "../rules/contracts.ts";
import { INCIDENT_TYPES } from "../rules/incidents.ts";
import { isoWeek, mondayMs, WEEK_MS } from "../rules/utc.ts";
import { uuidOf } from "../uuid.ts";
import { ensureUser } from "./sessions.ts";
import { withTransaction } from "./sqlstate.ts";

type Queryable = Pick<pg.ClientBase, "query">;

const ms = z.date().transform((date) => date.getTime());

const contractSchema = z
  .object({
    id: z.string(),
    theme: z.enum(CONTRACT_THEMES),
    iso_week: z.string(),
    starts_at: ms,
    ends_at: ms,
    total: z.int(),
    members: z.int(),
  })
  .transform((row) => ({
    contractId: row.id,
    theme: row.theme,
    isoWeek: row.iso_week,
    startsAtMs: row.starts_at,
    endsAtMs: row.ends_at,
    total: row.total,
    members: row.members,
  }));

const tierSchema = z
  .object({
    contract_id: z.string(),
    tier: z.int(),
    threshold: z.int(),
    cosmetic: z.string(),
    stardust: z.int(),
    multiplier_bps: z.int().nullable(),
    world_event: z.enum(INCIDENT_TYPES).nullable(),
    unlocked_at: ms.nullable(),
  })
  .transform((row) => ({
    contractId: row.contract_id,
    tier: row.tier,
    threshold: row.threshold,
    cosmetic: row.cosmetic,
    stardust: row.stardust,
    multiplierBps: row.multiplier_bps,
    worldEvent: row.world_event,
    unlockedAtMs: row.unlocked_at,
  }));

/** A step of a contract as it stands. */
export type Tier = Readonly<z.output<typeof tierSchema>>;
/** A contract as it stands. */
export type Contract = Readonly<z.output<typeof contractSchema>> & { readonly tiers: readonly Tier[] };

/** While it takes contributions: from its first moment to its last, the end not included. */
export function isActive({ startsAtMs, endsAtMs }: Contract, nowMs: number): boolean {
  return startsAtMs <= nowMs && nowMs < endsAtMs;
}

/**
 * Makes the contracts of this week and the next, so that the next ones are there when Monday begins. Any number of
 * processes may do it at once: of each theme and week there is one.
 */
export async function ensureContracts(pool: pg.Pool, nowMs: number): Promise<void> {
  for (const startsAtMs of [mondayMs(nowMs), mondayMs(nowMs) + WEEK_MS]) {
    const week = isoWeek(startsAtMs);
    const { rows } = await pool.query("select theme from guild_contracts where iso_week = $1", [week]);
    const known = z.array(z.object({ theme: z.string() })).parse(rows);
    for (const theme of CONTRACT_THEMES) {
      if (known.some((row) => row.theme === theme)) continue;
      await withTransaction(pool, (tx) => insertContract(tx, theme, week, startsAtMs));
    }
  }
}

async function insertContract(
  tx: pg.PoolClient,
  theme: (typeof CONTRACT_THEMES)[number],
  week: string,
  startsAtMs: number,
): Promise<void> {
  const id = uuidOf("contract", theme, week);
  const { rowCount } = await tx.query(
    `insert into guild_contracts (id, theme, iso_week, starts_at, ends_at) values ($1, $2, $3, $4, $5)
      on conflict do nothing`,
    [id, theme, week, new Date(startsAtMs), new Date(startsAtMs + WEEK_MS)],
  );
  if (rowCount === 0) return;
  for (const { tier, threshold, cosmetic, stardust, multiplierBps, worldEvent } of contractTiers(theme)) {
    await tx.query(
      `insert into contract_tiers (contract_id, tier, threshold, cosmetic, stardust, multiplier_bps, world_event)
        values ($1, $2, $3, $4, $5, $6, $7)`,
      [id, tier, threshold, cosmetic, stardust, multiplierBps, worldEvent],
    );
  }
}

/** The contracts that are active at a moment, in the order of their themes' names. */
export async function readActiveContracts(db: Queryable, nowMs: number): Promise<Contract[]> {
  return readContracts(db, "c.starts_at <= $1 and c.ends_at > $1", new Date(nowMs));
}

/** @throws Refusal contract_not_found */
export async function readContract(db: Queryable, contractId: string): Promise<Contract> {
  const [contract] = await readContracts(db, "c.id = $1", contractId);
  if (contract === undefined) throw new Refusal("contract_not_found", { contractId });
  return contract;
}

async function readContracts(db: Queryable, which: string, value: unknown): Promise<Contract[]> {
  const { rows } = await db.query(
    `select c.*, (select count(*)::int from contract_members m where m.contract_id = c.id) as members
      from guild_contracts c where ${which} order by c.theme`,
    [value],
  );
  const contracts = z.array(contractSchema).parse(rows);
  const tiers = await db.query(
    `select contract_id, tier, threshold, cosmetic, stardust, multiplier_bps, world_event, unlocked_at
      from contract_tiers where contract_id = any($1::uuid[]) order by tier`,
    [contracts.map(({ contractId }) => contractId)],
  );
  const byContract = Map.groupBy(z.array(tierSchema).parse(tiers.rows), ({ contractId }) => contractId);
  return contracts.map((contract) => ({ ...contract, tiers: byContract.get(contract.contractId) ?? [] }));
}

const standingSchema = z.object({ joined_at: ms, points: z.int(), contributions: z.int() });

/** How a member stands in a contract. */
export interface Standing {
  readonly joinedAtMs: number;
  readonly points: number;
  readonly contributions: number;
}

/** What a user has done for a contract; null for who is not a member. */
export async function readStanding(
  db: Queryable,
  contractId: string,
  userId: string,
): Promise<Standing | null> {
  const { rows } = await db.query(
    `select m.joined_at, coalesce(sum(k.points), 0)::int as points, count(k.id)::int as contributions
      from contract_members m
      left join contract_contributions k on k.contract_id = m.contract_id and k.user_id = m.user_id
      where m.contract_id = $1 and m.user_id = $2 group by m.joined_at`,
    [contractId, userId],
  );
  const [own] = z.array(standingSchema).parse(rows);
  return own === undefined
    ? null
    : { joinedAtMs: own.joined_at, points: own.points, contributions: own.contributions };
}

/**
 * Makes a user a member, once; again changes nothing. What the contract has by then decides which tiers are theirs too:
 * those it reaches later (domain §16.5).
 * @throws Refusal contract_not_found, contract_not_active
 */
export async function joinContract(
  pool: pg.Pool,
  user: { userId: string; name: string },
  contractId: string,
  nowMs: number,
): Promise<{ duplicate: boolean }> {
  return withTransaction(pool, async (tx) => {
    await ensureUser(tx, user, nowMs);
    // No contribution gets past this lock, so each is either in the total or comes after the joining.
    const locked = await tx.query("select total from guild_contracts where id = $1 for share", [contractId]);
    const contract = await readContract(tx, contractId);
    if (!isActive(contract, nowMs)) throw notActive(contract);
    const { total } = z.object({ total: z.int() }).parse(locked.rows[0]);
    const { rowCount } = await tx.query(
      `insert into contract_members (contract_id, user_id, joined_at, joined_total) values ($1, $2, $3, $4)
        on conflict do nothing`,
      [contractId, user.userId, new Date(nowMs), total],
    );
    return { duplicate: rowCount === 0 };
  });
}

export function notActive({ contractId, startsAtMs, endsAtMs }: Contract): Refusal {
  return new Refusal("contract_not_active", { contractId, startsAtMs, endsAtMs });
}
