/** What a docked pilot can do at the station: each thing with its price, and with its reason where it cannot be done. */
import { COMMODITIES, type Commodity, PRICES } from "../../src/rules/commodities.ts";
import { LASER_COST_CR, LASER_UPGRADE_CLASS_MIN, laserUpgrade, refundCr } from "../../src/rules/equipment.ts";
import { AM_FACTION } from "../../src/rules/factions.ts";
import { isRenewable, licenseFeeCr } from "../../src/rules/licenses.ts";
import { LASER_LEVELS, RICHNESS_TIERS } from "../../src/rules/mining.ts";
import { canFitMiningLaser, HULL_TYPES } from "../../src/rules/ships.ts";
import { isAmRefinery, STATION_CLASSES } from "../../src/rules/stations.ts";
import type { Licenses } from "../net/wire.ts";
import type { Atlas } from "./galaxy.ts";
import { credits } from "./own-events.ts";
import type { Situation } from "./reasons.ts";
import type { SectorView } from "./sector.ts";
import { plainWords } from "./words.ts";

export type Station = SectorView["stations"][number];

/** Where the ship is docked; null in space. */
export function berthOf({ view, ship }: Situation): Station | null {
  if (ship.status !== "DOCKED") return null;
  return view.stations.find(({ stationId }) => stationId === ship.stationId) ?? null;
}

export function isRefinery({ stationClass, faction }: Station): boolean {
  return isAmRefinery(stationClass, faction);
}

export interface SaleOffer {
  readonly commodity: Commodity;
  readonly units: number;
  /** Between which the station's price of this moment lies, in cr a unit. */
  readonly band: string;
  readonly reason: string | null;
}

/** What is in the hold, what the station takes first. */
export function salesAt(station: Station, { pilot }: Situation): SaleOffer[] {
  const buys = STATION_CLASSES[station.stationClass]?.buys ?? [];
  const offers = COMMODITIES.flatMap((commodity): SaleOffer[] => {
    const units = pilot.cargo[commodity] ?? 0;
    if (units === 0) return [];
    const price = PRICES[commodity];
    const wanted = buys.includes(commodity) && price !== null;
    return [
      {
        commodity,
        units,
        band: wanted ? `${price.minCr} to ${price.maxCr} cr each` : "not bought here",
        reason: wanted ? null : `This station does not buy ${plainWords(commodity).toLowerCase()}.`,
      },
    ];
  });
  return offers.sort((a, b) => Number(a.reason !== null) - Number(b.reason !== null));
}

export interface LaserOffer {
  readonly act: "install_laser" | "upgrade_laser" | "remove_laser";
  readonly label: string;
  /** What it costs, or brings. */
  readonly price: string;
  readonly reason: string | null;
}

function tooDear({ pilot }: Situation, costCr: number): string | null {
  return pilot.credits >= costCr
    ? null
    : `That costs ${credits(costCr)}; you have ${credits(pilot.credits)}.`;
}

/** The fitted laser's level; null without one. */
export function laserLevel({ pilot }: Pick<Situation, "pilot">): number | null {
  return pilot.equipment.mining_laser?.level ?? null;
}

export function laserOffers(station: Station, now: Situation): LaserOffer[] {
  const level = laserLevel(now);
  if (level === null) {
    const hull = HULL_TYPES.find((type) => type === now.ship.hullType);
    const fits = hull !== undefined && canFitMiningLaser(hull);
    const before = now.pilot.equipment.removed_mining_laser?.level ?? 0;
    const reason = fits ? tooDear(now, LASER_COST_CR) : "This hull carries no mining laser.";
    const label = before === 0 ? "Fit a laser" : `Fit a laser (level ${before} again)`;
    return [{ act: "install_laser", label, price: credits(LASER_COST_CR), reason }];
  }
  const next = laserUpgrade(LASER_LEVELS.find((each) => each === level) ?? 0);
  const price = credits(refundCr("mining_laser"));
  const remove = {
    act: "remove_laser",
    label: "Take it out",
    price: `brings ${price}`,
    reason: null,
  } as const;
  if (next === null) return [remove];
  const reason =
    station.stationClass < LASER_UPGRADE_CLASS_MIN
      ? `Stations of class ${LASER_UPGRADE_CLASS_MIN} and above upgrade lasers; this is class ${station.stationClass}.`
      : tooDear(now, next.costCr);
  return [
    { act: "upgrade_laser", label: `To level ${next.level}`, price: credits(next.costCr), reason },
    remove,
  ];
}

export interface LicenseOffer {
  readonly sectorId: number;
  readonly name: string;
  /** Null while none is held. */
  readonly expiresAtMs: number | null;
  readonly renewal: boolean;
  readonly price: string;
  readonly reason: string | null;
}

/** How many claimed fields around are offered; one further away is asked for where it lies. */
const FIELDS_NEAR_MAX = 3;

/** Licences that are held, the one that is wanted, and those of the claimed fields next to here. */
export function licenseOffers(
  now: Situation,
  atlas: Atlas,
  held: Licenses,
  wantedSectorId: number | null,
): LicenseOffer[] {
  const near = atlas
    .nearest(now.view.sectorId, FIELDS_NEAR_MAX, ({ type, claimedBy }) => {
      return type === "ASTEROID_FIELD" && claimedBy === AM_FACTION;
    })
    .map(({ sectorId }) => sectorId);
  const wanted = wantedSectorId === null ? [] : [wantedSectorId];
  const all = new Set([...wanted, ...held.map(({ sectorId }) => sectorId), ...near]);
  return [...all].map((sectorId) => {
    const license = held.find((each) => each.sectorId === sectorId);
    const renewal = license !== undefined && isRenewable(license.expiresAtMs, now.nowMs);
    const sector = atlas.sector(sectorId);
    const tier = RICHNESS_TIERS.find((each) => each === sector?.richnessTier);
    const costCr = renewal ? license.renewalPriceCr : tier === undefined ? null : licenseFeeCr(tier, false);
    return {
      sectorId,
      name: sector?.name ?? `Sector ${sectorId}`,
      expiresAtMs: license?.expiresAtMs ?? null,
      renewal,
      price: costCr === null ? "500 cr a step of richness" : credits(costCr),
      reason: costCr === null ? null : tooDear(now, costCr),
    };
  });
}
