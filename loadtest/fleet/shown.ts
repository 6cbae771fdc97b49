/** What a sector's public state shows of the ships in it, to who decodes it. */
import type { SectorState } from "../../src/schema/sector.ts";

export interface ShownShip {
  readonly shipId: string;
  readonly pilotId: string;
  readonly name: string;
  readonly hullType: string;
  readonly status: string;
  /** Empty when it is docked nowhere. */
  readonly stationId: string;
  readonly hull: number;
  readonly hullMax: number;
  readonly shield: number;
  readonly shieldMax: number;
  /** What it is in the middle of; empty when that is nothing. */
  readonly action: string;
}

/** A sector as one pilot saw it. */
export interface Shown {
  readonly sectorId: number;
  readonly ships: readonly ShownShip[];
}

/** A look that was taken when nothing ran and nobody acted any more: what it shows is to be what is stored. */
export interface Look extends Shown {
  /** Players who were in a room at that time: whose ship is stored in this sector is to be seen in it. */
  readonly playersIn: readonly string[];
}

export function shownIn(state: SectorState): Shown {
  return {
    sectorId: state.sectorId,
    ships: [...state.ships.values()].map((ship) => ({
      ...{ shipId: ship.shipId, pilotId: ship.pilotId, name: ship.name, hullType: ship.hullType },
      ...{ status: ship.status, stationId: ship.stationId, action: ship.action.kind },
      ...{ hull: ship.hull, hullMax: ship.hullMax, shield: ship.shield, shieldMax: ship.shieldMax },
    })),
  };
}
