import "./colyseus-settings.ts";
import { defineRoom, defineServer, matchMaker, type Server } from "@colyseus/core";
import type { Logger } from "pino";
import type { Clock } from "./clock.ts";
import { TICK_MS } from "./commands/sector.ts";
import type { GameSettings } from "./commands/services.ts";
import type { Config } from "./config.ts";
import type { Dice } from "./dice.ts";
import { type ClosableHttp, closable } from "./http/closing.ts";
import { createHttpHandler } from "./http/handler.ts";
import { createRoutes } from "./http/routes.ts";
import type { Site } from "./http/site.ts";
import type { HttpHandler } from "./http/types.ts";
import type { IdentityService } from "./identity.ts";
import { BanList } from "./persistence/bans.ts";
import { CommitQueue } from "./persistence/commit-queue.ts";
import type { Database } from "./persistence/database.ts";
import { IdempotencyKeys } from "./persistence/idempotency-keys.ts";
import { PilotReader } from "./persistence/pilots.ts";
import { Players } from "./persistence/players.ts";
import { PROCESS_ID } from "./persistence/processes.ts";
import { RequestLookup } from "./persistence/requests.ts";
import { SessionLog } from "./persistence/sessions.ts";
import { AdminWatch } from "./rooms/admin-watch.ts";
import { FeedReader } from "./rooms/feed-reader.ts";
import { galaxyRoomOf } from "./rooms/galaxy-room.ts";
import { GalaxyWatch } from "./rooms/galaxy-watch.ts";
import { Heartbeat } from "./rooms/heartbeat.ts";
import { Inbox } from "./rooms/inbox.ts";
import { IncidentWatch } from "./rooms/incident-watch.ts";
import { JOIN_ACK_SECONDS } from "./rooms/join-ack.ts";
import { startLeaseWatch } from "./rooms/lease-watch.ts";
import { GALAXY_ROOM, Matchmaking, SECTOR_ROOM } from "./rooms/matchmaking.ts";
import { eventLoopReading, PatchRate } from "./rooms/patch-rate.ts";
import type { RoomServices } from "./rooms/room-services.ts";
import { type SectorRoom, sectorRoomOf } from "./rooms/sector-room.ts";
import { colyseusLog } from "./server/colyseus-log.ts";
import { type Directory, directory } from "./server/directory.ts";
import { endOf, STOP_MS_MAX } from "./server/ending.ts";
import { GuardrailReading } from "./server/guardrails.ts";
import { findReasons } from "./server/readiness.ts";
import { readServer } from "./server/reading.ts";
import { Metrics } from "./telemetry/metrics.ts";
import { createTransport } from "./transport.ts";

/** What a server is made of; `main.ts` and the tests put it together. */
export interface ServerParts {
  readonly config: Config;
  readonly database: Database;
  /** Pipelined connections for the commit queue alone. */
  readonly queueDatabase: Database;
  readonly clock: Clock;
  readonly dice: Dice;
  readonly identity: IdentityService;
  readonly log: Logger;
  readonly turnsPerDay: number;
  /** The built page, to be served to browsers. */
  readonly site?: Site;
  /** What GET /metrics tells; the server's own unless given. */
  readonly metrics?: Metrics;
  /** An operator wants this process to end. @param deadlineSeconds null: DRAIN_SECONDS */
  readonly onDrain?: (deadlineSeconds: number | null) => void;
  /** How long a harvest takes, in ticks; for tests that have no ten seconds. */
  readonly harvestTicks?: number;
  readonly combatRoundTicks?: number;
  /** How long a client may take to acknowledge its join; for tests that have no five seconds. */
  readonly joinAckSeconds?: number;
  /** Share of its time in which the event loop is at work, 0 to 1; read from the process itself unless given. */
  readonly readUtilization?: () => number;
}

export interface RunningServer {
  readonly port: number;
  readonly queue: CommitQueue;
  readonly heartbeat: Heartbeat;
  readonly patchRate: PatchRate;
  readonly sectors: ReadonlySet<SectorRoom>;
  /**
   * Lets running commands end, settles what is due, and closes everybody. May be called twice.
   * @param deadlineSeconds how long that may take; DRAIN_SECONDS unless told
   */
  stop(deadlineSeconds?: number): Promise<void>;
}

