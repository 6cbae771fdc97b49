/** A whole server for a test suite: real sockets, real Postgres; time and dice in the test's hand. */
import { strict as assert } from "node:assert";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { SignJWT } from "jose";
import { pino } from "pino";
import { TICK_MS } from "../../src/commands/sector.ts";
import { loadConfig } from "../../src/config.ts";
import type { Dice } from "../../src/dice.ts";
import { createIdentity } from "../../src/identity.ts";
import { connect, type Database } from "../../src/persistence/database.ts";
import { findBreaches } from "../../src/persistence/invariants.ts";
import { replayAll } from "../../src/persistence/replay.ts";
import { type RunningServer, startServer } from "../../src/server.ts";
import { ManualClock } from "./clock.ts";
import { useDatabase } from "./database.ts";
import { seededDice } from "./dice.ts";
import { type MadePilot, makePilot, makeWorld, type PilotOptions, type World } from "./fixtures.ts";
import { type JoinOptions, PilotClient } from "./pilot-client.ts";

const SECRET = "a secret that only the tests of this project know";

export const TRANSPORTS = ["ws", "uws"] as const;

export interface GameOptions {
  readonly transport?: (typeof TRANSPORTS)[number];
  readonly env?: Record<string, string>;
  readonly dice?: () => Dice;
  readonly harvestTicks?: number;
  readonly combatRoundTicks?: number;
  readonly joinAckSeconds?: number;
  /** How busy the process shall take itself for, 0 to 1; of no account unless `env` lets it send fewer patches. */
  readonly readUtilization?: () => number;
  readonly region?: { pvpRules?: string };
  /** The way that outcomes take to the database; straight there unless told. */
  readonly queueUrl?: (databaseUrl: string) => Promise<string>;
  /** Tests that fill holds by hand break the conservation of cargo. */
  readonly except?: readonly string[];
}

export class GameUnderTest {
  readonly clock = new ManualClock(Date.now());
  readonly #clients: PilotClient[] = [];
  readonly test: ReturnType<typeof useDatabase>;
  #server: RunningServer | null = null;
  #world: World | null = null;
  #queueDatabase: Database | null = null;
  #dataDir = "";

  constructor(test: ReturnType<typeof useDatabase>) {
    this.test = test;
  }

  get server(): RunningServer {
    assert.ok(this.#server !== null);
    return this.#server;
  }

  get world(): World {
    assert.ok(this.#world !== null);
    return this.#world;
  }

  get pool() {
    return this.test.pool;
  }

  get port(): number {
    return this.server.port;
  }

  async start(options: GameOptions): Promise<void> {
    this.#dataDir = mkdtempSync(path.join(tmpdir(), "sectorkeep-game-"));
    this.#world ??= await makeWorld(this.pool, options.region);
    const queueUrl = (await options.queueUrl?.(this.test.url)) ?? this.test.url;
    this.#queueDatabase = connect(queueUrl, {
      max: 3,
      applicationName: "queue",
      byKey: true,
    });
    const config = loadConfig({
      PORT: "0",
      TRANSPORT: options.transport ?? "ws",
      AUTH_JWT_SECRET: SECRET,
      DATA_DIR: this.#dataDir,
      DRAIN_SECONDS: "2",
      // A test looks at what the next beat brings, however busy the machine is.
      PATCH_HZ_MIN: "10",
      ...options.env,
    });
    this.#server = await startServer({
      config,
      database: this.test.database,
      queueDatabase: this.#queueDatabase,
      clock: this.clock,
      dice: options.dice?.() ?? seededDice(1),
      identity: createIdentity(config, this.clock),
      log: pino({ level: process.env.TEST_LOG ?? "silent" }),
      turnsPerDay: 1000,
      harvestTicks: options.harvestTicks ?? 100,
      ...(options.combatRoundTicks !== undefined && { combatRoundTicks: options.combatRoundTicks }),
      ...(options.joinAckSeconds !== undefined && { joinAckSeconds: options.joinAckSeconds }),
      ...(options.readUtilization !== undefined && { readUtilization: options.readUtilization }),
    });
  }

  async stop(): Promise<void> {
    await this.leaveAll();
    await this.#server?.stop();
    await this.#queueDatabase?.pool.end();
    rmSync(this.#dataDir, { recursive: true, force: true });
    this.#server = null;
  }

  async leaveAll(): Promise<void> {
    await Promise.all(this.#clients.splice(0).map((client) => client.leave()));
  }

  async token(userId: string, changes: Record<string, unknown> = {}): Promise<string> {
    const expires = Math.floor(this.clock.nowMs() / 1000) + 3600;
    return new SignJWT({ sub: userId, exp: expires, ...changes })
      .setProtectedHeader({ alg: "HS256" })
      .sign(new TextEncoder().encode(SECRET));
  }

  pilot(sectorId: number, options: PilotOptions = {}): Promise<MadePilot> {
    return makePilot(this.pool, this.world, sectorId, { at: new Date(this.clock.nowMs()), ...options });
  }

  /** Joins with the pilot's own token. */
  async join(pilot: { userId: string }, sectorId: unknown, options: JoinOptions = {}): Promise<PilotClient> {
    const token = await this.token(pilot.userId);
    return this.keep(PilotClient.join(this.port, token, { sectorId, protocol: 1, ...options }));
  }

  async spectate(sectorId: number): Promise<PilotClient> {
    return this.keep(PilotClient.join(this.port, null, { sectorId, spectate: true }));
  }

  /** To be closed when the test ends. */
  async keep(joining: Promise<PilotClient>): Promise<PilotClient> {
    const client = await joining;
    this.#clients.push(client);
    return client;
  }

  /** A new pilot in a sector, joined. */
  async fly(
    sectorId: number,
    options: PilotOptions = {},
  ): Promise<{ pilot: MadePilot; client: PilotClient }> {
    const pilot = await this.pilot(sectorId, options);
    return { pilot, client: await this.join(pilot, sectorId) };
  }

  /** Lets ticks go by and runs what they bring. */
  tick(ticks = 1): void {
    for (let count = 0; count < ticks; count++) {
      this.clock.advance(TICK_MS);
      this.server.heartbeat.step();
    }
  }

  async row(text: string, ...values: unknown[]): Promise<Record<string, unknown>> {
    const { rows } = await this.pool.query(text, values);
    assert.equal(rows.length, 1, text);
    return rows[0];
  }

  async turnsOf(pilot: MadePilot): Promise<number> {
    return Number((await this.row("select turns from players where id = $1", pilot.playerId)).turns);
  }

  async oreOf(pilot: MadePilot): Promise<number> {
    const text =
      "select coalesce(sum(quantity), 0)::int as ore from ship_cargo where ship_id = $1 and commodity = 'ore'";
    return Number((await this.row(text, pilot.shipId)).ore);
  }
}

/** Call inside a `describe`: a server for its tests; after each test the invariants are held against the database. */
export function useGame(options: GameOptions = {}): GameUnderTest {
  // Declared before the database's own hooks, so that everything has let go of it when it is dropped.
  after("stop the server", () => game.stop());
  const game = new GameUnderTest(useDatabase());
  before("start a server", () => game.start(options));
  afterEach("hold the invariants against the database", async () => {
    await game.leaveAll();
    await game.server.queue.drained();
    const [breaches, replay] = await Promise.all([findBreaches(game.pool), replayAll(game.pool)]);
    const unexpected = breaches.filter(({ invariant }) => options.except?.includes(invariant) !== true);
    assert.deepEqual([...unexpected, ...replay.breaches], []);
  });
  return game;
}
