import { uuidOf } from "../../uuid.ts";
import { COMMODITIES } from "../commodities.ts";
import { AM_FACTION } from "../factions.ts";
import { isAmRefinery, STATION_CLASSES } from "../stations.ts";
import { type ClusterPlan, sectorsIn } from "./clusters.ts";
import type { Sector, Station, Zone } from "./galaxy.ts";
import { itemAt, Prng } from "./prng.ts";
import { cards, Deck, Quota } from "./shares.ts";
import type { ClusterType, StationSecurity, ZoneType } from "./vocabulary.ts";
import { zoneAt } from "./zones.ts";

interface Economy {
  /** Share of sectors with a station, in basis points. */
  stationShareBps: number;
  /** Station classes (domain §1.6), as often as they are found. */
  classes: readonly number[];
}

/** What trades where. The game gives the classes, not where they are: these are choices. */
const ECONOMIES: Readonly<Record<ClusterType, Economy>> = {
  STANDARD: { stationShareBps: 1_400, classes: [1, 2, 3, 4, 5, 6, 7] },
  RESOURCE_RICH: { stationShareBps: 1_500, classes: [1, 1, 1, 3, 4, 5, 5, 6] },
  POPULATION_CENTER: { stationShareBps: 1_700, classes: [2, 2, 3, 4, 6, 6, 7, 10] },
  TRADE_HUB: { stationShareBps: 1_700, classes: [4, 4, 5, 6, 7, 7, 8, 9, 10, 11] },
  MILITARY_ZONE: { stationShareBps: 1_300, classes: [3, 3, 4, 6, 7] },
  FRONTIER_OUTPOST: { stationShareBps: 1_200, classes: [1, 2, 2, 5, 6] },
  CONTESTED: { stationShareBps: 1_300, classes: [1, 2, 3, 5, 6, 8] },
  SPECIAL_INTEREST: { stationShareBps: 1_300, classes: [6, 7, 8, 9, 10, 11] },
};

const CAPITAL_CLASS = 0;
const CAPITAL_FACTION = "terran_federation";
/** The first stations near every capital: one that upgrades lasers (class 7+, C-28), one that buys ore (C-27). */
const NEAR_CAPITAL_CLASSES = [7, 6];
/** The Consortium flies its flag over this share of the refineries of RESOURCE_RICH clusters. */
const AM_REFINERIES = cards([
  [true, 2],
  [false, 1],
]);

const FACTIONS_BY_ZONE: Readonly<Record<ZoneType, readonly (string | null)[]>> = {
  FEDERATION: ["terran_federation", "terran_federation", "mercantile_guild"],
  BORDER: ["mercantile_guild", "frontier_coalition", "terran_federation", null],
  FRONTIER: ["frontier_coalition", "frontier_coalition", "fringe_alliance", null],
  EXPANSE: ["mercantile_guild", "mercantile_guild", "nova_scientific_institute", null],
};

/**
 * A region's stations. The capital has class 0, its cluster a class 7 and a class 6 besides, and the first
 * station of the first RESOURCE_RICH cluster is always an AM refinery, where licences are sold (§23.7).
 */
