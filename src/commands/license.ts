import { z } from "zod";
import { Refusal } from "../errors.ts";
import { buyLicenseWork, readClaimedSector } from "../persistence/licenses.ts";
import { SECTOR_ID_MAX } from "../rules/galaxy/vocabulary.ts";
import { isAmRefinery } from "../rules/stations.ts";
import { dealerOf, settleDeal } from "./deal.ts";
import { type Order, PilotCommand, requestId } from "./order.ts";

export const buyLicenseBody = z.strictObject({
  requestId,
  sectorId: z.int().positive().max(SECTOR_ID_MAX).describe("The claimed field; it may be anywhere."),
});

export const buyLicenseAnswer = z.object({
  licenseId: z.uuid(),
  sectorId: z.int(),
  costPaidCr: z.int(),
  expiresAtMs: z.number(),
  renewal: z.boolean().describe("At 80 %: the one before was active or had ended less than 24 h ago."),
  amRepDelta: z.int(),
});

/** Buys or renews a claim licence at a refinery of the Astral Mining Consortium (C-07). */
export class BuyLicenseCommand extends PilotCommand<z.output<typeof buyLicenseBody>> {
  async execute({ pilot, key, body, accept }: Order<z.output<typeof buyLicenseBody>>): Promise<void> {
    const { sector } = this;
    const { station } = dealerOf(sector, pilot, key);
    if (!isAmRefinery(station.stationClass, station.faction)) {
      throw new Refusal("not_docked_at_am_station", { stationId: station.id });
    }
    const { database, settings } = sector.services;
    const claimed = await readClaimedSector(database.pool, body.sectorId);
    sector.readyFor(pilot);
    const dealer = dealerOf(sector, pilot, key);
    const answer = await settleDeal(sector, pilot, buyLicenseWork(dealer, claimed, settings.turnsPerDay));
    if (body.sectorId === sector.record.sectorId) {
      pilot.licenseExpiresMs = buyLicenseAnswer.shape.expiresAtMs.parse(answer.expiresAtMs);
    }
    accept(answer);
  }
}
