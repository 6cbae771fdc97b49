import type { Loadout, MissionId } from "../../src/rules/missions.ts";
import type { ResearchSubject } from "../../src/rules/research.ts";
import type { Surface } from "../../src/rules/surfaces.ts";
import { isOpen } from "../model/expeditions.ts";
import type { ServerTime } from "../model/server-time.ts";
import { asApiError } from "./api.ts";
import { newId } from "./ids.ts";
import { RunTokens } from "./run-tokens.ts";
import type { Session } from "./session.ts";
import {
  cancelledSchema,
  createdSchema,
  type Inventory,
  inventorySchema,
  missionLogSchema,
  type Run,
  type RunResult,
  researchSchema,
  resultSchema,
} from "./wire-economy.ts";

/** How often a run is looked at that may be begun or ended in a game at any moment; without one, how often at all. */
const READ_OPEN_MS = 2_000;
const READ_MS = 20_000;
/** For the page's own figures (`entry_point` of the product events). */
const ENTRY_POINT = "web/expeditions";

/** An expedition that somebody wants to go on. */
export interface Wish {
  readonly missionId: MissionId;
  readonly sectorId: number;
  readonly loadout: Loadout;
  readonly surface: Surface;
}

/** A user's expeditions: what is known of them, kept up to date, and what is asked for. */
export class ExpeditionDesk {
  /** Newest first; null until they have been read. */
  runs: readonly Run[] | null = null;
  inventory: Inventory | null = null;
  /** The run that is looked at, with what it brought. */
  shown: RunResult | null = null;
  /** Why nothing can be read; empty when it can. */
  trouble = "";
  readonly #session: Session;
  readonly #time: ServerTime;
  readonly #changed: () => void;
  readonly #tokens = new RunTokens();
  #chosenId: string | null = null;
  #key: { readonly wish: string; readonly key: string } | null = null;
  #timer = 0;
  #closed = false;

  constructor(session: Session, time: ServerTime, changed: () => void) {
    this.#session = session;
    this.#time = time;
    this.#changed = changed;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  /** What opens a run to the game; null when another device has it. */
  tokenOf(runId: string): string | null {
    return this.#tokens.of(runId);
  }

  /** Reads everything again, now and from now on. */
  async read(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#session.token === null) {
      [this.runs, this.inventory, this.shown, this.#chosenId, this.trouble] = [null, null, null, null, ""];
      this.#changed();
      return;
    }
    try {
      const { runs } = await this.#session.ask("/me/mission-log", missionLogSchema);
      const before = this.runs;
      this.runs = runs;
      this.#tokens.drop(runs.filter((run) => !isOpen(run)).map(({ runId }) => runId));
      if (this.#chosenId === null) this.#chosenId = runs.find(isOpen)?.runId ?? runs[0]?.runId ?? null;
      // What was told of what has ended does not change.
      if (before === null || JSON.stringify(before) !== JSON.stringify(runs)) await this.#readMore();
      this.trouble = "";
    } catch (error) {
      this.trouble = asApiError(error).message;
    }
    if (this.#closed) return;
    this.#changed();
    const waitMs = this.runs?.some(isOpen) === true ? READ_OPEN_MS : READ_MS;
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => void this.read(), waitMs);
  }

  async choose(runId: string): Promise<void> {
    this.#chosenId = runId;
    await this.#readShown().catch(() => {});
    this.#changed();
  }

  /** Creates a run; pressed again after a lost answer, it is the same one. @throws ApiError */
  async create(wish: Wish): Promise<void> {
    const said = JSON.stringify(wish);
    if (this.#key?.wish !== said) this.#key = { wish: said, key: newId() };
    const body = { ...wish, entryPoint: ENTRY_POINT };
    const { run, token } = await this.#session.ask("/runs", createdSchema, { body, key: this.#key.key });
    this.#key = null;
    this.#time.heard(run.issuedAtMs);
    this.#tokens.add(run.runId, token);
    this.#chosenId = run.runId;
    await this.read();
  }

  /** @throws ApiError */
  async cancel(runId: string): Promise<void> {
    await this.#session.ask(`/runs/${runId}/cancel`, cancelledSchema, { body: {} });
    await this.read();
  }

  /** @throws ApiError */
  async research(subject: ResearchSubject): Promise<void> {
    await this.#session.ask("/me/research", researchSchema, { body: { subject } });
    this.inventory = await this.#session.ask("/me/inventory", inventorySchema);
    this.#changed();
  }

  async #readMore(): Promise<void> {
    this.inventory = await this.#session.ask("/me/inventory", inventorySchema);
    await this.#readShown();
  }

  async #readShown(): Promise<void> {
    const runId = this.#chosenId;
    if (runId === null) return;
    const result = await this.#session.ask(`/runs/${runId}`, resultSchema);
    if (this.#chosenId === runId) this.shown = result;
  }
}
