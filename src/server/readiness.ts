import type { Clock } from "../clock.ts";
import type { CommitQueue } from "../persistence/commit-queue.ts";
import type { Database } from "../persistence/database.ts";
import { isMigrated } from "../persistence/migrate.ts";
import type { Log } from "../telemetry/log.ts";

/** Whoever asks (a load balancer, an orchestrator) gives up after a second or two. */
const ANSWER_MS_MAX = 1_000;

export interface ReadinessParts {
  readonly database: Database;
  readonly queue: Pick<CommitQueue, "refusal">;
  readonly clock: Pick<Clock, "isSkewed">;
  /** Resolves while Redis answers; null where there is none. */
  readonly pingRedis: (() => Promise<void>) | null;
  readonly isDraining: () => boolean;
  readonly log: Pick<Log, "warn">;
}

/** What is asked over a network. */
type Away = "database" | "redis";

/**
 * Tells why this process should not be sent players now; nothing when it should. Never rejects. Anybody may ask, so a
 * reason says nothing of what is inside (addresses, users, a driver's words): that goes to the log, once each time something
 * goes away, however often is asked.
 */
export function readiness(parts: ReadinessParts): () => Promise<string[]> {
  const { database, queue, clock, pingRedis, isDraining, log } = parts;
  const away = new Set<Away>();

  async function ask(what: Away, asking: () => Promise<string[]>): Promise<string[]> {
    try {
      const reasons = await inTime(asking());
      away.delete(what);
      return reasons;
    } catch (error) {
      if (!away.has(what)) log.warn({ err: error, what }, "This process is not ready: it gets no answer.");
      away.add(what);
      return [`${what}: cannot be used; the log says why`];
    }
  }

  return async () => {
    const refusal = queue.refusal();
    const [databaseReasons, redisReasons] = await Promise.all([
      ask("database", () => migrationReasons(database)),
      ask("redis", async () => {
        await pingRedis?.();
        return [];
      }),
    ]);
    return [
      ...(isDraining() ? ["draining: this process has been told to stop"] : []),
      ...databaseReasons,
      ...redisReasons,
      ...(refusal === "store_unavailable" ? ["queue: outcomes wait for the database"] : []),
      ...(refusal === "busy" ? ["queue: as many outcomes wait as may (COMMIT_QUEUE_ITEMS_MAX)"] : []),
      ...(clock.isSkewed() ? ["clock: the database's clock is in doubt"] : []),
    ];
  };
}

async function migrationReasons({ pool }: Database): Promise<string[]> {
  return (await isMigrated(pool)) ? [] : ["migrations: the database lacks some of this version's"];
}

async function inTime<Result>(asking: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ANSWER_MS_MAX} ms`)), ANSWER_MS_MAX);
  });
  try {
    return await Promise.race([asking, late]);
  } finally {
    clearTimeout(timer);
  }
}
