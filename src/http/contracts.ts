import { z } from "zod";
import type { Clock } from "../clock.ts";
import { sessionSurface, surfaceOf } from "../identity/app-context.ts";
import type { Identity } from "../identity.ts";
import { classify, readSubjects } from "../persistence/classifications.ts";
import {
  type Contract,
  isActive,
  joinContract,
  notActive,
  readActiveContracts,
  readContract,
  readStanding,
} from "../persistence/contracts.ts";
import { contribute } from "../persistence/contributions.ts";
import type { Database } from "../persistence/database.ts";
import { readLeaderboard } from "../persistence/leaderboards.ts";
import { CONTRACT_THEMES, CONTRIBUTION_SOURCES } from "../rules/contracts.ts";
import { INCIDENT_TYPES } from "../rules/incidents.ts";
import { ALL_ANSWERS, SUBJECT_ANSWERS } from "../rules/subjects.ts";
import { SURFACE_CODES } from "../rules/surfaces.ts";
import { nothing, OPTIONAL, PILOT, type Route, route } from "./route.ts";

const atMs = z.int().describe("Server time in ms since 1970.");

const contract = z.object({
  contractId: z.uuid(),
  theme: z.enum(CONTRACT_THEMES),
  isoWeek: z.string().describe("As 2030-W05: Monday 00:00 to Sunday 24:00 UTC."),
  startsAtMs: atMs,
  endsAtMs: atMs,
  active: z.boolean().describe("It takes contributions now."),
  total: z.int().describe("Points of all members together."),
  members: z.int(),
  tiers: z.array(
    z.object({
      tier: z.int(),
      threshold: z.int().describe("The points that unlock it, for all members together."),
      cosmetic: z.string(),
      stardust: z.int(),
      multiplierBps: z
        .int()
        .nullable()
        .describe("Of stardust that members are given while the contract is active: 10000 = as always."),
      worldEvent: z.enum(INCIDENT_TYPES).nullable().describe("What befalls a sector for it."),
      unlockedAtMs: atMs.nullable(),
    }),
  ),
  own: z
    .object({ joinedAtMs: atMs, points: z.int(), contributions: z.int() })
    .nullable()
    .describe("How you stand in it; null for who is not a member, or sends no token."),
});

const contribution = z.object({
  contributionId: z.uuid(),
  surface: z.enum(SURFACE_CODES),
  sourceType: z.enum(CONTRIBUTION_SOURCES),
  sourceId: z.uuid(),
  points: z.int(),
  contributedAtMs: atMs,
});

const surface = z.string().max(64).optional().describe("One of those there are.");
const ownSurface = z
  .string()
  .max(64)
  .optional()
  .describe("Where you play, for requests without x-app-surface: that one says it for your session.");

const contributionBody = z.strictObject({
  sourceType: z.enum(CONTRIBUTION_SOURCES),
  sourceId: z.uuid().toLowerCase().describe("The harvestId, runId or classificationId: it has to be yours."),
  surface: ownSurface,
});

const subjectId = z.string().max(48);
const classificationBody = z.strictObject({ subjectId, answer: z.enum(ALL_ANSWERS), surface: ownSurface });

/** As many as somebody looks at in one go. */
const SUBJECTS_GIVEN = 10;

const params = z.object({ contractId: z.uuid().toLowerCase() });

/** Guild contracts: ecosystem seed, Loop 2; domain §16.5. */
export function contractRoutes(database: Database, clock: Pick<Clock, "nowMs">): Route[] {
  return [...reading(database, clock), ...joining(database, clock), ...classifying(database, clock)];
}

const common = { phase: "expand", access: PILOT, params, query: nothing, body: nothing } as const;

function reading({ pool }: Database, clock: Pick<Clock, "nowMs">): Route[] {
  async function view(found: Contract, identity: Identity | null): Promise<z.input<typeof contract>> {
    const own = identity === null ? null : await readStanding(pool, found.contractId, identity.userId);
    return { ...found, tiers: [...found.tiers], active: isActive(found, clock.nowMs()), own };
  }
  return [
    route({
      ...common,
      method: "GET",
      path: "/contracts/current",
      access: OPTIONAL,
      params: nothing,
      response: z.object({ contracts: z.array(contract) }),
      refusals: [],
      summary: "This week's contracts, how far they are, and how you stand in them.",
      async handle({ identity }) {
        const active = await readActiveContracts(pool, clock.nowMs());
        return { contracts: await Promise.all(active.map((one) => view(one, identity))) };
      },
    }),
    route({
      ...common,
      method: "GET",
      path: "/contracts/:contractId/progress",
      access: OPTIONAL,
      response: contract,
      refusals: ["contract_not_found"],
      summary: "One contract, of this week or any before it.",
      handle: async ({ params: of, identity }) => view(await readContract(pool, of.contractId), identity),
    }),
    route({
      ...common,
      method: "GET",
      path: "/leaderboard",
      access: OPTIONAL,
      params: nothing,
      query: z.object({ surface, contractId: params.shape.contractId.optional() }),
      response: z.object({
        places: z.array(z.object({ rank: z.int(), name: z.string(), points: z.int() })),
      }),
      refusals: ["unknown_surface", "contract_not_found"],
      summary:
        "Who has brought most to this week's contracts, or to the one of `contractId`; through every surface, or the one of `surface`.",
      async handle({ query }) {
        const of =
          query.contractId === undefined
            ? await readActiveContracts(pool, clock.nowMs())
            : [await readContract(pool, query.contractId)];
        const through = query.surface === undefined ? null : surfaceOf(query.surface, null);
        const contractIds = of.map(({ contractId }) => contractId);
        return { places: await readLeaderboard(pool, { contractIds, surface: through }) };
      },
    }),
  ];
}

