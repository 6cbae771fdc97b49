/** What tests of incidents ask for again and again. */
import { strict as assert } from "node:assert";
import { settleIncidents } from "../../src/jobs/incidents.ts";
import { type Incident, openIncident } from "../../src/persistence/incidents.ts";
import { withTransaction } from "../../src/persistence/sqlstate.ts";
import { type IncidentType, RESPONSE_MS, type Severity } from "../../src/rules/incidents.ts";
import type { MadePilot } from "./fixtures.ts";
import type { GameUnderTest } from "./game.ts";

export function befall(
  game: GameUnderTest,
  sectorId: number,
  type: IncidentType,
  severity: Severity = 1,
): Promise<Incident> {
  const order = { sectorId, seed: 7, type, severity };
  return withTransaction(game.pool, (tx) => openIncident(tx, order, game.clock.nowMs()));
}

/** Brings about what an unanswered incident leaves behind. */
export async function strike(
  game: GameUnderTest,
  sectorId: number,
  type: IncidentType,
  severity: Severity = 1,
): Promise<Incident> {
  const incident = await befall(game, sectorId, type, severity);
  // Six hours would give the pilots their turns back.
  await game.pool.query("update sector_incidents set opens_at = $2, closes_at = $3 where id = $1", [
    incident.incidentId,
    new Date(game.clock.nowMs() - RESPONSE_MS),
    new Date(game.clock.nowMs()),
  ]);
  await settleIncidents({ pool: game.pool, clock: game.clock });
  return incident;
}

/** Who calls, and through which surface. */
export interface Caller {
  readonly pilot?: Pick<MadePilot, "userId">;
  readonly surface?: string;
}

export interface Answered {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** Calls a route; one with a body is a POST. */
export async function call(
  game: GameUnderTest,
  path: string,
  { pilot, surface }: Caller = {},
  body?: unknown,
): Promise<Answered> {
  const response = await fetch(`http://localhost:${game.port}${path}`, {
    method: body === undefined ? "GET" : "POST",
    headers: {
      ...(pilot !== undefined && { authorization: `Bearer ${await game.token(pilot.userId)}` }),
      ...(surface !== undefined && { "x-app-surface": surface }),
      ...(body !== undefined && { "content-type": "application/json" }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

/** The answer of a call that must have gone well. */
export async function called(...args: Parameters<typeof call>): Promise<Record<string, unknown>> {
  const { status, body } = await call(...args);
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

/** The detail of a refusal that must have this code. */
export async function callRefused(
  code: string,
  ...args: Parameters<typeof call>
): Promise<Record<string, unknown>> {
  const { body } = await call(...args);
  assert.equal(body.code, code, JSON.stringify(body));
  return body.detail as Record<string, unknown>;
}
