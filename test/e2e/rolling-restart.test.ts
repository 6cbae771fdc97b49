import { strict as assert } from "node:assert";
import { randomUUID } from "node:crypto";
import { type AdminOrder, recordOrder } from "../../src/persistence/admin.ts";
import { findBreaches } from "../../src/persistence/invariants.ts";
import { readProcesses } from "../../src/persistence/processes.ts";
import { useDatabase } from "../support/database.ts";
import {
  type MadePilot,
  makePilot,
  makeSector,
  makeWarp,
  makeWorld,
  type World,
} from "../support/fixtures.ts";
import type { PilotClient } from "../support/pilot-client.ts";
import { accepted } from "../support/play.ts";
import { joinRefused } from "../support/presence.ts";
import { freePort, useRedis } from "../support/redis.ts";
import { type ServerProcess, useServers } from "../support/server-process.ts";
import { until } from "../support/until.ts";

const SECTORS = [1, 2, 3, 4];
const BOTS = 12;
/** Operators are promised this for what they do to sessions. */
const EFFECT_MS_MAX = 1_000;
const JOIN_AGAIN_MS = 50;

/** A pilot who mines on and on, and joins again wherever it can when it is sent away. */
class Bot {
  readonly pilot: MadePilot;
  readonly told: string[] = [];
  sentAway = 0;
  readonly #sectorId: number;
  readonly #servers: () => readonly ServerProcess[];
  readonly #playing: Promise<void>;
  #cursor = 0;
  #stopping = false;

  constructor(pilot: MadePilot, sectorId: number, servers: () => readonly ServerProcess[]) {
    this.pilot = pilot;
    this.#sectorId = sectorId;
    this.#servers = servers;
    this.#playing = this.#play();
  }

  /** Ends with the harvest under way. @returns once it has been told of everything that happened to it */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#playing;
    const last = await this.#join();
    this.#writeDown(last);
    await last.leave();
  }

  async #play(): Promise<void> {
    while (!this.#stopping) {
      const client = await this.#join();
      while (client.closed === null && !this.#stopping) {
        const heard = client.told.length;
        client.room.send("harvest", { requestId: randomUUID() });
        // Where the process drains it is refused, and the line's end is what comes next.
        await client.until("the end of a harvest, or of the line", (told) =>
          told.slice(heard).some(({ type }) => type === "mining_harvest_completed" || type === "(closed)"),
        );
      }
      if (client.closed === 4110) this.sentAway++;
      await client.leave();
      this.#writeDown(client);
    }
  }

  /** Through whichever process lets it in. */
  async #join(): Promise<PilotClient> {
    for (let tries = 0; ; tries++) {
      const servers = this.#servers();
      try {
        const server = servers[tries % servers.length];
        assert.ok(server !== undefined);
        return await server.join(this.pilot.userId, this.#sectorId, { cursor: this.#cursor });
      } catch {
        await new Promise((resolve) => setTimeout(resolve, JOIN_AGAIN_MS));
      }
    }
  }

  #writeDown({ told }: PilotClient): void {
    for (const { type, payload } of told) {
      if (typeof payload?.eventId === "number") this.#cursor = Math.max(this.#cursor, payload.eventId);
      if (type === "mining_harvest_completed") this.told.push(String(payload.harvestId));
    }
  }
}

