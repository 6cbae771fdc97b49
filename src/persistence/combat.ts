import { type DamageScale, type FightOutcome, type FightSide, lootCargo } from "../rules/combat.ts";
import { type Cargo, COMMODITIES } from "../rules/commodities.ts";
import { HULLS } from "../rules/ships.ts";
import { uuidOf } from "../uuid.ts";
import { type Books, cargoFree, type PlayerRow, type ShipRow } from "./books.ts";
import { withTurnsDue, withTurnsSpent } from "./turns.ts";
import type { Answer, Lease, RequestKey, Work } from "./work.ts";

/** One pilot's part in a fight that is over. */
export interface Fighter {
  readonly playerId: string;
  readonly shipId: string;
  readonly name: string;
  readonly entered: FightSide;
  readonly left: FightSide;
}

/** A fight as its room saw it, from the first shot to the last. */
export interface EndedFight {
  readonly fightId: string;
  readonly key: RequestKey;
  readonly lease: Lease;
  readonly regionId: string;
  readonly attacker: Fighter;
  readonly defender: Fighter;
  readonly outcome: FightOutcome;
  readonly rounds: number;
  readonly turnsSpent: number;
  readonly damageScale: DamageScale;
  readonly inNebula: boolean;
  /** Every u32 that the rounds drew, in order: with both sides as they entered, the fight can be fought again. */
  readonly draws: readonly number[];
  /** After how many rounds each pilot chose to flee; null for who did not. */
  readonly fleeingFrom: { readonly attacker: number | null; readonly defender: number | null };
  readonly lootRolls: readonly number[];
  readonly log: readonly unknown[];
  readonly startedAtMs: number;
  readonly answer: Answer;
}

export interface CombatLogRow {
  readonly id: string;
  readonly attackerId: string;
  readonly defenderId: string;
  readonly attackerShipId: string;
  readonly defenderShipId: string;
  readonly sectorId: number;
  readonly regionIdSnapshot: string;
  readonly result: FightOutcome;
  readonly destroyedShipId: string | null;
  readonly rounds: number;
  readonly turnsSpent: number;
  readonly damageToAttacker: number;
  readonly damageToDefender: number;
  readonly attackerDronesLost: number;
  readonly defenderDronesLost: number;
  readonly loot: Cargo;
  readonly log: unknown;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
}

/** The ship a destroyed pilot is in afterwards; derived from the fight, so a batch sent twice makes one pod. */
function podIdOf(fightId: string): string {
  return uuidOf(fightId, "escape-pod");
}

interface Side {
  player: PlayerRow;
  ship: ShipRow;
}

function readSide(books: Books, fight: EndedFight, { playerId, shipId }: Fighter): Side {
  const player = books.players.get(playerId);
  const ship = books.ships.get(shipId);
  const standing =
    player?.currentShipId === shipId &&
    ship !== undefined &&
    ship.status !== "DESTROYED" &&
    ship.sectorId === fight.lease.sectorId;
  // The room holds both ships in place until this is durable, so anything else is a fault, not a refusal.
  if (player === undefined || !standing) {
    throw new Error(`fight ${fight.fightId}: ship ${shipId} is no longer where it fought`);
  }
  return { player, ship };
}

/** The ship with what the fight left of it. Its shield regrows from here on. */
function damaged(ship: ShipRow, left: FightSide, nowMs: number): ShipRow {
  return { ...ship, hull: left.hull, shield: left.shield, shieldAnchorMs: nowMs };
}

function withDronesLost(player: PlayerRow, { entered, left }: Fighter): PlayerRow {
  return {
    ...player,
    attackDrones: Math.max(0, player.attackDrones - (entered.attackDrones - left.attackDrones)),
    defenseDrones: Math.max(0, player.defenseDrones - (entered.defenseDrones - left.defenseDrones)),
  };
}

function escapePod(fight: EndedFight, loser: Side, nowMs: number): ShipRow {
  const { hullMax, shieldMax, cargoUnits } = HULLS.ESCAPE_POD;
  return {
    id: podIdOf(fight.fightId),
    ownerId: loser.player.id,
    type: "ESCAPE_POD",
    name: "Escape Pod",
    sectorId: fight.lease.sectorId,
    status: "IN_SPACE",
    dockedStationId: null,
    hull: hullMax,
    hullMax,
    shield: shieldMax,
    shieldMax,
    shieldAnchorMs: nowMs,
    cargoCapacity: cargoUnits,
    equipment: {},
    purchaseValue: 0,
    createdAtMs: nowMs,
    destroyedAtMs: null,
    cargo: {},
  };
}

