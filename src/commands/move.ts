import { Refusal } from "../errors.ts";
import type { Mover } from "../persistence/movement.ts";
import type { Answer, RequestKey, Work } from "../persistence/work.ts";
import type { Pilot } from "./pilot.ts";
import type { Sector } from "./sector.ts";

/** @throws Refusal when the ship is bound by a harvest, a fight, another move, or what its row says of it */
export function checkFree(pilot: Pilot): void {
  if (pilot.isMining) throw new Refusal("ship_mining");
  if (pilot.fight !== null || pilot.harvest !== null) throw new Refusal("ship_in_combat");
  if (pilot.moving !== null || pilot.isLaidUp) throw new Refusal("ship_busy");
}

/** Who moves, in the form that the works of `persistence/movement.ts` take. */
export function moverOf(sector: Sector, pilot: Pilot, key: RequestKey): Mover {
  return { key, lease: sector.lease, playerId: pilot.id, shipId: pilot.ship.id };
}

/**
 * Makes a move durable, takes over what it left and shows it. Until then the pilot's ship is bound; whoever waits for
 * `moving` (an attacker, say) finds everything shown already.
 * @throws Refusal what the transaction refused
 */
export async function settleMove(
  sector: Sector,
  pilot: Pilot,
  work: Work,
  show: () => void,
): Promise<Answer> {
  const settled = sector.settle(work);
  pilot.moving = settled;
  const settlement = await settled;
  pilot.moving = null;
  if (settlement.kind === "refused") throw new Refusal(settlement.code, settlement.detail);
  if (settlement.kind === "fenced") throw new Refusal("draining");
  if (settlement.kind === "failed") throw new Refusal("internal");
  // It has happened: whatever goes wrong from here on is the room's fault and no refusal.
  sector.reliably(() => {
    sector.publish(settlement, [pilot]);
    show();
  });
  return settlement.answer;
}
