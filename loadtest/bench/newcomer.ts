/** One pilot of a benchmark: signs in, and joins where the ship is. */
import { z } from "zod";
import { HttpClient } from "../fleet/http.ts";
import type { Line } from "../fleet/line.ts";
import { noTraffic, WireConnector } from "../fleet/wire-line.ts";

const guestSchema = z.object({ token: z.string() });
const meSchema = z.object({ sectorId: z.int() });

export async function signIn(url: string): Promise<string> {
  return guestSchema.parse(await new HttpClient([url]).post("/auth/guest", {})).token;
}

/** Resolves with the first state. @throws what kept the pilot out */
export async function enter(url: string, token: string): Promise<Line> {
  const http = new HttpClient([url]);
  const { sectorId } = meSchema.parse(await http.get("/me", token));
  const connector = new WireConnector(http, noTraffic());
  return connector.join(token, { sectorId, cursor: 0 }, { onMessage: () => {}, onClosed: () => {} });
}

/** Tries again and again until it works. @returns how long that took from now on, in ms */
export async function untilIn(enterOnce: () => Promise<Line>, waitMsMax: number): Promise<number> {
  const startMs = performance.now();
  for (;;) {
    try {
      (await enterOnce()).leave();
      return performance.now() - startMs;
    } catch (error) {
      if (performance.now() - startMs > waitMsMax) throw error;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

const RETRY_MS = 20;
