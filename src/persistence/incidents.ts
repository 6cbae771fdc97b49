/** Incidents as rows: made, read, resolved. What pilots answer is in `incident-responses.ts`. */
import { randomUUID } from "node:crypto";
import type pg from "pg";
import { z } from "zod";
import { Refusal } from "../errors.ts";
import {
  INCIDENT_STATUSES,
  INCIDENT_TYPES,
  type IncidentOutcome,
  type IncidentPlan,
  type IncidentType,
  incidentOutcome,
  incidentThreshold,
  planIncident,
  RESPONSE_MS,
  SEVERITIES,
  type Severity,
} from "../rules/incidents.ts";
import { binaryArray } from "./binary-arrays.ts";
import type { Queryable } from "./flight.ts";
import { beginState } from "./sector-states.ts";
import { withTransaction } from "./sqlstate.ts";

type Client = Pick<pg.ClientBase, "query">;

const ms = z.date().transform((date) => date.getTime());

const incidentSchema = z
  .object({
    id: z.string(),
    sector_id: z.int(),
    type: z.enum(INCIDENT_TYPES),
    severity: z.literal(SEVERITIES),
    status: z.enum(INCIDENT_STATUSES),
    threshold: z.int(),
    score: z.int(),
    readings: z.array(z.int()),
    opens_at: ms,
    closes_at: ms,
    resolved_at: ms.nullable(),
  })
  .transform((row) => ({
    incidentId: row.id,
    sectorId: row.sector_id,
    type: row.type,
    severity: row.severity,
    status: row.status,
    threshold: row.threshold,
    score: row.score,
    readings: row.readings,
    opensAtMs: row.opens_at,
    closesAtMs: row.closes_at,
    resolvedAtMs: row.resolved_at,
  }));

/** An incident as its row has it, its severity included, which nobody is told while it is open. */
export type Incident = Readonly<z.output<typeof incidentSchema>>;

const COLUMNS =
  "id, sector_id, type, severity, status, threshold, score, readings, opens_at, closes_at, resolved_at";
const IS_OPEN = "status in ('detected', 'responding')";

export function isOpen({ status }: Pick<Incident, "status">): boolean {
  return status === "detected" || status === "responding";
}

/** What is to be made: drawn from `seed`, unless type or severity are chosen. */
export interface IncidentOrder {
  readonly sectorId: number;
  /** One u32. */
  readonly seed: number;
  readonly type?: IncidentType;
  readonly severity?: Severity;
  /** It has all the points it needs from the start: what follows is not up to anybody any more. */
  readonly isMastered?: true;
}

/**
 * Opens an incident, in the caller's transaction. A sector has one at a time.
 * @throws Refusal sector_not_found, incident_open
 */
export async function openIncident(tx: Client, order: IncidentOrder, nowMs: number): Promise<Incident> {
  const { sectorId, seed, isMastered = false, ...chosen } = order;
  const { rows: sectors } = await tx.query("select from sectors where sector_id = $1", [sectorId]);
  if (sectors.length === 0) throw new Refusal("sector_not_found", { sectorId });
  const plan: IncidentPlan = planIncident(seed, chosen);
  const { rows } = await tx.query(
    `insert into sector_incidents (id, sector_id, type, severity, status, threshold, score, seed, readings, opens_at,
        closes_at)
      values ($1, $2, $3, $4, 'detected', $5, $6, $7, $8, $9, $10)
      on conflict (sector_id) where ${IS_OPEN} do nothing returning ${COLUMNS}`,
    [
      randomUUID(),
      sectorId,
      plan.type,
      plan.severity,
      incidentThreshold(plan.severity),
      isMastered ? incidentThreshold(plan.severity) : 0,
      seed,
      JSON.stringify(plan.readings),
      new Date(nowMs),
      new Date(nowMs + RESPONSE_MS),
    ],
  );
  const [incident] = z.array(incidentSchema).parse(rows);
  if (incident === undefined) throw new Refusal("incident_open", { sectorId });
  return incident;
}

/** Sectors that an incident of the type can befall: its mark is not on them, and nothing is open there. */
export async function readEligibleSectors(db: Client, type: IncidentType, nowMs: number): Promise<number[]> {
  const { rows } = await db.query(
    `select s.sector_id from sectors s
      where ($1 = 'storm' or s.type = 'ASTEROID_FIELD')
        and not exists (select from sector_incidents i where i.sector_id = s.sector_id and i.${IS_OPEN})
        and not exists (select from sector_states t where t.sector_id = s.sector_id and t.state_type = $1
          and t.ended_at is null and t.ends_at > $2)
      order by s.sector_id`,
    [type, new Date(nowMs)],
  );
  return z
    .array(z.object({ sector_id: z.int() }))
    .parse(rows)
    .map((row) => row.sector_id);
}

