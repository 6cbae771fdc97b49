import { play } from "./play.ts";
import type { Finding } from "./report.ts";
import type { Settings } from "./settings.ts";

const JOINS = 2_000;
const PER_SECOND = 200;
const SECTORS = 50;

/** Newcomers in a steady stream: each gets a token, a ship, a seat, and sees the sector. */
export async function joins({ database, isQuick }: Settings): Promise<Finding> {
  const { report } = await play({
    ...{ bots: isQuick ? 10 : JOINS, sectors: isQuick ? 2 : SECTORS, joinRate: isQuick ? 20 : PER_SECOND },
    ...{ seconds: 1, every: 60, database },
  });
  const entered = report.joins.latencies["enter"];
  return {
    bench: "joins",
    figures: [
      { what: "joins a second, as asked for", value: isQuick ? 20 : PER_SECOND, unit: "/s" },
      { what: "token, ship, seat, first state: p50", value: entered?.p50Ms ?? Number.NaN, unit: "ms" },
      { what: "p99", value: entered?.p99Ms ?? Number.NaN, unit: "ms", goal: { max: 100 } },
      { what: "max", value: entered?.maxMs ?? Number.NaN, unit: "ms" },
    ],
    notes: [
      "From the moment a newcomer was due. Each then warps to a field, which joins a second room: 400 seats a second.",
    ],
  };
}
