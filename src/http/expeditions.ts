import { z } from "zod";
import { Refusal } from "../errors.ts";
import { type AppContext, surfaceOf } from "../identity/app-context.ts";
import { RunTokens } from "../identity/run-token.ts";
import { readStateTypes } from "../persistence/conditions.ts";
import type { Database } from "../persistence/database.ts";
import { createRun } from "../persistence/expedition-create.ts";
import { completeRun, type RunResult, readResult } from "../persistence/expedition-end.ts";
import { cancelRun, type Run, readMissionLog, readOwnRun, startRun } from "../persistence/expeditions.ts";
import { RunTokenKeys } from "../persistence/run-token-keys.ts";
import { readSector } from "../persistence/sectors.ts";
import { type IncidentType, isMissionAvailable } from "../rules/incidents.ts";
import { MISSION_IDS, type MissionId, missionOf } from "../rules/missions.ts";
import {
  created,
  metrics,
  mission,
  newRunBody,
  result,
  run,
  started,
  surface,
  token,
} from "./expedition-shapes.ts";
import { idempotencyKeyOf } from "./idempotency.ts";
import { nothing, OPTIONAL, PILOT, PUBLIC, type Route, route } from "./route.ts";
import { before, sectorId } from "./route-fields.ts";
import type { RouteDeps } from "./routes.ts";

const runParams = z.object({ runId: z.uuid().toLowerCase() });

const MISMATCHES = [
  "run_token_invalid",
  "token_user_mismatch",
  "token_surface_mismatch",
  "unknown_surface",
] as const;

/** Of most routes here. */
const own = { access: PILOT, params: nothing, query: nothing, body: nothing, refusals: [] } as const;

/** Prospecting expeditions: ecosystem seed, Loop 1; domain §16.4. */
export function expeditionRoutes(deps: RouteDeps): Route[] {
  return [missionsRoute(deps), ...playRoutes(deps), ...runRoutes(deps)];
}

function missionsRoute({ database, clock, config }: RouteDeps): Route {
  return route({
    ...own,
    method: "GET",
    path: "/missions",
    // Who may not watch a live sector does not read what holds there either.
    access: config.spectators === "open" ? PUBLIC : OPTIONAL,
    query: z.object({ sectorId: sectorId.optional() }),
    response: z.object({ missions: z.array(mission) }),
    summary:
      "Every expedition there is: what it takes, and what it gives at most; for a sector, also whether its state allows it now.",
    refusals: ["token_missing", "sector_not_found"],
    async handle({ identity, query }) {
      if (query.sectorId !== undefined && config.spectators !== "open") PILOT.admit(identity);
      const states =
        query.sectorId === undefined ? null : await readSectorStates(database, query.sectorId, clock.nowMs());
      return { missions: MISSION_IDS.map((missionId) => shownMission(missionId, states)) };
    },
  });
}

/** @throws Refusal sector_not_found */
async function readSectorStates({ pool }: Database, sectorId: number, nowMs: number) {
  if ((await readSector(pool, sectorId)) === null) throw new Refusal("sector_not_found", { sectorId });
  return readStateTypes(pool, sectorId, nowMs);
}

