import { startArena } from "../arena.ts";
import { enter, signIn, untilIn } from "./newcomer.ts";
import { type Finding, median } from "./report.ts";
import type { Settings } from "./settings.ts";

const REPEATS = 5;
const TAKEOVER_MS_MAX = 30_000;

/** Kills the process that holds a pilot's sector. @returns ms until the pilot sees it again, in the other process */
async function takeOverOnce(database: string | undefined): Promise<number> {
  const arena = await startArena({
    ...{ bots: 10, sectors: 2, processes: 2, harvestSeconds: 3, seed: 1 },
    ...{ databaseUrl: database ?? null, onTrouble: () => {} },
  });
  try {
    const [url = ""] = arena.urls;
    const token = await signIn(url);
    await enter(url, token);
    const rooms = await Promise.all(
      arena.servers.map(async (server) => (await server.figures())?.rooms ?? 0),
    );
    const holder = rooms.findIndex((open) => open > 0);
    const [killed, other] = [arena.servers[holder], arena.urls[1 - holder]];
    if (killed === undefined || other === undefined) throw new Error("nobody holds the sector");
    process.kill(killed.pid, "SIGKILL");
    return await untilIn(() => enter(other, token), TAKEOVER_MS_MAX);
  } finally {
    await arena.stop();
  }
}

/** `kill -9` of one of two processes, as a pilot of it sees it. */
export async function takeover({ database, isQuick }: Settings): Promise<Finding> {
  const times: number[] = [];
  for (let repeat = 0; repeat < (isQuick ? 1 : REPEATS); repeat++) times.push(await takeOverOnce(database));
  return {
    bench: "takeover",
    figures: [
      {
        what: "kill -9 to the sector's state from the other process, median",
        value: median(times) / 1000,
        unit: "s",
        goal: { max: 2 },
      },
      { what: "slowest", value: Math.max(...times) / 1000, unit: "s" },
    ],
    notes: [`${times.length} kills; the pilot asks the other process again and again from the kill on.`],
  };
}
