import { z } from "zod";
import { Refusal } from "../errors.ts";
import { nothing, PUBLIC, type Route, route } from "./route.ts";

const plain = { access: PUBLIC, params: nothing, query: nothing, body: nothing } as const;

/** A welcome for people, and what tells a load balancer whether to send players here. */
/** @param findReasons why this process should not be sent players now; nothing when it should */
export const healthRoutes = (findReasons: () => Promise<readonly string[]>): Route[] => [
  route({
    ...plain,
    method: "GET",
    path: "/healthz",
    response: z.object({ status: z.string() }),
    refusals: [],
    summary: "The process is alive; whether it can be used is told by /readyz.",
    handle: () => ({ status: "ok" }),
  }),
  route({
    ...plain,
    method: "GET",
    path: "/readyz",
    response: z.object({ status: z.string() }),
    refusals: ["not_ready"],
    summary:
      "This process can be sent players: the database answers and has all migrations, Redis answers where there is one, the queue has room, nobody drains it. " +
      "Else detail.reasons lists what is amiss.",
    async handle() {
      const reasons = await findReasons();
      if (reasons.length > 0) throw new Refusal("not_ready", { reasons });
      return { status: "ready" };
    },
  }),
];
