/** What happens in a sector, told in sentences. Pure: from what the server says to what a person reads. */
import type { RoundEvent } from "../net/wire.ts";
import type { SectorView, ShipView } from "./sector.ts";
import { causeName, depletionOf, hullName } from "./words.ts";

export type LineKind =
  | "arrive"
  | "leave"
  | "mine"
  | "stop"
  | "fight"
  | "loss"
  | "field"
  | "dock"
  | "you"
  | "notice";

export interface Line {
  /** A line that comes again under the same key takes the former one's place: a fight is one line. */
  readonly key: string;
  readonly kind: LineKind;
  readonly text: string;
}

interface Fight {
  readonly attacker: string;
  readonly defender: string;
}

/** Remembers as much as a sentence needs: who fights whom, what a harvest that has ended was stopped by. */
export class Chronicle {
  #view: SectorView | null = null;
  readonly #fights = new Map<string, Fight>();
  readonly #stopped = new Set<string>();
  /** Ships lost just now: what takes their place is no arrival, and they do not leave. */
  readonly #lost = new Set<string>();
  readonly #names = new Map<string, string>();
  #lines = 0;

  /** @returns what has happened since the view before; nothing for the first one */
  saw(view: SectorView): Line[] {
    const before = this.#view;
    this.#view = view;
    for (const ship of view.ships.values()) this.#names.set(ship.shipId, ship.pilotName);
    if (before === null || before.sectorId !== view.sectorId || before.clock === null) return [];
    const lines: Line[] = [];
    for (const [id, ship] of view.ships) {
      const earlier = before.ships.get(id);
      if (earlier === undefined) lines.push(...this.#came(ship, before));
      else lines.push(...this.#changed(earlier, ship));
    }
    for (const [id, ship] of before.ships) {
      if (!view.ships.has(id) && !this.#replaced(ship, view))
        lines.push(this.#line("leave", `${ship.pilotName} leaves`));
    }
    if (view.depletion !== before.depletion && view.depletion !== "") {
      lines.push(this.#line("field", `The field is now ${depletionOf(view.depletion).name.toLowerCase()}`));
    }
    return lines;
  }

  stoppedMining({ shipId, reason }: { shipId: string; reason: string }): Line {
    this.#stopped.add(shipId);
    return this.#line("stop", `${this.#name(shipId)}’s mining is broken off by ${causeName(reason)}`);
  }

  fightStarted(fightId: string, attackerShipId: string, defenderShipId: string): Line {
    const fight = { attacker: this.#name(attackerShipId), defender: this.#name(defenderShipId) };
    this.#fights.set(fightId, fight);
    return { key: fightId, kind: "fight", text: `${fight.attacker} attacks ${fight.defender}` };
  }

  fightRound(fightId: string, round: number, events: readonly RoundEvent[]): Line | null {
    const fight = this.#fights.get(fightId);
    if (fight === undefined) return null;
    const said = events.map((event) => told(event, fight)).join("; ");
    return {
      key: fightId,
      kind: "fight",
      text: `${fight.attacker} against ${fight.defender}, round ${round}: ${said === "" ? "nothing gives" : said}`,
    };
  }

  fightEnded(fightId: string, outcome: string): Line | null {
    const fight = this.#fights.get(fightId);
    if (fight === undefined) return null;
    this.#fights.delete(fightId);
    return { key: fightId, kind: "fight", text: ending(fight, outcome) };
  }

  destroyed(shipId: string): Line {
    this.#lost.add(shipId);
    return this.#line("loss", `${this.#name(shipId)}’s ship is destroyed; an escape pod gets away`);
  }

  #came(ship: ShipView, before: SectorView): Line[] {
    const former = [...before.ships.values()].find(({ pilotId }) => pilotId === ship.pilotId);
    if (former === undefined) {
      return [
        this.#line("arrive", `${ship.pilotName} arrives in a ${hullName(ship.hullType).toLowerCase()}`),
      ];
    }
    // A pod after a loss is told with the loss.
    if (ship.hullType === "ESCAPE_POD") return [];
    return [this.#line("dock", `${ship.pilotName} boards a ${hullName(ship.hullType).toLowerCase()}`)];
  }

  #changed(before: ShipView, now: ShipView): Line[] {
    if (now.action === "harvest" && now.startTick !== before.startTick) {
      this.#stopped.delete(now.shipId);
      return [this.#line("mine", `${now.pilotName} starts mining`)];
    }
    if (before.action === "harvest" && now.action === "") {
      if (this.#stopped.delete(now.shipId)) return [];
      return [this.#line("mine", `${now.pilotName} has finished a harvest`)];
    }
    if (before.status !== now.status && now.status === "DOCKED") {
      return [this.#line("dock", `${now.pilotName} docks`)];
    }
    if (before.status === "DOCKED" && now.status === "IN_SPACE") {
      return [this.#line("dock", `${now.pilotName} undocks`)];
    }
    return [];
  }

  #replaced(ship: ShipView, view: SectorView): boolean {
    if (this.#lost.delete(ship.shipId)) return true;
    return [...view.ships.values()].some(({ pilotId }) => pilotId === ship.pilotId);
  }

  #name(shipId: string): string {
    return this.#names.get(shipId) ?? "Somebody";
  }

  #line(kind: LineKind, text: string): Line {
    this.#lines++;
    return { key: `line-${this.#lines}`, kind, text };
  }
}

function told(event: RoundEvent, fight: Fight): string {
  const by = fight[event.by];
  if (event.kind === "miss") return `${by} misses`;
  if (event.kind === "drones_lost")
    return `${by} shoots down ${event.drones === 1 ? "a drone" : `${event.drones} drones`}`;
  if (event.kind === "escape") return event.escaped ? `${by} gets away` : `${by} fails to get away`;
  const parts = [
    ...(event.shield > 0 ? [`${event.shield} shield`] : []),
    ...(event.hull > 0 ? [`${event.hull} hull`] : []),
  ];
  return `${by} ${event.crit ? "hits hard" : "hits"} for ${parts.length === 0 ? "nothing" : parts.join(" and ")}`;
}

function ending({ attacker, defender }: Fight, outcome: string): string {
  if (outcome === "attacker_victory") return `${attacker} defeats ${defender}`;
  if (outcome === "defender_victory") return `${defender} beats ${attacker}, who attacked`;
  if (outcome === "attacker_fled") return `${attacker} flees from ${defender}`;
  if (outcome === "defender_fled") return `${defender} gets away from ${attacker}`;
  if (outcome === "void")
    return `The fight of ${attacker} and ${defender} could not be written: it did not happen`;
  return `${attacker} and ${defender} part without a winner`;
}
