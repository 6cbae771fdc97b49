import { strict as assert } from "node:assert";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { z } from "zod";
import { PostgresProxy } from "../../loadtest/storm/postgres-proxy.ts";
import { checkOperator } from "../../src/http/operator.ts";
import { recordOrder } from "../../src/persistence/admin.ts";
import {
  COUNTERS,
  GAUGES,
  GUARDRAILS,
  HISTOGRAMS,
  PROCESS_METRICS,
  READ_COUNTERS,
} from "../../src/telemetry/metrics-catalogue.ts";
import { useDatabase } from "../support/database.ts";
import { makeSector } from "../support/fixtures.ts";
import { GalaxyClient } from "../support/galaxy-client.ts";
import { useGame } from "../support/game.ts";
import { accepted, refused } from "../support/play.ts";
import { drop, reconnect } from "../support/presence.ts";
import { HARVEST_TICKS } from "../support/scenes.ts";
import { useServers } from "../support/server-process.ts";
import { until } from "../support/until.ts";

const OURS = { ...HISTOGRAMS, ...COUNTERS, ...READ_COUNTERS, ...GAUGES, ...GUARDRAILS };

/** The value of a metric with these labels, written as Prometheus does; 0 where it has none yet. */
function seriesValue(text: string, series: string): number {
  const line = text.split("\n").find((one) => one.startsWith(`${series} `));
  return line === undefined ? 0 : Number(line.slice(series.length + 1));
}

describe("the metrics of a running server", () => {
  const game = useGame({ harvestTicks: HARVEST_TICKS });
  before(() => makeSector(game.pool, game.world, 7));

  const ask = (path: string, headers: Record<string, string> = {}) =>
    fetch(`http://127.0.0.1:${game.port}${path}`, { headers });
  const read = async () => (await ask("/metrics")).text();

  it("tell what has happened in rooms, over HTTP and at the database", async () => {
    const { client, pilot } = await game.fly(7);
    await game.spectate(7);
    await drop(game, client, 7);
    const back = await reconnect(game, client);
    await accepted(back.ask("harvest"));
    await refused(back.ask("harvest"), "already_mining");
    game.tick(HARVEST_TICKS);
    await back.heard("mining_harvest_completed");
    const again = await game.join(pilot, 7);
    await ask("/nowhere");
    const text = await read();
    const expected: [series: string, value: number][] = [
      ['sectorkeep_commands_total{command="harvest",outcome="accepted"}', 1],
      ['sectorkeep_commands_total{command="harvest",outcome="refused"}', 1],
      ['sectorkeep_refusals_total{code="already_mining",via="room"}', 1],
      ['sectorkeep_refusals_total{code="not_found",via="http"}', 1],
      ['sectorkeep_answer_seconds_count{command="harvest"}', 2],
      ['sectorkeep_outcomes_total{kind="harvest",settlement="applied"}', 1],
      ["sectorkeep_commit_items_sum", 1],
      ["sectorkeep_commit_seconds_count", 1],
      ['sectorkeep_joins_total{kind="pilot"}', 1],
      ['sectorkeep_joins_total{kind="reconnect"}', 1],
      ['sectorkeep_joins_total{kind="takeover"}', 1],
      ['sectorkeep_joins_total{kind="spectator"}', 1],
      ["sectorkeep_rooms", 1],
      ["sectorkeep_ships", 1],
      ['sectorkeep_clients{kind="pilot"}', 1],
      ['sectorkeep_clients{kind="spectator"}', 1],
      ['sectorkeep_queue_items{state="waiting"}', 0],
      ["sectorkeep_fenced_writes_total", 0],
      ["sectorkeep_failed_outcomes_total", 0],
      ["sectorkeep_draining", 0],
    ];
    for (const [series, value] of expected) assert.equal(seriesValue(text, series), value, series);
    assert.ok(seriesValue(text, "sectorkeep_tick_seconds_count") >= 2);
    assert.equal(again.closed, null);
  });

  it("count who watches the galaxy from afar, as long as they do", async () => {
    const count = async () => seriesValue(await read(), 'sectorkeep_clients{kind="galaxy"}');
    const watching = await GalaxyClient.join(game.port);
    assert.equal(await count(), 1);
    await watching.room.leave();
    await until("it is left", async () => (await count()) === 0);
  });

  it("count a ban until it ends by itself", async () => {
    const count = async () => seriesValue(await read(), "sectorkeep_bans");
    const untilMs = game.clock.nowMs() + 60_000;
    for (const ends of [untilMs, null]) {
      const order = { kind: "ban", userId: randomUUID(), reason: "cheats", untilMs: ends } as const;
      await recordOrder(game.pool, order, { operator: "test", nowMs: game.clock.nowMs() });
    }
    await until("both are known", async () => (await count()) === 2);
    game.clock.advance(60_000);
    assert.equal(await count(), 1);
  });

  it("are all there, each with its meaning, before anything has happened", async () => {
    const text = await read();
    for (const [name, { help }] of Object.entries(OURS))
      assert.ok(text.includes(`# HELP ${name} ${help}`), name);
  });

  it("come in Prometheus' form, and keep to the addresses that may read them", async () => {
    const local = await ask("/metrics");
    assert.deepEqual(
      [local.status, local.headers.get("content-type")],
      [200, "text/plain; version=0.0.4; charset=utf-8"],
    );
    const proxied = await ask("/metrics", { "x-forwarded-for": "203.0.113.7" });
    assert.equal(proxied.status, 403);
    assert.equal(z.object({ code: z.string() }).parse(await proxied.json()).code, "operators_only");
  });

  it("carry a request's id from the client to the answer, or a new one", async () => {
    const id = randomUUID();
    assert.equal((await ask("/healthz", { "x-request-id": id })).headers.get("x-request-id"), id);
    const own = (await ask("/healthz", { "x-request-id": "no id <script>" })).headers.get("x-request-id");
    assert.match(own ?? "", /^[0-9a-f-]{36}$/);
  });
});