/** What the parts of one running server share. */
interface Shared extends ServerParts {
  readonly metrics: Metrics;
  readonly queue: CommitQueue;
  readonly bans: BanList;
  readonly sessions: SessionLog;
  readonly sectors: Set<SectorRoom>;
  readonly heartbeat: Heartbeat;
  readonly patchRate: PatchRate;
  readonly pilots: PilotReader;
  readonly feed: FeedReader;
  readonly matchmaking: Matchmaking;
  readonly isDraining: () => boolean;
}

function share(parts: ServerParts, isDraining: () => boolean): Shared {
  const { config, database, clock, log, metrics = new Metrics() } = parts;
  const patchRate = new PatchRate(config.patchHzMin, parts.readUtilization ?? eventLoopReading());
  const sectors = new Set<SectorRoom>();
  const sessions = new SessionLog(database, clock);
  const players = new Players(database);
  const pilots = new PilotReader(database, clock);
  const present = function* () {
    for (const room of sectors) yield* room.live?.pilots ?? [];
  };
  return {
    ...parts,
    metrics,
    queue: createQueue(parts, metrics),
    bans: new BanList(clock),
    sessions,
    sectors,
    heartbeat: new Heartbeat(clock, patchRate, (ms) => metrics.tickTook(ms)),
    patchRate,
    pilots,
    feed: new FeedReader({
      database,
      present,
      pilots,
      show: (pilot) => pilot.sendSnapshot(parts.turnsPerDay, clock.nowMs()),
      meter: metrics,
      log,
    }),
    matchmaking: new Matchmaking({
      findShip: (identity) => players.ensure(identity, clock.nowMs()),
      sessions,
      spectators: config.spectators,
      isDraining,
      log,
    }),
    isDraining,
  };
}

function createQueue(
  { queueDatabase, clock, turnsPerDay, config, log }: ServerParts,
  metrics: Metrics,
): CommitQueue {
  return new CommitQueue({
    pool: queueDatabase.pool,
    clock,
    turnsPerDay,
    itemsMax: config.commitQueueItemsMax,
    onFailure: (message, error, fields) => log.error({ ...fields, err: error }, message),
    onCommit: (items, ms) => metrics.committed(items, ms),
    onSettled({ kind, key: { requestId, playerId } }, settlement) {
      metrics.settled(kind, settlement.kind);
      const answer = "answer" in settlement ? settlement.answer : null;
      log.debug(
        { requestId, playerId, kind, settlement: settlement.kind, answer },
        "An outcome was settled.",
      );
    },
  });
}

function gameSettings({ config, turnsPerDay, harvestTicks, combatRoundTicks }: ServerParts): GameSettings {
  const ticksPerSecond = 1000 / TICK_MS;
  return {
    harvestTicks: harvestTicks ?? config.harvestSeconds * ticksPerSecond,
    combatRoundTicks: combatRoundTicks ?? ticksPerSecond,
    damageScale: config.combatDamageScale,
    turnsPerDay,
  };
}

function roomServices(shared: Shared): RoomServices {
  const { config, database, clock, dice, log, queue, matchmaking } = shared;
  const game = {
    clock,
    dice,
    queue,
    database,
    settings: gameSettings(shared),
    log,
    reserveSeat: (...whose: Parameters<typeof matchmaking.reserveSeat>) => matchmaking.reserveSeat(...whose),
    isFull: async (sectorId: number) => (await matchmaking.shipsIn(sectorId)) >= config.shipsPerSectorMax,
  };
  return {
    ...game,
    heartbeat: shared.heartbeat,
    feed: shared.feed,
    pilots: shared.pilots,
    sectors: shared.sectors,
    inbox: new Inbox(game, new RequestLookup(database.pool)),
    isDraining: shared.isDraining,
    meter: shared.metrics,
    bans: shared.bans,
    limits: {
      spectatorsPerSectorMax: config.spectatorsPerSectorMax,
      messagesPerSecondMax: config.messagesPerSecondMax,
      reconnectSeconds: config.reconnectSeconds,
      joinAckSeconds: shared.joinAckSeconds ?? JOIN_ACK_SECONDS,
    },
  };
}

