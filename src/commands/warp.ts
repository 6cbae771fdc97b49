import { z } from "zod";
import { Refusal } from "../errors.ts";
import { type Border, warpWork } from "../persistence/movement.ts";
import type { WarpRecord } from "../persistence/sectors.ts";
import { canAccessTerritory } from "../rules/standing.ts";
import { checkFree, moverOf, settleMove } from "./move.ts";
import { type Order, PilotCommand, requestId } from "./order.ts";
import type { Pilot } from "./pilot.ts";
import type { Sector } from "./sector.ts";

export const warpBody = z.strictObject({
  requestId,
  sectorId: z
    .int()
    .positive()
    .describe("One of the sector's warps. The sector itself is free: the ship stays."),
});

export const warpAnswer = z.object({
  sectorId: z.int(),
  turnsSpent: z.int(),
  seat: z
    .looseObject({})
    .nullable()
    .describe(
      "A seat in the destination's room, to be consumed at once; without one, join by sectorId, unless you are there.",
    ),
});

/** Moves the ship through a warp. The move is durable before the answer; then the ship belongs to no room until joined. */
export class WarpCommand extends PilotCommand<z.output<typeof warpBody>> {
  async execute({ pilot, key, body, accept }: Order<z.output<typeof warpBody>>): Promise<void> {
    const { sector } = this;
    const { turnsPerDay } = sector.services.settings;
    checkDeparture(pilot);
    if (body.sectorId === sector.record.sectorId) {
      const work = warpWork(moverOf(sector, pilot, key), body.sectorId, 0, turnsPerDay);
      accept(await settleMove(sector, pilot, work, () => sector.showShip(pilot)));
      return;
    }
    const warp = sector.record.warps.find(({ toSectorId }) => toSectorId === body.sectorId);
    if (warp === undefined) throw new Refusal("no_such_warp", { sectorId: body.sectorId });
    const closed = regionRefusal(warp, pilot, sector);
    if (closed !== null) throw closed;
    await this.#checkRoom(warp, pilot);
    const turns = sector.warpTurns(warp);
    const mover = moverOf(sector, pilot, key);
    const work = warpWork(mover, warp.toSectorId, turns, turnsPerDay, borderOf(warp, pilot, sector));
    const answer = await settleMove(sector, pilot, work, () => sector.leave(pilot));
    const seat = await sector.services.reserveSeat(warp.toSectorId, pilot);
    accept({ ...answer, seat });
  }

  /**
   * The one place where a full sector turns anybody away: a ship that has arrived is never locked out of where it is.
   * Those who ask at the same moment are not counted for each other, so a few too many may arrive.
   */
  async #checkRoom({ toSectorId }: WarpRecord, pilot: Pilot): Promise<void> {
    const isFull = await this.sector.services.isFull(toSectorId);
    // Meanwhile the pilot may have left, or been attacked.
    this.sector.readyFor(pilot);
    checkDeparture(pilot);
    if (isFull) throw new Refusal("sector_full", { sectorId: toSectorId });
  }
}

function checkDeparture(pilot: Pilot): void {
  checkFree(pilot);
  if (pilot.ship.status === "DOCKED") throw new Refusal("must_be_undocked");
}

/** Whether the region at the other end is closed to the pilot (domain §1.7). Leaving one is always possible. */
function regionRefusal(warp: WarpRecord, pilot: Pilot, { record }: Sector): Refusal | null {
  if (warp.regionId === record.regionId) return null;
  if (warp.regionType === "central_nexus" && !pilot.record.isCitizen) {
    return new Refusal("ERR_GALACTIC_CITIZEN_REQUIRED");
  }
  const isClosed = warp.regionStatus === "suspended" || warp.regionStatus === "grace";
  return isClosed && !isStakeholder(warp, pilot) ? new Refusal("ERR_REGION_NEW_RESIDENTS_BLOCKED") : null;
}

/**
 * Whom the faction that holds the other end lets in (domain §23.13): a territory that is closed to a pilot lets them
 * through where there is no other way on.
 */
function borderOf({ holder }: WarpRecord, pilot: Pilot, sector: Sector): Border | null {
  if (holder === null) return null;
  const ways = sector.record.warps.filter((way) => regionRefusal(way, pilot, sector) === null);
  return {
    factions: [...new Set(ways.flatMap((way) => way.holder?.code ?? []))],
    check(standingWith) {
      const admits = (by: WarpRecord["holder"]) =>
        by === null || canAccessTerritory(by.factionType, standingWith(by.code));
      if (admits(holder) || !ways.some((way) => admits(way.holder))) return;
      throw new Refusal("territory_closed", { faction: holder.code });
    },
  };
}

/** Who owns the region or lives there. */
function isStakeholder({ regionId, regionOwnerId }: WarpRecord, { userId, record }: Pilot): boolean {
  return regionOwnerId === userId || record.homeRegionId === regionId;
}
