/** What incidents have left behind: states of sectors, and what pilots have of having answered. Read here, never written. */
import { z } from "zod";
import {
  BOOST_BPS,
  type Evacuation,
  INCIDENT_TYPES,
  type IncidentType,
  SEVERITIES,
} from "../rules/incidents.ts";
import { binaryArray } from "./binary-arrays.ts";
import type { Queryable } from "./flight.ts";

/** A state of a sector. It holds from its start until its end; the end does not belong to it. */
export interface SectorCondition {
  readonly incidentId: string;
  readonly sectorId: number;
  readonly type: IncidentType;
  readonly severity: 1 | 2 | 3;
  readonly startsAtMs: number;
  readonly endsAtMs: number;
  readonly evacuatedUntilMs: number | null;
}

/** What a pilot has for a while: ore everywhere, or deep asteroids in one sector. */
export interface Boon {
  readonly incidentId: string;
  readonly playerId: string;
  readonly kind: "boost" | "anomaly";
  readonly sectorId: number | null;
  readonly startsAtMs: number;
  readonly endsAtMs: number;
}

interface Timed {
  readonly startsAtMs: number;
  readonly endsAtMs: number;
}

export function holdsAt({ startsAtMs, endsAtMs }: Timed, atMs: number): boolean {
  return startsAtMs <= atMs && atMs < endsAtMs;
}

/** The types that hold at a moment. */
export function typesAt(conditions: readonly SectorCondition[], atMs: number): IncidentType[] {
  return conditions.filter((one) => holdsAt(one, atMs)).map(({ type }) => type);
}

export function evacuationsOf(conditions: readonly SectorCondition[]): Evacuation[] {
  return conditions.flatMap(({ startsAtMs, evacuatedUntilMs }) =>
    evacuatedUntilMs === null ? [] : [{ fromMs: startsAtMs, untilMs: evacuatedUntilMs }],
  );
}

/** What a pilot's boons do to their harvest in a sector. */
export function boonEffects(
  boons: readonly Boon[],
  sectorId: number,
  atMs: number,
): { yieldBps: number; hasDeepAsteroids: boolean } {
  const held = boons.filter((boon) => holdsAt(boon, atMs));
  return {
    // Several boosts are one: whoever answers everything is not ten times as fast.
    yieldBps: held.some(({ kind }) => kind === "boost") ? BOOST_BPS : 10_000,
    hasDeepAsteroids: held.some((boon) => boon.kind === "anomaly" && boon.sectorId === sectorId),
  };
}

const ms = z.date().transform((date) => date.getTime());

const conditionSchema = z
  .object({
    incident_id: z.string(),
    sector_id: z.int(),
    state_type: z.enum(INCIDENT_TYPES),
    severity: z.literal(SEVERITIES),
    starts_at: ms,
    ends_at: ms,
    evacuated_until: ms.nullable(),
  })
  .transform(
    (row): SectorCondition => ({
      incidentId: row.incident_id,
      sectorId: row.sector_id,
      type: row.state_type,
      severity: row.severity,
      startsAtMs: row.starts_at,
      endsAtMs: row.ends_at,
      evacuatedUntilMs: row.evacuated_until,
    }),
  );

const boonSchema = z
  .object({
    incident_id: z.string(),
    player_id: z.string(),
    kind: z.enum(["boost", "anomaly"]),
    sector_id: z.int().nullable(),
    starts_at: ms,
    ends_at: ms,
  })
  .transform(
    (row): Boon => ({
      incidentId: row.incident_id,
      playerId: row.player_id,
      kind: row.kind,
      sectorId: row.sector_id,
      startsAtMs: row.starts_at,
      endsAtMs: row.ends_at,
    }),
  );

const CONDITION_COLUMNS = "incident_id, sector_id, state_type, severity, starts_at, ends_at, evacuated_until";

/** The states of these sectors that had not ended at `sinceMs`; of all sectors when none are named. */
export async function readConditions(
  db: Queryable,
  sectorIds: readonly number[] | null,
  sinceMs: number,
): Promise<SectorCondition[]> {
  const { rows } =
    sectorIds === null
      ? await db.query({
          name: "read_all_conditions",
          text: `select ${CONDITION_COLUMNS} from sector_states where ended_at is null and ends_at > $1
            order by sector_id, state_type`,
          values: [new Date(sinceMs).toISOString()],
        })
      : await db.query({
          name: "read_conditions",
          text: `select ${CONDITION_COLUMNS} from sector_states where sector_id = any($1::int[]) and ends_at > $2
            order by sector_id, state_type`,
          values: [binaryArray("int", sectorIds), new Date(sinceMs).toISOString()],
        });
  return rows.map((row) => conditionSchema.parse(row));
}

/** The boons of these players, or of a user's, that had not ended at `sinceMs`. */
export async function readBoons(
  db: Queryable,
  of: readonly string[] | { readonly userId: string },
  sinceMs: number,
): Promise<Boon[]> {
  const columns = "incident_id, player_id, kind, sector_id, starts_at, ends_at";
  const { rows } =
    "userId" in of
      ? await db.query({
          name: "read_users_boons",
          text: `select ${columns} from incident_boons
            where player_id = (select id from players where user_id = $1) and ends_at > $2 order by ends_at`,
          values: [of.userId, new Date(sinceMs).toISOString()],
        })
      : await db.query({
          name: "read_boons",
          text: `select ${columns} from incident_boons where player_id = any($1::uuid[]) and ends_at > $2
            order by ends_at`,
          values: [binaryArray("uuid", of), new Date(sinceMs).toISOString()],
        });
  return rows.map((row) => boonSchema.parse(row));
}

/** A harvest may be settled so long after it was due: what held then must still be found. */
const LOOK_BACK_MS = 3_600_000;

/** For a batch: what bears on harvests of these players in these sectors. Asks nothing when there are none. */
export async function readHarvestModifiers(
  db: Queryable,
  sectorIds: readonly number[],
  playerIds: readonly string[],
  nowMs: number,
): Promise<{
  conditions: ReadonlyMap<number, readonly SectorCondition[]>;
  boons: ReadonlyMap<string, readonly Boon[]>;
}> {
  if (sectorIds.length === 0) return { conditions: new Map(), boons: new Map() };
  const sinceMs = nowMs - LOOK_BACK_MS;
  const [conditions, boons] = await Promise.all([
    readConditions(db, sectorIds, sinceMs),
    readBoons(db, playerIds, sinceMs),
  ]);
  return {
    conditions: Map.groupBy(conditions, ({ sectorId }) => sectorId),
    boons: Map.groupBy(boons, ({ playerId }) => playerId),
  };
}

/** The types of the states that a sector has at a moment. */
export async function readStateTypes(db: Queryable, sectorId: number, atMs: number): Promise<IncidentType[]> {
  return typesAt(await readConditions(db, [sectorId], atMs), atMs);
}
