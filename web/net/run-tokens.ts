import { inBrowser, type Kept } from "./kept.ts";

/** One key a run: another window, or another pilot, adds and drops its own. */
const PLACE = "sectorkeep.run.";

/** The tokens of runs that were created here, kept by the browser: the server gives each once. */
export class RunTokens {
  readonly #kept: Kept;

  constructor(kept = inBrowser) {
    this.#kept = kept;
  }

  of(runId: string): string | null {
    return this.#kept.get(PLACE + runId);
  }

  add(runId: string, token: string): void {
    this.#kept.set(PLACE + runId, token);
  }

  /** Lets go of those whose run is over. */
  drop(overIds: readonly string[]): void {
    for (const runId of overIds) this.#kept.remove(PLACE + runId);
  }
}
