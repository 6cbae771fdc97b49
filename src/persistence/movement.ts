import { Refusal } from "../errors.ts";
import { cargoCapacity, HULLS, type HullType } from "../rules/ships.ts";
import { DOCK_TURNS, UNDOCK_TURNS } from "../rules/stations.ts";
import { uuidOf } from "../uuid.ts";
import type { Books, Equipment, PlayerRow, ShipRow } from "./books.ts";
import { standingOf } from "./standing.ts";
import { nextTurnMs, withTurnsDue, withTurnsSpent } from "./turns.ts";
import type { Lease, RequestKey, Work } from "./work.ts";

/** A pilot who asks a move of their ship. */
export interface Mover {
  readonly key: RequestKey;
  readonly lease: Lease;
  readonly playerId: string;
  readonly shipId: string;
}

export interface MovementRow {
  readonly id: string;
  readonly playerId: string;
  readonly shipId: string;
  readonly kind: "warp" | "dock" | "undock" | "claim_hull";
  readonly fromSectorId: number;
  readonly toSectorId: number;
  readonly stationId: string | null;
  readonly turnsSpent: number;
  readonly atMs: number;
}

/** A second hull within this time is a Scout: help for the unlucky, not a shipyard. */
const HULL_CLAIM_MS = 24 * 3_600_000;

/** @throws Refusal when the ship is no longer the one, or where, the room believed */
export function readMover(books: Books, mover: Mover, turnsPerDay: number, nowMs: number) {
  const player = books.players.get(mover.playerId);
  const ship = books.ships.get(mover.shipId);
  if (player === undefined || ship === undefined || player.currentShipId !== ship.id) {
    throw new Refusal("no_active_ship");
  }
  if (ship.status === "DESTROYED") throw new Refusal("ship_destroyed");
  if (ship.status !== "IN_SPACE" && ship.status !== "DOCKED") throw new Refusal("ship_busy");
  if (ship.sectorId !== mover.lease.sectorId) throw new Refusal("not_in_sector", { sectorId: ship.sectorId });
  return { player: withTurnsDue(player, turnsPerDay, nowMs), ship };
}

function pay(player: PlayerRow, turns: number, turnsPerDay: number, nowMs: number): PlayerRow {
  if (player.turns < turns) {
    const nextTurnAtMs = nextTurnMs(player, turnsPerDay, nowMs);
    throw new Refusal("insufficient_turns", { turns: player.turns, needed: turns, nextTurnAtMs });
  }
  return withTurnsSpent(player, turns);
}

/** The same for every try of a batch that is kept; another one when the request's id is used again after a day. */
export function idOf(what: string, { playerId, key }: Mover, atMs: number): string {
  return uuidOf(what, playerId, key.requestId, String(atMs));
}

function movementOf(
  mover: Mover,
  ship: ShipRow,
  move: Pick<MovementRow, "kind" | "toSectorId" | "stationId" | "turnsSpent">,
  atMs: number,
): MovementRow {
  return {
    id: idOf("movement", mover, atMs),
    playerId: mover.playerId,
    shipId: ship.id,
    fromSectorId: mover.lease.sectorId,
    atMs,
    ...move,
  };
}

function work(mover: Mover, kind: MovementRow["kind"], settle: Work["settle"]): Work {
  return {
    kind,
    key: mover.key,
    lease: mover.lease,
    playerIds: [mover.playerId],
    shipIds: [mover.shipId],
    fieldSectorId: null,
    standingCodes: [],
    settle,
  };
}

/** Who is let in by standing, which more than rooms move: so the transaction asks. */
export interface Border {
  /** The factions, by slug, whose standing it asks for. */
  readonly factions: readonly string[];
  /** @throws Refusal of whom it does not let in */
  check(standingWith: (faction: string) => number): void;
}

/** Moves the ship through a warp of `turnCost` turns (domain §1.7). Refuses docked ships and empty pools. */
export function warpWork(
  mover: Mover,
  toSectorId: number,
  turnCost: number,
  turnsPerDay: number,
  border: Border | null = null,
): Work {
  const settled = work(mover, "warp", (books, nowMs) => {
    const { player, ship } = readMover(books, mover, turnsPerDay, nowMs);
    if (ship.status === "DOCKED") throw new Refusal("must_be_undocked");
    border?.check((faction) => standingOf(books, player.id, faction).value);
    books.players.put(player.id, pay(player, turnCost, turnsPerDay, nowMs));
    books.ships.put(ship.id, { ...ship, sectorId: toSectorId });
    books.movements.add(
      movementOf(mover, ship, { kind: "warp", toSectorId, stationId: null, turnsSpent: turnCost }, nowMs),
    );
    // The seat that goes with the answer can be taken once; who asks again joins by sectorId.
    return { sectorId: toSectorId, turnsSpent: turnCost, seat: null };
  });
  return border === null ? settled : { ...settled, standingCodes: border.factions };
}