/** What needs a run's token, or gives it. */
function playRoutes({ database, clock, dice, config }: RouteDeps): Route[] {
  const tokens = new RunTokens(new RunTokenKeys(database.pool));

  /** The run that a token opens to who sends it from where. */
  async function opened(
    call: { identity: { userId: string }; context: AppContext | null; params: { runId: string } },
    body: { token: string; surface?: string | undefined },
  ) {
    const { claims, isExpired } = await tokens.verify(body.token, clock.nowMs());
    const { runId, userId, jti, surface: madeFor } = claims;
    if (runId !== call.params.runId) throw new Refusal("run_token_invalid", { reason: "run_id" });
    if (userId !== call.identity.userId) throw new Refusal("token_user_mismatch");
    const from = surfaceOf(body.surface, call.context);
    if (from !== madeFor) throw new Refusal("token_surface_mismatch", { surface: madeFor });
    return { runId, userId, jti, isExpired };
  }

  return [
    route({
      ...own,
      method: "POST",
      path: "/runs",
      body: newRunBody,
      response: created,
      refusals: [
        ...(["unknown_surface", "mission_not_on_surface", "not_joined_yet", "sector_not_found"] as const),
        ...([
          "not_an_asteroid_field",
          "field_too_poor",
          "territory_closed",
          "mission_not_available",
          "research_needed",
        ] as const),
        ...(["too_many_runs", "daily_limit"] as const),
      ],
      summary:
        "Creates a run of a mission on an asteroid field, and the token that plays it. With an Idempotency-Key, asking again gives the same run.",
      async handle({ identity, context, headers, body }) {
        const made = await createRun(
          database,
          {
            ...body,
            userId: identity.userId,
            surface: surfaceOf(body.surface, null),
            appVersion: context?.appVersion ?? null,
            idempotencyKey: idempotencyKeyOf(headers),
          },
          dice,
          clock.nowMs(),
        );
        return { run: made, token: await tokens.sign(made, clock.nowMs()) };
      },
    }),
    route({
      ...own,
      method: "POST",
      path: "/runs/:runId/start",
      params: runParams,
      body: z.strictObject({ token, surface }),
      response: started,
      refusals: [...MISMATCHES, "run_not_found", "run_expired", "run_not_open"],
      summary:
        "Begins the run: its time is measured from here. Tells its objectives, in order, and what proves each.",
      async handle(call) {
        const begun = await startRun(database, await opened(call, call.body), dice, clock.nowMs());
        return { run: begun, objectives: begun.objectives ?? [] };
      },
    }),
    route({
      ...own,
      method: "POST",
      path: "/runs/:runId/complete",
      params: runParams,
      body: z.strictObject({ token, surface, metrics }),
      response: result,
      refusals: [
        ...MISMATCHES,
        ...(["run_not_found", "run_not_started", "run_expired", "run_not_open"] as const),
        ...([
          "metrics_mismatch",
          "score_out_of_range",
          "objective_proof_missing",
          "duration_below_floor",
        ] as const),
      ],
      summary:
        "Ends the run by its metrics and gives its rewards. Sent again, it gives the first answer with duplicate: true.",
      async handle(call) {
        const key = await opened(call, call.body);
        const payer = { dice, phase: config.ecosystemPhase, nowMs: clock.nowMs() };
        return shown(await completeRun(database, { ...key, metrics: call.body.metrics }, payer));
      },
    }),
  ];
}

/** A user's runs, from wherever they look at them. */
function runRoutes({ database, clock }: RouteDeps): Route[] {
  return [
    route({
      ...own,
      method: "POST",
      path: "/runs/:runId/cancel",
      params: runParams,
      response: z.object({ run }),
      refusals: ["run_not_found", "run_expired", "run_not_open"],
      summary: "Gives a run up that has not ended.",
      handle: async ({ identity, params }) => ({
        run: await cancelRun(database, identity.userId, params.runId, clock.nowMs()),
      }),
    }),
    route({
      ...own,
      method: "GET",
      path: "/runs/:runId",
      params: runParams,
      response: result,
      refusals: ["run_not_found"],
      summary: "A run of yours, and what it brought.",
      async handle({ identity, params }) {
        const found = await readOwnRun(database, identity.userId, params.runId);
        return shown(await readResult(database.pool, atNow(found, clock.nowMs()), false));
      },
    }),
    route({
      ...own,
      method: "GET",
      path: "/me/mission-log",
      query: z.object({ before, beforeRunId: z.uuid().toLowerCase().optional() }),
      response: z.object({ runs: z.array(run) }),
      refusals: ["run_not_found"],
      summary:
        "Your runs, newest first, fifty at a time: pass the last one's runId as `beforeRunId` for those before; an issuedAtMs as `before` for those of earlier moments.",
      async handle({ identity, query }) {
        const page = { beforeMs: query.before ?? null, beforeRunId: query.beforeRunId ?? null };
        const runs = await readMissionLog(database, identity.userId, page);
        return { runs: runs.map((each) => atNow(each, clock.nowMs())) };
      },
    }),
  ];
}

/** @param active the states of a sector that is asked about; null when none is */
function shownMission(missionId: MissionId, active: readonly IncidentType[] | null): z.input<typeof mission> {
  const { surfaceKinds, states, ...rest } = missionOf(missionId);
  const { forbidden, required } = states;
  return {
    ...{ missionId, ...rest, surfaceKinds: [...surfaceKinds] },
    states: {
      ...(forbidden !== undefined && { forbidden: [...forbidden] }),
      ...(required !== undefined && { required: [...required] }),
    },
    available: active === null ? null : isMissionAvailable(states, active),
  };
}

/** Nobody has to come by for a run's time to be up. */
function atNow(stored: Run, nowMs: number): Run {
  const isOpen = stored.status === "created" || stored.status === "started";
  if (!isOpen || nowMs < stored.expiresAtMs) return stored;
  return { ...stored, status: "expired", endedAtMs: stored.expiresAtMs };
}

function shown({ rewards, ...rest }: RunResult): z.input<typeof result> {
  return { ...rest, rewards: [...rewards] };
}
