import { strict as assert } from "node:assert";
import { randomUUID } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import type pg from "pg";
import { PostgresProxy } from "../../loadtest/storm/postgres-proxy.ts";
import { connect } from "../../src/persistence/database.ts";
import { discardEmbedded } from "../../src/persistence/embedded.ts";
import { findBreaches } from "../../src/persistence/invariants.ts";
import { migrate } from "../../src/persistence/migrate.ts";
import { useDatabase } from "../support/database.ts";
import { makeFolder, postmasterOf, startHere } from "../support/embedded.ts";
import { makePilot, makeSector, makeStation, makeWarp, makeWorld } from "../support/fixtures.ts";
import type { PilotClient } from "../support/pilot-client.ts";
import { accepted, timesHeard } from "../support/play.ts";
import { useServers } from "../support/server-process.ts";

const AWAY_MS = 10_000;
/** Players ask this often while the database is away: more than once for each way there is to find out. */
const ASK_EVERY_MS = 400;
/** An answer that takes longer is a hang. */
const ANSWER_MS_MAX = 5_500;

/** A database that can be taken away and given back. */
interface Outage {
  /** Where the server looks for it. */
  readonly serverUrl: string;
  /** Where the test looks for it, while it is there. */
  readonly url: string;
  takeAway(): Promise<void>;
  giveBack(): Promise<void>;
}

describe("a server whose Postgres is away for ten seconds", function () {
  this.timeout(120_000);
  const servers = useServers();
  const proxied = { cut: useDatabase(), stalled: useDatabase(), halfOpen: useDatabase() };
  const closing: (() => Promise<unknown>)[] = [];
  // All at once, since most of it is waiting; each has a database and a server of its own.
  const running = new Map<string, Promise<{ error: unknown } | null>>();

  before(() => {
    const run = (name: string, begin: () => Promise<Outage>) => {
      const ended = begin().then(playThrough);
      running.set(
        name,
        ended.then(
          () => null,
          (error: unknown) => ({ error }),
        ),
      );
    };
    run("stopped", stopped);
    run("frozen", frozen);
    run("cut", () => behindProxy(proxied.cut.url, (proxy) => proxy.cut()));
    run("stalled", () => behindProxy(proxied.stalled.url, (proxy) => proxy.stall()));
    run("half open", () => behindProxy(proxied.halfOpen.url, (proxy) => proxy.leaveHalfOpen()));
  });
  after("let go of the databases", async () => {
    await Promise.all(running.values());
    await Promise.all(closing.map((close) => close()));
  });

  const cases = {
    stopped: "plays on after Postgres was stopped and started again",
    frozen: "plays on after Postgres was frozen in the middle of everything",
    cut: "plays on after every connection was cut and no new one could be made",
    stalled: "plays on after its connections carried nothing, and then everything at once",
    "half open": "plays on after its connections were lost without a word",
  };
  for (const [name, title] of Object.entries(cases)) {
    it(title, async () => {
      const outcome = await running.get(name);
      if (outcome !== null) throw outcome?.error ?? new Error("it has not run");
    });
  }

  async function ownCluster() {
    const folder = await makeFolder();
    let postgres = await startHere(folder);
    closing.push(async () => {
      await postgres.stop();
      await discardEmbedded(folder);
      await rm(folder, { recursive: true, force: true });
    });
    await migrate(postgres.url);
    return {
      folder,
      url: postgres.url,
      stop: () => postgres.stop(),
      async start() {
        postgres = await startHere(folder);
      },
    };
  }

  async function stopped(): Promise<Outage> {
    const { url, stop, start } = await ownCluster();
    return { url, serverUrl: url, takeAway: stop, giveBack: start };
  }

  /** SIGSTOP to the postmaster and to everyone it has started: sockets stay open, and nobody is there. */
  async function frozen(): Promise<Outage> {
    const { url, folder } = await ownCluster();
    const postmaster = await postmasterOf(folder);
    let stopped: number[] = [];
    return {
      url,
      serverUrl: url,
      async takeAway() {
        // The postmaster first: it might start a child while we look.
        process.kill(postmaster, "SIGSTOP");
        const children = await readFile(`/proc/${postmaster}/task/${postmaster}/children`, "utf8");
        stopped = [postmaster, ...children.split(" ").filter(Boolean).map(Number)];
        for (const pid of stopped) process.kill(pid, "SIGSTOP");
      },
      async giveBack() {
        for (const pid of stopped) process.kill(pid, "SIGCONT");
      },
    };
  }

  async function behindProxy(url: string, takeAway: (proxy: PostgresProxy) => void): Promise<Outage> {
    const proxy = await PostgresProxy.before(url);
    closing.push(() => proxy.close());
    return {
      url,
      serverUrl: proxy.url,
      takeAway: async () => takeAway(proxy),
      giveBack: async () => proxy.clearUp(),
    };
  }

  async function playThrough(outage: Outage): Promise<void> {
    const before = connect(outage.url, { max: 2, applicationName: "test" });
    const world = await makeWorld(before.pool);
    await makeSector(before.pool, world, 1, { tier: 5 });
    await makeSector(before.pool, world, 2, { tier: 5 });
    await makeWarp(before.pool, 1, 2);
    const stationId = await makeStation(before.pool, world, 1);
    const pilots = {
      miner: await makePilot(before.pool, world, 1),
      asker: await makePilot(before.pool, world, 1),
      mover: await makePilot(before.pool, world, 1),
      latecomer: await makePilot(before.pool, world, 1),
    };
    await before.pool.end();

    const server = await servers.start(outage.serverUrl);
    const miner = await server.join(pilots.miner.userId, 1);
    const asker = await server.join(pilots.asker.userId, 1);
    const mover = await server.join(pilots.mover.userId, 1);

    await accepted(miner.ask("harvest"));
    const warpId = randomUUID();
    mover.room.send("warp", { requestId: warpId, sectorId: 2 });
    await outage.takeAway();
    const backAtMs = performance.now() + AWAY_MS;

    const joining = timed(server.join(pilots.latecomer.userId, 1));
    while (performance.now() < backAtMs) {
      const asked = await timed(asker.ask("dock", { stationId }));
      assert.ok(asked.ms < ANSWER_MS_MAX, `an answer took ${asked.ms} ms`);
      assert.ok("ok" in asked && "refused" in asked.ok, "no new command is accepted");
      assert.equal(asked.ok.refused, "store_unavailable");
      await pause(ASK_EVERY_MS);
    }
    const joined = await joining;
    assert.ok("error" in joined && String(joined.error).includes("store_unavailable"), "nobody can join");
    assert.ok(joined.ms < ANSWER_MS_MAX, `the refusal of a join took ${joined.ms} ms`);
    assert.equal(timesHeard(miner, "mining_harvest_completed"), 0, "nothing is told that is not durable");
    assert.ok(server.isRunning);

    await outage.giveBack();
    const { ore } = await miner.heard("mining_harvest_completed");
    await mover.until("an answer to the warp", () => answerTo(mover, warpId) !== undefined);
    const warped = answerTo(mover, warpId)?.type === "accepted";
    await eventuallyAccepted(() => asker.ask("harvest"));
    await asker.heard("mining_harvest_completed");
    await accepted(asker.ask("dock", { stationId }));
    await accepted(miner.ask("harvest"));
    await miner.until("the second harvest", () => timesHeard(miner, "mining_harvest_completed") === 2);
    const latecomer = await server.join(pilots.latecomer.userId, 1);
    await accepted(latecomer.ask("dock", { stationId }));

    const { pool } = connect(outage.url, { max: 2, applicationName: "test" });
    try {
      assert.deepEqual(await findBreaches(pool), []);
      const stored = new Map((await readPilots(pool)).map((row) => [row.id, row]));
      const of = (pilot: { playerId: string }) => stored.get(pilot.playerId);
      assert.equal(of(pilots.miner)?.spent, 10);
      assert.equal(of(pilots.miner)?.harvests, 2);
      assert.ok(Number(of(pilots.miner)?.ore) >= Number(ore));
      assert.equal(of(pilots.asker)?.spent, 6, "what was refused cost nothing");
      assert.equal(of(pilots.mover)?.sector, warped ? 2 : 1, "the warp's answer is what happened");
      assert.equal(of(pilots.mover)?.spent, warped ? 1 : 0);
      assert.equal(of(pilots.latecomer)?.spent, 1);
    } finally {
      await pool.end();
    }
    server.signal("SIGTERM");
    assert.deepEqual(await server.ended, { code: 0, signal: null }, server.stderr());
  }
});

