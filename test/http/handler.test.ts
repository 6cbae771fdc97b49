import assert from "node:assert/strict";
import { z } from "zod";
import { ERRORS, Refusal } from "../../src/errors.ts";
import { createHttpHandler } from "../../src/http/handler.ts";
import { matchmakeRoutes } from "../../src/http/matchmake.ts";
import { nothing, OPTIONAL, PILOT, PUBLIC, type Route, route } from "../../src/http/route.ts";
import type { HttpHandler } from "../../src/http/types.ts";
import type { Identity } from "../../src/identity.ts";
import { PHASES, type Phase } from "../../src/rules/phases.ts";
import { NO_METER } from "../../src/telemetry/meter.ts";
import { ManualClock } from "../support/clock.ts";
import { request, TestLog, told } from "./requests.ts";

const ada: Identity = { userId: "5f0c2a4e-8d1b-4c3a-9e7f-1234567890ab", name: "Ada", expiresAtMs: 1 };
const asAda = { headers: { authorization: "Bearer ada" } };

const plain = { params: nothing, query: nothing, body: nothing, refusals: [], summary: "" } as const;
const name = z.object({ name: z.string().nullable() });

const routes: Route[] = [
  route({
    ...plain,
    method: "GET",
    path: "/public",
    access: PUBLIC,
    response: name,
    handle: ({ identity }) => ({ name: identity }),
  }),
  route({
    ...plain,
    method: "GET",
    path: "/optional",
    access: OPTIONAL,
    response: name,
    handle: ({ identity }) => ({ name: identity?.name ?? null }),
  }),
  route({
    ...plain,
    method: "POST",
    path: "/pilot",
    access: PILOT,
    response: name,
    handle: ({ identity }) => ({ name: identity.name }),
  }),
  ...PHASES.map((phase) =>
    route({
      ...plain,
      method: "GET",
      path: `/from/${phase}`,
      access: PILOT,
      phase,
      response: name,
      handle: ({ identity }) => ({ name: identity.name }),
    }),
  ),
  route({
    ...plain,
    method: "POST",
    path: "/sum/:first",
    access: PUBLIC,
    params: z.object({ first: z.coerce.number() }),
    query: z.object({ second: z.coerce.number() }),
    body: z.object({ third: z.number() }),
    response: z.object({ sum: z.number() }),
    handle: ({ params, query, body }) => ({ sum: params.first + query.second + body.third }),
  }),
  route({
    ...plain,
    method: "GET",
    path: "/talkative",
    access: PUBLIC,
    response: z.object({ said: z.string() }),
    handle: () => ({ said: "this", unsaid: "that" }),
  }),
  route({
    ...plain,
    method: "GET",
    path: "/lies",
    access: PUBLIC,
    response: z.object({ count: z.int() }),
    handle: () => ({ count: 1.5 }),
  }),
  route({
    ...plain,
    method: "GET",
    path: "/away",
    access: PUBLIC,
    response: nothing,
    handle: () => {
      throw Object.assign(new Error("connect ECONNREFUSED 10.0.0.5:5432"), { code: "ECONNREFUSED" });
    },
  }),
  ...matchmakeRoutes(async (_method, _roomName, options, identity) => {
    throw new Refusal("not_in_sector", {
      options,
      name: identity?.name ?? null,
    });
  }),
];

