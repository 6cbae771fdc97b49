import { Refusal } from "../errors.ts";
import type { Dealer } from "../persistence/deals.ts";
import type { Answer, RequestKey, Work } from "../persistence/work.ts";
import { checkFree, moverOf, settleMove } from "./move.ts";
import type { Pilot } from "./pilot.ts";
import type { Sector } from "./sector.ts";

/** @throws Refusal unless the ship is free and docked. @returns the pilot as somebody the station deals with */
export function dealerOf(sector: Sector, pilot: Pilot, key: RequestKey): Dealer {
  checkFree(pilot);
  const station = sector.record.stations.find(({ id }) => id === pilot.ship.dockedStationId);
  if (station === undefined) throw new Refusal("must_be_docked");
  return { ...moverOf(sector, pilot, key), station };
}

/** Makes a deal durable and shows what the pilot flies after it. @throws Refusal what the transaction refused */
export function settleDeal(sector: Sector, pilot: Pilot, work: Work): Promise<Answer> {
  const before = pilot.ship.id;
  return settleMove(sector, pilot, work, () => {
    if (pilot.ship.id === before) sector.showShip(pilot);
    else sector.replaceShip(pilot, before);
  });
}
