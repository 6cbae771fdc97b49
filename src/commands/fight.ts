import type { ShipRow } from "../persistence/books.ts";
import { type EndedFight, type Fighter, fightWork } from "../persistence/combat.ts";
import type { RequestKey } from "../persistence/work.ts";
import {
  attackTurns,
  COMBAT_ROUNDS_MAX,
  type Fight,
  type FightOutcome,
  type FightSide,
  fightRound,
  LOOT_ROLLS,
  type SideName,
} from "../rules/combat.ts";
import { uuidOf } from "../uuid.ts";
import type { Pilot } from "./pilot.ts";
import type { Sector } from "./sector.ts";

interface LiveFighter {
  readonly pilot: Pilot;
  readonly shipId: string;
  readonly entered: FightSide;
}

/** A fight under way. What it has done so far is provisional; only its end becomes durable. */
export interface LiveFight {
  readonly fightId: string;
  readonly key: RequestKey;
  readonly attacker: LiveFighter;
  readonly defender: LiveFighter;
  readonly turnsSpent: number;
  readonly startedAtMs: number;
  readonly answer: { fightId: string; startTick: number; endTick: number };
  readonly draws: number[];
  readonly log: unknown[];
  /** After how many rounds each pilot chose to flee; null for who did not. */
  readonly fleeingFrom: { attacker: number | null; defender: number | null };
  now: Fight;
}

/** Nobody has a rank yet. */
const RANK_COMBAT_BPS = 0;

function sideOf(pilot: Pilot, nowMs: number): FightSide {
  const { ship, player } = pilot;
  return {
    hullType: ship.type,
    hull: ship.hull,
    maxHull: ship.hullMax,
    shield: pilot.shieldAt(nowMs),
    maxShield: ship.shieldMax,
    attackDrones: player.attackDrones,
    defenseDrones: player.defenseDrones,
    rankCombatBps: RANK_COMBAT_BPS,
    ecm: ship.equipment.ecm_suite !== undefined,
    tractorBeam: ship.equipment.tractor_beam !== undefined,
    fleeing: false,
  };
}

function fighterOf(pilot: Pilot, nowMs: number): LiveFighter {
  return { pilot, shipId: pilot.ship.id, entered: sideOf(pilot, nowMs) };
}

/** What an attack costs; those whom a room flies have no use for turns. */
export function turnsToAttack(attacker: Pilot, defender: Pilot): number {
  return attacker.record.isNpc ? 0 : attackTurns(defender.ship.type);
}

/** Starts a fight between two ships of the sector: one round each `combatRoundTicks`, at most 10. Every gate has passed. */
export function startFight(sector: Sector, attacker: Pilot, defender: Pilot, key: RequestKey): LiveFight {
  const { clock, settings } = sector.services;
  const nowMs = clock.nowMs();
  const startTick = sector.tick;
  const sides = { attacker: fighterOf(attacker, nowMs), defender: fighterOf(defender, nowMs) };
  const answer = {
    // A request's id may be used again after a day, so it alone does not name the fight.
    fightId: uuidOf("fight", attacker.id, key.requestId, String(nowMs)),
    startTick,
    endTick: startTick + COMBAT_ROUNDS_MAX * settings.combatRoundTicks,
  };
  const fight: LiveFight = {
    fightId: answer.fightId,
    key,
    ...sides,
    turnsSpent: turnsToAttack(attacker, defender),
    startedAtMs: nowMs,
    answer,
    draws: [],
    log: [],
    fleeingFrom: { attacker: null, defender: null },
    now: {
      attacker: sides.attacker.entered,
      defender: sides.defender.entered,
      roundsFought: 0,
      damageScale: settings.damageScale,
      inNebula: sector.record.type === "NEBULA",
    },
  };
  for (const [{ pilot, entered }, other] of [
    [sides.attacker, sides.defender],
    [sides.defender, sides.attacker],
  ] as const) {
    pilot.fight = fight;
    const ship = sector.publicShip(pilot);
    // As regrown since it was last written.
    ship.shield = entered.shield;
    const { action } = ship;
    action.kind = "fight";
    action.targetId = other.shipId;
    action.startTick = answer.startTick;
    action.endTick = answer.endTick;
    sector.showShip(pilot);
  }
  sector.stampClock();
  sector.broadcast("combat_update", {
    fightId: fight.fightId,
    phase: "started",
    attackerShipId: attacker.ship.id,
    defenderShipId: defender.ship.id,
  });
  sector.schedule.add(startTick + settings.combatRoundTicks, () => fightOn(sector, fight));
  sector.sendSnapshot(attacker);
  return fight;
}

