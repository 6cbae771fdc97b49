/** A harvest as it was started, and what it finds when it ends. */
import { combinedBps, effectsOf, isEvacuated } from "../rules/incidents.ts";
import { HARVEST_TURNS } from "../rules/mining.ts";
import type { Books, FieldRow, PlayerRow, ShipRow } from "./books.ts";
import { boonEffects, evacuationsOf, typesAt } from "./conditions.ts";
import { fieldAt } from "./fields.ts";
import { wasLicensed } from "./licenses.ts";
import { withTurnsDue } from "./turns.ts";
import type { Answer, Lease, RequestKey } from "./work.ts";

/** A harvest as its room remembers it from its start. */
export interface RunningHarvest {
  readonly harvestId: string;
  readonly key: RequestKey;
  readonly lease: Lease;
  readonly playerId: string;
  readonly shipId: string;
  readonly regionId: string;
  readonly amClaimed: boolean;
  /** A field of the FRONTIER zone that no faction holds (domain §23.7). */
  readonly isFrontier: boolean;
  readonly sectorNumber: number;
  /** What the pilot's Mining Engineers made of it when it started: 10 000 = nothing. */
  readonly yieldBonusBps: number;
  readonly startedAtMs: number;
  readonly resolvesAtMs: number;
  /** What the pilot was told when it started; a repeat of the request is told the same. */
  readonly answer: Answer;
}

/** What a harvest finds when it ends, read from the locked rows. */
export interface Scene {
  player: PlayerRow;
  ship: ShipRow;
  field: FieldRow;
  /** Valid when the harvest started. */
  licensed: boolean;
  /** In this sector, or for this pilot. */
  hasDeepAsteroids: boolean;
  /** What engineers, the sector's state and the pilot's boons make of the roll together: 10 000 = nothing. */
  yieldBonusBps: number;
  /** The sector was evacuated while the harvest ran, told or not. */
  isEvacuated: boolean;
}

/** @throws Error when the harvest names rows that the batch has not locked */
export function readScene(books: Books, running: RunningHarvest, turnsPerDay: number, nowMs: number): Scene {
  const player = books.players.get(running.playerId);
  const ship = books.ships.get(running.shipId);
  const field = books.fields.get(running.lease.sectorId);
  if (player === undefined || ship === undefined || field === undefined) {
    throw new Error(`harvest ${running.harvestId} lost its player, ship or field`);
  }
  const licensed = running.amClaimed && wasLicensed(books, running.playerId, running, running.startedAtMs);
  // Full again or not, the row says what this harvest found, whatever it takes.
  const found = fieldAt(field, nowMs);
  if (found !== field) books.fields.put(field.sectorId, found);
  const conditions = books.conditions.get(field.sectorId) ?? [];
  const boons = boonEffects(books.boons.get(player.id) ?? [], field.sectorId, running.resolvesAtMs);
  const { yieldBps } = effectsOf(typesAt(conditions, running.resolvesAtMs));
  return {
    player: withTurnsDue(player, turnsPerDay, nowMs),
    ship,
    field: found,
    hasDeepAsteroids: found.hasDeepAsteroids || boons.hasDeepAsteroids,
    licensed,
    yieldBonusBps: combinedBps(running.yieldBonusBps, yieldBps, boons.yieldBps),
    isEvacuated: evacuationsOf(conditions).some((evacuation) =>
      isEvacuated(evacuation, running.startedAtMs, running.resolvesAtMs),
    ),
  };
}

/** True while the ship still stands where the harvest left it: what the room believed holds in the database too. */
export function stillThere({ player, ship }: Scene, running: RunningHarvest): boolean {
  return (
    player.currentShipId === ship.id &&
    ship.status === "IN_SPACE" &&
    ship.sectorId === running.lease.sectorId &&
    ship.equipment.mining_laser !== undefined &&
    player.turns >= HARVEST_TURNS
  );
}
