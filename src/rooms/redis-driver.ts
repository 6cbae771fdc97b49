import "../colyseus-settings.ts";
import type { IRoomCache } from "@colyseus/core";
import { RedisDriver } from "@colyseus/redis-driver";

/** The hash in which RedisDriver keeps its rooms. */
const ROOMS_KEY = "roomcaches";

/** The directory of rooms in Redis. Of several processes that open the same sector at once, it lets one have it. */
export class SectorDriver extends RedisDriver {
  /** Writes a room down unless its id is taken, in one step. @returns whether it was written */
  async insert(room: IRoomCache): Promise<boolean> {
    // The connection is private to the driver, and a second one to the same server would be a waste.
    return (await this["_client"].hsetnx(ROOMS_KEY, room.roomId, JSON.stringify(room))) === 1;
  }
}