/** Open ones, and those resolved since `sinceMs`; newest first. */
export async function readIncidents(
  db: Client,
  { sectorId, sinceMs }: { sectorId: number | null; sinceMs: number },
): Promise<Incident[]> {
  const { rows } = await db.query({
    name: "read_incidents",
    text: `select ${COLUMNS} from sector_incidents
      where (${IS_OPEN} or resolved_at > $1) and ($2::int is null or sector_id = $2)
      order by opens_at desc, id`,
    values: [new Date(sinceMs), sectorId],
  });
  return z.array(incidentSchema).parse(rows);
}

/** Those that can be answered in these sectors; in all when none are named. */
export async function readOpenIncidents(
  db: Queryable,
  sectorIds: readonly number[] | null,
  nowMs: number,
): Promise<Incident[]> {
  const { rows } = await db.query({
    name: "read_open_incidents",
    text: `select ${COLUMNS} from sector_incidents
      where ${IS_OPEN} and score < threshold and closes_at > $1 and ($2::int[] is null or sector_id = any($2)) order by sector_id`,
    values: [new Date(nowMs).toISOString(), sectorIds === null ? null : binaryArray("int", sectorIds)],
  });
  return z.array(incidentSchema).parse(rows);
}

/** @throws Refusal incident_not_found */
export async function readIncident(db: Client, incidentId: string, lock = false): Promise<Incident> {
  const { rows } = await db.query(
    `select ${COLUMNS} from sector_incidents where id = $1${lock ? " for no key update" : ""}`,
    [incidentId],
  );
  const [incident] = z.array(incidentSchema).parse(rows);
  if (incident === undefined) throw new Refusal("incident_not_found", { incidentId });
  return incident;
}

/** Whether the answers to it have all the points it needs; more are not taken. */
export function isMastered({ score, threshold }: Pick<Incident, "score" | "threshold">): boolean {
  return score >= threshold;
}

function isRipe(incident: Omit<Incident, "sectorId">, nowMs: number): boolean {
  return isOpen(incident) && (isMastered(incident) || incident.closesAtMs <= nowMs);
}

/** Incidents that have all the points they need, or no time left. */
export async function readRipeIncidents(db: Client, nowMs: number): Promise<string[]> {
  const { rows } = await db.query(
    `select id from sector_incidents where ${IS_OPEN} and (score >= threshold or closes_at <= $1) order by closes_at`,
    [new Date(nowMs)],
  );
  return z
    .array(z.object({ id: z.string() }))
    .parse(rows)
    .map((row) => row.id);
}

/**
 * Ends an incident that is ripe: its outcome, the state of its sector and the event of it, in one transaction. Another
 * process that tries the same finds it ended.
 *
 * The sector's lease is held while the state begins: batches in flight end first, and what comes due from then on sees
 * it. So the state's start is later than everything that was settled without it.
 * @returns the outcome; null when it was not ripe, or ended before
 */
export async function resolveIncident(
  pool: pg.Pool,
  incidentId: string,
  clock: { nowMs(): number },
): Promise<IncidentOutcome | null> {
  return withTransaction(pool, async (tx) => {
    const { sectorId, ...before } = await readIncident(tx, incidentId);
    // The lease stops the sector while it is held: not for an answer that ends nothing.
    if (!isRipe(before, clock.nowMs())) return null;
    await tx.query("select from sector_leases where sector_id = $1 for update", [sectorId]);
    const incident = await readIncident(tx, incidentId, true);
    const nowMs = clock.nowMs();
    if (!isRipe(incident, nowMs)) return null;
    const { rows } = await tx.query(
      "select count(*)::int as responses from incident_responses where incident_id = $1",
      [incidentId],
    );
    const responses = z.object({ responses: z.int() }).parse(rows[0]).responses;
    const outcome = incidentOutcome(incident.score, incident.severity, responses);
    await tx.query("update sector_incidents set status = $2, resolved_at = $3 where id = $1", [
      incidentId,
      outcome,
      new Date(nowMs),
    ]);
    await beginState(tx, incident, outcome, nowMs);
    return outcome;
  });
}
