import type { Clock } from "../clock.ts";
import type { CommitQueue } from "../persistence/commit-queue.ts";
import type { Database } from "../persistence/database.ts";
import { isMigrated } from "../persistence/migrate.ts";

/** Whoever asks (a load balancer, an orchestrator) gives up after a second or two. */
const ANSWER_MS_MAX = 1_000;

export interface ReadinessParts {
  readonly database: Database;
  readonly queue: Pick<CommitQueue, "refusal">;
  readonly clock: Pick<Clock, "isSkewed">;
  /** Resolves while Redis answers; null where there is none. */
  readonly pingRedis: (() => Promise<void>) | null;
  readonly isDraining: () => boolean;
}

/** Why this process should not be sent players now; nothing when it should. Never rejects. */
export async function findReasons(parts: ReadinessParts): Promise<string[]> {
  const queue = parts.queue.refusal();
  const [database, redis] = await Promise.all([databaseReasons(parts.database), redisReasons(parts)]);
  return [
    ...(parts.isDraining() ? ["draining: this process has been told to stop"] : []),
    ...database,
    ...redis,
    ...(queue === "store_unavailable" ? ["queue: outcomes wait for the database"] : []),
    ...(queue === "busy" ? ["queue: as many outcomes wait as may (COMMIT_QUEUE_ITEMS_MAX)"] : []),
    ...(parts.clock.isSkewed() ? ["clock: the database's clock is in doubt"] : []),
  ];
}

async function databaseReasons({ pool }: Database): Promise<string[]> {
  try {
    const migrated = await inTime(isMigrated(pool));
    return migrated ? [] : ["migrations: the database lacks some of this version's"];
  } catch (error) {
    return [`database: ${messageOf(error)}`];
  }
}

async function redisReasons({ pingRedis }: ReadinessParts): Promise<string[]> {
  try {
    await inTime(pingRedis?.());
    return [];
  } catch (error) {
    return [`redis: ${messageOf(error)}`];
  }
}

async function inTime<Result>(asking: Promise<Result> | undefined): Promise<Result | undefined> {
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

function messageOf(error: unknown): string {
  return error instanceof Error && error.message !== "" ? error.message : "no answer";
}