export function placeStations(
  region: { id: string; path: string },
  plans: readonly ClusterPlan[],
  sectors: readonly Sector[],
  zones: readonly Zone[],
): Station[] {
  const prng = new Prng(`${region.path}/stations`);
  const quota = new Quota();
  const amRefineries = new Deck(AM_REFINERIES, prng, [true]);
  const factions = new Map(zones.map((zone) => [zone.id, new Deck(FACTIONS_BY_ZONE[zone.zoneType], prng)]));
  const classes = new Map<ClusterType, Deck<number>>();

  const placeOne = (plan: ClusterPlan, sector: Sector, stationClass: number): Station => {
    const { clusterType } = plan.cluster;
    const isRefinery = clusterType === "RESOURCE_RICH" && isAmRefinery(stationClass, AM_FACTION);
    const zoneFaction = factions.get(sector.zoneId)?.deal() ?? null;
    const isCapital = stationClass === CAPITAL_CLASS;
    const ownFaction = isCapital ? CAPITAL_FACTION : stationFaction(clusterType, zoneFaction);
    const faction = isRefinery && amRefineries.deal() ? AM_FACTION : ownFaction;
    return {
      id: uuidOf(region.path, "stations", `${sector.sectorNumber}`),
      name: stationName(sector, stationClass, faction),
      sectorId: sector.sectorId,
      regionId: region.id,
      stationClass,
      factionAffiliation: faction,
      services: stationServices(stationClass),
      commodities: stockFor(stationClass, prng),
      security: stationSecurity(stationClass, clusterType, zoneAt(zones, sector.sectorNumber)),
    };
  };

  return plans.flatMap((plan) => {
    const economy = ECONOMIES[plan.cluster.clusterType];
    const count = quota.take(plan.size, economy.stationShareBps);
    const own = sectorsIn(plan, sectors);
    const sites = stationSites(plan, own, prng);
    const deck = classes.get(plan.cluster.clusterType) ?? new Deck(economy.classes, prng, opening(plan));
    classes.set(plan.cluster.clusterType, deck);
    const first = plan.firstNumber === 1 ? [CAPITAL_CLASS, ...NEAR_CAPITAL_CLASSES] : [];
    return sites.slice(0, count).map((site, index) => placeOne(plan, site, first[index] ?? deck.deal()));
  });
}

/** What a class offers besides trade, as `stations.services` holds it. */
export function stationServices(stationClass: number): Station["services"] {
  return { refining_facility: isAmRefinery(stationClass, AM_FACTION) };
}

/**
 * Goods of a new station: plenty of what its class sells, little of what it only buys (domain §1.6). Units;
 * `prng` null gives the middle of each range.
 */
export function stockFor(stationClass: number, prng: Prng | null): Station["commodities"] {
  const { buys, sells } = itemAt(STATION_CLASSES, stationClass);
  const commodities: Station["commodities"] = {};
  for (const commodity of COMMODITIES) {
    if (!buys.includes(commodity) && !sells.includes(commodity)) continue;
    const capacity = (prng?.int(10, 50) ?? 30) * 100;
    const fullPercent = sells.includes(commodity) ? (prng?.int(50, 90) ?? 70) : (prng?.int(10, 50) ?? 30);
    commodities[commodity] = { quantity: Math.floor((capacity * fullPercent) / 100), capacity };
  }
  return commodities;
}

/** Security by how well the zone is policed; capitals are always as safe as can be. */
export function stationSecurity(
  stationClass: number,
  clusterType: ClusterType,
  zone: { policingLevel: number },
): StationSecurity {
  const policing = zone.policingLevel + (clusterType === "MILITARY_ZONE" ? 3 : 0);
  if (stationClass === CAPITAL_CLASS || policing >= 8) return "premium";
  if (policing >= 5) return "standard";
  return policing >= 3 ? "basic" : "none";
}

/** Sectors a station may be in: ordinary ones, the capital first. */
function stationSites(plan: ClusterPlan, own: readonly Sector[], prng: Prng): Sector[] {
  const ordinary = own.filter(({ type }) => type === "STANDARD");
  if (plan.firstNumber !== 1) return prng.shuffled(ordinary);
  return [itemAt(ordinary, 0), ...prng.shuffled(ordinary.slice(1))];
}

function opening(plan: ClusterPlan): number[] {
  return plan.cluster.clusterType === "RESOURCE_RICH" ? [1] : [];
}

function stationFaction(clusterType: ClusterType, zoneFaction: string | null): string | null {
  if (clusterType === "MILITARY_ZONE") return "terran_federation";
  return clusterType === "SPECIAL_INTEREST" ? "nova_scientific_institute" : zoneFaction;
}

function stationName(sector: Sector, stationClass: number, faction: string | null): string {
  if (isAmRefinery(stationClass, faction)) return `${sector.name} AM Refinery`;
  if (stationClass === CAPITAL_CLASS) return `${sector.name} Station`;
  return `${sector.name} ${itemAt(STATION_CLASSES, stationClass).name}`;
}
