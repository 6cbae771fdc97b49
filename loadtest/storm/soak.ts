/** One server for hours, with bots and a fault every minute: whatever it holds must stay what it was. */
import type { ProbeReport } from "./probe-report.ts";
import { soakOf } from "./schedule.ts";
import type { ServerChild } from "./server-child.ts";
import { runStorm, type StormReport } from "./storm.ts";

const FAULT_EVERY_MS = 60_000;
const SAMPLE_EVERY_MS = 15_000;
/** Of the samples the first part is warming up: pools, compiled code, and caches of sectors fill. */
const WARM_UP_SHARE = 0.25;
/** Fewer samples than this say nothing. */
const SAMPLES_MIN = 12;

/**
 * What may lie between the first third after the warm-up and the last one, medians each, so that no single sample in the
 * middle of a fault decides. A leak of a record of 200 bytes for each request breaks the heap's limit within an hour at
 * this load, one of a seat or a room within minutes; what the allocator keeps (memory) moves more than what is used.
 */
const GROWTH_MAX: readonly Limit[] = [
  { what: "heap, MB", read: ({ heapBytes }) => heapBytes / 1e6, share: 0.1, more: 3 },
  { what: "memory, MB", read: ({ rssBytes }) => rssBytes / 1e6, share: 0.1, more: 20 },
  { what: "rooms", read: ({ roomCount }) => roomCount, share: 0, more: 2 },
  { what: "clients", read: ({ clients }) => clients, share: 0, more: 5 },
  { what: "sockets", read: ({ resources }) => resources.TCPSocketWrap ?? 0, share: 0.1, more: 10 },
  { what: "timers", read: ({ resources }) => resources.Timeout ?? 0, share: 0.1, more: 20 },
];

interface Limit {
  readonly what: string;
  readonly read: (sample: ProbeReport) => number;
  readonly share: number;
  readonly more: number;
}

export interface Drift {
  readonly what: string;
  readonly early: number;
  readonly late: number;
  readonly isFlat: boolean;
}

export interface SoakReport {
  readonly storm: StormReport;
  readonly samples: readonly ProbeReport[];
  /** Null when it ended before there was enough to compare. */
  readonly drifts: readonly Drift[] | null;
}

export interface SoakOptions {
  readonly seed: number;
  readonly hours: number;
  readonly bots: number;
  readonly sectors: number;
  readonly tell: (line: string) => void;
  readonly signal: AbortSignal;
}

/** @throws when it cannot be set up */
export async function runSoak({ hours, signal, ...options }: SoakOptions): Promise<SoakReport> {
  const samples: ProbeReport[] = [];
  let timer: NodeJS.Timeout | undefined;
  const storm = await runStorm({
    ...options,
    faults: soakOf(options.seed, FAULT_EVERY_MS),
    signal: AbortSignal.any([signal, AbortSignal.timeout(hours * 3_600_000)]),
    onPlay: ({ active }) => {
      timer = setInterval(() => void sample(active, samples, options.tell), SAMPLE_EVERY_MS);
    },
    onDrain: () => clearInterval(timer),
  });
  return { storm, samples, drifts: samples.length < SAMPLES_MIN ? null : driftsOf(samples) };
}

async function sample(
  server: ServerChild,
  samples: ProbeReport[],
  tell: (line: string) => void,
): Promise<void> {
  const taken = await server.report().catch(() => null);
  if (taken === null) return;
  samples.push(taken);
  tell(`       ${GROWTH_MAX.map(({ what, read }) => `${what} ${Math.round(read(taken))}`).join("   ")}`);
}

/** @throws when there are too few samples to compare */
export function driftsOf(samples: readonly ProbeReport[]): Drift[] {
  if (samples.length < SAMPLES_MIN)
    throw new Error(`${samples.length} samples say nothing: let it run longer.`);
  const warm = samples.slice(Math.floor(samples.length * WARM_UP_SHARE));
  const third = Math.floor(warm.length / 3);
  return GROWTH_MAX.map(({ what, read, share, more }) => {
    const [early, late] = [medianOf(warm.slice(0, third).map(read)), medianOf(warm.slice(-third).map(read))];
    return { what, early, late, isFlat: late <= early * (1 + share) + more };
  });
}

function medianOf(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
