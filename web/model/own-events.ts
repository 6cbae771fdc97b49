/** What happens to the pilot of this page alone, told in sentences. */
import type { z } from "zod";
import { pilotEventSchemas as events } from "../net/wire.ts";
import { causeName, count, depletionOf, duration, factionName, incidentOf, plainWords } from "./words.ts";

/** @returns null for what says nothing new. @param nowMs the server's time */
type Teller = (payload: unknown, nowMs: number) => string | null;

function on<Schema extends z.ZodType>(
  schema: Schema,
  tell: (event: z.output<Schema>, nowMs: number) => string,
): Teller {
  return (payload, nowMs) => {
    const event = schema.safeParse(payload);
    return event.success ? tell(event.data, nowMs) : null;
  };
}

const ended = on(
  events.mining_harvest_interrupted,
  ({ reason, turnsRefunded }) =>
    `Your harvest was ended by ${causeName(reason)}; ${count(turnsRefunded, "turn comes", "turns come")} back`,
);

const TELLERS: Readonly<Record<string, Teller>> = {
  mining_harvest_completed: on(
    events.mining_harvest_completed,
    ({ ore, preciousMetals, quantumShards, floored }) => {
      const more = [
        ...(preciousMetals > 0 ? [`${preciousMetals} precious metals`] : []),
        ...(quantumShards > 0 ? [count(quantumShards, "quantum shard")] : []),
      ];
      const poor = floored ? "; the field gives no more than that" : "";
      return `Your harvest: ${[`${ore} ore`, ...more].join(", ")}${poor}`;
    },
  ),
  mining_harvest_interrupted: ended,
  mining_harvest_cancelled: ended,
  combat_resolved: on(events.combat_resolved, ({ opponent, rounds, loot }) => {
    const goods = Object.entries(loot).map(([name, units]) => `${units} ${plainWords(name).toLowerCase()}`);
    const spoils = goods.length === 0 ? "" : `; goods that changed hands: ${goods.join(", ")}`;
    return `Your fight with ${opponent} is over after ${count(rounds, "round")}${spoils}`;
  }),
  claim_license_purchased: on(
    events.claim_license_purchased,
    ({ sectorId, costPaidCr, expiresAtMs }, nowMs) =>
      `You bought the licence for sector ${sectorId} for ${credits(costPaidCr)}; it holds for ${duration(expiresAtMs - nowMs)}`,
  ),
  claim_license_expiring: on(
    events.claim_license_expiring,
    ({ sectorId, expiresAtMs }, nowMs) =>
      `Your licence for sector ${sectorId} ends in ${duration(expiresAtMs - nowMs)}`,
  ),
  claim_license_expired: on(
    events.claim_license_expired,
    ({ sectorId, renewalPriceCr }) =>
      `Your licence for sector ${sectorId} has ended; for a day it can be renewed for ${credits(renewalPriceCr)}`,
  ),
  am_enforcement_flagged: on(
    events.am_enforcement_flagged,
    ({ untilMs }, nowMs) =>
      `Three harvests without a licence: the Consortium’s patrols look for you for ${duration(untilMs - nowMs)}`,
  ),
  sector_depletion_changed: on(
    events.sector_depletion_changed,
    ({ sectorId, to }) =>
      `The field of sector ${sectorId}, which you keep an eye on, is now ${depletionOf(to).name.toLowerCase()}`,
  ),
  reputation_changed: on(
    events.reputation_changed,
    ({ faction, oldValue, newValue, title }) =>
      `Your standing with the ${factionName(faction)} ${newValue > oldValue ? "rises" : "falls"} to ${newValue}: ${title}`,
  ),
  incident_resolved: on(events.incident_resolved, ({ sectorId, type, outcome, rewards }) => {
    const end = plainWords(outcome).toLowerCase().replace("resolved", "ends in");
    const given =
      rewards.length === 0 ? "" : `; you are given: ${rewards.map(plainWords).join(", ").toLowerCase()}`;
    return `The ${incidentOf(type).name.toLowerCase()} in sector ${sectorId} ${end}${given}`;
  }),
  expedition_completed: on(
    events.expedition_completed,
    ({ sectorId, oreUnits, oreGrade }) =>
      `Your expedition to sector ${sectorId} brings ${count(oreUnits, "unit")} of ${oreGrade} ore`,
  ),
  events_truncated: () => "Older events than these are not kept any more",
};

export function credits(amount: number): string {
  return `${amount.toLocaleString("en")} cr`;
}

/** @returns null for what is no event of the pilot's own */
export function tellOwnEvent(type: string, payload: unknown, nowMs: number): string | null {
  return TELLERS[type]?.(payload, nowMs) ?? null;
}
