import { z } from "zod";
import type { Clock } from "../clock.ts";
import { readBookmarks, setBookmark } from "../persistence/bookmarks.ts";
import type { Database } from "../persistence/database.ts";
import { readFleet, readHarvest, readLicensePanel, readStandings } from "../persistence/panels.ts";
import { readNearestRefineries } from "../persistence/refineries.ts";
import { COMMODITIES } from "../rules/commodities.ts";
import { SECTOR_ID_MAX } from "../rules/galaxy/vocabulary.ts";
import { HARVEST_STATUSES } from "../rules/mining.ts";
import { SHIPYARD } from "../rules/shipyard.ts";
import { nothing, PILOT, PUBLIC, type Route, route } from "./route.ts";

const license = z.object({
  licenseId: z.uuid(),
  sectorId: z.int(),
  sectorName: z.string(),
  purchasedAtMs: z.int(),
  expiresAtMs: z.int(),
  active: z.boolean(),
  renewalPriceCr: z.int(),
});

const standing = z.object({
  faction: z.string(),
  name: z.string(),
  value: z.int(),
  level: z.string(),
  title: z.string(),
  pricingModifierBps: z.int(),
  mayEnterTerritory: z.boolean(),
});

const ship = z.object({
  shipId: z.uuid(),
  name: z.string(),
  hullType: z.string(),
  isFlown: z.boolean(),
  status: z.string(),
  sectorId: z.int(),
  stationId: z.uuid().nullable(),
  cargo: z.partialRecord(z.enum(COMMODITIES), z.int()),
  cargoCapacity: z.int(),
  equipment: z.record(z.string(), z.object({ level: z.int() })),
  paidCr: z.int(),
});

const bookmark = z.object({
  sectorId: z.int(),
  name: z.string(),
  depletion: z.string().nullable(),
  replenishesAtMs: z.int().nullable(),
});

const refinery = z.object({
  stationId: z.uuid(),
  name: z.string(),
  sectorId: z.int(),
  stationClass: z.int(),
  warps: z.int(),
  orePriceCr: z.int().nullable(),
});

const ofYield = z.int().nullable().describe("Null unless it was completed.");
const harvest = z.object({
  harvestId: z.uuid(),
  sectorId: z.int(),
  status: z.enum(HARVEST_STATUSES),
  terminalReason: z.string().nullable(),
  turnsSpent: z.int(),
  startedAtMs: z.int(),
  resolvesAtMs: z.int(),
  resolvedAtMs: z.int(),
  ore: ofYield,
  preciousMetals: ofYield,
  quantumShards: ofYield,
  amRepDelta: ofYield,
  fcRepDelta: ofYield,
});

const hull = z.object({
  hullType: z.string(),
  costCr: z.int(),
  standing: z.object({ faction: z.string(), min: z.int() }).optional(),
  citizen: z.literal(true).optional(),
});

const bookmarkBody = z.strictObject({
  sectorId: z.int().positive().max(SECTOR_ID_MAX),
  bookmarked: z.boolean(),
});

/** What a pilot is shown of licences, standing, ships and fields while nothing of it is live. */
export function miningRoutes(database: Database, clock: Pick<Clock, "nowMs">): Route[] {
  const own = { access: PILOT, params: nothing, query: nothing, body: nothing, refusals: [] } as const;
  return [
    route({
      ...own,
      method: "GET",
      path: "/me/licenses",
      response: z.object({ licenses: z.array(license) }),
      summary: "Your claim licences that hold, or ended less than 24 h ago, with the price of renewal.",
      handle: async ({ identity }) => ({
        licenses: await readLicensePanel(database, identity.userId, clock.nowMs()),
      }),
    }),
    route({
      ...own,
      method: "GET",
      path: "/me/standing",
      response: z.object({ standing: z.array(standing) }),
      summary: "Your standing with every faction, what it does to prices, and where it lets you in.",
      handle: async ({ identity }) => ({ standing: await readStandings(database, identity.userId) }),
    }),
    route({
      ...own,
      method: "GET",
      path: "/me/ships",
      response: z.object({ ships: z.array(ship) }),
      summary: "Your ships as stored, the one you fly first.",
      handle: async ({ identity }) => ({ ships: await readFleet(database, identity.userId) }),
    }),
    route({
      ...own,
      method: "GET",
      path: "/me/bookmarks",
      response: z.object({ bookmarks: z.array(bookmark) }),
      summary: "The sectors you keep an eye on, with the state of their fields.",
      handle: async ({ identity }) => ({
        bookmarks: await readBookmarks(database, identity.userId, clock.nowMs()),
      }),
    }),
    route({
      ...own,
      method: "POST",
      path: "/me/bookmarks",
      body: bookmarkBody,
      response: z.object({ bookmarks: z.array(bookmark) }),
      refusals: ["not_joined_yet", "sector_not_found", "too_many_bookmarks"],
      summary: "Sets or removes a bookmark: changes of its field come as `sector_depletion_changed`.",
      async handle({ identity, body }) {
        await setBookmark(database, identity.userId, body, clock.nowMs());
        return { bookmarks: await readBookmarks(database, identity.userId, clock.nowMs()) };
      },
    }),
    route({
      ...own,
      method: "GET",
      path: "/mining/refineries",
      response: z.object({ refineries: z.array(refinery) }),
      refusals: ["not_joined_yet"],
      summary: "The AM refineries nearest to your ship by warps, with what they pay you for ore now.",
      handle: async ({ identity }) => ({
        refineries: await readNearestRefineries(database, identity.userId, clock.nowMs()),
      }),
    }),
    route({
      ...own,
      method: "GET",
      path: "/mining/harvests/:harvestId",
      params: z.object({ harvestId: z.uuid().toLowerCase() }),
      response: harvest,
      refusals: ["harvest_not_found"],
      summary: "How a harvest of yours has ended, however long ago.",
      handle: ({ identity, params }) => readHarvest(database, identity.userId, params.harvestId),
    }),
    route({
      ...own,
      access: PUBLIC,
      method: "GET",
      path: "/shipyard",
      response: z.object({ hulls: z.array(hull) }),
      summary: "Every hull that is for sale, its price, and who gets it.",
      handle: () => ({ hulls: [...SHIPYARD] }),
    }),
  ];
}
