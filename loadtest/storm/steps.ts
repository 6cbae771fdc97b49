/** Steps of the commit queue's transactions, as the proxy shows them. */
import type { Step } from "./postgres-line.ts";

/** What the commit queue's connections call themselves (src/game.ts). */
export const QUEUE = "sectorkeep queue";
/** What a batch keeps its answers with: when it passes, the batch has locked all rows that it names. */
const KEEP_ANSWERS = "copy_requests";

export function isCommitOfQueue({ kind, applicationName }: Step): boolean {
  return kind === "commit" && applicationName === QUEUE;
}

export function isCommittedByQueue({ kind, applicationName }: Step): boolean {
  return kind === "committed" && applicationName === QUEUE;
}

/** Postgres has refused the queue a statement; the step's statement is the SQLSTATE. */
export function isRefusalOfQueue({ kind, applicationName }: Step): boolean {
  return kind === "refused" && applicationName === QUEUE;
}

export function keepsAnswersOfBatch({ kind, applicationName, statement }: Step): boolean {
  return kind === "statement" && applicationName === QUEUE && statement === KEEP_ANSWERS;
}

export function opensSector({ kind, statement }: Step): boolean {
  return kind === "statement" && statement === "open_lease";
}