/** The victor takes part of the hold and the whole wallet of shards and crystals; the loser is left in a pod. */
function settleDestruction(books: Books, fight: EndedFight, winner: Side, loser: Side, nowMs: number): Cargo {
  const loot = lootCargo(loser.ship.cargo, cargoFree(winner.ship), fight.lootRolls);
  let taken: Cargo = winner.ship.cargo;
  let left: Cargo = loser.ship.cargo;
  for (const commodity of COMMODITIES) {
    const units = loot[commodity] ?? 0;
    if (units === 0) continue;
    taken = { ...taken, [commodity]: (taken[commodity] ?? 0) + units };
    left = { ...left, [commodity]: (left[commodity] ?? 0) - units };
  }
  const pod = escapePod(fight, loser, nowMs);
  books.ships.put(winner.ship.id, { ...winner.ship, cargo: taken });
  books.ships.put(loser.ship.id, {
    ...loser.ship,
    cargo: left,
    status: "DESTROYED",
    dockedStationId: null,
    destroyedAtMs: nowMs,
  });
  books.ships.put(pod.id, pod);
  books.players.put(winner.player.id, {
    ...winner.player,
    quantumShards: winner.player.quantumShards + loser.player.quantumShards,
    quantumCrystals: winner.player.quantumCrystals + loser.player.quantumCrystals,
  });
  books.players.put(loser.player.id, {
    ...loser.player,
    quantumShards: 0,
    quantumCrystals: 0,
    currentShipId: pod.id,
  });
  return loot;
}

function dronesLost({ entered, left }: Fighter): number {
  return entered.attackDrones - left.attackDrones + (entered.defenseDrones - left.defenseDrones);
}

function damageTaken({ entered, left }: Fighter): number {
  return entered.hull - left.hull + (entered.shield - left.shield);
}

function logRow(
  fight: EndedFight,
  loot: Cargo,
  destroyedShipId: string | null,
  endedAtMs: number,
): CombatLogRow {
  const { attacker, defender } = fight;
  return {
    id: fight.fightId,
    attackerId: attacker.playerId,
    defenderId: defender.playerId,
    attackerShipId: attacker.shipId,
    defenderShipId: defender.shipId,
    sectorId: fight.lease.sectorId,
    regionIdSnapshot: fight.regionId,
    result: fight.outcome,
    destroyedShipId,
    rounds: fight.rounds,
    turnsSpent: fight.turnsSpent,
    damageToAttacker: damageTaken(attacker),
    damageToDefender: damageTaken(defender),
    attackerDronesLost: dronesLost(attacker),
    defenderDronesLost: dronesLost(defender),
    loot,
    log: {
      damageScale: fight.damageScale,
      inNebula: fight.inNebula,
      attacker: attacker.entered,
      defender: defender.entered,
      draws: fight.draws,
      fleeingFrom: fight.fleeingFrom,
      lootRolls: fight.lootRolls,
      rounds: fight.log,
    },
    startedAtMs: fight.startedAtMs,
    endedAtMs,
  };
}

/**
 * The durable end of a fight, for both pilots at once: damage, drones, turns, loot, wreck and pod, log and events.
 * Domain §15.5; a fight that a crash cuts off never reaches this and did not happen.
 */
export function fightWork(fight: EndedFight, turnsPerDay: number): Work {
  const { attacker, defender } = fight;
  return {
    kind: "fight",
    key: fight.key,
    lease: fight.lease,
    playerIds: [attacker.playerId, defender.playerId],
    shipIds: [attacker.shipId, defender.shipId],
    fieldSectorId: null,
    standingCodes: [],
    settle(books, nowMs) {
      const attacking = readSide(books, fight, attacker);
      const defending = readSide(books, fight, defender);
      attacking.player = withDronesLost(
        withTurnsSpent(withTurnsDue(attacking.player, turnsPerDay, nowMs), fight.turnsSpent),
        attacker,
      );
      defending.player = withDronesLost(defending.player, defender);
      attacking.ship = damaged(attacking.ship, attacker.left, nowMs);
      defending.ship = damaged(defending.ship, defender.left, nowMs);
      for (const { player, ship } of [attacking, defending]) {
        books.players.put(player.id, player);
        books.ships.put(ship.id, ship);
      }

      const loser =
        fight.outcome === "attacker_victory"
          ? defending
          : fight.outcome === "defender_victory"
            ? attacking
            : null;
      const winner = loser === defending ? attacking : defending;
      const loot = loser === null ? {} : settleDestruction(books, fight, winner, loser, nowMs);
      const destroyedShipId = loser?.ship.id ?? null;
      books.combatLogs.add(logRow(fight, loot, destroyedShipId, nowMs));
      const outcome = {
        fightId: fight.fightId,
        outcome: fight.outcome,
        rounds: fight.rounds,
        destroyedShipId,
        loot,
      };
      books.tell(attacker.playerId, "combat_resolved", {
        ...outcome,
        role: "attacker",
        opponent: defender.name,
      });
      books.tell(defender.playerId, "combat_resolved", {
        ...outcome,
        role: "defender",
        opponent: attacker.name,
      });
      return fight.answer;
    },
  };
}
