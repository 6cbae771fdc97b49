import { z } from "zod";
import type { Clock } from "../clock.ts";
import type { Config } from "../config.ts";
import type { Dice } from "../dice.ts";
import { Refusal } from "../errors.ts";
import { type AppContext, sessionSurface } from "../identity/app-context.ts";
import type { Identity } from "../identity.ts";
import { boonEffects, readBoons, readConditions } from "../persistence/conditions.ts";
import type { Database } from "../persistence/database.ts";
import {
  classifyIncident,
  type Responder,
  readOwnResponses,
  type StoredResponse,
  startReaction,
  submitReaction,
} from "../persistence/incident-responses.ts";
import { rewardResponders } from "../persistence/incident-rewards.ts";
import {
  type Incident,
  isOpen,
  readIncident,
  readIncidents,
  resolveIncident,
} from "../persistence/incidents.ts";
import {
  EFFECTS,
  INCIDENT_STATUSES,
  INCIDENT_TYPES,
  RESPONSE_MODES,
  SEVERITIES,
} from "../rules/incidents.ts";
import { CUES, LANES, REACTION_MS_MAX } from "../rules/reactions.ts";
import { SURFACES } from "../rules/surfaces.ts";
import type { Log } from "../telemetry/log.ts";
import { nothing, OPTIONAL, PILOT, type Route, route } from "./route.ts";
import { sectorId } from "./route-fields.ts";

/** As long as the longest state lasts: what explains it can still be read. */
const SHOWN_MS = 72 * 3_600_000;

const severity = z.literal(SEVERITIES);
const atMs = z.int().describe("Server time in ms since 1970.");

const incident = z.object({
  incidentId: z.uuid(),
  sectorId: z.int(),
  type: z.enum(INCIDENT_TYPES),
  status: z.enum(INCIDENT_STATUSES),
  readings: z
    .array(z.int())
    .describe(
      "What instruments show, 0–100: around 25 for severity 1, 50 for 2, 75 for 3, each up to 40 off.",
    ),
  severity: severity.nullable().describe("Null while it is open: judging it is one of the two answers."),
  score: z.int().describe("Points that all answers have brought so far."),
  threshold: z.int().nullable().describe("Points that master it; null while it is open."),
  opensAtMs: atMs,
  closesAtMs: atMs,
  resolvedAtMs: atMs.nullable(),
});

const state = z.object({
  sectorId: z.int(),
  stateType: z.enum(INCIDENT_TYPES),
  severity,
  incidentId: z.uuid(),
  yieldBps: z.int().describe("Ore of harvests due while it holds: 10000 = as always."),
  windowFactor: z.int().describe("How many times as long a harvest takes that begins while it holds."),
  extraWarpTurns: z.int().describe("What each warp out of the sector costs more; gates are sheltered."),
  startsAtMs: atMs,
  endsAtMs: atMs,
  evacuatedUntilMs: atMs.nullable().describe("Nobody mines there until then."),
});

const response = z.object({
  score: z.int().describe("0–100; of your first answer in this mode, however often you send one."),
  duplicate: z.boolean(),
  status: z.enum(INCIDENT_STATUSES).describe("Of the incident, after your answer."),
});

const cue = z.object({
  atMs: z.int().describe("After the start."),
  lane: z
    .int()
    .min(0)
    .max(LANES - 1),
});

const press = z.strictObject({
  cue: z
    .int()
    .min(0)
    .max(CUES - 1),
  lane: z
    .int()
    .min(0)
    .max(LANES - 1),
  atMs: z.int().min(0).max(REACTION_MS_MAX),
});

const incidentId = z.object({ incidentId: z.uuid().toLowerCase() });
const sectorQuery = z.object({ sectorId: sectorId.optional() });

function view(found: Incident): z.input<typeof incident> {
  return isOpen(found) ? { ...found, severity: null, threshold: null } : found;
}

interface IncidentDeps {
  readonly config: Pick<Config, "spectators">;
  readonly database: Database;
  readonly clock: Pick<Clock, "nowMs">;
  readonly dice: Dice;
  readonly log: Pick<Log, "warn">;
}

/** A reaction is played in a game. @throws Refusal wrong_surface */
function gameSurface(context: AppContext | null): AppContext["appSurface"] {
  if (context === null || SURFACES[context.appSurface].kind !== "godot")
    throw new Refusal("wrong_surface", { appSurface: context?.appSurface ?? null });
  return context.appSurface;
}

