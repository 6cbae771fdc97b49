import "../colyseus-settings.ts";
import { type IRoomCache, matchMaker } from "@colyseus/core";
import { RedisDriver } from "@colyseus/redis-driver";

/** The hash in which RedisDriver keeps its rooms. */
const ROOMS_KEY = "roomcaches";

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
 */
export class SectorDriver extends RedisDriver {
  constructor(redisUrl: string) {
    super(redisUrl);
    // Presence has connections of its own to the same Redis and tells of its losses; unheard, these would be told on stderr.
    this.#redis.on("error", () => {});
  }

  /** @throws what Redis threw; while it is away this waits for it */
  async ping(): Promise<void> {
    await this.#redis.ping();
  }

  /** Writes a room down unless its id is taken, in one step. @returns whether it was written */
  async insert(room: IRoomCache): Promise<boolean> {
    return (await this.#redis.hsetnx(ROOMS_KEY, room.roomId, JSON.stringify(room))) === 1;
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

  /** Strikes off a room of this process. */
  override async remove(roomId: string): Promise<boolean> {
    return this.#remove(roomId, matchMaker.processId);
  }

  /** Strikes off all rooms of a process that is gone. */
  override async cleanup(processId: string): Promise<void> {
    const rooms = await this.query({ processId });
    await Promise.all(rooms.map(({ roomId }) => this.#remove(roomId, processId)));
  }

  async #remove(roomId: string, processId: string): Promise<boolean> {
    return (await this.#redis.eval(REMOVE, 1, ROOMS_KEY, roomId, processId)) === 1;
  }

  async #rewrite(room: IRoomCache): Promise<boolean> {
    const { roomId, processId } = room;
    return (await this.#redis.eval(REWRITE, 1, ROOMS_KEY, roomId, processId, JSON.stringify(room))) === 1;
  }

  /** The connection is private to the driver, and a second one to the same server would be a waste. */
  get #redis() {
    return this["_client"];
  }
}
