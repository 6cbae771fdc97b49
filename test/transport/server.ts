/** A server in a process of its own: one Colyseus there can be in a process, and its memory is its own. */
import "../../src/colyseus-settings.ts";
import { matchMaker, Server } from "@colyseus/core";
import { z } from "zod";
import { Refusal } from "../../src/errors.ts";
import { createHttpHandler } from "../../src/http/handler.ts";
import { matchmakeRoutes } from "../../src/http/matchmake.ts";
import { nothing, PILOT, PUBLIC, route } from "../../src/http/route.ts";
import type { Identity } from "../../src/identity.ts";
import { NO_METER } from "../../src/telemetry/meter.ts";
import { createTransport } from "../../src/transport.ts";
import { Arena } from "./arena.ts";
import { type Options, optionsSchema, type Report } from "./protocol.ts";

const identity: Identity = {
  userId: "11111111-1111-4111-8111-111111111111",
  name: "Ada",
  expiresAtMs: 4_000_000_000_000,
};

const logged: string[] = [];
const write = (level: string) => (fields: object, message: string) => {
  logged.push(`${level} ${message} ${JSON.stringify(fields)}`);
};
const log = { debug: () => {}, info: write("info"), warn: write("warn"), error: write("error") };

const clock = { monotonicMs: () => performance.now(), nowMs: () => Date.now() };

const routes = [
  route({
    method: "GET",
    path: "/healthz",
    access: PUBLIC,
    params: nothing,
    query: nothing,
    body: nothing,
    response: z.object({ status: z.string() }),
    refusals: [],
    summary: "Says that it is there.",
    handle: () => ({ status: "ok" }),
  }),
  route({
    method: "POST",
    path: "/echo",
    access: PUBLIC,
    params: nothing,
    query: nothing,
    body: z.unknown(),
    response: z.unknown(),
    refusals: [],
    summary: "Says what it was told.",
    handle: ({ body, remoteAddress }) => ({ body, remoteAddress }),
  }),
  route({
    method: "GET",
    path: "/me",
    access: PILOT,
    params: nothing,
    query: nothing,
    body: nothing,
    response: z.object({ name: z.string() }),
    refusals: [],
    summary: "Says who you are.",
    handle: ({ identity }) => ({ name: identity.name }),
  }),
  route({
    method: "GET",
    path: "/broken",
    access: PUBLIC,
    params: nothing,
    query: nothing,
    body: nothing,
    response: nothing,
    refusals: [],
    summary: "Goes wrong.",
    handle: () => {
      throw new Error("the secret is 42");
    },
  }),
  ...matchmakeRoutes(async (_method, roomName, options) => {
    if (roomName !== "arena") throw new Refusal("not_in_sector", { sectorId: 7 });
    return matchMaker.joinOrCreate("arena", z.record(z.string(), z.unknown()).parse(options));
  }),
];

async function start({ port, transport: kind, limits, ...config }: Options): Promise<number> {
  const http = createHttpHandler(routes, {
    config: { ...config, metricsToken: null, ecosystemPhase: "live" },
    clock,
    meter: NO_METER,
    sessions: { note: async () => {} },
    idempotencyKeys: { hold: (_user, _request, work) => work(0) },
    log,
    identity: {
      async verify(token) {
        if (token === "ada") return identity;
        throw new Refusal("token_invalid");
      },
    },
  });
  const transport = await createTransport({ ...config, transport: kind }, { http, clock, log, limits });
  const server = new Server({ transport, greet: false, gracefullyShutdown: false });
  server.define("arena", Arena);
  await server.listen(port);
  return transport.port;
}

function report(): Report {
  global.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return { heldBytes: heapUsed + external, clients: matchMaker.stats.local.ccu, logged };
}

const port = await start(optionsSchema.parse(JSON.parse(process.argv[2] ?? "")));
process.on("message", () => process.send?.({ report: report() }));
process.on("disconnect", () => process.exit());
process.send?.({ port });