function readRoutes({ config, database, clock }: IncidentDeps): Route[] {
  const common = { method: "GET", phase: "live", query: nothing, params: nothing, body: nothing } as const;
  // Who may not watch a live sector does not read what befalls it either.
  const watching = config.spectators === "open" ? OPTIONAL : PILOT;
  const { pool } = database;
  return [
    route({
      ...common,
      path: "/incidents",
      access: watching,
      query: sectorQuery,
      response: z.object({ incidents: z.array(incident) }),
      refusals: [],
      summary:
        "Incidents that can be answered, and those of the last 72 h, newest first; of one sector or all.",
      async handle({ query }) {
        const sinceMs = clock.nowMs() - SHOWN_MS;
        const incidents = await readIncidents(pool, { sectorId: query.sectorId ?? null, sinceMs });
        return { incidents: incidents.map(view) };
      },
    }),
    route({
      ...common,
      path: "/incidents/:incidentId",
      access: watching,
      params: incidentId,
      response: incident.extend({
        responses: z
          .array(z.object({ mode: z.enum(RESPONSE_MODES), score: z.int() }))
          .describe("Your own; none without a token."),
      }),
      refusals: ["incident_not_found"],
      summary: "One incident, with your answers to it.",
      async handle({ params, identity }) {
        const found = await readIncident(pool, params.incidentId);
        const responses =
          identity === null ? [] : await readOwnResponses(pool, params.incidentId, identity.userId);
        return { ...view(found), responses };
      },
    }),
    route({
      ...common,
      path: "/sector-states",
      access: watching,
      query: sectorQuery,
      response: z.object({ states: z.array(state) }),
      refusals: [],
      summary: "The states that incidents have left and that hold now: of one sector or all.",
      async handle({ query }) {
        const ids = query.sectorId === undefined ? null : [query.sectorId];
        const states = await readConditions(pool, ids, clock.nowMs());
        return {
          states: states.map(({ type, ...rest }) => ({ ...rest, ...EFFECTS[type], stateType: type })),
        };
      },
    }),
    route({
      ...common,
      path: "/me/boons",
      access: PILOT,
      response: z.object({
        yieldBps: z.int().describe("Ore of your harvests anywhere: 10000 = as always."),
        boons: z.array(
          z.object({
            kind: z.enum(["boost", "anomaly"]),
            incidentId: z.uuid(),
            sectorId: z.int().nullable().describe("Where; null: everywhere."),
            startsAtMs: atMs,
            endsAtMs: atMs,
          }),
        ),
      }),
      refusals: [],
      summary:
        "What you have for a while of having answered incidents: boosts, and sectors that run deep for you.",
      async handle({ identity }) {
        const nowMs = clock.nowMs();
        const boons = await readBoons(pool, { userId: identity.userId }, nowMs);
        return { yieldBps: boonEffects(boons, 0, nowMs).yieldBps, boons };
      },
    }),
  ];
}

/** What befalls sectors, and how pilots answer it. There is no route that makes an incident. */
export function incidentRoutes(deps: IncidentDeps): Route[] {
  const { database, clock, dice, log } = deps;
  const { pool } = database;

  async function settle(id: string) {
    if ((await resolveIncident(pool, id, clock)) !== null) await rewardResponders(pool, clock, id);
  }

  /** What the answer may have brought about is done before it is told; a job makes up for what fails here. */
  async function settled(id: string, { score, duplicate }: StoredResponse) {
    if (!duplicate) {
      await settle(id).catch((error: unknown) =>
        log.warn({ err: error, incidentId: id }, "An incident was answered but not settled; a job does it."),
      );
    }
    return { score, duplicate, status: (await readIncident(pool, id)).status };
  }

  const common = { method: "POST", phase: "live", access: PILOT, query: nothing } as const;
  const responder = (identity: Identity, surface: AppContext["appSurface"]): Responder => ({
    userId: identity.userId,
    surface,
    nowMs: clock.nowMs(),
  });

  return [
    ...readRoutes(deps),
    route({
      ...common,
      path: "/incidents/:incidentId/classification",
      params: incidentId,
      body: z.strictObject({ severity: severity.describe("How severe you judge it by its readings.") }),
      response,
      refusals: ["not_joined_yet", "incident_not_found", "incident_closed"],
      summary:
        "Your judgement of an incident, from the surface told in x-app-surface, once: 100 points if right, 40 if one off, 10 if two.",
      async handle({ params, body, identity, context }) {
        const by = responder(identity, sessionSurface(undefined, context));
        return settled(params.incidentId, await classifyIncident(pool, params.incidentId, body.severity, by));
      },
    }),
    route({
      ...common,
      path: "/incidents/:incidentId/reactions",
      params: incidentId,
      body: nothing,
      response: z.object({
        runId: z.uuid(),
        cues: z.array(cue).describe("To be answered each in its lane, at most 400 ms early or late."),
        startedAtMs: atMs,
        expiresAtMs: atMs,
      }),
      refusals: [
        "not_joined_yet",
        "incident_not_found",
        "incident_closed",
        ...(["already_responded", "wrong_surface", "reaction_expired"] as const),
      ],
      summary:
        "Begins your one reaction to it, from a Godot surface: the server's clock runs from here. Beginning again tells the same.",
      handle: ({ params, identity, context }) =>
        startReaction(pool, params.incidentId, dice.u32(), responder(identity, gameSurface(context))),
    }),
    route({
      ...common,
      path: "/incidents/:incidentId/reactions/:runId",
      params: incidentId.extend({ runId: z.uuid().toLowerCase() }),
      body: z.strictObject({ presses: z.array(press).max(CUES) }),
      response,
      refusals: [
        ...(["not_joined_yet", "incident_not_found", "incident_closed", "wrong_surface"] as const),
        ...(["reaction_not_found", "reaction_too_fast", "reaction_expired"] as const),
      ],
      summary:
        "What you pressed, from the surface that began it, once: the server counts the hits, 0–100, and has measured how long it took.",
      async handle({ params, body, identity, context }) {
        const by = responder(identity, gameSurface(context));
        const stored = await submitReaction(pool, params.incidentId, params.runId, body.presses, by);
        return settled(params.incidentId, stored);
      },
    }),
  ];
}