/** Docks at a station of the sector for 1 turn. */
export function dockWork(mover: Mover, stationId: string, turnsPerDay: number): Work {
  return work(mover, "dock", (books, nowMs) => {
    const { player, ship } = readMover(books, mover, turnsPerDay, nowMs);
    if (ship.status === "DOCKED") throw new Refusal("already_docked");
    books.players.put(player.id, pay(player, DOCK_TURNS, turnsPerDay, nowMs));
    books.ships.put(ship.id, { ...ship, status: "DOCKED", dockedStationId: stationId });
    const toSectorId = ship.sectorId;
    books.movements.add(
      movementOf(mover, ship, { kind: "dock", toSectorId, stationId, turnsSpent: DOCK_TURNS }, nowMs),
    );
    return { stationId, turnsSpent: DOCK_TURNS };
  });
}

/** Leaves the station for 1 turn. */
export function undockWork(mover: Mover, turnsPerDay: number): Work {
  return work(mover, "undock", (books, nowMs) => {
    const { player, ship } = readMover(books, mover, turnsPerDay, nowMs);
    if (ship.status !== "DOCKED") throw new Refusal("not_docked");
    books.players.put(player.id, pay(player, UNDOCK_TURNS, turnsPerDay, nowMs));
    books.ships.put(ship.id, { ...ship, status: "IN_SPACE", dockedStationId: null });
    const stationId = ship.dockedStationId;
    const toSectorId = ship.sectorId;
    books.movements.add(
      movementOf(mover, ship, { kind: "undock", toSectorId, stationId, turnsSpent: UNDOCK_TURNS }, nowMs),
    );
    return { stationId, turnsSpent: UNDOCK_TURNS };
  });
}

/** What a newcomer of a region flies. */
export interface StartingHull {
  readonly hullType: HullType;
  readonly equipment: Equipment;
}

/** A new ship of `hullType` at the berth of another, with that one's cargo aboard. */
export function newHull(
  pod: ShipRow,
  id: string,
  { hullType, equipment }: StartingHull,
  paidCr: number,
  nowMs: number,
): ShipRow {
  const { hullMax, shieldMax } = HULLS[hullType];
  return {
    ...pod,
    id,
    type: hullType,
    name: hullType
      .toLowerCase()
      .split("_")
      .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
      .join(" "),
    hull: hullMax,
    hullMax,
    shield: shieldMax,
    shieldMax,
    shieldAnchorMs: nowMs,
    cargoCapacity: cargoCapacity(hullType),
    equipment,
    purchaseValue: paidCr,
    createdAtMs: nowMs,
  };
}

/**
 * Gives a docked pilot in an escape pod the start region's hull again, free; a second time within 24 h a Scout.
 * The pod is scrapped and its cargo moves over, so nobody is ever stuck and nothing is lost.
 */
export function claimHullWork(mover: Mover, start: StartingHull, turnsPerDay: number): Work {
  return work(mover, "claim_hull", (books, nowMs) => {
    const { player, ship: pod } = readMover(books, mover, turnsPerDay, nowMs);
    if (pod.type !== "ESCAPE_POD") throw new Refusal("ship_not_lost");
    if (pod.status !== "DOCKED") throw new Refusal("must_be_docked");
    const again = player.hullClaimedAtMs !== null && nowMs - player.hullClaimedAtMs < HULL_CLAIM_MS;
    const hull: StartingHull = again ? { hullType: "SCOUT_SHIP", equipment: {} } : start;
    const ship = newHull(pod, idOf("hull", mover, nowMs), hull, 0, nowMs);
    books.ships.put(ship.id, ship);
    books.ships.put(pod.id, {
      ...pod,
      status: "DESTROYED",
      dockedStationId: null,
      destroyedAtMs: nowMs,
      cargo: Object.fromEntries(Object.keys(pod.cargo).map((commodity) => [commodity, 0])),
    });
    books.players.put(player.id, { ...player, currentShipId: ship.id, hullClaimedAtMs: nowMs });
    const toSectorId = pod.sectorId;
    const stationId = pod.dockedStationId;
    books.movements.add(
      movementOf(mover, ship, { kind: "claim_hull", toSectorId, stationId, turnsSpent: 0 }, nowMs),
    );
    return { shipId: ship.id, hullType: hull.hullType };
  });
}
