import { z } from "zod";
import { Refusal } from "../errors.ts";
import { flee } from "./fight.ts";
import { type Order, PilotCommand, requestId } from "./order.ts";

export const fleeBody = z.strictObject({ requestId });
export const fleeAnswer = z.object({});

/** From the next round on, the pilot's ship tries to escape. */
export class FleeCommand extends PilotCommand<z.output<typeof fleeBody>> {
  execute({ pilot, accept }: Order<z.output<typeof fleeBody>>): void {
    if (pilot.fight === null) throw new Refusal("not_in_combat");
    flee(pilot.fight, pilot);
    accept({});
  }
}
