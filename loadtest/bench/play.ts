/** Benchmarks of the whole server, with the load test's bots. */
import { readOptions } from "../options.ts";
import type { LoadReport } from "../report.ts";
import { runLoad } from "../run.ts";

/** A client leaves the line now and then in a load test, and calls over HTTP; here nobody does, on either side. */
export const PLAIN_MIX = "harvest=60,warp=20,attack=10,dock=5,sell=5";

export interface PlayOptions {
  readonly bots: number;
  readonly sectors: number;
  readonly seconds: number;
  readonly joinRate?: number;
  /** Seconds between two actions of a bot. */
  readonly every?: number;
  readonly mix: string;
  readonly database: string | undefined;
  /** Settings of the server that win over those of the arena. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** What one server did and what it cost, of the time in which all bots played. */
export interface Played {
  readonly report: LoadReport;
  readonly cpuPercent: number;
  readonly cpuMicrosPerAction: number;
  readonly tickP99Ms: number;
  /** From a message's arrival in the server to its answer's departure. */
  readonly answerP99Ms: number;
  readonly memoryKbPerClient: number;
}

/** A load test in which only bare frames are used. @throws when what bots were told is not what the database says */
export async function play(options: PlayOptions): Promise<Played> {
  const args = [
    ...["--bots", String(options.bots), "--sectors", String(options.sectors)],
    ...["--seconds", String(options.seconds), "--join-rate", String(options.joinRate ?? 100)],
    ...["--every", String(options.every ?? 5), "--sdk-every", "0"],
    ...["--mix", options.mix],
    ...(options.database === undefined ? [] : ["--database", options.database]),
  ];
  const load = {
    ...readOptions(args, {}),
    ...(options.settings !== undefined && { settings: options.settings }),
  };
  const report = await runLoad(load, { progress: () => {}, tell: () => {} });
  if (!report.passed) {
    const [why = "the bots were told something else than the database says"] = [
      ...report.faults,
      ...report.stuck,
    ];
    throw new Error(`A load test was not passed: ${why}. See npm run loadtest.`);
  }
  const [server] = report.servers;
  if (server === undefined) throw new Error("a load test without a server of its own");
  const { figures, memoryKbPerClient } = server;
  return {
    report,
    cpuPercent: figures.cpuPercent,
    cpuMicrosPerAction: (figures.cpuPercent * 10_000 * figures.seconds) / Math.max(1, report.play.actions),
    tickP99Ms: figures.tickP99Ms,
    answerP99Ms: figures.answers.p99Ms,
    memoryKbPerClient: memoryKbPerClient ?? Number.NaN,
  };
}
