import type pg from "pg";
import { z } from "zod";
import { Refusal } from "../errors.ts";
import { COMMODITIES } from "../rules/commodities.ts";
import { refundCr } from "../rules/equipment.ts";
import { canFitMiningLaser } from "../rules/ships.ts";
import { type HullOffer, hullRefundCr } from "../rules/shipyard.ts";
import { type Books, cargoUsed, type Equipment, type ShipRow } from "./books.ts";
import { type Dealer, dealWork, paid } from "./deals.ts";
import { idOf, newHull } from "./movement.ts";
import { standingOf } from "./standing.ts";
import type { Work } from "./work.ts";

/** Ships of a player that are not destroyed, the one they fly included. */
export async function countShips(pool: pg.Pool, playerId: string): Promise<number> {
  const { rows } = await pool.query(
    "select count(*)::int as count from ships where owner_id = $1 and status <> 'DESTROYED'",
    [playerId],
  );
  return z.object({ count: z.int() }).parse(rows[0]).count;
}

/**
 * Moves a pilot to another ship at the same berth. All cargo comes along, or the change is refused; of what is fitted,
 * each slot that is free there and fits that hull. The rest stays aboard the ship that is left, so nothing is lost: and
 * so does the level of a laser that was taken out, which is the ship's to remember. A pod that is left is scrapped.
 */
function changeShip(books: Books, from: ShipRow, to: ShipRow, nowMs: number): void {
  const used = cargoUsed(from.cargo);
  const free = to.cargoCapacity - cargoUsed(to.cargo);
  if (used > free) throw new Refusal("cargo_does_not_fit", { used, free });
  const { moved, left } = splitEquipment(from.equipment, to);
  const cargo = { ...to.cargo };
  for (const [commodity, units] of cargoEntries(from)) cargo[commodity] = (cargo[commodity] ?? 0) + units;
  const emptied: ShipRow = {
    ...from,
    equipment: left,
    cargo: Object.fromEntries(cargoEntries(from).map(([commodity]) => [commodity, 0])),
  };
  books.ships.put(to.id, { ...to, cargo, equipment: { ...to.equipment, ...moved } });
  books.ships.put(from.id, from.type === "ESCAPE_POD" ? scrapped(emptied, nowMs) : emptied);
}

function cargoEntries({ cargo }: ShipRow) {
  return COMMODITIES.flatMap((commodity) => {
    const units = cargo[commodity];
    return units === undefined ? [] : [[commodity, units] as const];
  });
}

/**
 * Which slots go along and which stay. A slot that is taken there, and a laser that does not fit, stay; so does a laser
 * where another one's level is remembered, which it would hide and, taken out, replace. Domain §23.9
 */
function splitEquipment(equipment: Equipment, to: ShipRow): { moved: Equipment; left: Equipment } {
  const { mining_laser, ecm_suite, tractor_beam } = equipment;
  const there = to.equipment;
  const takesLaser =
    canFitMiningLaser(to.type) &&
    there.mining_laser === undefined &&
    there.removed_mining_laser === undefined;
  const moved: Equipment = {
    ...(mining_laser !== undefined && takesLaser && { mining_laser }),
    ...(ecm_suite !== undefined && there.ecm_suite === undefined && { ecm_suite }),
    ...(tractor_beam !== undefined && there.tractor_beam === undefined && { tractor_beam }),
  };
  const left = Object.fromEntries(Object.entries(equipment).filter(([slot]) => !(slot in moved)));
  return { moved, left };
}

function scrapped(ship: ShipRow, nowMs: number): ShipRow {
  return { ...ship, status: "DESTROYED", dockedStationId: null, destroyedAtMs: nowMs };
}

/** Buys a hull and changes to it at once. */
export function buyHullWork(dealer: Dealer, offer: HullOffer, turnsPerDay: number): Work {
  const { standing, hullType, costCr } = offer;
  const needs = {
    kind: "buy_hull",
    standingCodes: standing === undefined ? [] : [standing.faction],
  } as const;
  return dealWork(dealer, needs, turnsPerDay, (books, { player, ship: former }, nowMs) => {
    if (standing !== undefined) {
      const { value } = standingOf(books, player.id, standing.faction);
      if (value < standing.min) throw new Refusal("standing_too_low", { ...standing, standing: value });
    }
    const id = idOf("bought-hull", dealer, nowMs);
    const bought = newHull(former, id, { hullType, equipment: {} }, costCr, nowMs);
    changeShip(books, former, { ...bought, cargo: {} }, nowMs);
    books.players.put(player.id, { ...paid(player, costCr), currentShipId: id });
    return {
      row: { credits: -costCr, shipId: id },
      answer: { shipId: id, hullType, costCr, formerShipId: former.id },
    };
  });
}

/** A ship of the pilot's own that lies at the same station. @throws Refusal */
function berthed(books: Books, dealer: Dealer, shipId: string): ShipRow {
  const ship = books.ships.get(shipId);
  if (ship === undefined) throw new Refusal("ship_not_found", { shipId });
  if (ship.ownerId !== dealer.playerId) throw new Refusal("not_your_ship", { shipId });
  if (ship.status === "DESTROYED") throw new Refusal("ship_destroyed", { shipId });
  if (ship.id === dealer.shipId) throw new Refusal("ship_in_use", { shipId });
  if (ship.dockedStationId !== dealer.station.id) throw new Refusal("ship_not_here", { shipId });
  return ship;
}

/** Changes to another ship of the pilot's own at the same station. */
export function boardShipWork(dealer: Dealer, shipId: string, turnsPerDay: number): Work {
  const needs = { kind: "board_ship", otherShipId: shipId } as const;
  return dealWork(dealer, needs, turnsPerDay, (books, { player, ship: former }, nowMs) => {
    changeShip(books, former, berthed(books, dealer, shipId), nowMs);
    books.players.put(player.id, { ...player, currentShipId: shipId });
    return { row: { credits: 0, shipId }, answer: { shipId, formerShipId: former.id } };
  });
}

/** Sells a ship that the pilot does not fly, with what is fitted to it. Its hold must be empty. */
export function sellHullWork(dealer: Dealer, shipId: string, turnsPerDay: number): Work {
  const needs = { kind: "sell_hull", otherShipId: shipId } as const;
  return dealWork(dealer, needs, turnsPerDay, (books, { player }, nowMs) => {
    const ship = berthed(books, dealer, shipId);
    const used = cargoUsed(ship.cargo);
    if (used > 0) throw new Refusal("ship_not_empty", { shipId, used });
    const fitted = Object.keys(ship.equipment).reduce((sum, slot) => sum + refundCr(slot), 0);
    const credits = hullRefundCr(ship.purchaseValue) + fitted;
    books.players.put(player.id, { ...player, credits: player.credits + credits });
    books.ships.put(shipId, scrapped(ship, nowMs));
    return { row: { credits, shipId }, answer: { shipId, refundCr: credits } };
  });
}
