import "./colyseus-settings.ts";
import { defineRoom, defineServer, type MatchMakerDriver, matchMaker, type Presence } from "@colyseus/core";
import type { Logger } from "pino";
import type { Clock } from "./clock.ts";
import { TICK_MS } from "./commands/sector.ts";
import type { GameSettings } from "./commands/services.ts";
import type { Config } from "./config.ts";
import type { Dice } from "./dice.ts";
import { createHttpHandler } from "./http/handler.ts";
import { createRoutes } from "./http/routes.ts";
import type { Site } from "./http/site.ts";
import type { IdentityService } from "./identity.ts";
import { CommitQueue } from "./persistence/commit-queue.ts";
import type { Database } from "./persistence/database.ts";
import { ensurePlayer } from "./persistence/players.ts";
import { RequestLookup } from "./persistence/requests.ts";
import { FeedReader } from "./rooms/feed-reader.ts";
import { galaxyRoomOf } from "./rooms/galaxy-room.ts";
import { GalaxyWatch } from "./rooms/galaxy-watch.ts";
import { Heartbeat } from "./rooms/heartbeat.ts";
import { Inbox } from "./rooms/inbox.ts";
import { startLeaseWatch } from "./rooms/lease-watch.ts";
import { GALAXY_ROOM, Matchmaking, SECTOR_ROOM } from "./rooms/matchmaking.ts";
import type { RoomServices } from "./rooms/room-services.ts";
import { type SectorRoom, sectorRoomOf } from "./rooms/sector-room.ts";
import { createTransport } from "./transport.ts";

/** Once its rooms are drained, whatever else a stopping server waits for is given this long. */
const STOP_SECONDS_MAX = 5;

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
  readonly onTickMs?: (ms: number) => void;
  /** How long a harvest takes, in ticks; for tests that have no ten seconds. */
  readonly harvestTicks?: number;
  readonly combatRoundTicks?: number;
}

export interface RunningServer {
  readonly port: number;
  readonly queue: CommitQueue;
  readonly heartbeat: Heartbeat;
  readonly sectors: ReadonlySet<SectorRoom>;
  /** Lets running commands end, settles what is due, and closes everybody. May be called twice. */
  stop(): Promise<void>;
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

/** Several processes find each other's rooms through Redis; one alone keeps its directory in memory. */
async function directory(
  redisUrl: string | null,
): Promise<{ presence?: Presence; driver?: MatchMakerDriver }> {
  if (redisUrl === null) return {};
  const [{ RedisPresence }, { SectorDriver }] = await Promise.all([
    import("@colyseus/redis-presence"),
    import("./rooms/redis-driver.ts"),
  ]);
  return { presence: new RedisPresence(redisUrl), driver: new SectorDriver(redisUrl) };
}

/**
 * Starts rooms, routes and transport.
 * @throws when the port is taken, or TRANSPORT asks for one that cannot be had
 */
export async function startServer(parts: ServerParts): Promise<RunningServer> {
  const { config, database, clock, dice, log } = parts;
  let draining = false;
  const queue = new CommitQueue({
    pool: parts.queueDatabase.pool,
    clock,
    turnsPerDay: parts.turnsPerDay,
    itemsMax: config.commitQueueItemsMax,
    onFailure: (message, error) => log.error({ err: error }, message),
  });
  const matchmaking = new Matchmaking({
    findShip: (identity) => ensurePlayer(database, identity, clock.nowMs()),
    spectators: config.spectators,
    isDraining: () => draining,
    log,
  });
  const heartbeat = new Heartbeat(clock, parts.onTickMs ?? (() => {}));
  const sectors = new Set<SectorRoom>();
  const feed = new FeedReader(
    database,
    function* () {
      for (const room of sectors) yield* room.live?.pilots ?? [];
    },
    log,
  );
  const game = {
    clock,
    dice,
    queue,
    database,
    settings: gameSettings(parts),
    log,
    reserveSeat: (sectorId: number, userId: string) => matchmaking.reserveSeat(sectorId, userId),
  };
  const services: RoomServices = {
    ...game,
    heartbeat,
    feed,
    sectors,
    inbox: new Inbox(game, new RequestLookup(database.pool)),
    isDraining: () => draining,
    limits: {
      shipsPerSectorMax: config.shipsPerSectorMax,
      spectatorsPerSectorMax: config.spectatorsPerSectorMax,
      messagesPerSecondMax: config.messagesPerSecondMax,
      reconnectSeconds: config.reconnectSeconds,
    },
  };
  const routes = createRoutes({
    config,
    database,
    clock,
    identity: parts.identity,
    matchmake: matchmaking.matchmake,
    site: parts.site ?? null,
  });
  const http = createHttpHandler(routes, { config, identity: parts.identity, clock, log });
  const transport = await createTransport(config, { http, clock, log });
  const colyseus = defineServer({
    rooms: {
      [SECTOR_ROOM]: defineRoom(sectorRoomOf(services)).on("create", (room) => room.started()),
      [GALAXY_ROOM]: defineRoom(
        galaxyRoomOf({ clock, database, log, spectatorsMax: config.galaxySpectatorsMax }),
      ),
    },
    transport,
    ...(await directory(config.redisUrl)),
    ...(config.publicAddress !== null && { publicAddress: config.publicAddress }),
    gracefullyShutdown: false,
    greet: false,
    logger: colyseusLog(log),
  });
  await colyseus.listen(config.port);
  heartbeat.start();
  feed.start();
  const galaxy = new GalaxyWatch(matchMaker.presence, matchMaker.processId, sectors, log);
  await galaxy.start();
  const stopLeaseWatch = startLeaseWatch(database.pool, sectors, log);

  async function stop(): Promise<void> {
    draining = true;
    const deadlineMs = performance.now() + config.drainSeconds * 1000;
    await Promise.all([...sectors].map((room) => room.drain(deadlineMs)));
    await Promise.race([queue.drained(), wait(Math.max(0, deadlineMs - performance.now()))]);
    queue.stop();
    await stopLeaseWatch();
    await feed.stop();
    await galaxy.stop();
    // Colyseus waits without end for rooms that do not go.
    await Promise.race([colyseus.gracefullyShutdown(false), wait(STOP_SECONDS_MAX * 1000)]);
    heartbeat.stop();
  }
  let stopping: Promise<void> | null = null;
  return {
    port: transport.port,
    queue,
    heartbeat,
    sectors,
    stop() {
      stopping ??= stop();
      return stopping;
    },
  };
}

/** What Colyseus has to say. Most of what it calls an error is a client's broken message; ours we log ourselves. */
function colyseusLog(log: Logger) {
  const own = log.child({ part: "colyseus" });
  const text = (parts: readonly unknown[]) => parts.map(String).join(" ");
  return {
    debug: (...parts: unknown[]) => own.debug(text(parts)),
    info: (...parts: unknown[]) => own.debug(text(parts)),
    warn: (...parts: unknown[]) => own.warn(text(parts)),
    error: (...parts: unknown[]) => own.warn(text(parts)),
  };
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
