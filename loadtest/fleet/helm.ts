/** What a pilot does with a turn: an action of the mix, or what has to be done before it is possible. */
import type { Prng } from "../../src/rules/galaxy/prng.ts";
import type { Airspace, Chart, Charts, Sighting } from "./charts.ts";
import type { Errands } from "./errands.ts";
import { goodsFor } from "./goods.ts";
import type { Measure } from "./measure.ts";
import type { Action, Mix } from "./mix.ts";
import type { OwnShip } from "./own-ship.ts";
import type { Session } from "./session.ts";

/** How long a pilot who lost the line stays away. */
const AWAY_MS_MAX = 2_000;
/** The request has reached the server by then; a move's answer takes longer, as a rule. */
const CUT_AFTER_MS = 1;

interface HelmParts {
  readonly measure: Measure;
  readonly airspace: Airspace;
  readonly charts: Charts;
  readonly random: Prng;
}

/** Who is at it. */
interface Crew {
  readonly session: Session;
  readonly ship: OwnShip;
  readonly errands: Errands;
}

export class Helm {
  readonly session: Session;
  readonly #parts: HelmParts;
  readonly #ship: OwnShip;
  readonly #errands: Errands;
  readonly #mix: Mix;
  /** The line is to be lost right behind the next request. */
  #cutsNext = false;

  constructor(parts: HelmParts, { session, ship, errands }: Crew, mix: Mix) {
    this.#parts = parts;
    this.session = session;
    this.#ship = ship;
    this.#errands = errands;
    this.#mix = mix;
  }

  /** By the warp that leads there from where the ship is, if it is not there already. */
  async flyTo(sectorId: number): Promise<void> {
    if (this.session.sectorId !== sectorId) await this.#ask("warp", { sectorId }, performance.now());
  }

  /** Does it, or what has to be done before it is possible. */
  async perform(action: Action | "flee", intendedMs: number, isCut = false): Promise<void> {
    const { charts, random } = this.#parts;
    this.#cutsNext = isCut;
    if (action === "drop") return this.#drop(intendedMs);
    if (action === "flee") return this.#ask("flee", {}, intendedMs);
    const chart = await charts.sector(this.session.sectorId);
    // Errands need no ship: whoever is docked can do them too.
    if (await this.#runErrand(action, chart, intendedMs)) return;
    if (this.#ship.dockedAt !== null) return this.#trade(chart, intendedMs);
    const [station] = chart.stations;
    if ((this.#callsAt(station, action) || this.#ship.isPod) && station !== undefined) {
      return this.#ask("dock", { stationId: station.stationId }, intendedMs);
    }
    if (action === "attack" && !this.#ship.isPod) {
      const prey = this.#parts.airspace.preyIn(this.session.sectorId, this.#ship.sighting);
      if (prey.length > 0) {
        const target = random.one(prey);
        return this.#ask("attack", { targetId: target.shipId }, intendedMs, target);
      }
    }
    if (action === "warp" || !this.#ship.canMine(chart.type)) return this.#warp(intendedMs);
    return this.#ask("harvest", {}, intendedMs);
  }

  /** Loses the line: every other time behind a request that is on its way, whose answer is lost with it. */
  async #drop(intendedMs: number): Promise<void> {
    const { random } = this.#parts;
    if (random.int(0, 1) === 0) return this.loseLine();
    // A warp's answer waits for the database; and whatever is done instead leaves something, too.
    await this.perform("warp", intendedMs, true);
  }

  /** Whatever the ship does meanwhile. */
  loseLine(): void {
    void this.session.drop(this.#parts.random.int(0, AWAY_MS_MAX));
  }

  #cutSoon(): void {
    this.#cutsNext = false;
    const awayMs = this.#parts.random.int(0, AWAY_MS_MAX);
    setTimeout(() => void this.session.drop(awayMs), CUT_AFTER_MS);
  }

  /** @returns whether there was one to run */
  async #runErrand(action: Action, { type }: Chart, intendedMs: number): Promise<boolean> {
    if (action === "expedition" && type === "ASTEROID_FIELD") {
      return this.#errands.goOnExpedition(this.session.sectorId, intendedMs);
    }
    if (action === "incident") return this.#errands.answerIncident(this.session.sectorId, intendedMs);
    return action === "contribute" && this.#errands.contribute(intendedMs);
  }

  #callsAt(station: Chart["stations"][number] | undefined, action: Action): boolean {
    if (action === "sell") return this.#goods(station) !== null;
    return action === "dock" || (action === "deliver" && this.#deliverable() > 0);
  }

  #goods(station: Chart["stations"][number] | undefined) {
    return goodsFor(station, this.#ship.numbers?.cargo ?? {});
  }

  /** How much of what expeditions have earned the hold would take. */
  #deliverable(): number {
    return Math.min(this.#errands.oreUnits, this.#ship.numbers?.cargoFree ?? 0);
  }

  /** In the dock: a new hull if need be, then what can be put aboard and sold, then out again. */
  #trade({ stations }: Chart, intendedMs: number): Promise<void> {
    const mix = this.#mix;
    const goods = this.#goods(stations.find(({ stationId }) => stationId === this.#ship.dockedAt));
    const quantity = this.#deliverable();
    if (this.#ship.isPod) return this.#ask("claim_hull", {}, intendedMs);
    if (quantity > 0 && mix.deliver > 0) return this.#ask("deliver_ore", { quantity }, intendedMs);
    if (goods !== null && mix.sell > 0) return this.#ask("sell", goods, intendedMs);
    return this.#ask("undock", {}, intendedMs);
  }

  async #warp(intendedMs: number): Promise<void> {
    const { charts, random } = this.#parts;
    const [chart, start] = await Promise.all([charts.sector(this.session.sectorId), charts.start()]);
    const ways = chart.warps.map(({ sectorId }) => sectorId);
    const elsewhere = ways.filter((sectorId) => sectorId !== start);
    const fields = await charts.fieldsAmong(elsewhere);
    const choices = [fields, elsewhere, ways].find((some) => some.length > 0) ?? [];
    if (choices.length === 0) return this.#parts.measure.count("turns missed: no way out");
    return this.#ask("warp", { sectorId: random.one(choices) }, intendedMs);
  }

  async #ask(
    kind: string,
    body: Readonly<Record<string, unknown>>,
    intendedMs: number,
    prey?: Sighting,
  ): Promise<void> {
    this.#parts.measure.count("actions");
    const askedMs = performance.now();
    const asked = this.session.ask(kind, body, intendedMs);
    if (this.#cutsNext) this.#cutSoon();
    const reply = await asked;
    this.#ship.answered(kind, reply, askedMs, prey);
    this.#errands.answered(kind, reply);
  }
}
