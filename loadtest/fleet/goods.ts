import type { Commodity } from "../../src/rules/commodities.ts";
import { STATION_CLASSES } from "../../src/rules/stations.ts";
import type { Chart } from "./charts.ts";

/** The first of what a hold has that the station takes, all of it; null when it takes none of it. */
export function goodsFor(
  station: Chart["stations"][number] | undefined,
  cargo: Readonly<Record<string, number>>,
): { commodity: Commodity; quantity: number } | null {
  const buys = station === undefined ? [] : (STATION_CLASSES[station.stationClass]?.buys ?? []);
  const commodity = buys.find((each) => (cargo[each] ?? 0) > 0);
  return commodity === undefined ? null : { commodity, quantity: cargo[commodity] ?? 0 };
}
