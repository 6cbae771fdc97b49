import type { MatchMakerDriver, Presence } from "@colyseus/core";
import { ANSWER_MS_MAX } from "../rooms/redis-options.ts";
import type { Log } from "../telemetry/log.ts";

/** Redis cannot be used: the message says where it was looked for and what to do. */
export class RedisError extends Error {
  override name = "RedisError";
}

export interface Directory {
  /** What Colyseus is made with. */
  readonly rooms: { presence?: Presence; driver?: MatchMakerDriver };
  /** Resolves while Redis answers; null for a process that needs none. */
  readonly ping: (() => Promise<void>) | null;
}

/**
 * Several processes find each other's rooms through Redis; one alone keeps its directory in memory.
 * @throws RedisError when it does not answer
 */
export async function directory(redisUrl: string | null, log: Log): Promise<Directory> {
  if (redisUrl === null) return { rooms: {}, ping: null };
  await checkRedis(redisUrl);
  const [{ SectorPresence }, { SectorDriver }] = await Promise.all([
    import("../rooms/redis-presence.ts"),
    import("../rooms/redis-driver.ts"),
  ]);
  const driver = new SectorDriver(redisUrl, log);
  return { rooms: { presence: new SectorPresence(redisUrl, log), driver }, ping: () => driver.ping() };
}

/** Asked before Colyseus is: that would wait for it without end and say nothing. @throws RedisError */
export async function checkRedis(redisUrl: string): Promise<void> {
  const { Redis } = await import("ioredis");
  const redis = new Redis(redisUrl, {
    lazyConnect: true,
    retryStrategy: () => null,
    connectTimeout: ANSWER_MS_MAX,
    commandTimeout: ANSWER_MS_MAX,
  });
  // What it says here comes with the rejection below as well.
  let reason: Error | null = null;
  redis.on("error", (error: Error) => {
    reason = error;
  });
  try {
    await redis.connect();
    await redis.ping();
  } catch (error) {
    const { host } = new URL(redisUrl);
    throw new RedisError(
      `Redis at ${host} cannot be used: ${messageOf(reason ?? error).replace(/\.$/, "")}. Start it there (on Debian: apt-get install ` +
        "redis-server), correct REDIS_URL (with user and password, if it wants them), or leave REDIS_URL out for a single process.",
      { cause: error },
    );
  } finally {
    redis.disconnect();
  }
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Node joins the failures of a name with several addresses and says nothing itself.
  if (error instanceof AggregateError && error.message === "") return messageOf(error.errors[0]);
  return error.message;
}
