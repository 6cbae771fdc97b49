/** What speaks against a server beside what bots were told: who did not get in, and failures that it knows of itself. */
import type { Counts } from "./fleet/measure.ts";
import type { QueueFigures } from "./servers.ts";

/** Refusals that say nothing of the request, only that the server has failed. */
const FAILURE = /\b(internal|http_5\d\d)$/;

/** What a server says of itself once nobody plays any more. */
export interface ServerRecord {
  /** Null when it is gone. */
  readonly queue: QueueFigures | null;
  /** What it has logged as errors, by message. */
  readonly errors: ReadonlyMap<string, number>;
  /** It ended although nobody had asked it to. */
  readonly hasDied: boolean;
}

export interface Evidence {
  readonly bots: number;
  /** How many were in before the play was measured. */
  readonly entered: number;
  readonly servers: readonly ServerRecord[];
  /** Harvests whose outcome was told before it can have been due. */
  readonly early: number;
  /** By code, of each part of the run. */
  readonly refusals: readonly Counts[];
}

/** @returns a line each; empty when nothing does */
export function faultsOf({ bots, entered, servers, early, refusals }: Evidence): string[] {
  const failures = new Map<string, number>();
  for (const [code, count] of refusals.flatMap((counts) => Object.entries(counts))) {
    if (FAILURE.test(code)) failures.set(code, (failures.get(code) ?? 0) + count);
  }
  return [
    ...(entered < bots ? [`only ${entered} of ${bots} bots were in before the play began`] : []),
    ...(early > 0 ? [`${early} harvests ended before they were due`] : []),
    ...[...failures].map(([code, count]) => `${count} × answered with ${code}`),
    ...servers.flatMap((server, index) => serverFaults(`server ${index + 1}`, server)),
  ];
}

function serverFaults(name: string, { queue, errors, hasDied }: ServerRecord): string[] {
  const { failed = 0, fenced = 0 } = queue ?? {};
  return [
    ...(hasDied ? [`${name} ended by itself`] : []),
    ...(failed > 0 ? [`${name} could not write ${failed} of its outcomes`] : []),
    ...(fenced > 0 ? [`${name} lost ${fenced} outcomes with a sector's lease`] : []),
    ...[...errors].map(([message, count]) => `${name} logged ${count} × as an error: ${message}`),
  ];
}
