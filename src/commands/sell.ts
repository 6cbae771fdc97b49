import { z } from "zod";
import { Refusal } from "../errors.ts";
import { sellWork } from "../persistence/deals.ts";
import { COMMODITIES } from "../rules/commodities.ts";
import { saleBonusBps } from "../rules/professions.ts";
import { STATION_CLASSES } from "../rules/stations.ts";
import { dealerOf, settleDeal } from "./deal.ts";
import { type Order, PilotCommand, requestId } from "./order.ts";

/** More than any hold carries. */
const UNITS_MAX = 1_000_000;

export const sellBody = z.strictObject({
  requestId,
  commodity: z.enum(COMMODITIES),
  quantity: z.int().positive().max(UNITS_MAX).describe("Units; all of them are sold or none."),
});

export const sellAnswer = z.object({
  commodity: z.enum(COMMODITIES),
  quantity: z.int(),
  unitPriceCr: z.int(),
  totalCr: z.int().describe("What you were paid, Trade Specialists included."),
  amRepDelta: z.int(),
});

/** Sells cargo to the station that the ship is docked at. */
export class SellCommand extends PilotCommand<z.output<typeof sellBody>> {
  async execute({ pilot, key, body, accept }: Order<z.output<typeof sellBody>>): Promise<void> {
    const { sector } = this;
    const dealer = dealerOf(sector, pilot, key);
    const { commodity, quantity } = body;
    const buys = STATION_CLASSES[dealer.station.stationClass]?.buys ?? [];
    if (!buys.includes(commodity)) throw new Refusal("station_does_not_buy", { commodity, buys });
    const held = pilot.ship.cargo[commodity] ?? 0;
    if (held < quantity) throw new Refusal("not_enough_cargo", { commodity, held });
    const offer = {
      commodity,
      quantity,
      bonusBps: saleBonusBps(pilot.record.hasTradeSpecialists, commodity),
    };
    const work = sellWork(dealer, offer, sector.services.settings.turnsPerDay);
    accept(await settleDeal(sector, pilot, work));
  }
}
