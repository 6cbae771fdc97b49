import { RedisPresence } from "@colyseus/redis-presence";
import { Redis } from "ioredis";
import type { Log } from "../telemetry/log.ts";
import { REDIS_OPTIONS } from "./redis-options.ts";

/**
 * How processes hear each other through Redis. Colyseus awaits few of these commands and expects none to fail: a room or
 * a shutdown would be left half done. So while Redis is away they do nothing, which is logged: topics are subscribed to
 * again when it is back, and what was said meanwhile counts as not heard.
 */
export class SectorPresence extends RedisPresence {
  // Not private to the class: rooms are given an object of their own that has this one for its prototype.
  protected readonly log: Log;

  constructor(redisUrl: string, log: Log) {
    super(new Redis(redisUrl, REDIS_OPTIONS));
    this.log = log;
    // The driver tells of losses of the same Redis, once; these would be told four times a second.
    for (const redis of [this.pub, this.sub]) redis.removeAllListeners("error").on("error", () => {});
  }

  override async subscribe(...args: Parameters<RedisPresence["subscribe"]>): Promise<this> {
    await this.attempt("subscribe", super.subscribe(...args));
    return this;
  }

  override async unsubscribe(...args: Parameters<RedisPresence["unsubscribe"]>): Promise<this> {
    await this.attempt("unsubscribe", super.unsubscribe(...args));
    return this;
  }

  override async publish(topic: string, data: unknown): Promise<void> {
    await this.attempt("publish", super.publish(topic, data));
  }

  override async hset(key: string, field: string, value: string): Promise<boolean> {
    return (await this.attempt("hset", super.hset(key, field, value))) ?? false;
  }

  override async hdel(key: string, field: string): Promise<boolean> {
    return (await this.attempt("hdel", super.hdel(key, field))) ?? false;
  }

  override shutdown(): void {
    for (const redis of [this.pub, this.sub]) {
      // What waits for a Redis that is away would keep looking for it.
      if (redis.status === "ready") redis.quit().catch(() => {});
      else redis.disconnect();
    }
  }

  protected async attempt<Result>(command: string, running: Promise<Result>): Promise<Result | undefined> {
    try {
      return await running;
    } catch (error) {
      this.log.warn({ err: error, command }, "Redis did not take what was said to the other processes.");
      return undefined;
    }
  }
}
