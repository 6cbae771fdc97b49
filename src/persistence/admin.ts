/** What operators do to a running installation: written here by `npm run admin`, read by every process. */
import type pg from "pg";
import { z } from "zod";
import { INCIDENT_TYPES, SEVERITIES } from "../rules/incidents.ts";
import { openIncident } from "./incidents.ts";
import { withTransaction } from "./sqlstate.ts";

const userId = z.uuid();

/** What an operator asks for. */
export const adminOrderSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("ban"), userId, reason: z.string(), untilMs: z.int().nullable() }),
  z.object({ kind: z.literal("unban"), userId }),
  z.object({ kind: z.literal("kick"), userId, reason: z.string() }),
  z.object({ kind: z.literal("broadcast"), text: z.string() }),
  z.object({
    kind: z.literal("drain"),
    /** Null: all of them. */
    processId: z.string().nullable(),
    /** Null: each process' own. */
    deadlineSeconds: z.int().nullable(),
  }),
  z.object({
    kind: z.literal("incident"),
    sectorId: z.int(),
    type: z.enum(INCIDENT_TYPES),
    severity: z.literal(SEVERITIES),
    seed: z.int(),
  }),
]);
export type AdminOrder = z.output<typeof adminOrderSchema>;

/** An order as it was recorded. */
export interface AdminAction {
  readonly id: number;
  readonly operator: string;
  readonly atMs: number;
  readonly kind: string;
  /** Null: another version's order, of a kind or with details that this one does not know. */
  readonly order: AdminOrder | null;
}

/** More than operators do in the time between two looks; what is left is read with the next. */
const PAGE_MAX = 100;

const rowSchema = z
  .object({
    id: z.int(),
    kind: z.string(),
    operator: z.string(),
    user_id: z.string().nullable(),
    detail: z.record(z.string(), z.unknown()),
    created_at: z.date(),
  })
  .transform(
    ({ id, kind, operator, user_id, detail, created_at }): AdminAction => ({
      id,
      operator,
      atMs: created_at.getTime(),
      kind,
      order: adminOrderSchema.safeParse({ kind, userId: user_id, ...detail }).data ?? null,
    }),
  );

const COLUMNS = "id, kind, operator, user_id, detail, created_at";

/**
 * Carries out what an order changes in the database and records it, in one transaction; processes act on the record.
 * @returns its id
 * @throws Refusal sector_not_found, incident_open: for an incident that cannot befall its sector
 */
export async function recordOrder(
  pool: pg.Pool,
  order: AdminOrder,
  { operator, nowMs }: { operator: string; nowMs: number },
): Promise<number> {
  const now = new Date(nowMs);
  return withTransaction(pool, async (client) => {
    // Ids in the order of commits: whoever reads on from the newest they know misses none.
    await client.query("lock table admin_actions in share row exclusive mode");
    await changeBans(client, order, now);
    if (order.kind === "incident") await openIncident(client, order, nowMs);
    const { kind, ...rest } = order;
    const { userId: ofUser = null, ...detail } = "userId" in rest ? rest : { ...rest, userId: null };
    const { rows } = await client.query(
      `insert into admin_actions (${COLUMNS})
        select coalesce(max(id), 0) + 1, $1, $2, $3, $4, $5 from admin_actions returning id`,
      [kind, operator, ofUser, JSON.stringify(detail), now],
    );
    const [row] = z.array(z.object({ id: z.int() })).parse(rows);
    if (row === undefined) throw new Error("an order was not recorded");
    return row.id;
  });
}

async function changeBans(client: pg.PoolClient, order: AdminOrder, now: Date): Promise<void> {
  if (order.kind === "ban") {
    await client.query(
      `insert into bans (user_id, reason, until, created_at) values ($1, $2, $3, $4)
        on conflict (user_id) do update set reason = excluded.reason, until = excluded.until`,
      [order.userId, order.reason, order.untilMs === null ? null : new Date(order.untilMs), now],
    );
  }
  if (order.kind === "unban") await client.query("delete from bans where user_id = $1", [order.userId]);
}

/** What operators did after the action `id`, oldest first, a page at most. */
export async function readActionsAfter(pool: pg.Pool, id: number): Promise<AdminAction[]> {
  const { rows } = await pool.query({
    name: "read_admin_actions",
    text: `select ${COLUMNS} from admin_actions where id > $1 order by id limit ${PAGE_MAX}`,
    values: [id],
  });
  return z.array(rowSchema).parse(rows);
}

/** The id of the newest action; 0 when there is none. */
export async function readNewestActionId(pool: pg.Pool): Promise<number> {
  const { rows } = await pool.query("select coalesce(max(id), 0) as id from admin_actions");
  const [row] = z.array(z.object({ id: z.int() })).parse(rows);
  return row?.id ?? 0;
}

/** A user as an operator may name them. */
export interface KnownUser {
  readonly userId: string;
  readonly name: string;
}

/** The users of exactly this name; names are not unique. */
export async function findUsers(pool: pg.Pool, name: string): Promise<KnownUser[]> {
  const { rows } = await pool.query(
    "select id, username from users where username = $1 order by created_at limit 20",
    [name],
  );
  return z
    .array(z.object({ id: z.string(), username: z.string() }))
    .parse(rows)
    .map((row) => ({ userId: row.id, name: row.username }));
}
