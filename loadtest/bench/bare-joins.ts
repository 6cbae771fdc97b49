/** The yardstick of a join: into bare rooms, by the clock. */
import { HttpClient } from "../fleet/http.ts";
import type { Line } from "../fleet/line.ts";
import { noTraffic } from "../fleet/wire-line.ts";
import { enterBareRoom } from "./bare-clients.ts";
import { startBareRoom, WITHOUT_DATABASE } from "./bare-room.ts";
import { byTheClock } from "./by-the-clock.ts";
import { NEWCOMER_STAY_MS, WARM_UP_SHARE } from "./joiner.ts";

/** Of each room, before it counts. */
const WARM_UP_JOINS = 3;

/** ms from when each was due to its first state. */
export interface BareJoins {
  /** Evenly into rooms that are open. */
  readonly spread: readonly number[];
  readonly together: readonly number[];
}

/** The same crowds at the doors of bare rooms: neither token nor database, nobody who looks where a pilot is. */
export async function bareJoins(count: number, perSecond: number, sectors: number): Promise<BareJoins> {
  const room = await startBareRoom(WITHOUT_DATABASE);
  const http = new HttpClient([room.url]);
  const lines = new Set<Line>();
  const enter = async (sectorId: number) => {
    const line = await enterBareRoom(http, sectorId, noTraffic(), () => lines.delete(line));
    lines.add(line);
    return line;
  };
  try {
    // One of each room is there before the others come.
    await byTheClock(
      WARM_UP_JOINS * sectors,
      perSecond * WARM_UP_SHARE,
      async (index) => void (await enter(index % sectors)),
    );
    const spread = await byTheClock(count, perSecond, async (index) => void (await enter(index % sectors)));
    for (const line of lines) line.cut();
    const together = await byTheClock(count, perSecond, async () => {
      const line = await enter(sectors);
      setTimeout(() => line.leave(), NEWCOMER_STAY_MS);
    });
    return { spread, together };
  } finally {
    await room.end();
  }
}
