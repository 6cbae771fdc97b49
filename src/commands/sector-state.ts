import type { SectorRecord } from "../persistence/sectors.ts";
import { type SectorState, Station, Warp } from "../schema/sector.ts";

/** Shows what of a sector stays as it is while it lives. */
export function describeSector(state: SectorState, record: SectorRecord): void {
  state.sectorId = record.sectorId;
  state.name = record.name;
  state.type = record.type;
  state.zone = record.zone;
  state.region = record.regionName;
  state.claimedBy = record.controllingFaction ?? "";
  if (record.field !== null) {
    state.richness = record.richness ?? "";
    state.richnessTier = record.field.richnessTier;
  }
  for (const { toSectorId, turnCost } of record.warps) {
    const warp = new Warp();
    warp.sectorId = toSectorId;
    warp.turnCost = turnCost;
    state.warps.set(String(toSectorId), warp);
  }
  for (const { id, name, stationClass, faction, security } of record.stations) {
    const station = new Station();
    station.stationId = id;
    station.name = name;
    station.stationClass = stationClass;
    station.faction = faction ?? "";
    station.security = security;
    state.stations.set(id, station);
  }
}
