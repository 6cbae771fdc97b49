/** What the pilots of a fleet know together: sectors and contracts as the server describes them, and where each other is. */
import { z } from "zod";
import type { HttpClient } from "./http.ts";

export const chartSchema = z.object({
  type: z.string(),
  warps: z.array(z.object({ sectorId: z.int() })),
  stations: z.array(z.object({ stationId: z.uuid(), stationClass: z.int() })),
});
export type Chart = z.output<typeof chartSchema>;
const contractsSchema = z.object({ contracts: z.array(z.object({ contractId: z.uuid() })) });
const galaxySchema = z.object({ startSectorId: z.int() });

/** Each sector is asked for once. */
export class Charts {
  readonly #http: HttpClient;
  readonly #sectors = new Map<number, Promise<Chart>>();
  #start: Promise<number> | null = null;
  #contracts: Promise<readonly string[]> | null = null;

  constructor(http: HttpClient) {
    this.#http = http;
  }

  /** @throws what the server refused it with */
  sector(sectorId: number): Promise<Chart> {
    const asked = this.#sectors.get(sectorId);
    if (asked !== undefined) return asked;
    const chart = this.#http.get(`/sectors/${sectorId}`).then((body) => chartSchema.parse(body));
    this.#sectors.set(sectorId, chart);
    chart.catch(() => this.#sectors.delete(sectorId));
    return chart;
  }

  /** Those of some sectors that are asteroid fields. @throws what the server refused one with */
  async fieldsAmong(sectorIds: readonly number[]): Promise<number[]> {
    const charts = await Promise.all(sectorIds.map((sectorId) => this.sector(sectorId)));
    return sectorIds.filter((_, index) => charts[index]?.type === "ASTEROID_FIELD");
  }

  /** Where newcomers begin: a crowded place that nobody needs to come back to. */
  start(): Promise<number> {
    this.#start ??= this.#http.get("/galaxy").then((body) => galaxySchema.parse(body).startSectorId);
    this.#start.catch(() => {
      this.#start = null;
    });
    return this.#start;
  }

  /** This week's guild contracts. A server that has just been made has none yet: then they are asked for again. */
  async contracts(): Promise<readonly string[]> {
    this.#contracts ??= this.#http
      .get("/contracts/current")
      .then((body) => contractsSchema.parse(body).contracts.map(({ contractId }) => contractId));
    const found = await this.#contracts.catch((error: unknown) => {
      this.forgetContracts();
      throw error;
    });
    if (found.length === 0) this.forgetContracts();
    return found;
  }

  /** Another week has begun. */
  forgetContracts(): void {
    this.#contracts = null;
  }
}

/** A ship as the other pilots of its fleet know it: state is not decoded, so they tell each other. */
export interface Sighting {
  readonly shipId: string;
  readonly isPrey: boolean;
  /** The ship is in a fight, and will be until about then (of `performance.now()`). */
  fightingUntilMs: number;
}

export class Airspace {
  readonly #bySector = new Map<number, Set<Sighting>>();
  readonly #whereabouts = new Map<Sighting, number>();

  moved(ship: Sighting, sectorId: number): void {
    this.#bySector.get(this.#whereabouts.get(ship) ?? 0)?.delete(ship);
    const here = this.#bySector.get(sectorId) ?? new Set();
    here.add(ship);
    this.#bySector.set(sectorId, here);
    this.#whereabouts.set(ship, sectorId);
  }

  /** Ships that can be attacked in a sector, but `except`. */
  preyIn(sectorId: number, except: Sighting): Sighting[] {
    const nowMs = performance.now();
    return [...(this.#bySector.get(sectorId) ?? [])].filter(
      (ship) => ship !== except && ship.isPrey && ship.fightingUntilMs < nowMs,
    );
  }
}
