import { z } from "zod";
import type { Database } from "../persistence/database.ts";
import { nothing, PUBLIC, type Route, route } from "./route.ts";

const plain = { access: PUBLIC, params: nothing, query: nothing, body: nothing } as const;

/** A welcome for people, and what tells a load balancer whether to send players here. */
export const healthRoutes = (database: Database): Route[] => [
  route({
    ...plain,
    method: "GET",
    path: "/",
    response: z.object({ name: z.string(), say: z.string(), look: z.record(z.string(), z.string()) }),
    refusals: [],
    summary: "A word of welcome, and where to look.",
    handle: () => ({
      name: "Sectorkeep",
      say: "A galaxy of live sectors. Join the room 'sector' with any Colyseus SDK.",
      look: {
        "POST /auth/guest": "a token to play with, where guests are allowed",
        "GET /me": "your ship, and which sector to join",
        "GET /galaxy": "the galaxy, and where pilots begin",
        "GET /sectors/{sectorId}": "a sector that nobody is in",
        "docs/protocol.md": "everything else: messages, codes, an example in each language",
      },
    }),
  }),
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
