import { z } from "zod";

const PLACE = "sectorkeep.runs";
const kept = z.record(z.string(), z.string());

/** The tokens of runs that were created here, kept by the browser: the server gives each once. */
export class RunTokens {
  readonly #tokens = new Map<string, string>();

  constructor() {
    try {
      const stored = kept.safeParse(JSON.parse(localStorage.getItem(PLACE) ?? "{}"));
      for (const [runId, token] of Object.entries(stored.data ?? {})) this.#tokens.set(runId, token);
    } catch {
      // What cannot be read is as if it were not there.
    }
  }

  of(runId: string): string | null {
    return this.#tokens.get(runId) ?? null;
  }

  add(runId: string, token: string): void {
    this.#tokens.set(runId, token);
    this.#write();
  }

  /** Lets go of those whose run is over. */
  keep(openIds: readonly string[]): void {
    const over = [...this.#tokens.keys()].filter((runId) => !openIds.includes(runId));
    for (const runId of over) this.#tokens.delete(runId);
    if (over.length > 0) this.#write();
  }

  #write(): void {
    localStorage.setItem(PLACE, JSON.stringify(Object.fromEntries(this.#tokens)));
  }
}