describe("HTTP handler", () => {
  const log = new TestLog();
  const noted: object[] = [];
  let clock: ManualClock;
  let handle: HttpHandler;
  beforeEach(() => {
    clock = new ManualClock();
    log.lines.length = 0;
    noted.length = 0;
    handle = handlerWith({ trustProxy: false });
  });

  function handlerWith(config: { trustProxy: boolean; ecosystemPhase?: Phase }): HttpHandler {
    return createHttpHandler(routes, {
      config: { socketsPerAddressMax: 10, metricsToken: null, ecosystemPhase: "live", ...config },
      meter: NO_METER,
      clock,
      log,
      sessions: {
        async note({ name }, context) {
          if (context !== null) noted.push({ name, ...context });
        },
      },
      idempotencyKeys: { hold: (_user, _request, work) => work(0) },
      identity: {
        async verify(token) {
          if (token === "ada") return ada;
          throw new Refusal("token_expired");
        },
      },
    });
  }
  const ask = async (...what: Parameters<typeof request>) => told(await handle(request(...what)));

  it("has no route of a later phase of the rollout, for whoever asks", async () => {
    const open: Record<Phase, readonly Phase[]> = {
      pilot: ["pilot"],
      expand: ["pilot", "expand"],
      live: ["pilot", "expand", "live"],
    };
    for (const ecosystemPhase of PHASES) {
      const phased = handlerWith({ trustProxy: false, ecosystemPhase });
      for (const phase of PHASES) {
        const { status, body } = told(await phased(request("GET", `/from/${phase}`, asAda)));
        if (open[ecosystemPhase].includes(phase)) assert.equal(status, 200);
        else {
          assert.deepEqual([status, body.code], [404, "feature_disabled"]);
          assert.deepEqual(body.detail, { phase: ecosystemPhase, opensWith: phase });
        }
      }
    }
    const stranger = await handlerWith({ trustProxy: false, ecosystemPhase: "pilot" })(
      request("GET", "/from/live"),
    );
    assert.equal(stranger.status, 404);
  });

  it("parses path, query and body, and holds the answer to its schema", async () => {
    const sum = await ask("POST", "/sum/1?second=2", { body: '{"third":3}' });
    assert.deepEqual(sum, { status: 200, body: { sum: 6 } });
    assert.deepEqual(await ask("GET", "/talkative"), { status: 200, body: { said: "this" } });
  });

  it("names every field that is wrong", async () => {
    const { status, body } = await ask("POST", "/sum/1?second=2", { body: '{"third":"3"}' });
    assert.equal(status, 400);
    assert.deepEqual(body, {
      code: "invalid_message",
      error: ERRORS.invalid_message[1],
      detail: {
        part: "body",
        issues: [{ field: "third", problem: "Invalid input: expected number, received string" }],
      },
    });
    assert.deepEqual((await ask("POST", "/sum/x?second=2", { body: "{}" })).body.detail, {
      part: "path",
      issues: [{ field: "first", problem: "Invalid input: expected number, received NaN" }],
    });
  });

  it("knows who is asking, as far as a route wants to know", async () => {
    assert.equal((await ask("GET", "/public", asAda)).body.name, null);
    assert.equal((await ask("GET", "/optional")).body.name, null);
    assert.equal((await ask("GET", "/optional", asAda)).body.name, "Ada");
    assert.equal((await ask("POST", "/pilot", asAda)).body.name, "Ada");
  });

  it("notes through what they ask, and refuses a surface that nobody knows", async () => {
    const through = (headers: object) => ask("POST", "/pilot", { headers: { ...asAda.headers, ...headers } });
    const mine = {
      "x-app-surface": "godot_mining",
      "x-app-version": "1.2.0-rc.1",
      "x-mission-id": "belt_survey",
    };
    assert.equal((await through(mine)).status, 200);
    assert.equal((await through({ "x-app-surface": "web" })).status, 200);
    assert.equal((await through({})).status, 200);
    assert.deepEqual(noted, [
      { name: "Ada", appSurface: "godot_mining", appVersion: "1.2.0-rc.1", missionId: "belt_survey" },
      { name: "Ada", appSurface: "web", appVersion: null, missionId: null },
    ]);
    const unknown = await through({ "x-app-surface": "godot_minign" });
    assert.deepEqual([unknown.status, unknown.body.code], [400, "unknown_surface"]);
    const made = await through({ ...mine, "x-mission-id": "belt-survey" });
    assert.deepEqual([made.status, made.body.code], [400, "unknown_mission"]);
    assert.equal((await through({ "x-app-version": "1.0" })).body.code, "unknown_surface");
    assert.equal((await through({ ...mine, "x-app-version": "1 or so" })).body.code, "invalid_message");
    assert.equal(noted.length, 2);
  });

  it("does not mind a bad token where none is needed, and does where one is offered", async () => {
    const bad = { headers: { authorization: "Bearer eve" } };
    assert.equal((await ask("GET", "/public", bad)).status, 200);
    assert.equal((await ask("GET", "/optional", bad)).body.code, "token_expired");
    assert.equal((await ask("POST", "/pilot", bad)).body.code, "token_expired");
  });

  it("does not read the body of somebody who may not send one", async () => {
    const readBody = () => Promise.reject(new Error("was read"));
    const response = await handle({ ...request("POST", "/pilot"), readBody });
    assert.equal(told(response).body.code, "token_missing");
    assert.equal(response.headers["www-authenticate"], "Bearer");
  });

  it("tells which methods an address takes", async () => {
    const response = await handle(request("GET", "/sum/1"));
    assert.equal(response.status, 405);
    assert.equal(response.headers.allow, "POST");
  });

  it("answers a wrong answer of its own as a fault, found in the log by its id", async () => {
    const response = await handle(request("GET", "/lies?secret=1"));
    const { status, body } = told(response);
    assert.equal(status, 500);
    assert.deepEqual(body, {
      code: "internal",
      error: ERRORS.internal[1],
      detail: { requestId: response.headers["x-request-id"] },
    });
    const [line] = log.lines;
    assert.equal(line?.level, "error");
    assert.equal("requestId" in line.fields && line.fields.requestId, response.headers["x-request-id"]);
  });

  it("says that the database is away, and not where it is", async () => {
    const { status, body } = await ask("GET", "/away");
    assert.deepEqual([status, body.code], [503, "store_unavailable"]);
    assert.doesNotMatch(JSON.stringify(body), /10\.0\.0\.5/);
    assert.equal(log.lines[0]?.level, "warn");
  });

  it("puts a refused join where each SDK lets a game see it", async () => {
    const { status, body } = await ask("POST", "/matchmake/join/sector", {
      ...asAda,
      body: '{"sectorId":1}',
    });
    const refusal = {
      code: "not_in_sector",
      error: ERRORS.not_in_sector[1],
      detail: { options: { sectorId: 1 }, name: "Ada" },
    };
    assert.equal(status, 409);
    const { message, ...rest } = body;
    assert.deepEqual(rest, refusal);
    assert.deepEqual(JSON.parse(String(message)), refusal);
  });

  it("takes no room that is no word", async () => {
    for (const path of ["/matchmake/join/a%2Fb", "/matchmake/join/..", `/matchmake/join/${"x".repeat(65)}`])
      assert.equal((await ask("POST", path)).body.code, "invalid_message", path);
  });

  describe("limits each address", () => {
    // Ten sockets an address: 30 requests at once, then 5 a second.
    const times = (count: number) => Array.from({ length: count });

    it("to so many requests, and says when to come back", async () => {
      for (const _ of times(30)) assert.equal((await ask("GET", "/public")).status, 200);
      const response = await handle(request("GET", "/public"));
      assert.equal(response.status, 429);
      assert.deepEqual(told(response).body.detail, { retryAfterMs: 200 });
      assert.equal(response.headers["retry-after"], "1");
      clock.advance(200);
      assert.equal((await ask("GET", "/public")).status, 200);
      assert.equal((await ask("GET", "/public")).status, 429);
      assert.equal((await ask("GET", "/public", { remoteAddress: "203.0.113.8" })).status, 200);
    });

    it("whatever address it claims to have", async () => {
      for (const index of times(30).keys())
        await ask("GET", "/public", { headers: { "x-forwarded-for": `198.51.100.${index}` } });
      assert.equal((await ask("GET", "/public")).status, 429);
    });

    it("that a trusted proxy names, and not what the client wrote before it", async () => {
      handle = handlerWith({ trustProxy: true });
      const from = (forwarded: string) =>
        ask("GET", "/public", { headers: { "x-forwarded-for": forwarded } });
      for (const index of times(30).keys()) await from(`10.9.8.${index}, 198.51.100.1`);
      assert.equal((await from("198.51.100.1")).status, 429);
      assert.equal((await from("198.51.100.2")).status, 200);
    });
  });
});
