import { z } from "zod";
import type { Clock } from "../clock.ts";
import type { Database } from "../persistence/database.ts";
import { MeReader } from "../persistence/me.ts";
import { Players } from "../persistence/players.ts";
import { nothing, PILOT, type Route, route } from "./route.ts";

/** Everything but the name and the sector is null until the user has joined for the first time. */
const meAnswer = z.object({
  playerId: z.uuid().nullable(),
  name: z.string(),
  sectorId: z.int(),
  shipId: z.uuid().nullable(),
  shipName: z.string().nullable(),
  shipType: z.string().nullable(),
  status: z.string().nullable(),
  stationId: z.uuid().nullable(),
  credits: z.int().nullable(),
  turns: z.int().nullable(),
  maxTurns: z.int().nullable(),
  nextTurnAtMs: z.int().nullable(),
});

const NOT_YET = {
  playerId: null,
  shipId: null,
  shipName: null,
  shipType: null,
  status: null,
  stationId: null,
  credits: null,
  turns: null,
  maxTurns: null,
  nextTurnAtMs: null,
};

/** What a pilot asks before joining: who am I, and where is my ship? */
export function meRoutes(database: Database, clock: Pick<Clock, "nowMs">): Route[] {
  const reader = new MeReader(database, clock);
  const players = new Players(database);
  const me = route({
    method: "GET",
    path: "/me",
    access: PILOT,
    params: nothing,
    query: nothing,
    body: nothing,
    response: meAnswer,
    refusals: [],
    summary:
      "Your player and ship as stored, and which sector to join. Creates nothing: the first join does.",
    async handle({ identity }) {
      const found = await reader.read(identity.userId);
      if (found !== null) return found;
      return { ...NOT_YET, name: identity.name, sectorId: await players.startSector() };
    },
  });
  return [me];
}
