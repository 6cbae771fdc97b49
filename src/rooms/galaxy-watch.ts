import type { Presence } from "@colyseus/core";
import { z } from "zod";
import type { Sector } from "../commands/sector.ts";
import type { Log } from "../telemetry/log.ts";
import type { SectorRoom } from "./sector-room.ts";

/** How often a process looks at its sectors: a summary changes at most this often. */
export const LOOK_MS = 1_000;
/** A process says all it has this often even if nothing has changed: who has just begun to listen needs no other way. */
const REPEAT_MS = 5_000;
/** A process that has not been heard for this long is gone, and its sectors with it. */
export const SILENCE_MS_MAX = 15_000;
/** A search for a pilot shows this many of a process at most. */
const FOUND_MAX = 20;

/** The channels on which the processes tell each other. */
export const CHANNEL = {
  summaries: "galaxy-summaries",
  find: "galaxy-find",
  found: "galaxy-found",
} as const;

const summarySchema = z.object({
  sectorId: z.int(),
  ships: z.int(),
  miners: z.int(),
  fights: z.int(),
  depletion: z.string(),
  replenishesAtMs: z.number(),
  claimedBy: z.string(),
  conditions: z.string(),
  incident: z.string(),
});
export type LiveSummary = z.output<typeof summarySchema>;

/** What a process says: all sectors that are awake in it. */
export const reportSchema = z.object({ processId: z.string(), sectors: z.array(summarySchema) });

/** Who asks for a pilot: a client of a galaxy room, to be answered through that room. */
const searchSchema = z.object({ sessionId: z.string(), requestId: z.string(), name: z.string() });

export const foundPilot = z.object({ name: z.string(), sectorId: z.int() });
export const findingSchema = z.object({
  sessionId: z.string(),
  requestId: z.string(),
  pilots: z.array(foundPilot),
});

/** States as a summary says them. */
export function conditionsText(types: Iterable<string>): string {
  return [...types].sort().join(" ");
}

/** What everybody may know of a live sector, in figures. */
function summaryOf(sector: Sector): LiveSummary {
  const { state } = sector;
  let [ships, miners, fights] = [0, 0, 0];
  for (const pilot of sector.pilots) {
    ships++;
    if (pilot.isMining) miners++;
    if (pilot.fight?.attacker.pilot === pilot) fights++;
  }
  const { sectorId, depletion, replenishesAtMs, claimedBy } = state;
  const conditions = conditionsText(state.conditions.keys());
  const incident = state.incidentType;
  return { sectorId, ships, miners, fights, depletion, replenishesAtMs, claimedBy, conditions, incident };
}

/** Tells every process what goes on in the sectors of this one, and who of their pilots has a name that is looked for. */
export class GalaxyWatch {
  readonly #presence: Presence;
  readonly #processId: string;
  readonly #sectors: ReadonlySet<SectorRoom>;
  readonly #log: Log;
  #timer: NodeJS.Timeout | null = null;
  /** What was told of the sectors that are awake, with the version of each that it tells of. */
  #told: ReadonlyMap<Sector, { version: number; summary: LiveSummary }> = new Map();
  #toldAtMs = Number.NEGATIVE_INFINITY;

  constructor(presence: Presence, processId: string, sectors: ReadonlySet<SectorRoom>, log: Log) {
    this.#presence = presence;
    this.#processId = processId;
    this.#sectors = sectors;
    this.#log = log;
  }

  async start(): Promise<void> {
    await this.#presence.subscribe(CHANNEL.find, this.#answer);
    this.#timer = setInterval(() => this.#reliably(() => this.#tell()), LOOK_MS);
  }

  async stop(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    await this.#presence.unsubscribe(CHANNEL.find, this.#answer);
  }

  async #tell(): Promise<void> {
    const live = [...this.#sectors].flatMap((room) => room.live ?? []);
    const nowMs = performance.now();
    const isSame = live.length === this.#told.size && live.every((one) => this.#knows(one));
    if (isSame && nowMs - this.#toldAtMs < REPEAT_MS) return;
    const told = new Map(live.map((one) => [one, this.#summarized(one)]));
    this.#told = told;
    this.#toldAtMs = nowMs;
    const sectors = [...told.values()].map(({ summary }) => summary);
    await this.#presence.publish(CHANNEL.summaries, { processId: this.#processId, sectors });
  }

  #knows(sector: Sector): boolean {
    return this.#told.get(sector)?.version === sector.version;
  }

  #summarized(sector: Sector): { version: number; summary: LiveSummary } {
    const told = this.#told.get(sector);
    if (told !== undefined && told.version === sector.version) return told;
    return { version: sector.version, summary: summaryOf(sector) };
  }

  readonly #answer = (question: unknown): void => {
    this.#reliably(async () => {
      const { name, sessionId, requestId } = searchSchema.parse(question);
      const pilots = [...this.#pilotsNamed(name.toLowerCase())];
      if (pilots.length > 0) await this.#presence.publish(CHANNEL.found, { sessionId, requestId, pilots });
    });
  };

  /** Only who is in a live sector, where everybody could see them: where a ship waits for its pilot is nobody's business. */
  *#pilotsNamed(part: string): Iterable<z.output<typeof foundPilot>> {
    let found = 0;
    for (const room of this.#sectors) {
      for (const { record } of room.live?.pilots ?? []) {
        if (!record.name.toLowerCase().includes(part)) continue;
        yield { name: record.name, sectorId: room.sector.record.sectorId };
        if (++found === FOUND_MAX) return;
      }
    }
  }

  #reliably(work: () => Promise<void>): void {
    work().catch((error: unknown) => {
      this.#log.warn(
        { err: error },
        "The galaxy could not be told what goes on here; it is tried again in a second.",
      );
    });
  }
}