function joining({ pool }: Database, clock: Pick<Clock, "nowMs">): Route[] {
  return [
    route({
      ...common,
      method: "POST",
      path: "/contracts/:contractId/join",
      response: z.object({ duplicate: z.boolean() }),
      refusals: ["contract_not_found", "contract_not_active"],
      summary:
        "Makes you a member: of the tiers' rewards, those that are unlocked from now on are yours too.",
      handle: ({ params: of, identity, askedAtMs }) => joinContract(pool, identity, of.contractId, askedAtMs),
    }),
    route({
      ...common,
      method: "POST",
      path: "/contracts/:contractId/contributions",
      body: contributionBody,
      response: z.object({
        contribution,
        duplicate: z.boolean(),
        total: z.int().describe("The contract's points."),
        unlocked: z.array(z.int()).describe("Tiers that this contribution has unlocked."),
      }),
      refusals: [
        ...(["unknown_surface", "contract_not_found", "contract_not_active", "not_a_member"] as const),
        ...(["source_not_found", "source_not_counted", "already_contributed", "contribution_limit"] as const),
      ],
      summary:
        "Counts a harvest, run or classification of yours towards a contract, each once. Sent again, it gets the first answer with duplicate: true.",
      async handle({ params: of, identity, context, body }) {
        const { sourceType, sourceId } = body;
        const isSaid = context !== null || body.surface !== undefined;
        const from = isSaid ? sessionSurface(body.surface, context) : null;
        const claim = { ...of, userId: identity.userId, surface: from, sourceType, sourceId };
        const { unlocked, ...rest } = await contribute(pool, claim, clock.nowMs());
        return { ...rest, unlocked: [...unlocked] };
      },
    }),
  ];
}

function classifying({ pool }: Database, clock: Pick<Clock, "nowMs">): Route[] {
  return [
    route({
      ...common,
      method: "GET",
      path: "/contracts/:contractId/subjects",
      response: z.object({
        answers: z.array(z.enum(ALL_ANSWERS)).describe("What can be said of them."),
        subjects: z.array(
          z.object({
            subjectId,
            readings: z
              .array(z.int())
              .describe("In a row, around 1000: brightness, cloud height, X-ray flux."),
          }),
        ),
      }),
      refusals: ["contract_not_found", "contract_not_active"],
      summary: `The next subjects to classify, ${SUBJECTS_GIVEN} at most; none once you have seen all of the week.`,
      async handle({ params: of, identity }) {
        const found = await readContract(pool, of.contractId);
        if (!isActive(found, clock.nowMs())) throw notActive(found);
        const subjects = await readSubjects(pool, found, identity.userId, SUBJECTS_GIVEN);
        return {
          answers: [...SUBJECT_ANSWERS[found.theme]],
          // Which of them the truth is known of is told after the answer.
          subjects: subjects.map((one) => ({ subjectId: one.subjectId, readings: [...one.readings] })),
        };
      },
    }),
    route({
      ...common,
      method: "POST",
      path: "/contracts/:contractId/classifications",
      body: classificationBody,
      response: z.object({
        classificationId: z.uuid(),
        subjectId,
        answer: z.enum(ALL_ANSWERS),
        isRight: z.boolean().nullable().describe("Null where nobody knows."),
        duplicate: z.boolean(),
      }),
      refusals: [
        ...(["unknown_surface", "contract_not_found", "contract_not_active"] as const),
        ...(["subject_not_found", "unknown_answer"] as const),
      ],
      summary:
        "What you see in a subject: your first opinion of it is kept. Bring its classificationId as a contribution to have it counted.",
      handle({ params: of, identity, context, body, askedAtMs }) {
        const { userId, name } = identity;
        const from = sessionSurface(body.surface, context);
        const opinion = {
          ...of,
          userId,
          name,
          surface: from,
          subjectId: body.subjectId,
          answer: body.answer,
        };
        return classify(pool, opinion, askedAtMs);
      },
    }),
  ];
}