function fightOn(sector: Sector, fight: LiveFight): void {
  const { dice, settings } = sector.services;
  const {
    fight: now,
    events,
    outcome,
  } = fightRound(fight.now, () => {
    const drawn = dice.u32();
    fight.draws.push(drawn);
    return drawn;
  });
  fight.now = now;
  fight.log.push(events);
  for (const name of ["attacker", "defender"] as const) {
    const ship = sector.publicShip(fight[name].pilot);
    ship.hull = now[name].hull;
    ship.shield = now[name].shield;
  }
  sector.touch();
  sector.broadcast("combat_update", {
    fightId: fight.fightId,
    phase: "round",
    round: now.roundsFought,
    events,
  });
  if (outcome !== null) sector.background(endFight(sector, fight, outcome));
  else sector.schedule.add(sector.tick + settings.combatRoundTicks, () => fightOn(sector, fight));
}

/** The pilot wants out: from the next round on their ship tries to escape, drones or not. */
export function flee(fight: LiveFight, pilot: Pilot): void {
  const name: SideName = fight.attacker.pilot === pilot ? "attacker" : "defender";
  fight.fleeingFrom[name] ??= fight.now.roundsFought;
  fight.now = { ...fight.now, [name]: { ...fight.now[name], fleeing: true } };
}

function fighter(fight: LiveFight, name: SideName): Fighter {
  const { pilot, shipId, entered } = fight[name];
  return { playerId: pilot.id, shipId, name: pilot.record.name, entered, left: fight.now[name] };
}

function endedFight(sector: Sector, fight: LiveFight, outcome: FightOutcome): EndedFight {
  const { dice } = sector.services;
  return {
    fightId: fight.fightId,
    key: fight.key,
    lease: sector.lease,
    regionId: sector.record.regionId,
    attacker: fighter(fight, "attacker"),
    defender: fighter(fight, "defender"),
    outcome,
    rounds: fight.now.roundsFought,
    turnsSpent: fight.turnsSpent,
    damageScale: fight.now.damageScale,
    inNebula: fight.now.inNebula,
    draws: fight.draws,
    fleeingFrom: fight.fleeingFrom,
    lootRolls: Array.from({ length: LOOT_ROLLS }, () => dice.u32()),
    log: fight.log,
    startedAtMs: fight.startedAtMs,
    answer: fight.answer,
  };
}

/** Both ships stay locked in combat until the end is durable; then everybody sees it at once. */
async function endFight(sector: Sector, fight: LiveFight, outcome: FightOutcome): Promise<void> {
  const { settings, log } = sector.services;
  const settlement = await sector.settle(fightWork(endedFight(sector, fight, outcome), settings.turnsPerDay));
  if (settlement.kind === "fenced") return;
  const pilots = [fight.attacker.pilot, fight.defender.pilot];
  for (const pilot of pilots) {
    pilot.fight = null;
    sector.endAction(pilot);
  }
  const durable = settlement.kind === "applied" || settlement.kind === "repeated";
  if (durable) {
    const before = new Map(pilots.map((pilot) => [pilot, pilot.ship] as const));
    sector.publish(settlement, pilots);
    for (const [pilot, ship] of before) showLoss(sector, pilot, ship);
  } else {
    log.error({ fightId: fight.fightId, settlement }, "A fight could not be written; it did not happen.");
    for (const pilot of pilots) sector.sendSnapshot(pilot);
  }
  for (const pilot of pilots) sector.showShip(pilot);
  sector.broadcast("combat_update", {
    fightId: fight.fightId,
    phase: "resolved",
    outcome: durable ? outcome : "void",
  });
}

/** A pilot who flies another ship than before has lost theirs: it goes, the escape pod comes. */
function showLoss(sector: Sector, pilot: Pilot, before: ShipRow): void {
  if (pilot.ship.id === before.id) return;
  sector.replaceShip(pilot, before.id);
  sector.broadcast("ship_destroyed", { shipId: before.id, pilotId: pilot.id, podId: pilot.ship.id });
}
