import { z } from "zod";
import type { Dealer } from "../persistence/deals.ts";
import { installLaserWork, removeLaserWork, upgradeLaserWork } from "../persistence/lasers.ts";
import type { Work } from "../persistence/work.ts";
import { dealerOf, settleDeal } from "./deal.ts";
import { type Order, PilotCommand, requestId } from "./order.ts";

export const laserBody = z.strictObject({ requestId });

const level = z.int().describe("The laser's level, 0 to 3.");
export const laserBoughtAnswer = z.object({ level, costCr: z.int() });
export const laserRemovedAnswer = z.object({
  level: level.describe("The level that the next laser on this ship will have."),
  refundCr: z.int(),
});

type LaserOrder = Order<z.output<typeof laserBody>>;

/** What the three have in common: everything they decide on is decided in the transaction. */
abstract class LaserCommand extends PilotCommand<z.output<typeof laserBody>> {
  protected abstract work(dealer: Dealer, turnsPerDay: number): Work;

  async execute({ pilot, key, accept }: LaserOrder): Promise<void> {
    const { sector } = this;
    const work = this.work(dealerOf(sector, pilot, key), sector.services.settings.turnsPerDay);
    accept(await settleDeal(sector, pilot, work));
  }
}

/** Fits a Mining Laser: 35,000 cr; the level of one that was taken out comes back. */
export class InstallLaserCommand extends LaserCommand {
  protected override work(dealer: Dealer, turnsPerDay: number): Work {
    return installLaserWork(dealer, turnsPerDay);
  }
}

/** Raises the laser by one level, at a station of class 7 or above. */
export class UpgradeLaserCommand extends LaserCommand {
  protected override work(dealer: Dealer, turnsPerDay: number): Work {
    return upgradeLaserWork(dealer, turnsPerDay);
  }
}

/** Takes the laser out for 8,750 cr. */
export class RemoveLaserCommand extends LaserCommand {
  protected override work(dealer: Dealer, turnsPerDay: number): Work {
    return removeLaserWork(dealer, turnsPerDay);
  }
}
