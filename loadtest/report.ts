/** The figures of a run: as a table for people, as data for programs. */
import type { LatencySummary } from "./fleet/measure.ts";
import type { MachineLoad } from "./machine-load.ts";
import type { ServerFigures } from "./servers.ts";
import type { TruthReport } from "./truth.ts";

const PERCENT = 100;
const MIB = 1024 * 1024;
const NO_SHIP_LOST = "0: no fight went on to the end, so nothing was looted and no hull claimed";
const NO_RUN_PAID = "no run was paid: none lasts less than 45 s, and deliver was not played";

export interface LoadReport {
  readonly options: Readonly<Record<string, unknown>>;
  readonly machine: MachineLoad;
  readonly joins: {
    readonly count: number;
    readonly seconds: number;
    readonly perSecond: number;
    readonly latencies: Readonly<Record<string, LatencySummary>>;
    readonly refusals: Readonly<Record<string, number>>;
  };
  /** Of the time in which all were there and played. */
  readonly play: {
    readonly seconds: number;
    readonly actions: number;
    readonly actionsPerSecond: number;
    /** Turns that were due in that time, and how many of them could be begun: the others waited for an answer. */
    readonly turnsMeant: number;
    readonly turnsBegun: number;
    readonly outcomes: number;
    readonly framesIn: number;
    /** What arrived at the bots, WebSocket framing left out; of the bots on bare frames. */
    readonly bytesIn: number;
    readonly bytesPerClientSecond: number;
    readonly patchesPerClientSecond: number;
  };
  readonly refusals: Readonly<Record<string, number>>;
  readonly counts: Readonly<Record<string, number>>;
  /** Expeditions of the whole run. What one has earned can be put aboard once it has been paid. */
  readonly runs: { readonly begun: number; readonly paid: number };
  /** In fights, of the whole run. */
  readonly shipsLost: number;
  /** From the intended moment to the answer, as the bots see it. */
  readonly latencies: Readonly<Record<string, LatencySummary>>;
  /** One entry a server; empty where the servers are somebody else's. */
  readonly servers: readonly ServerReport[];
  readonly truth: TruthReport | null;
  /** Who was not answered, not told, or not let in; and why. */
  readonly stuck: readonly string[];
  /** What else speaks against the server, a line each. */
  readonly faults: readonly string[];
  readonly passed: boolean;
}

export interface ServerReport extends ServerFigures {
  /** How much more heap and buffers were in use with its clients than without, by client. */
  readonly memoryKbPerClient: number | null;
}

/** Several columns, the first one to the left, the others to the right. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join("  "),
  );
}

function ms(value: number): string {
  return value < 10 ? value.toFixed(2) : value.toFixed(1);
}

function latencyTable(
  title: string,
  latencies: LoadReport["latencies"],
  servers: readonly ServerReport[],
): string[] {
  const head = [title, "count", "unanswered", "p50", "p90", "p99", "max", "in server: p50", "p99"];
  const rows = Object.entries(latencies).map(([what, summary]) => {
    const inside = servers.map(({ figures }) => figures.answersByCommand[what]).filter((one) => one?.count);
    const worst = (of: "p50Ms" | "p99Ms") =>
      inside.length === 0 ? "—" : ms(Math.max(...inside.map((one) => one?.[of] ?? 0)));
    const { count, unanswered, p50Ms, p90Ms, p99Ms, maxMs } = summary;
    const seen = [p50Ms, p90Ms, p99Ms, maxMs].map(ms);
    return [what, String(count), String(unanswered), ...seen, worst("p50Ms"), worst("p99Ms")];
  });
  return table([head, ...rows]);
}

function serverLines(
  { figures, queue, rooms, patchHz, memoryKbPerClient }: ServerReport,
  index: number,
): string[] {
  const { answers } = figures;
  const itemsPerCommit = queue.commits === 0 ? 0 : queue.items / queue.commits;
  const perClient =
    memoryKbPerClient === null ? "—" : `${memoryKbPerClient.toFixed(1)} KB of heap and buffers a client`;
  return [
    `server ${index + 1}, from inside, over ${figures.seconds.toFixed(0)} s:`,
    `  answer in     p50 ${ms(answers.p50Ms)} ms, p99 ${ms(answers.p99Ms)} ms, max ${ms(answers.maxMs)} ms (message in → answer out, ${answers.count})`,
    `  tick          p99 ${ms(figures.tickP99Ms)} ms of ${figures.ticks} ticks in ${rooms} rooms`,
    `  event loop    p99 ${ms(figures.eventLoopDelayP99Ms)} ms late, ${figures.eventLoopPercent.toFixed(0)} % of the time at work; up to ${patchHz} patches a second at the end`,
    `  CPU           ${figures.cpuPercent.toFixed(0)} % of a core`,
    `  memory        ${figures.memoryMb.toFixed(0)} MB, ${perClient}`,
    `  database      ${(queue.commits / figures.seconds).toFixed(0)} commits/s, ${itemsPerCommit.toFixed(1)} items a commit; ${queue.fenced} fenced, ${queue.failed} failed`,
  ];
}

/** For people. */
export function describeReport(report: LoadReport): string[] {
  const { machine, joins, play, refusals, counts, runs, shipsLost, servers } = report;
  return [
    `machine       ${machine.cores} × ${machine.model}, load ${machine.loadBefore.toFixed(1)} before; all of it ${machine.busyPercent.toFixed(0)} % busy, the bots ${machine.botsCpuPercent.toFixed(0)} % of a core`,
    `joins         ${joins.count} in ${joins.seconds.toFixed(1)} s: ${joins.perSecond.toFixed(0)}/s`,
    `actions       ${play.actions} in ${play.seconds.toFixed(0)} s: ${play.actionsPerSecond.toFixed(1)}/s, ${play.outcomes} outcomes told`,
    `turns         ${play.turnsMeant} meant, ${play.turnsBegun} begun`,
    ...(runs.begun > 0
      ? [`runs          ${runs.begun} begun, ${runs.paid === 0 ? NO_RUN_PAID : `${runs.paid} paid`}`]
      : []),
    `ships lost    ${shipsLost === 0 ? NO_SHIP_LOST : shipsLost}`,
    `sent to bots  ${(play.bytesIn / MIB).toFixed(1)} MiB in ${play.framesIn} frames: ${play.bytesPerClientSecond.toFixed(0)} bytes/s and ${play.patchesPerClientSecond.toFixed(1)} patches/s a client`,
    "",
    ...latencyTable("joining, ms from intended moment", joins.latencies, []),
    ...refusalLines("refusals while joining", joins.refusals),
    "",
    ...latencyTable("playing, ms from intended moment to answer", report.latencies, servers),
    "",
    ...(servers.length === 0 ? ["server figures: —"] : servers.flatMap(serverLines)),
    "",
    ...refusalLines("refusals", refusals, play.actions),
    "counted:",
    ...Object.entries(counts).map(([what, count]) => `  ${what.padEnd(28)} ${count}`),
  ];
}

function refusalLines(title: string, refusals: Readonly<Record<string, number>>, of?: number): string[] {
  const entries = Object.entries(refusals);
  const share = (count: number) =>
    of === undefined || of === 0 ? "" : ` (${((count / of) * PERCENT).toFixed(2)} % of actions)`;
  if (entries.length === 0) return [`${title}: none`];
  return [`${title}:`, ...entries.map(([code, count]) => `  ${code.padEnd(28)} ${count}${share(count)}`)];
}
