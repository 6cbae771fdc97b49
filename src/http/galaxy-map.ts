import type { Clock } from "../clock.ts";
import type { Config } from "../config.ts";
import type { Database } from "../persistence/database.ts";
import { galaxyMapSchema, readGalaxyMap } from "../persistence/galaxy-map.ts";
import { type Packed, pack, sendPacked } from "./cached.ts";
import { nothing, OPTIONAL, PILOT, type Route, route } from "./route.ts";

/** The map of 5,000 sectors takes a moment to read and pack; regions are added to a galaxy once in a blue moon. */
const KEPT_MS = 60_000;

export function galaxyMapRoute(
  { spectators }: Pick<Config, "spectators">,
  database: Database,
  clock: Pick<Clock, "monotonicMs" | "nowMs">,
): Route {
  let kept: { readonly packed: Promise<Packed>; readonly untilMs: number } | null = null;

  async function read(): Promise<Packed> {
    return pack(
      "application/json",
      Buffer.from(JSON.stringify(await readGalaxyMap(database, clock.nowMs()))),
      true,
    );
  }

  /** Whoever asks at the same time waits for the same map. One that could not be read is not kept. */
  function packedMap(): Promise<Packed> {
    if (kept !== null && clock.monotonicMs() < kept.untilMs) return kept.packed;
    const packed = read();
    kept = { packed, untilMs: clock.monotonicMs() + KEPT_MS };
    packed.catch(() => {
      kept = null;
    });
    return packed;
  }

  return route({
    method: "GET",
    path: "/galaxy/map",
    // Who may not watch does not read the map either.
    access: spectators === "open" ? OPTIONAL : PILOT,
    params: nothing,
    query: nothing,
    body: nothing,
    response: galaxyMapSchema,
    refusals: [],
    summary:
      "Every region, zone, cluster, sector and warp: what stays as it is, and what incidents do. Ask with If-None-Match.",
    handle: async ({ headers }) => sendPacked(await packedMap(), headers, { "cache-control": "no-cache" }),
  });
}
