/** The states that incidents leave in their sectors: begun, ended, told. */
import type pg from "pg";
import { z } from "zod";
import {
  evacuationMs,
  INCIDENT_TYPES,
  type IncidentOutcome,
  type IncidentType,
  SEVERITIES,
  stateHours,
} from "../rules/incidents.ts";
import type { Incident } from "./incidents.ts";
import { recordProductEvent } from "./product-events.ts";
import { withTransaction } from "./sqlstate.ts";

/** Begins the state that an incident has come to, in the transaction that ends it. */
export async function beginState(
  tx: pg.PoolClient,
  { incidentId, sectorId, type, severity }: Incident,
  outcome: IncidentOutcome,
  nowMs: number,
): Promise<void> {
  // One of the same type that still holds gives way to the newer one.
  await endStates(tx, { sectorId, type, nowMs });
  const hours = stateHours(severity);
  const evacuation = evacuationMs(type, outcome);
  await tx.query(
    `insert into sector_states (incident_id, sector_id, state_type, severity, starts_at, ends_at, evacuated_until)
      values ($1, $2, $3, $4, $5, $6, $7)`,
    [
      incidentId,
      sectorId,
      type,
      severity,
      new Date(nowMs),
      new Date(nowMs + hours * 3_600_000),
      evacuation === 0 ? null : new Date(nowMs + evacuation),
    ],
  );
  await tellState(tx, { sectorId, type, newState: "active", hours, nowMs });
}

async function endStates(
  tx: pg.PoolClient,
  { sectorId, type, nowMs }: { sectorId: number; type: IncidentType; nowMs: number },
): Promise<void> {
  const { rows } = await tx.query(
    `update sector_states set ended_at = $3, ends_at = least(ends_at, $3),
        evacuated_until = case when starts_at < $3 then least(evacuated_until, $3) end
      where sector_id = $1 and state_type = $2 and ended_at is null returning severity`,
    [sectorId, type, new Date(nowMs)],
  );
  for (const { severity } of z.array(z.object({ severity: z.literal(SEVERITIES) })).parse(rows))
    await tellState(tx, { sectorId, type, newState: "ended", hours: stateHours(severity), nowMs });
}

function tellState(
  tx: pg.PoolClient,
  state: { sectorId: number; type: IncidentType; newState: "active" | "ended"; hours: number; nowMs: number },
): Promise<void> {
  return recordProductEvent(tx, {
    name: "ecosystem_state_changed",
    userId: null,
    properties: {
      state_type: state.type,
      sector_id: state.sectorId,
      new_state: state.newState,
      duration_hours: state.hours,
    },
    now: new Date(state.nowMs),
  });
}

/** States whose time is over. Their effects have ended by themselves; this notices and tells it, one transaction each. */
export async function endOverdueStates(pool: pg.Pool, nowMs: number, ending?: AbortSignal): Promise<void> {
  const { rows } = await pool.query(
    "select sector_id, state_type as type from sector_states where ended_at is null and ends_at <= $1 order by ends_at",
    [new Date(nowMs)],
  );
  const due = z.array(z.object({ sector_id: z.int(), type: z.enum(INCIDENT_TYPES) })).parse(rows);
  for (const { sector_id: sectorId, type } of due) {
    if (ending?.aborted) return;
    await withTransaction(pool, async (tx) => {
      const { rows: locked } = await tx.query(
        `select from sector_states
          where sector_id = $1 and state_type = $2 and ended_at is null and ends_at <= $3 for update skip locked`,
        [sectorId, type, new Date(nowMs)],
      );
      if (locked.length > 0) await endStates(tx, { sectorId, type, nowMs });
    });
  }
}
