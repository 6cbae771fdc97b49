import type { SectorState, Ship } from "../../src/schema/sector.ts";
import type { StoredSector } from "../net/wire.ts";
import type { ClockRef } from "./server-time.ts";

export interface ShipView {
  readonly shipId: string;
  readonly pilotId: string;
  readonly pilotName: string;
  readonly color: string;
  readonly name: string;
  readonly hullType: string;
  readonly status: string;
  readonly stationId: string;
  readonly hull: number;
  readonly hullMax: number;
  readonly shield: number;
  readonly shieldMax: number;
  /** Empty when the ship is doing nothing that lasts. */
  readonly action: string;
  readonly startTick: number;
  readonly endTick: number;
  readonly targetId: string;
}

/** A sector as it is shown, awake or asleep. */
export interface SectorView {
  readonly sectorId: number;
  readonly name: string;
  readonly type: string;
  readonly zone: string;
  readonly region: string;
  /** Empty outside asteroid fields, like `richnessTier` 0 and no `depletion`. */
  readonly richness: string;
  readonly richnessTier: number;
  readonly depletion: string;
  /** 0 while the field is full. */
  readonly replenishesAtMs: number;
  readonly claimedBy: string;
  /** What can be answered here; null without one. */
  readonly incident: {
    readonly incidentId: string;
    readonly type: string;
    readonly closesAtMs: number;
  } | null;
  /** 0 while everybody may mine. */
  readonly evacuatedUntilMs: number;
  /** What incidents have left here for a while. */
  readonly conditions: readonly {
    readonly type: string;
    readonly severity: number;
    readonly endsAtMs: number;
  }[];
  readonly warps: readonly { readonly sectorId: number; readonly turnCost: number }[];
  readonly stations: readonly {
    readonly stationId: string;
    readonly name: string;
    readonly stationClass: number;
    readonly faction: string;
    readonly security: string;
  }[];
  readonly ships: ReadonlyMap<string, ShipView>;
  /** Null while the sector sleeps. */
  readonly clock: ClockRef | null;
}

function shipOf(ship: Ship): ShipView {
  const { shipId, pilotId, pilotName, name, hullType, status, stationId, hull, hullMax, shield, shieldMax } =
    ship;
  const { kind, startTick, endTick, targetId } = ship.action;
  return {
    ...{ shipId, pilotId, pilotName, name, hullType, status, stationId, hull, hullMax, shield, shieldMax },
    ...{ color: ship.pilotColor, action: kind, startTick, endTick, targetId },
  };
}

/** What a live room's state says, as plain values that stay as they are. */
export function viewOfState(state: SectorState): SectorView {
  const ships = new Map<string, ShipView>();
  for (const [id, ship] of state.ships) ships.set(id, shipOf(ship));
  const { tick, serverMs, tickMs } = state.clockRef;
  return {
    sectorId: state.sectorId,
    name: state.name,
    type: state.type,
    zone: state.zone,
    region: state.region,
    richness: state.richness,
    richnessTier: state.richnessTier,
    depletion: state.depletion,
    replenishesAtMs: state.replenishesAtMs,
    claimedBy: state.claimedBy,
    incident:
      state.incidentId === ""
        ? null
        : {
            incidentId: state.incidentId,
            type: state.incidentType,
            closesAtMs: state.incidentClosesAtMs,
          },
    evacuatedUntilMs: state.evacuatedUntilMs,
    conditions: [...state.conditions.values()].map(({ type, severity, endsAtMs }) => ({
      ...{ type, severity, endsAtMs },
    })),
    warps: [...state.warps.values()].map(({ sectorId, turnCost }) => ({
      sectorId,
      turnCost: Math.max(1, turnCost),
    })),
    stations: [...state.stations.values()].map(({ stationId, name, stationClass, faction, security }) => ({
      ...{ stationId, name, stationClass, faction, security },
    })),
    ships,
    clock: { tick, serverMs, tickMs },
  };
}

/** What is stored of a sector that nobody is in. */
export function viewOfStored(stored: StoredSector): SectorView {
  return {
    ...stored,
    richness: stored.richness ?? "",
    richnessTier: stored.richnessTier ?? 0,
    depletion: stored.depletion ?? "",
    replenishesAtMs: stored.replenishesAtMs ?? 0,
    claimedBy: stored.claimedBy ?? "",
    evacuatedUntilMs: stored.evacuatedUntilMs ?? 0,
    stations: stored.stations.map((station) => ({ ...station, faction: station.faction ?? "" })),
    ships: new Map(),
    clock: null,
  };
}
