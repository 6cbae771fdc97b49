import { z } from "zod";
import type { Database } from "../persistence/database.ts";
import { nothing, PUBLIC, type Route, route } from "./route.ts";

const plain = { access: PUBLIC, params: nothing, query: nothing, body: nothing } as const;

export const healthRoutes = (database: Database): Route[] => [
  route({
    ...plain,
    method: "GET",
    path: "/healthz",
    response: z.object({ status: z.string() }),
    refusals: [],
    summary: "The process answers.",
    handle: () => ({ status: "ok" }),
  }),
  route({
    ...plain,
    method: "GET",
    path: "/readyz",
    response: z.object({ status: z.string() }),
    refusals: ["store_unavailable"],
    summary: "The database answers too: this process can be sent players.",
    async handle() {
      await database.pool.query("select 1");
      return { status: "ready" };
    },
  }),
];
