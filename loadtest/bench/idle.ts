import { play } from "./play.ts";
import type { Finding } from "./report.ts";
import type { Settings } from "./settings.ts";

const ROOMS = 2_000;
const JOINS_PER_SECOND = 40;
/** A day: hardly anybody's turn comes while it is measured. A harvest every other second was a fifth of the figure. */
const EVERY_SECONDS = 86_400;

/** Rooms with somebody in them in which nothing happens. */
export async function idle({ database, isQuick, seconds }: Settings): Promise<Finding> {
  const rooms = isQuick ? 10 : ROOMS;
  const { cpuPercent, memoryKbPerClient, report } = await play({
    ...{ bots: rooms, sectors: rooms, seconds, every: EVERY_SECONDS, joinRate: JOINS_PER_SECOND },
    ...{ mix: "harvest=1", database },
  });
  return {
    bench: "idle",
    figures: [
      { what: `${rooms} occupied idle rooms: CPU`, value: cpuPercent, unit: "% of a core", goal: { max: 3 } },
      { what: "heap and buffers a room with its client", value: memoryKbPerClient, unit: "KB" },
      { what: "rooms open", value: report.servers[0]?.rooms ?? 0, unit: "" },
      { what: "bytes out a client and second", value: report.play.bytesPerClientSecond, unit: "B" },
    ],
    notes: [`${report.play.actions} actions happened meanwhile.`],
  };
}
