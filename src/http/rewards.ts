import { z } from "zod";
import { Refusal } from "../errors.ts";
import type { Database } from "../persistence/database.ts";
import { readBalances, readRewards } from "../persistence/ledger.ts";
import { REWARD_TYPES } from "../rules/rewards.ts";
import { SURFACE_CODES } from "../rules/surfaces.ts";
import { nothing, PILOT, type Route, route } from "./route.ts";
import { before } from "./route-fields.ts";

/** A reward as its owner is shown it. */
export const reward = z.object({
  rewardKey: z.string(),
  surface: z.enum(SURFACE_CODES),
  runId: z.string(),
  rewardType: z.enum(REWARD_TYPES),
  value: z.int(),
  requestedValue: z.int(),
  capReason: z.string().nullable(),
  source: z.string(),
  meta: z.record(z.string(), z.unknown()),
  grantedAtMs: z.int(),
});

/** What a user was given on all surfaces. There is no route that gives: rewards follow from what the server knows. */
export const rewardRoutes = (database: Database): Route[] => [
  route({
    method: "GET",
    path: "/me/balances",
    access: PILOT,
    params: nothing,
    query: nothing,
    body: nothing,
    response: z.object({ balances: z.record(z.enum(REWARD_TYPES), z.int()) }),
    refusals: [],
    summary: "What you have of everything that rewards can be, from all surfaces together.",
    handle: async ({ identity }) => ({ balances: await readBalances(database.pool, identity.userId) }),
  }),
  route({
    method: "GET",
    path: "/me/rewards",
    access: PILOT,
    params: nothing,
    query: z.object({ before }),
    body: nothing,
    response: z.object({ rewards: z.array(reward), nextBefore: z.int().nullable() }),
    refusals: [],
    summary:
      "Your reward ledger, newest first, fifty at a time: pass nextBefore as `before` for those before.",
    handle: ({ identity, query }) => readRewards(database.pool, identity.userId, query.before ?? null),
  }),
  route({
    method: "POST",
    path: "/me/rewards",
    access: PILOT,
    params: nothing,
    query: nothing,
    body: nothing,
    response: nothing,
    refusals: ["ledger_closed"],
    summary: "Is always refused: rewards follow from what the server knows, and nobody writes their own.",
    handle() {
      throw new Refusal("ledger_closed");
    },
  }),
];
