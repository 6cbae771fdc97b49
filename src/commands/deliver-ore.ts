import { z } from "zod";
import { deliverOreWork } from "../persistence/deliveries.ts";
import { dealerOf, settleDeal } from "./deal.ts";
import { type Order, PilotCommand, requestId } from "./order.ts";

/** More than any hold carries. */
const UNITS_MAX = 1_000_000;

export const deliverOreBody = z.strictObject({
  requestId,
  quantity: z.int().positive().max(UNITS_MAX).describe("Units; all of them are put aboard or none."),
});

export const deliverOreAnswer = z.object({
  quantity: z.int(),
  oreUnitsLeft: z.int().describe("What is left of your balance of ore_units."),
});

/** Turns ore that expeditions earned into cargo, at any station. */
export class DeliverOreCommand extends PilotCommand<z.output<typeof deliverOreBody>> {
  async execute({ pilot, key, body, accept }: Order<z.output<typeof deliverOreBody>>): Promise<void> {
    const { sector } = this;
    const dealer = dealerOf(sector, pilot, key);
    const work = deliverOreWork(dealer, pilot.userId, body.quantity, sector.services.settings.turnsPerDay);
    accept(await settleDeal(sector, pilot, work));
  }
}
