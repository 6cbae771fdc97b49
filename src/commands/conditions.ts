import { evacuationsOf, holdsAt, type SectorCondition, typesAt } from "../persistence/conditions.ts";
import type { Incident } from "../persistence/incidents.ts";
import { effectsOf } from "../rules/incidents.ts";
import { Condition, type SectorState } from "../schema/sector.ts";

/** The incident of a sector that can be answered, as far as everybody may know it. */
export type OpenIncident = Pick<Incident, "incidentId" | "type" | "closesAtMs">;

/** What a room knows of what incidents do to its sector: as it was read last, at most about a second ago. */
export class Conditions {
  #states: readonly SectorCondition[] = [];
  #open: OpenIncident | null = null;

  /** Of few sectors, most of the time. */
  get hasAny(): boolean {
    return this.#open !== null || this.#states.length > 0;
  }

  /** Takes over what was read. */
  replace(states: readonly SectorCondition[], open: OpenIncident | null): void {
    this.#states = states;
    this.#open = open;
  }

  effectsAt(nowMs: number) {
    return effectsOf(typesAt(this.#states, nowMs));
  }

  /** Until when nobody mines here; null when everybody may. */
  evacuatedUntilMs(nowMs: number): number | null {
    const held = evacuationsOf(this.#states).filter(
      ({ fromMs, untilMs }) => fromMs <= nowMs && nowMs < untilMs,
    );
    return held.length === 0 ? null : Math.max(...held.map(({ untilMs }) => untilMs));
  }

  /** Writes into the state what holds at a moment. @returns whether anything is another than before */
  show(state: SectorState, nowMs: number): boolean {
    const open = this.#open !== null && nowMs < this.#open.closesAtMs ? this.#open : null;
    const wanted = {
      incidentId: open?.incidentId ?? "",
      incidentType: open?.type ?? "",
      incidentClosesAtMs: open?.closesAtMs ?? 0,
      evacuatedUntilMs: this.evacuatedUntilMs(nowMs) ?? 0,
    };
    const held = new Map(this.#states.filter((one) => holdsAt(one, nowMs)).map((one) => [one.type, one]));
    const changed =
      state.incidentId !== wanted.incidentId ||
      state.evacuatedUntilMs !== wanted.evacuatedUntilMs ||
      keyOf(state.conditions.values()) !== keyOf(held.values());
    if (!changed) return false;
    Object.assign(state, wanted);
    for (const type of [...state.conditions.keys()]) {
      if (![...held.keys()].some((one) => one === type)) state.conditions.delete(type);
    }
    for (const [type, { severity, endsAtMs }] of held) {
      const condition = Object.assign(new Condition(), { type, severity, endsAtMs });
      state.conditions.set(type, condition);
    }
    return true;
  }
}

/** Equal for the same states, in whatever order they come. */
function keyOf(conditions: Iterable<{ readonly type: string; readonly endsAtMs: number }>): string {
  return [...conditions]
    .map(({ type, endsAtMs }) => `${type}/${endsAtMs}`)
    .sort()
    .join();
}
