import { z } from "zod";
import { Refusal } from "../errors.ts";
import { readShipFacts } from "../persistence/pilots.ts";
import { nextTurnMs } from "../persistence/turns.ts";
import { startFight, turnsToAttack } from "./fight.ts";
import { interruptHarvest } from "./harvest.ts";
import { type Order, PilotCommand, requestId } from "./order.ts";
import type { Pilot } from "./pilot.ts";
import type { Sector } from "./sector.ts";

export const attackBody = z.strictObject({
  requestId,
  targetId: z.uuid().toLowerCase().describe("A ship of this sector."),
});

export const attackAnswer = z.object({
  fightId: z.uuid(),
  startTick: z.int(),
  endTick: z.int().describe("The tick of the last round, if nobody is destroyed or escapes before."),
});

/**
 * Attacks another ship in the sector. Only when every gate has passed is anything interrupted or spent; a refused
 * attack costs and disturbs nothing (domain §15.1).
 */
export class AttackCommand extends PilotCommand<z.output<typeof attackBody>> {
  async execute({ pilot, key, body, accept }: Order<z.output<typeof attackBody>>): Promise<void> {
    const { sector } = this;
    // A target on its way out is either here or gone once its move is durable; until then it is neither. While it does
    // not move nothing is awaited: in that moment it could begin to, and be bound by a move and a fight at once.
    let target = sector.pilotOfShip(body.targetId);
    while (target !== null && target.moving !== null) {
      await target.moving;
      target = sector.pilotOfShip(body.targetId);
    }
    if (target === null) return refuseAbsent(sector, pilot, body.targetId);
    sector.readyFor(pilot);
    checkAttack(sector, pilot, target);
    interruptHarvest(sector, target, pilot.record.isNpc ? "npc_attack" : "pvp_attack");
    const { answer } = startFight(sector, pilot, target, key);
    accept(answer);
  }
}

/**
 * The gates that do not ask what the ship is doing: that is nobody's business from another sector.
 * @throws Refusal always: a ship that is not in the sector cannot be attacked
 */
async function refuseAbsent(sector: Sector, pilot: Pilot, targetId: string): Promise<never> {
  const facts = await readShipFacts(sector.services.database.pool, targetId);
  if (facts?.ownerId === pilot.id) throw new Refusal("cannot_attack_self");
  if (isTeamMate(pilot, facts?.ownerTeamId)) throw new Refusal("friendly_fire");
  if (facts?.status === "DESTROYED") throw new Refusal("no_active_ship", { targetId });
  throw new Refusal("not_in_your_sector", { targetId });
}

/**
 * The gates of domain §15.1, in its order. That pods do not attack either follows from their being indestructible: who
 * answers fire would destroy one.
 */
function checkAttack(sector: Sector, pilot: Pilot, target: Pilot): void {
  const { clock, settings } = sector.services;
  const nowMs = clock.nowMs();
  if (target === pilot) throw new Refusal("cannot_attack_self");
  if (isTeamMate(pilot, target.record.teamId)) throw new Refusal("friendly_fire");
  if (target.ship.type === "ESCAPE_POD") throw new Refusal("escape_pods_are_indestructible");
  if (pilot.ship.type === "ESCAPE_POD") throw new Refusal("escape_pods_cannot_attack");
  if (target.ship.status === "HARMONIZING") throw new Refusal("target_invulnerable");
  if (isProtected(sector, target)) throw new Refusal("ERR_DOCKED_SHIP_PROTECTED");
  const needed = turnsToAttack(pilot, target);
  const turns = pilot.turnsAvailable(settings.turnsPerDay, nowMs);
  if (turns < needed) {
    const nextTurnAtMs = nextTurnMs(pilot.player, settings.turnsPerDay, nowMs);
    throw new Refusal("insufficient_turns", { turns, needed, nextTurnAtMs });
  }
  if (pilot.ship.status === "DOCKED") throw new Refusal("must_be_undocked");
  if (!pilot.record.isNpc && isForbidden(sector, target)) throw new Refusal("combat_forbidden_here");
  if (pilot.isBound || pilot.isLaidUp) throw new Refusal("ship_busy");
  if (target.fight !== null) throw new Refusal("target_in_combat");
}

function isTeamMate({ record: { teamId } }: Pilot, otherTeamId: string | null | undefined): boolean {
  return teamId !== null && teamId === otherTeamId;
}

/** Docked where anybody keeps watch: from `basic` security on. */
function isProtected(sector: Sector, target: Pilot): boolean {
  if (target.ship.status !== "DOCKED") return false;
  const station = sector.record.stations.find(({ id }) => id === target.ship.dockedStationId);
  return station !== undefined && station.security !== "none";
}

function isForbidden({ record }: Sector, target: Pilot): boolean {
  return record.pvpRules === "forbidden" || (record.pvpRules === "flagged_only" && !target.record.isFlagged);
}
