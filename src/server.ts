import "./colyseus-settings.ts";
import { defineRoom, defineServer, matchMaker, type Server } from "@colyseus/core";
import { type ClosableHttp, closable } from "./http/closing.ts";
import { createHttpHandler } from "./http/handler.ts";
import { createRoutes } from "./http/routes.ts";
import type { HttpHandler } from "./http/types.ts";
import type { IdentityService } from "./identity.ts";
import type { CommitQueue } from "./persistence/commit-queue.ts";
import { IdempotencyKeys } from "./persistence/idempotency-keys.ts";
import { PROCESS_ID } from "./persistence/processes.ts";
import { AdminWatch } from "./rooms/admin-watch.ts";
import { galaxyRoomOf } from "./rooms/galaxy-room.ts";
import { GalaxyWatch } from "./rooms/galaxy-watch.ts";
import type { Heartbeat } from "./rooms/heartbeat.ts";
import { IncidentWatch } from "./rooms/incident-watch.ts";
import { JOIN_ACK_SECONDS } from "./rooms/join-ack.ts";
import { GALAXY_ROOM, SECTOR_ROOM } from "./rooms/matchmaking.ts";
import type { PatchRate } from "./rooms/patch-rate.ts";
import { type SectorRoom, sectorRoomOf } from "./rooms/sector-room.ts";
import { colyseusLog } from "./server/colyseus-log.ts";
import { type Directory, directory } from "./server/directory.ts";
import { endOf, STOP_MS_MAX } from "./server/ending.ts";
import { GuardrailReading } from "./server/guardrails.ts";
import { roomServices, type ServerParts, type Shared, share } from "./server/parts.ts";
import { readiness } from "./server/readiness.ts";
import { readServer } from "./server/reading.ts";
import { createTransport } from "./transport.ts";

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
    findReasons: readiness({ ...shared, pingRedis }),
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
  let draining = false;
  const shared = share(parts, () => draining);
  const { queue, heartbeat, patchRate, sectors } = shared;
  const { config, database, log, onDrain = () => {} } = parts;
  const { rooms, ping } = await directory(config.redisUrl, log);
  const admin = new AdminWatch({ ...shared, pool: database.pool, processId: PROCESS_ID, onDrain });
  const http = closable(httpHandler(shared, ping));
  const transport = await createTransport(config, { ...shared, http: http.handle });
  const colyseus = defineServer({
    rooms: roomTypes(shared),
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
  const watches = { "The watch for operators' orders": () => admin.stop(), ...(await startWatches(shared)) };

  let stopping: Promise<void> | null = null;
  return {
    ...{ port: transport.port, queue, heartbeat, patchRate, sectors },
    stop(deadlineSeconds = config.drainSeconds) {
      draining = true;
      stopping ??= stop({ ...shared, http, colyseus }, deadlineSeconds, watches);
      return stopping;
    },
  };
}

function roomTypes(shared: Shared) {
  const { clock, database, log, config, bans, galaxies, joinAckSeconds = JOIN_ACK_SECONDS } = shared;
  const galaxy = galaxyRoomOf({
    ...{ clock, database, log, bans, galaxies, joinAckSeconds },
    ...{ spectatorsMax: config.galaxySpectatorsMax, phase: config.ecosystemPhase },
  });
  return {
    [SECTOR_ROOM]: defineRoom(sectorRoomOf(roomServices(shared))).on("create", (room) => room.started()),
    [GALAXY_ROOM]: defineRoom(galaxy),
  };
}

/** What looks at the database every now and then, by its name in the log. */
type Watches = Readonly<Record<string, () => Promise<void>>>;

/** @returns what stops each */
async function startWatches({
  database: { pool },
  clock,
  sectors,
  feed,
  leases,
  log,
}: Shared): Promise<Watches> {
  feed.start();
  leases.start();
  const galaxy = new GalaxyWatch(matchMaker.presence, matchMaker.processId, sectors, log);
  await galaxy.start();
  const incidents = new IncidentWatch(pool, clock, sectors, log);
  incidents.start();
  return {
    "The watch for lost sectors": () => leases.stop(),
    "The feed": () => feed.stop(),
    "The galaxy's watch": () => galaxy.stop(),
    "The watch for incidents": () => incidents.stop(),
  };
}

/** @param watches go on until the rooms are gone */
async function stop(
  { sectors, queue, heartbeat, http, colyseus, log }: Shared & { http: ClosableHttp; colyseus: Server },
  deadlineSeconds: number,
  watches: Watches,
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
