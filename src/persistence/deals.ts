import { Refusal } from "../errors.ts";
import type { Commodity } from "../rules/commodities.ts";
import { AM_FACTION } from "../rules/factions.ts";
import {
  oreSaleStanding,
  type Surplus,
  salePriceCr,
  saleTotalCr,
  surplusAt,
  usualStock,
} from "../rules/prices.ts";
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
  /** Units of ore from the reward ledger that were put aboard. */
  readonly deliveredOre: number | null;
  readonly laserLevel: number | null;
  readonly licenseId: string | null;
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

/** What a deal leaves: what it did to the credits and whatever else is to be kept of it, and its answer. */
interface Dealt {
  readonly row: { credits: number } & Partial<
    Pick<DealRow, "amRepDelta" | "sale" | "deliveredOre" | "shipId" | "laserLevel" | "licenseId">
  >;
  readonly answer: Answer;
}

/** What a deal locks beside the pilot and the ship they fly. */
type Needs = { readonly kind: DealKind; readonly otherShipId?: string } & Partial<
  Pick<Work, "standingCodes" | "market" | "claim" | "balance">
>;

/** One deal of a docked pilot. `settle` changes the books and says what is to be kept; the deal's row follows from it. */
export function dealWork(
  dealer: Dealer,
  { kind, otherShipId, standingCodes = [], ...locks }: Needs,
  turnsPerDay: number,
  settle: (books: Books, desk: Desk, nowMs: number) => Dealt,
): Work {
  const { key, lease, playerId, shipId, station } = dealer;
  return {
    kind,
    key,
    lease,
    playerIds: [playerId],
    shipIds: otherShipId === undefined ? [shipId] : [shipId, otherShipId],
    fieldSectorId: null,
    standingCodes,
    ...locks,
    settle(books, nowMs) {
      const { row, answer } = settle(books, readDesk(books, dealer, turnsPerDay, nowMs), nowMs);
      books.deals.add({
        id: idOf("deal", dealer, nowMs),
        playerId,
        shipId,
        kind,
        stationId: station.id,
        sectorId: lease.sectorId,
        amRepDelta: 0,
        sale: null,
        deliveredOre: null,
        laserLevel: null,
        licenseId: null,
        atMs: nowMs,
        ...row,
      });
      return answer;
    },
  };
}

/** The player after paying. @throws Refusal insufficient_credits */
export function paid(player: PlayerRow, costCr: number): PlayerRow {
  if (player.credits < costCr) {
    throw new Refusal("insufficient_credits", { credits: player.credits, needed: costCr });
  }
  return { ...player, credits: player.credits - costCr };
}

/** What is sold, and what the pilot's Trade Specialists make of it: 10 000 = nothing. */
export interface Offer {
  readonly commodity: Commodity;
  readonly quantity: number;
  readonly bonusBps: number;
}

/** What of a station and a pilot makes a price. */
interface Haggle {
  readonly station: Pick<StationRecord, "stationClass" | "basePricingBps" | "stock">;
  /** What pilots have brought to the station so far; null for nothing. */
  readonly brought: Surplus | null;
  /** Of the pilot with the station's faction. */
  readonly standing: number;
  readonly militaryRank: string;
}

/** What a station pays for one unit now, and what it has above its usual store by now. */
export function quote(
  commodity: Commodity,
  { station, brought, standing, militaryRank }: Haggle,
  nowMs: number,
) {
  const stock = usualStock(station.stock[commodity]);
  const surplus = surplusAt(brought, stock, nowMs);
  const priceCr = salePriceCr({
    commodity,
    stationClass: station.stationClass,
    stock,
    surplusUnits: surplus.units,
    factionModifierBps: pricingModifierBps(standing, station.basePricingBps),
    rankTradeBps: rankTradeBps(militaryRank),
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
  const needs = {
    kind: "sell",
    standingCodes: station.faction === null ? [] : [station.faction],
    market: { stationId: station.id, commodity },
  } as const;
  return dealWork(dealer, needs, turnsPerDay, (books, { player, ship }, nowMs) => {
    const held = ship.cargo[commodity] ?? 0;
    if (held < quantity) throw new Refusal("not_enough_cargo", { commodity, held });
    const brought = books.markets.get(marketKey(station.id, commodity)) ?? null;
    const standing = station.faction === null ? 0 : standingOf(books, playerId, station.faction).value;
    const { militaryRank } = player;
    const { priceCr, surplus } = quote(commodity, { station, brought, standing, militaryRank }, nowMs);
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
    return {
      row: { credits: totalCr, amRepDelta, sale },
      answer: { commodity, quantity, unitPriceCr: priceCr, totalCr, amRepDelta },
    };
  });
}