function httpHandler(shared: Shared, pingRedis: Directory["ping"]): HttpHandler {
  const { database, clock, log, metrics, bans } = shared;
  // Whoever is known is let in nowhere while they are banned.
  const identity: IdentityService = {
    ...shared.identity,
    async verify(token) {
      const known = await shared.identity.verify(token);
      bans.check(known.userId);
      return known;
    },
  };
  const guardrails = new GuardrailReading(database, clock, log);
  const routes = createRoutes({
    ...shared,
    identity,
    matchmake: shared.matchmaking.matchmake,
    site: shared.site ?? null,
    findReasons: () => findReasons({ ...shared, pingRedis }),
    metricsText: async () => metrics.text({ ...readServer(shared), ...(await guardrails.read()) }),
  });
  const idempotencyKeys = new IdempotencyKeys(database, clock);
  return createHttpHandler(routes, { ...shared, identity, idempotencyKeys, meter: metrics });
}

/**
 * Starts rooms, routes and transport.
 * @throws when the port is taken, TRANSPORT asks for one that cannot be had, or REDIS_URL for a Redis that is not there
 */
export async function startServer(parts: ServerParts): Promise<RunningServer> {
  const { config, database, clock, log } = parts;
  let draining = false;
  const shared = share(parts, () => draining);
  const { queue, heartbeat, sectors, feed } = shared;
  const { rooms, ping } = await directory(config.redisUrl, log);
  const { onDrain = () => {} } = parts;
  const admin = new AdminWatch({ ...shared, pool: database.pool, processId: PROCESS_ID, onDrain });
  const http = closable(httpHandler(shared, ping));
  const transport = await createTransport(config, { http: http.handle, clock, log });
  const colyseus = defineServer({
    rooms: {
      [SECTOR_ROOM]: defineRoom(sectorRoomOf(roomServices(shared))).on("create", (room) => room.started()),
      [GALAXY_ROOM]: defineRoom(
        galaxyRoomOf({
          ...{ clock, database, log },
          ...{ spectatorsMax: config.galaxySpectatorsMax, phase: config.ecosystemPhase },
          joinAckSeconds: shared.joinAckSeconds ?? JOIN_ACK_SECONDS,
        }),
      ),
    },
    transport,
    ...rooms,
    ...(config.publicAddress !== null && { publicAddress: config.publicAddress }),
    gracefullyShutdown: false,
    greet: false,
    logger: colyseusLog(log),
  });
  try {
    // Who may not play is known before anybody can ask.
    await admin.start();
    await colyseus.listen(config.port);
  } catch (error) {
    await admin.stop();
    throw error;
  }
  heartbeat.start();
  feed.start();
  const galaxy = new GalaxyWatch(matchMaker.presence, matchMaker.processId, sectors, log);
  await galaxy.start();
  const incidents = new IncidentWatch(database.pool, clock, sectors, log);
  incidents.start();
  const stopLeaseWatch = startLeaseWatch(database.pool, sectors, log);

  let stopping: Promise<void> | null = null;
  return {
    port: transport.port,
    queue,
    heartbeat,
    patchRate: shared.patchRate,
    sectors,
    stop(deadlineSeconds = config.drainSeconds) {
      draining = true;
      stopping ??= stop({ ...shared, http, colyseus }, deadlineSeconds, {
        "The watch for operators' orders": () => admin.stop(),
        "The watch for lost sectors": stopLeaseWatch,
        "The feed": () => feed.stop(),
        "The galaxy's watch": () => galaxy.stop(),
        "The watch for incidents": () => incidents.stop(),
      });
      return stopping;
    },
  };
}

/** @param watches what looks at the database every now and then: it does so until the rooms are gone */
async function stop(
  { sectors, queue, heartbeat, http, colyseus, log }: Shared & { http: ClosableHttp; colyseus: Server },
  deadlineSeconds: number,
  watches: Readonly<Record<string, () => Promise<void>>>,
): Promise<void> {
  const deadlineMs = performance.now() + deadlineSeconds * 1000;
  const drained = Promise.all([...sectors].map((room) => room.drain(deadlineMs)));
  await endOf("The rooms", () => drained, deadlineSeconds * 1000 + STOP_MS_MAX, log);
  await Promise.race([queue.drained(), wait(Math.max(0, deadlineMs - performance.now()))]);
  queue.stop();
  await Promise.all([
    ...Object.entries(watches).map(([what, stopWatch]) => endOf(what, stopWatch, STOP_MS_MAX, log)),
    endOf("HTTP", () => http.close(), STOP_MS_MAX, log),
  ]);
  await endOf("Colyseus", () => colyseus.gracefullyShutdown(false), STOP_MS_MAX, log);
  heartbeat.stop();
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
