import { BareClients } from "./bare-clients.ts";
import { startBareRoom, WITHOUT_DATABASE } from "./bare-room.ts";
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
  const barePercent = await bareCpuPercent(rooms, seconds);
  return {
    bench: "idle",
    figures: [
      { what: `${rooms} occupied idle rooms: CPU`, value: cpuPercent, unit: "% of a core", goal: { max: 3 } },
      { what: "as many bare rooms with Colyseus' own timers: CPU", value: barePercent, unit: "% of a core" },
      { what: "heap and buffers a room with its client", value: memoryKbPerClient, unit: "KB" },
      { what: "rooms open", value: report.servers[0]?.rooms ?? 0, unit: "" },
      { what: "bytes out a client and second", value: report.play.bytesPerClientSecond, unit: "B" },
    ],
    notes: [`${report.play.actions} actions happened meanwhile.`],
  };
}

async function bareCpuPercent(rooms: number, seconds: number): Promise<number> {
  const room = await startBareRoom(WITHOUT_DATABASE);
  const fleet = new BareClients({
    ...{ url: room.url, clients: rooms, sectors: rooms },
    ...{ everyMs: EVERY_SECONDS * 1000, joinsPerSecond: JOINS_PER_SECOND },
  });
  try {
    await fleet.join();
    const before = await room.cpuMicros();
    const startMs = performance.now();
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    return ((await room.cpuMicros()) - before) / 10 / (performance.now() - startMs);
  } finally {
    fleet.stop();
    await room.end();
  }
}
