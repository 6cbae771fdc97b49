import { z } from "zod";
import { Refusal } from "../errors.ts";
import type { Dealer } from "../persistence/deals.ts";
import { readShipFacts } from "../persistence/pilots.ts";
import { boardShipWork, buyHullWork, countShips, sellHullWork } from "../persistence/shipyard.ts";
import type { RequestKey } from "../persistence/work.ts";
import { HULL_TYPES } from "../rules/ships.ts";
import { SHIPYARD } from "../rules/shipyard.ts";
import { dealerOf, settleDeal } from "./deal.ts";
import { type Order, PilotCommand, requestId } from "./order.ts";
import type { Pilot } from "./pilot.ts";
import type { Sector } from "./sector.ts";

/** A fleet to choose from; more rows than that help nobody. */
const SHIPS_PER_PLAYER_MAX = 10;

const ownShipId = z.uuid().toLowerCase().describe("A ship of yours at this station.");

export const buyHullBody = z.strictObject({ requestId, hullType: z.enum(HULL_TYPES) });
export const buyHullAnswer = z.object({
  shipId: z.uuid().describe("The new ship: you fly it from now on."),
  hullType: z.string(),
  costCr: z.int(),
  formerShipId: z.uuid().describe("Still yours, at the same berth."),
});

/** Buys a hull and changes to it: cargo comes along, and what is fitted where it fits. */
export class BuyHullCommand extends PilotCommand<z.output<typeof buyHullBody>> {
  async execute({ pilot, key, body, accept }: Order<z.output<typeof buyHullBody>>): Promise<void> {
    const { sector } = this;
    dealerOf(sector, pilot, key);
    const offer = SHIPYARD.find(({ hullType }) => hullType === body.hullType);
    if (offer === undefined) throw new Refusal("hull_not_for_sale", { hullType: body.hullType });
    if (offer.citizen === true && !pilot.record.isCitizen) throw new Refusal("ERR_GALACTIC_CITIZEN_REQUIRED");
    const { database, settings } = sector.services;
    const ships = await countShips(database.pool, pilot.id);
    if (ships >= SHIPS_PER_PLAYER_MAX) throw new Refusal("too_many_ships", { ships });
    sector.readyFor(pilot);
    const work = buyHullWork(dealerOf(sector, pilot, key), offer, settings.turnsPerDay);
    accept(await settleDeal(sector, pilot, work));
  }
}

/** @throws Refusal unless the pilot is docked, and there is such a ship, which is not the one they fly */
async function dealerOver(sector: Sector, pilot: Pilot, key: RequestKey, shipId: string): Promise<Dealer> {
  dealerOf(sector, pilot, key);
  if (shipId === pilot.ship.id) throw new Refusal("ship_in_use", { shipId });
  const facts = await readShipFacts(sector.services.database.pool, shipId);
  if (facts === null) throw new Refusal("ship_not_found", { shipId });
  sector.readyFor(pilot);
  return dealerOf(sector, pilot, key);
}

export const boardShipBody = z.strictObject({ requestId, shipId: ownShipId });
export const boardShipAnswer = z.object({ shipId: z.uuid(), formerShipId: z.uuid() });

/** Changes to another ship of one's own at the same station. */
export class BoardShipCommand extends PilotCommand<z.output<typeof boardShipBody>> {
  async execute({ pilot, key, body, accept }: Order<z.output<typeof boardShipBody>>): Promise<void> {
    const { sector } = this;
    const dealer = await dealerOver(sector, pilot, key, body.shipId);
    const work = boardShipWork(dealer, body.shipId, sector.services.settings.turnsPerDay);
    accept(await settleDeal(sector, pilot, work));
  }
}

export const sellHullBody = z.strictObject({ requestId, shipId: ownShipId });
export const sellHullAnswer = z.object({ shipId: z.uuid(), refundCr: z.int() });

/** Sells a ship that one does not fly, for a quarter of what was paid for it and for what is fitted. */
export class SellHullCommand extends PilotCommand<z.output<typeof sellHullBody>> {
  async execute({ pilot, key, body, accept }: Order<z.output<typeof sellHullBody>>): Promise<void> {
    const { sector } = this;
    const dealer = await dealerOver(sector, pilot, key, body.shipId);
    const work = sellHullWork(dealer, body.shipId, sector.services.settings.turnsPerDay);
    accept(await settleDeal(sector, pilot, work));
  }
}
