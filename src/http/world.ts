import { z } from "zod";
import type { Clock } from "../clock.ts";
import type { Config } from "../config.ts";
import type { Database } from "../persistence/database.ts";
import { readGalaxyView, readSectorView } from "../persistence/sector-view.ts";
import { nothing, OPTIONAL, PILOT, type Route, route } from "./route.ts";
import { sectorId } from "./route-fields.ts";

const galaxy = z.object({
  galaxyId: z.uuid(),
  name: z.string(),
  sectors: z.int(),
  startSectorId: z.int(),
});

const sector = z.object({
  sectorId: z.int(),
  name: z.string(),
  type: z.string(),
  zone: z.string(),
  region: z.string(),
  richness: z.string().nullable(),
  richnessTier: z.int().nullable(),
  depletion: z.enum(["fresh", "light", "moderate", "heavy", "exhausted"]).nullable(),
  replenishesAtMs: z.int().nullable(),
  resources: z
    .object({
      asteroid_richness: z
        .looseObject({ richness: z.string() })
        .describe("With richness_tier, yield_band (of a stock laser) and harvest_cooldown_hours.")
        .nullable(),
      depletion_pool: z.int().describe("Units of ore left."),
      has_deep_asteroids: z.boolean(),
    })
    .nullable()
    .describe("The field with the keys under which the game stores it."),
  claimedBy: z.string().nullable(),
  incident: z
    .object({ incidentId: z.uuid(), type: z.string(), closesAtMs: z.int() })
    .nullable()
    .describe("The incident that can be answered there: see GET /incidents."),
  evacuatedUntilMs: z.int().nullable().describe("Nobody mines there until then."),
  conditions: z
    .array(z.object({ type: z.string(), severity: z.int(), endsAtMs: z.int() }))
    .describe("What incidents have left there for a while: storm, flare, debris_field."),
  warps: z.array(z.object({ sectorId: z.int(), turnCost: z.int() })),
  stations: z.array(
    z.object({
      stationId: z.uuid(),
      name: z.string(),
      stationClass: z.int(),
      faction: z.string().nullable(),
      security: z.string(),
    }),
  ),
});

/** What everybody may know of the galaxy, whether or not its sectors are awake. */
export function worldRoutes(
  config: Pick<Config, "spectators">,
  database: Database,
  clock: Pick<Clock, "nowMs">,
): Route[] {
  return [
    route({
      method: "GET",
      path: "/galaxy",
      access: OPTIONAL,
      params: nothing,
      query: nothing,
      body: nothing,
      response: galaxy,
      refusals: [],
      summary: "The galaxy's name and size, and where pilots begin.",
      handle: () => readGalaxyView(database),
    }),
    route({
      method: "GET",
      path: "/sectors/:sectorId",
      // Who may not watch a live sector does not read a sleeping one either.
      access: config.spectators === "open" ? OPTIONAL : PILOT,
      params: z.object({ sectorId }),
      query: nothing,
      body: nothing,
      response: sector,
      refusals: ["sector_not_found"],
      summary:
        "What everybody may know of a sector, as stored; for one that nobody is in, all there is to see.",
      handle: ({ params }) => readSectorView(database, params.sectorId, clock.nowMs()),
    }),
  ];
}
