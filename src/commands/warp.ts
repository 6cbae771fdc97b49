import { z } from "zod";
import { Refusal } from "../errors.ts";
import { warpWork } from "../persistence/movement.ts";
import type { WarpRecord } from "../persistence/sectors.ts";
import { warpTurns } from "../rules/movement.ts";
import { canAccessTerritory } from "../rules/standing.ts";
import { checkFree, moverOf, settleMove } from "./move.ts";
import { type Order, PilotCommand, requestId } from "./order.ts";
import type { Pilot } from "./pilot.ts";

export const warpBody = z.strictObject({
  requestId,
  sectorId: z.int().positive().describe("One of the sector's warps."),
});

export const warpAnswer = z.object({
  sectorId: z.int(),
  turnsSpent: z.int(),
  seat: z
    .looseObject({})
    .nullable()
    .describe("A seat in the destination's room, to be consumed at once; without one, join by sectorId."),
});

/** Moves the ship through a warp. The move is durable before the answer; then the ship belongs to no room until joined. */
export class WarpCommand extends PilotCommand<z.output<typeof warpBody>> {
  async execute({ pilot, key, body, accept }: Order<z.output<typeof warpBody>>): Promise<void> {
    const { sector } = this;
    checkFree(pilot);
    if (pilot.ship.status === "DOCKED") throw new Refusal("must_be_undocked");
    const warp = sector.record.warps.find(({ toSectorId }) => toSectorId === body.sectorId);
    if (warp === undefined) throw new Refusal("no_such_warp", { sectorId: body.sectorId });
    checkEntry(warp, pilot, sector.record.regionId);
    const turns = warpTurns({ turnCost: warp.turnCost, isPlayerGate: warp.turnCost === 0 });
    const work = warpWork(
      moverOf(sector, pilot, key),
      warp.toSectorId,
      turns,
      sector.services.settings.turnsPerDay,
    );
    const answer = await settleMove(sector, pilot, work, () => sector.leave(pilot));
    const seat = await sector.services.reserveSeat(warp.toSectorId, pilot.userId);
    accept({ ...answer, seat });
  }
}

/** Who may enter the other end (domain §1.7, §23.13). Leaving is always possible. */
function checkEntry(warp: WarpRecord, pilot: Pilot, fromRegionId: string): void {
  const entersRegion = warp.regionId !== fromRegionId;
  if (entersRegion && warp.regionType === "central_nexus" && !pilot.record.isCitizen) {
    throw new Refusal("ERR_GALACTIC_CITIZEN_REQUIRED");
  }
  if (entersRegion && (warp.regionStatus === "suspended" || warp.regionStatus === "grace")) {
    throw new Refusal("ERR_REGION_NEW_RESIDENTS_BLOCKED");
  }
  if (warp.holder === null) return;
  const { code, factionType } = warp.holder;
  if (!canAccessTerritory(factionType, pilot.standings.get(code) ?? 0)) {
    throw new Refusal("territory_closed", { faction: code });
  }
}
