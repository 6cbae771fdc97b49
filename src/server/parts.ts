import type { Logger } from "pino";
import type { Clock } from "../clock.ts";
import { TICK_MS } from "../commands/sector.ts";
import type { GameSettings } from "../commands/services.ts";
import type { Config } from "../config.ts";
import type { Dice } from "../dice.ts";
import type { Site } from "../http/site.ts";
import type { IdentityService } from "../identity.ts";
import { BanList } from "../persistence/bans.ts";
import { CommitQueue } from "../persistence/commit-queue.ts";
import type { Database } from "../persistence/database.ts";
import { PilotReader } from "../persistence/pilots.ts";
import { Players } from "../persistence/players.ts";
import { RequestLookup } from "../persistence/requests.ts";
import { SessionLog } from "../persistence/sessions.ts";
import { FeedReader } from "../rooms/feed-reader.ts";
import type { GalaxyRoom } from "../rooms/galaxy-room.ts";
import { Heartbeat } from "../rooms/heartbeat.ts";
import { Inbox } from "../rooms/inbox.ts";
import { JOIN_ACK_SECONDS } from "../rooms/join-ack.ts";
import { LeaseWatch } from "../rooms/lease-watch.ts";
import { Matchmaking } from "../rooms/matchmaking.ts";
import { eventLoopReading, PatchRate } from "../rooms/patch-rate.ts";
import type { RoomServices } from "../rooms/room-services.ts";
import type { SectorRoom } from "../rooms/sector-room.ts";
import { Metrics } from "../telemetry/metrics.ts";

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

/** What the parts of one running server share. */
export interface Shared extends ServerParts {
  readonly metrics: Metrics;
  readonly queue: CommitQueue;
  readonly bans: BanList;
  readonly sessions: SessionLog;
  readonly sectors: Set<SectorRoom>;
  readonly galaxies: Set<GalaxyRoom>;
  readonly heartbeat: Heartbeat;
  readonly patchRate: PatchRate;
  readonly pilots: PilotReader;
  readonly feed: FeedReader;
  readonly leases: LeaseWatch;
  readonly matchmaking: Matchmaking;
  readonly isDraining: () => boolean;
}

export function share(parts: ServerParts, isDraining: () => boolean): Shared {
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
    galaxies: new Set(),
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
    leases: new LeaseWatch(database.pool, sectors, log),
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

export function roomServices(shared: Shared): RoomServices {
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
