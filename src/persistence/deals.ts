import { Refusal } from "../errors.ts";
import type { Commodity } from "../rules/commodities.ts";
import { AM_FACTION } from "../rules/factions.ts";
import { oreSaleStanding, salePriceCr, saleTotalCr, surplusAt, usualStock } from "../rules/prices.ts";
import { rankTradeBps } from "../rules/ranks.ts";
import { pricingModifierBps } from "../rules/standing.ts";
import { isAmRefinery } from "../rules/stations.ts";
import { type Books, marketKey, type PlayerRow, type ShipRow, withCargo } from "./books.ts";
import { idOf, type Mover, readMover } from "./movement.ts";
import type { StationRecord } from "./sectors.ts";
import { changeStanding, standingOf } from "./standing.ts";
import type { DEAL_KINDS } from "./tables/deals.ts";
import type { Answer, Work } from "./work.ts";

export type DealKind = (typeof DEAL_KINDS)[number];

/** A pilot who deals with the station that their ship is docked at. */
export interface Dealer extends Mover {
  readonly station: StationRecord;
}

export interface DealRow {
  readonly id: string;
  readonly playerId: string;
  readonly shipId: string;
  readonly kind: DealKind;
  readonly stationId: string;
  readonly sectorId: number;
  /** What the player's credits changed by. */
  readonly credits: number;
  readonly amRepDelta: number;
  readonly sale: {
    readonly commodity: Commodity;
    readonly quantity: number;
    readonly unitPriceCr: number;
    readonly bonusBps: number;
  } | null;
  readonly atMs: number;
}

/** What a deal decides on: the rows as they are locked. */
interface Desk {
  readonly player: PlayerRow;
  readonly ship: ShipRow;
}

/** @throws Refusal when the ship is not docked at this station any more */
function readDesk(books: Books, dealer: Dealer, turnsPerDay: number, nowMs: number): Desk {
  const { player, ship } = readMover(books, dealer, turnsPerDay, nowMs);
  if (ship.dockedStationId !== dealer.station.id) throw new Refusal("must_be_docked");
  return { player, ship };
}

/** The row of a deal: what it did to the credits, and whatever else is to be kept of it. */
function dealRow(
  dealer: Dealer,
  kind: DealKind,
  what: { credits: number } & Partial<Pick<DealRow, "amRepDelta" | "sale" | "shipId">>,
  atMs: number,
): DealRow {
  return {
    id: idOf("deal", dealer, atMs),
    playerId: dealer.playerId,
    shipId: dealer.shipId,
    kind,
    stationId: dealer.station.id,
    sectorId: dealer.lease.sectorId,
    amRepDelta: 0,
    sale: null,
    atMs,
    ...what,
  };
}

/** What is sold, and what the pilot's Trade Specialists make of it: 10 000 = nothing. */
export interface Offer {
  readonly commodity: Commodity;
  readonly quantity: number;
  readonly bonusBps: number;
}

/** What a station pays a pilot for one unit, on the rows as the batch has them. */
function unitPrice(
  books: Books,
  { station }: Dealer,
  player: PlayerRow,
  commodity: Commodity,
  nowMs: number,
) {
  const stock = usualStock(station.stock[commodity]);
  const surplus = surplusAt(books.markets.get(marketKey(station.id, commodity)) ?? null, stock, nowMs);
  const standing = station.faction === null ? 0 : standingOf(books, player.id, station.faction).value;
  const priceCr = salePriceCr({
    commodity,
    stationClass: station.stationClass,
    stock,
    surplusUnits: surplus.units,
    factionModifierBps: pricingModifierBps(standing, station.basePricingBps),
    rankTradeBps: rankTradeBps(player.militaryRank),
  });
  return { priceCr, surplus };
}

/**
 * Sells cargo to the station at its price of this moment, which then falls. Raw ore sold to an AM refinery earns
 * standing, the rest of a step is carried over. Domain §1.6; mining seed, "Faction reputation hooks".
 */
export function sellWork(dealer: Dealer, offer: Offer, turnsPerDay: number): Work {
  const { station, playerId, shipId } = dealer;
  const { commodity, quantity, bonusBps } = offer;
  return {
    kind: "sell",
    key: dealer.key,
    lease: dealer.lease,
    playerIds: [playerId],
    shipIds: [shipId],
    fieldSectorId: null,
    standingCodes: station.faction === null ? [] : [station.faction],
    market: { stationId: station.id, commodity },
    settle(books, nowMs): Answer {
      const { player, ship } = readDesk(books, dealer, turnsPerDay, nowMs);
      const held = ship.cargo[commodity] ?? 0;
      if (held < quantity) throw new Refusal("not_enough_cargo", { commodity, held });
      const { priceCr, surplus } = unitPrice(books, dealer, player, commodity, nowMs);
      if (priceCr === null) throw new Refusal("station_does_not_buy", { commodity });
      const totalCr = saleTotalCr(priceCr, quantity, bonusBps);
      const earned =
        commodity === "ore" && isAmRefinery(station.stationClass, station.faction)
          ? oreSaleStanding(standingOf(books, playerId, AM_FACTION).tradeCarryCr, totalCr)
          : null;

      books.players.put(playerId, { ...player, credits: player.credits + totalCr });
      books.ships.put(shipId, { ...ship, cargo: withCargo(ship.cargo, commodity, -quantity) });
      books.markets.put(marketKey(station.id, commodity), {
        stationId: station.id,
        commodity,
        units: surplus.units + quantity,
        asOfMs: surplus.asOfMs,
      });
      if (earned !== null) changeStanding(books, playerId, AM_FACTION, earned.delta, earned.carryCr);
      const amRepDelta = earned?.delta ?? 0;
      const sale = { commodity, quantity, unitPriceCr: priceCr, bonusBps };
      books.deals.add(dealRow(dealer, "sell", { credits: totalCr, amRepDelta, sale }, nowMs));
      return { commodity, quantity, unitPriceCr: priceCr, totalCr, amRepDelta };
    },
  };
}
