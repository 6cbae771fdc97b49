import { z } from "zod";
import { Refusal } from "../errors.ts";
import { claimHullWork, dockWork, undockWork } from "../persistence/movement.ts";
import { checkFree, moverOf, settleMove } from "./move.ts";
import { type Order, PilotCommand, requestId } from "./order.ts";

export const dockBody = z.strictObject({
  requestId,
  stationId: z.uuid().toLowerCase().describe("One of the sector's stations."),
});
export const dockAnswer = z.object({ stationId: z.uuid(), turnsSpent: z.int() });

/** Docks at a station of the sector: 1 turn. */
export class DockCommand extends PilotCommand<z.output<typeof dockBody>> {
  async execute({ pilot, key, body, accept }: Order<z.output<typeof dockBody>>): Promise<void> {
    const { sector } = this;
    checkFree(pilot);
    if (pilot.ship.status === "DOCKED") throw new Refusal("already_docked");
    const station = sector.record.stations.find(({ id }) => id === body.stationId);
    if (station === undefined) throw new Refusal("station_not_here", { stationId: body.stationId });
    const { turnsPerDay } = sector.services.settings;
    const work = dockWork(moverOf(sector, pilot, key), station.id, turnsPerDay);
    accept(await settleMove(sector, pilot, work, () => sector.showShip(pilot)));
  }
}

export const undockBody = z.strictObject({ requestId });
export const undockAnswer = z.object({ stationId: z.uuid(), turnsSpent: z.int() });

/** Leaves the station: 1 turn. */
export class UndockCommand extends PilotCommand<z.output<typeof undockBody>> {
  async execute({ pilot, key, accept }: Order<z.output<typeof undockBody>>): Promise<void> {
    const { sector } = this;
    checkFree(pilot);
    if (pilot.ship.status !== "DOCKED") throw new Refusal("not_docked");
    const { turnsPerDay } = sector.services.settings;
    const work = undockWork(moverOf(sector, pilot, key), turnsPerDay);
    accept(await settleMove(sector, pilot, work, () => sector.showShip(pilot)));
  }
}

export const claimHullBody = z.strictObject({ requestId });
export const claimHullAnswer = z.object({ shipId: z.uuid(), hullType: z.string() });

/** A docked pilot in an escape pod gets the start region's hull again, a second time within 24 h a Scout. */
export class ClaimHullCommand extends PilotCommand<z.output<typeof claimHullBody>> {
  async execute({ pilot, key, accept }: Order<z.output<typeof claimHullBody>>): Promise<void> {
    const { sector } = this;
    checkFree(pilot);
    if (pilot.ship.type !== "ESCAPE_POD") throw new Refusal("ship_not_lost");
    if (pilot.ship.status !== "DOCKED") throw new Refusal("must_be_docked");
    const { turnsPerDay } = sector.services.settings;
    const pod = pilot.ship;
    const work = claimHullWork(moverOf(sector, pilot, key), pilot.record.startingHull, turnsPerDay);
    const answer = await settleMove(sector, pilot, work, () => sector.replaceShip(pilot, pod.id));
    accept(answer);
  }
}
