import "../colyseus-settings.ts";
import { type IRoomCache, matchMaker } from "@colyseus/core";
import { RedisDriver } from "@colyseus/redis-driver";
import { Redis } from "ioredis";
import type { Log } from "../telemetry/log.ts";
import { REDIS_OPTIONS } from "./redis-options.ts";

/** The hash in which RedisDriver keeps its rooms. */
const ROOMS_KEY = "roomcaches";
/** How often a listing is tried again that could not be struck off: until then nobody can join its sector. */
const STRIKE_OFF_MS = 250;

/** Whether a room is still listed as one of the process `ARGV[2]`. */
const IS_OURS = `
  local listed = redis.call('hget', KEYS[1], ARGV[1])
  if not listed or cjson.decode(listed).processId ~= ARGV[2] then return 0 end`;
const REMOVE = `${IS_OURS} return redis.call('hdel', KEYS[1], ARGV[1])`;
const REWRITE = `${IS_OURS} redis.call('hset', KEYS[1], ARGV[1], ARGV[3]) return 1`;

type Changes = Parameters<RedisDriver["update"]>[1];

/**
 * The directory of rooms in Redis. Of several processes that open the same sector at once, it lets one have it; and
 * whatever a process does with its own listing leaves alone the one that another has made in its place meanwhile.
 *
 * While Redis is away, rooms go on and end as ever: what takes a listing back or brings it up to date does not fail, since
 * Colyseus would leave the room half ended, or a seat in it reserved for ever. What is to be struck off is, when Redis is back.
 */
export class SectorDriver extends RedisDriver {
  readonly #log: Log;
  /** Rooms of this process that are not, or may not be, and may be listed still. */
  readonly #unstruck = new Set<string>();
  #isLost = false;
  #timer: NodeJS.Timeout | null = null;

  constructor(redisUrl: string, log: Log) {
    super(new Redis(redisUrl, REDIS_OPTIONS));
    this.#log = log;
    this.#redis.on("error", (error: Error) => {
      if (!this.#isLost) log.warn({ err: error }, "Redis is away: until it is back nobody new gets in.");
      this.#isLost = true;
    });
    this.#redis.on("ready", () => {
      if (this.#isLost) log.info({}, "Redis is back.");
      this.#isLost = false;
    });
  }

  /** @throws what Redis threw, or that it is away */
  async ping(): Promise<void> {
    await this.#redis.ping();
  }

  /**
   * Writes a room down unless its id is taken, in one step.
   * @returns whether it was written @throws when Redis does not say so; then it is struck off as soon as it can be
   */
  async insert(room: IRoomCache): Promise<boolean> {
    const { roomId, processId } = room;
    try {
      // An earlier room of this id goes first; struck off any later, this one would be.
      if (this.#unstruck.delete(roomId)) await this.#remove(roomId, processId);
      return (await this.#redis.hsetnx(ROOMS_KEY, roomId, JSON.stringify(room))) === 1;
    } catch (error) {
      this.#strikeOffLater(roomId);
      throw error;
    }
  }

  /** @param isNew a room that is not listed: made just now, or struck off while this process could not be reached */
  override async persist(room: IRoomCache, isNew = false): Promise<boolean> {
    return isNew ? this.insert(room) : this.#rewrite(room);
  }

  override async update(room: IRoomCache, { $set, $inc }: Changes): Promise<boolean> {
    Object.assign(room, $set);
    room.clients += $inc?.clients ?? 0;
    return this.#rewrite(room);
  }

  /** Strikes off a room of this process; when Redis is back, if it is away. @returns whether it was struck off now */
  override async remove(roomId: string): Promise<boolean> {
    this.#unstruck.delete(roomId);
    try {
      return await this.#remove(roomId, matchMaker.processId);
    } catch (error) {
      // Colyseus strikes off a room three times as it ends.
      if (!this.#unstruck.has(roomId))
        this.#log.warn({ err: error, roomId }, "A room could not be struck off; it is when Redis is back.");
      this.#strikeOffLater(roomId);
      return false;
    }
  }

  /** Strikes off all rooms of a process that is gone. Where that fails, the next join of one finds the process gone again. */
  override async cleanup(processId: string): Promise<void> {
    try {
      const rooms = await this.query({ processId });
      await Promise.all(rooms.map(({ roomId }) => this.#remove(roomId, processId)));
    } catch (error) {
      this.#log.warn({ err: error, processId }, "The rooms of a process could not be struck off.");
    }
  }

  /** A copy of the directory that was not had is not kept: the next to ask would be given the same failure, for ever. */
  override async query(...args: Parameters<RedisDriver["query"]>): Promise<IRoomCache[]> {
    try {
      return await super.query(...args);
    } catch (error) {
      this["_roomCacheRequestByName"] = {};
      delete this["_concurrentRoomCacheRequest"];
      throw error;
    }
  }

  override async shutdown(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    // What waits for a Redis that is away would keep looking for it.
    if (this.#redis.status === "ready") await super.shutdown();
    else this.#redis.disconnect();
  }

  #strikeOffLater(roomId: string): void {
    this.#unstruck.add(roomId);
    this.#timer ??= setTimeout(() => this.#strikeOff(), STRIKE_OFF_MS).unref();
  }

  #strikeOff(): void {
    this.#timer = null;
    const roomIds = [...this.#unstruck];
    this.#unstruck.clear();
    for (const roomId of roomIds) {
      // A room of this id is here, perhaps another one by now: it is struck off when it ends.
      if (matchMaker.getLocalRoomById(roomId) !== undefined) continue;
      if (this.#redis.status === "ready") void this.remove(roomId);
      else this.#strikeOffLater(roomId);
    }
  }

  async #remove(roomId: string, processId: string): Promise<boolean> {
    return (await this.#redis.eval(REMOVE, 1, ROOMS_KEY, roomId, processId)) === 1;
  }

  /** @returns whether the room is listed so now; not while Redis is away: the next change brings all of it */
  async #rewrite(room: IRoomCache): Promise<boolean> {
    const { roomId, processId } = room;
    try {
      return (await this.#redis.eval(REWRITE, 1, ROOMS_KEY, roomId, processId, JSON.stringify(room))) === 1;
    } catch (error) {
      this.#log.warn({ err: error, roomId }, "A room's listing could not be brought up to date.");
      return false;
    }
  }

  /** The connection is private to the driver, and a second one to the same server would be a waste. */
  get #redis() {
    return this["_client"];
  }
}
