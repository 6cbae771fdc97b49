import { z } from "zod";
import { sessionSurface } from "../identity/app-context.ts";
import { applyReferral, claimDaily, readReferralCode } from "../persistence/claims.ts";
import { readBalances } from "../persistence/ledger.ts";
import { type Known, readResearch, unlockResearch } from "../persistence/research.ts";
import { ANOMALIES } from "../rules/expeditions.ts";
import { MISSION_TEMPLATES } from "../rules/missions.ts";
import { RESEARCH, RESEARCH_SUBJECTS } from "../rules/research.ts";
import { REWARD_TYPES } from "../rules/rewards.ts";
import { reward } from "./rewards.ts";
import { nothing, PILOT, type Route, route } from "./route.ts";
import type { RouteDeps } from "./routes.ts";

const subject = z.enum(RESEARCH_SUBJECTS);
const clue = z.object({
  runId: z.uuid(),
  sectorId: z.int(),
  anomaly: z.enum(ANOMALIES),
  foundAtMs: z.int(),
});
const research = z.object({
  unlocked: z.array(subject),
  clues: z.array(clue),
  tree: z.array(
    z.object({
      subject,
      title: z.string(),
      costStardust: z.int(),
      cluesMin: z.int(),
      after: z.string().nullable(),
    }),
  ),
});

const TREE = RESEARCH_SUBJECTS.map((each) => ({ subject: each, ...RESEARCH[each] }));
const surface = z
  .string()
  .max(64)
  .optional()
  .describe("Where you play, for requests without x-app-surface: that one says it for your session.");

function shown({ unlocked, clues }: Known): z.input<typeof research> {
  return { unlocked: [...unlocked], clues: [...clues], tree: TREE };
}

/** What users have and may claim beside their runs: ecosystem seed, "Cooldowns and Abuse Controls", Loop 1. */
export function claimRoutes({ database, clock }: RouteDeps): Route[] {
  const own = { access: PILOT, params: nothing, query: nothing, body: nothing, refusals: [] } as const;
  return [
    route({
      ...own,
      method: "GET",
      path: "/me/inventory",
      response: z.object({ balances: z.record(z.enum(REWARD_TYPES), z.int()), ...research.shape }),
      summary: "What your expeditions have brought: balances, anomaly clues, and the research tree.",
      handle: async ({ identity }) => ({
        balances: await readBalances(database.pool, identity.userId),
        ...shown(await readResearch(database.pool, identity.userId)),
      }),
    }),
    route({
      ...own,
      method: "POST",
      path: "/me/research",
      body: z.strictObject({ subject }),
      response: research,
      refusals: ["research_not_ready", "insufficient_balance"],
      summary: "Researches something for stardust; what you know already costs nothing again.",
      handle: async ({ identity, body }) =>
        shown(await unlockResearch(database, identity, body.subject, clock.nowMs())),
    }),
    route({
      ...own,
      method: "POST",
      path: "/me/daily-claims",
      body: z.strictObject({ template: z.enum(MISSION_TEMPLATES), surface }),
      response: z.object({ reward, duplicate: z.boolean() }),
      refusals: ["unknown_surface", "nothing_to_claim"],
      summary:
        "Claims the day's bonus of a mission template, once each UTC day on all surfaces together. Asked again, it gives the first one.",
      async handle({ identity, context, body, askedAtMs }) {
        const from = sessionSurface(body.surface, context);
        const { row, duplicate } = await claimDaily(database, identity, body.template, from, askedAtMs);
        return { reward: row, duplicate };
      },
    }),
    route({
      ...own,
      method: "GET",
      path: "/me/referral",
      response: z.object({ code: z.string() }),
      summary: "Your code for bringing others along. You are rewarded once for each who plays.",
      handle: async ({ identity }) => ({ code: await readReferralCode(database, identity, clock.nowMs()) }),
    }),
    route({
      ...own,
      method: "POST",
      path: "/me/referral",
      body: z.strictObject({ code: z.string().regex(/^\w{1,16}$/), surface }),
      response: z.object({ duplicate: z.boolean() }),
      refusals: [
        "unknown_surface",
        "referral_unknown",
        "referral_own",
        "referral_mutual",
        "referral_too_early",
        "referral_used",
      ],
      summary: "Says who brought you along, once for ever, after your first expedition.",
      handle: ({ identity, context, body }) =>
        applyReferral(database, identity, body.code, sessionSurface(body.surface, context), clock.nowMs()),
    }),
  ];
}