describe("two processes that an operator steers", function () {
  this.timeout(60_000);
  const servers = useServers();
  const test = useDatabase();
  const redis = useRedis();
  let world: World;
  const running: ServerProcess[] = [];

  before(async () => {
    world = await makeWorld(test.pool);
    for (const sectorId of SECTORS) await makeSector(test.pool, world, sectorId, { tier: 5 });
    for (const from of SECTORS) for (const to of SECTORS) if (from < to) await makeWarp(test.pool, from, to);
    await Promise.all([startOne(), startOne()]);
  });

  async function startOne(): Promise<void> {
    const port = await freePort();
    const address = { PORT: `${port}`, PUBLIC_ADDRESS: `localhost:${port}`, REDIS_URL: redis.url };
    const server = await servers.start(test.url, { ...address, DRAIN_SECONDS: "5" });
    running.push(server);
    void server.ended.then(() => running.splice(running.indexOf(server), 1));
  }

  const alive = () => running;
  const order = (what: AdminOrder) => recordOrder(test.pool, what, { operator: "test", nowMs: Date.now() });

  it("let go of a banned pilot within a second, whichever process they are in and come back through", async () => {
    const pilots = await Promise.all(SECTORS.map((sectorId) => makePilot(test.pool, world, sectorId)));
    const [a, b] = running;
    assert.ok(a !== undefined && b !== undefined);
    // Rooms are opened where there are fewest, so both processes have some.
    const clients = await Promise.all(
      pilots.map(({ userId }, index) => (index % 2 === 0 ? a : b).join(userId, SECTORS[index] ?? 0)),
    );
    const bannedAtMs = performance.now();
    for (const { userId } of pilots) await order({ kind: "ban", userId, reason: "cheats", untilMs: null });
    for (const client of clients) assert.deepEqual(await client.heard("(closed)"), { code: 4102 });
    const tookMs = performance.now() - bannedAtMs;
    assert.ok(tookMs < EFFECT_MS_MAX, `it took ${tookMs} ms`);
    for (const server of [a, b])
      for (const [index, { userId }] of pilots.entries())
        await joinRefused(server.join(userId, SECTORS[index] ?? 0), "banned");
  });

  it("are replaced one after the other under load: whoever was told of a harvest has it, and the other way round", async () => {
    const bots: Bot[] = [];
    for (let count = 0; count < BOTS; count++) {
      const sectorId = SECTORS[count % SECTORS.length] ?? 1;
      bots.push(new Bot(await makePilot(test.pool, world, sectorId), sectorId, alive));
    }
    const before = await readProcesses(test.pool);
    assert.equal(before.length, 2);
    for (const processId of before) {
      const harvests = await harvestsOf(bots);
      await until("harvests go on", async () => (await harvestsOf(bots)) >= harvests + BOTS);
      const left = Promise.race(running.map(({ ended }) => ended));
      await order({ kind: "drain", processId, deadlineSeconds: null });
      assert.deepEqual(await left, { code: 0, signal: null });
      assert.ok(!(await readProcesses(test.pool)).includes(processId));
      await startOne();
    }
    const harvests = await harvestsOf(bots);
    await until("harvests go on", async () => (await harvestsOf(bots)) >= harvests + BOTS);
    await Promise.all(bots.map((bot) => bot.stop()));

    assert.ok(
      bots.reduce((sum, { sentAway }) => sum + sentAway, 0) >= BOTS,
      "the drains have sent them away",
    );
    for (const { pilot, told } of bots) {
      const { rows } = await test.pool.query(
        "select id from mining_harvests where player_id = $1 and status = 'COMPLETED' order by id",
        [pilot.playerId],
      );
      assert.deepEqual(
        told.toSorted(),
        rows.map(({ id }) => id),
        "told is there, once, and what is there was told",
      );
    }
    assert.deepEqual(await findBreaches(test.pool), []);
  });

  it("wait no longer for running commands than the operator says", async () => {
    const others = await readProcesses(test.pool);
    const server = await servers.start(test.url, { HARVEST_SECONDS: "60", DRAIN_SECONDS: "60" });
    const processId = (await readProcesses(test.pool)).find((id) => !others.includes(id));
    assert.ok(processId !== undefined);
    const pilot = await makePilot(test.pool, world, 1);
    const client = await server.join(pilot.userId, 1);
    await accepted(client.ask("harvest"));
    await order({ kind: "drain", processId, deadlineSeconds: 0 });
    assert.deepEqual(await client.heard("(closed)"), { code: 4110 });
    assert.deepEqual(await server.ended, { code: 0, signal: null });
    const { rows } = await test.pool.query("select turns from players where id = $1", [pilot.playerId]);
    assert.equal(rows[0].turns, 1000, "the harvest has not happened");
    assert.deepEqual((await readProcesses(test.pool)).toSorted(), others.toSorted(), "the others go on");
  });

  async function harvestsOf(bots: readonly Bot[]): Promise<number> {
    const { rows } = await test.pool.query(
      "select count(*)::int as count from mining_harvests where player_id = any($1)",
      [bots.map(({ pilot }) => pilot.playerId)],
    );
    return Number(rows[0].count);
  }
});
