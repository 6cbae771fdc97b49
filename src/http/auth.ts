import { z } from "zod";
import { Refusal } from "../errors.ts";
import type { IdentityService } from "../identity.ts";
import { nothing, PUBLIC, type Route, route } from "./route.ts";

/** Far more than is kept: whoever sends too long a name is not turned away for it. */
const NAME_SENT_CHARACTERS_MAX = 500;

/** Where a token comes from. */
export const authRoutes = (identity: IdentityService): Route[] => [
  route({
    method: "POST",
    path: "/auth/guest",
    access: PUBLIC,
    params: nothing,
    query: nothing,
    body: z.object({ name: z.string().max(NAME_SENT_CHARACTERS_MAX).nullish() }),
    response: z.object({ token: z.string(), userId: z.uuid(), name: z.string(), expiresAtMs: z.int() }),
    refusals: ["guests_off"],
    summary: "Makes up a new user and signs them in. Keep the token: it is all there is of that user.",
    handle({ body }) {
      if (identity.issueGuest === undefined) throw new Refusal("guests_off");
      return identity.issueGuest(body.name ?? null);
    },
  }),
];