type Timed<Result> = { ms: number } & ({ ok: Result } | { error: unknown });

async function timed<Result>(work: Promise<Result>): Promise<Timed<Result>> {
  const startedMs = performance.now();
  const outcome = await work.then(
    (ok) => ({ ok }),
    (error: unknown) => ({ error }),
  );
  return { ms: performance.now() - startedMs, ...outcome };
}

function answerTo(client: PilotClient, requestId: string) {
  return client.told.find(
    ({ type, payload }) => (type === "accepted" || type === "refused") && payload.requestId === requestId,
  );
}

/** Asks until the server has noticed that its database is back; it looks at least once a second. */
async function eventuallyAccepted(ask: () => ReturnType<PilotClient["ask"]>): Promise<void> {
  const deadlineMs = performance.now() + ANSWER_MS_MAX;
  for (;;) {
    const answer = await ask();
    if ("accepted" in answer) return;
    assert.equal(answer.refused, "store_unavailable");
    assert.ok(performance.now() < deadlineMs, "the server does not notice that its database is back");
    await pause(ASK_EVERY_MS);
  }
}

async function readPilots(pool: pg.Pool): Promise<Record<string, unknown>[]> {
  const { rows } = await pool.query(
    `select p.id, p.lifetime_turns_spent as spent, s.sector_id as sector,
        (select count(*)::int from mining_harvests h where h.player_id = p.id) as harvests,
        (select coalesce(sum(c.quantity), 0)::int from ship_cargo c where c.ship_id = s.id and c.commodity = 'ore') as ore
      from players p join ships s on s.id = p.current_ship_id`,
  );
  return rows;
}
