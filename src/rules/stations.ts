import type { Commodity } from "./commodities.ts";
import { AM_FACTION } from "./factions.ts";

export const DOCK_TURNS = 1;
export const UNDOCK_TURNS = 1;

interface StationClass {
  name: string;
  /** What the station takes from a pilot. */
  buys: readonly Commodity[];
  /** What a pilot can have from the station. */
  sells: readonly Commodity[];
}

/**
 * Station classes, indexed 0..11 (domain §1.6). Ore is bought by classes 1, 4, 5 and 6, as the mining seed
 * says ("Commodity output"), and by 8 (C-27): class 4 both buys and sells it. precious_metals are bought by
 * 5, 6, 10 and 11 (domain §23.9).
 */
export const STATION_CLASSES: readonly StationClass[] = [
  { name: "Capital hub", buys: ["special_goods"], sells: ["special_goods", "colonists"] },
  { name: "Mining Operation", buys: ["ore"], sells: ["organics", "equipment"] },
  { name: "Agricultural Center", buys: ["organics"], sells: ["ore", "equipment"] },
  { name: "Industrial Hub", buys: ["equipment"], sells: ["ore", "organics"] },
  {
    name: "Distribution Center",
    buys: ["ore", "exotic_technology"],
    sells: ["ore", "organics", "equipment", "fuel"],
  },
  {
    name: "Collection Hub",
    buys: ["ore", "organics", "equipment", "fuel", "precious_metals"],
    sells: ["luxury_goods"],
  },
  { name: "Mixed Market", buys: ["ore", "organics", "precious_metals"], sells: ["equipment", "fuel"] },
  { name: "Resource Exchange", buys: ["equipment", "fuel"], sells: ["ore", "organics"] },
  { name: "Black Hole", buys: ["ore", "organics", "equipment", "fuel"], sells: [] },
  { name: "Nova", buys: [], sells: ["ore", "organics", "equipment", "fuel"] },
  {
    name: "Luxury Market",
    buys: ["gourmet_food", "precious_metals"],
    sells: ["luxury_goods", "exotic_technology"],
  },
  {
    name: "Premium Tech",
    buys: ["exotic_technology", "luxury_goods", "precious_metals"],
    sells: ["exotic_technology", "luxury_goods"],
  },
];

/** Whether a station is an AM refinery: class 1 or 5 under the AM flag. Mining seed, "License model". */
export function isAmRefinery(stationClass: number, factionSlug: string | null): boolean {
  return (stationClass === 1 || stationClass === 5) && factionSlug === AM_FACTION;
}
