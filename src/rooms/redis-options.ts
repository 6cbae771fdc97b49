import type { RedisOptions } from "ioredis";

/** A Redis on this network answers within milliseconds; one that takes longer is no use for joins either. */
export const ANSWER_MS_MAX = 3_000;

/** While Redis is away it is looked for this often: its own restart takes about as long. */
const RETRY_MS = 250;

/** A connection that is let go of is cut after this; ioredis waits for it even if it is closed already. */
const CLOSE_MS_MAX = 500;

/**
 * Nobody waits for a Redis that is away: what is asked of it fails with the next attempt to reach it. And what was under
 * way when the connection was lost is not sent again by itself: a listing that was written then would be found taken.
 *
 * Topics are subscribed to again by Colyseus, which expects that it may fail. Where ioredis does so itself, nobody handles
 * the rejection when the connection is lost anew meanwhile, or Redis does not let us in: it would end the process.
 */
export const REDIS_OPTIONS: RedisOptions = {
  retryStrategy: () => RETRY_MS,
  maxRetriesPerRequest: 0,
  autoResubscribe: false,
  connectTimeout: ANSWER_MS_MAX,
  commandTimeout: ANSWER_MS_MAX,
  disconnectTimeout: CLOSE_MS_MAX,
};