describe("the metrics of a server that nobody plays on", function () {
  this.timeout(30_000);
  const servers = useServers();
  const test = useDatabase();
  let proxy: PostgresProxy;
  before(async () => {
    proxy = await PostgresProxy.before(test.url);
  });
  after(() => proxy.close());

  it("tell that the database is away, and that it is back", async () => {
    const { port } = await servers.start(proxy.url);
    const isUp = async () =>
      seriesValue(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text(), "sectorkeep_database_up");
    assert.equal(await isUp(), 1);
    proxy.cut();
    await until("it is missed", async () => (await isUp()) === 0);
    proxy.clearUp();
    await until("it is found", async () => (await isUp()) === 1);
  });

  it("are what the alert in the manual looks at", () => {
    const manual = readFileSync(new URL("../../docs/operations.md", import.meta.url), "utf8");
    const looksAt = /alert: DatabaseAway\n\s+expr: (.*)/.exec(manual)?.[1];
    assert.equal(looksAt, "sectorkeep_database_up == 0");
  });
});

describe("who may read the metrics", () => {
  const token = "the-operators-own-token";
  const may = (remoteAddress: string, headers: Record<string, string>, metricsToken: string | null) => {
    try {
      checkOperator({ remoteAddress, headers }, { metricsToken });
      return true;
    } catch {
      return false;
    }
  };

  for (const address of [
    "127.0.0.1",
    "::1",
    "10.1.2.3",
    "172.31.0.1",
    "192.168.0.9",
    "::ffff:127.0.0.1",
    "fd00::1",
  ]) {
    it(`${address}, if there is no token`, () => assert.ok(may(address, {}, null)));
  }
  for (const address of ["203.0.113.7", "172.32.0.1", "2001:db8::1", "::ffff:203.0.113.7", "", "localhost"]) {
    it(`not ${address || "nobody"}`, () => assert.ok(!may(address, {}, null)));
  }
  for (const header of ["x-forwarded-for", "x-real-ip", "forwarded"]) {
    it(`not whom a proxy passes on with ${header}, however near the proxy is`, () => {
      assert.ok(!may("127.0.0.1", { [header]: "10.0.0.1" }, null));
    });
  }
  it("with a token: whoever sends it, from wherever, and nobody else", () => {
    assert.ok(may("203.0.113.7", { authorization: `Bearer ${token}` }, token));
    assert.ok(!may("127.0.0.1", {}, token));
    assert.ok(!may("127.0.0.1", { authorization: "Bearer another" }, token));
  });
});

describe("the dashboard for Grafana", () => {
  const text = readFileSync(new URL("../../deploy/grafana.json", import.meta.url), "utf8");
  const targets = z.object({
    panels: z.array(
      z.object({ title: z.string(), targets: z.array(z.object({ expr: z.string() })).optional() }),
    ),
  });

  it("names metrics that exist, with labels that they have", async () => {
    const known = new Map<string, readonly string[]>(
      Object.entries(OURS).flatMap(([name, { labels }]) =>
        ["", "_bucket", "_sum", "_count"].map((suffix) => [`${name}${suffix}`, [...labels, "le"]] as const),
      ),
    );
    for (const name of Object.keys(PROCESS_METRICS))
      for (const suffix of ["", "_sum", "_count"]) known.set(`${name}${suffix}`, []);
    const expressions = targets
      .parse(JSON.parse(text))
      .panels.flatMap(({ targets: of = [] }) => of.map(({ expr }) => expr));
    assert.ok(expressions.length > 10);
    for (const expr of expressions) {
      const names = expr.match(/\b(?:sectorkeep|process|nodejs)_\w+/g) ?? [];
      assert.ok(names.length > 0, expr);
      for (const name of names) assert.ok(known.has(name), `${name} in ${expr}`);
      const labels = [...expr.matchAll(/\b(?:by|without) \(([^)]*)\)/g)].flatMap(([, list = ""]) =>
        list.split(/, */),
      );
      const allowed = new Set(["instance", ...names.flatMap((name) => known.get(name) ?? [])]);
      for (const label of labels) assert.ok(allowed.has(label), `${label} in ${expr}`);
    }
  });

  it("shows every metric of the catalogue", () => {
    const missing = Object.keys(OURS).filter((name) => !text.includes(name));
    assert.deepEqual(missing, []);
  });
});
