import { Refusal } from "../errors.ts";
import { LASER_COST_CR, LASER_UPGRADE_CLASS_MIN, laserUpgrade, refundCr } from "../rules/equipment.ts";
import { canFitMiningLaser } from "../rules/ships.ts";
import type { Equipment, ShipRow } from "./books.ts";
import { type Dealer, dealWork, paid } from "./deals.ts";
import type { Work } from "./work.ts";

/** Fits a Mining Laser: with the level that the ship's last one had, for the price of a new one. */
export function installLaserWork(dealer: Dealer, turnsPerDay: number): Work {
  return dealWork(dealer, { kind: "install_laser" }, turnsPerDay, (books, { player, ship }) => {
    if (!canFitMiningLaser(ship.type)) throw new Refusal("laser_does_not_fit", { hullType: ship.type });
    if (ship.equipment.mining_laser !== undefined) throw new Refusal("laser_already_fitted");
    const { removed_mining_laser: { level } = { level: 0 }, ...rest } = ship.equipment;
    books.players.put(player.id, paid(player, LASER_COST_CR));
    books.ships.put(ship.id, { ...ship, equipment: { ...rest, mining_laser: { level } } });
    return { row: { credits: -LASER_COST_CR, laserLevel: level }, answer: { level, costCr: LASER_COST_CR } };
  });
}

/** Raises the fitted laser by one level. */
export function upgradeLaserWork(dealer: Dealer, turnsPerDay: number): Work {
  return dealWork(dealer, { kind: "upgrade_laser" }, turnsPerDay, (books, { player, ship }) => {
    const { stationClass } = dealer.station;
    if (stationClass < LASER_UPGRADE_CLASS_MIN) {
      throw new Refusal("station_cannot_upgrade", { stationClass, stationClassMin: LASER_UPGRADE_CLASS_MIN });
    }
    const { level: before } = fittedLaser(ship);
    const next = laserUpgrade(before);
    if (next === null) throw new Refusal("laser_at_max_level", { level: before });
    const { level, costCr } = next;
    books.players.put(player.id, paid(player, costCr));
    books.ships.put(ship.id, { ...ship, equipment: { ...ship.equipment, mining_laser: { level } } });
    return { row: { credits: -costCr, laserLevel: level }, answer: { level, costCr } };
  });
}

/** Takes the laser out for a quarter of its base cost. The ship remembers its level, or a higher one it remembers already. */
export function removeLaserWork(dealer: Dealer, turnsPerDay: number): Work {
  return dealWork(dealer, { kind: "remove_laser" }, turnsPerDay, (books, { player, ship }) => {
    const fitted = fittedLaser(ship);
    const { mining_laser: _, removed_mining_laser: remembered = fitted, ...rest } = ship.equipment;
    const kept = remembered.level > fitted.level ? remembered : fitted;
    const equipment: Equipment = { ...rest, removed_mining_laser: kept };
    const credits = refundCr("mining_laser");
    books.players.put(player.id, { ...player, credits: player.credits + credits });
    books.ships.put(ship.id, { ...ship, equipment });
    return { row: { credits, laserLevel: kept.level }, answer: { level: kept.level, refundCr: credits } };
  });
}

/** @throws Refusal no_mining_laser */
function fittedLaser({ equipment }: ShipRow) {
  if (equipment.mining_laser === undefined) throw new Refusal("no_mining_laser");
  return equipment.mining_laser;
}
