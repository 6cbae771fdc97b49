import { setTimeout as wait } from "node:timers/promises";

/**
 * Once a stopping server's rooms have had their time, each of the three things that it waits for is given this long: together
 * less than whatever stops the process waits beyond DRAIN_SECONDS (ten seconds: cli/processes.ts, deploy/). What is ended
 * after the server takes milliseconds, or has nothing to lose.
 */
export const STOP_MS_MAX = 3_000;

interface EndingLog {
  warn(fields: object, message: string): void;
}

/**
 * Ends one part of what is stopping. One that fails, or takes too long, keeps nothing else from ending.
 * @param msMax how long it is waited for; null: for as long as it takes
 */
export async function endOf(
  what: string,
  end: () => unknown,
  msMax: number | null,
  log: EndingLog,
): Promise<void> {
  const timely = async () => {
    await end();
    return false;
  };
  try {
    const late = msMax === null ? [] : [wait(msMax, true, { ref: false })];
    if (await Promise.race([timely(), ...late]))
      log.warn({ msMax }, `${what} did not end in time; the rest is stopped all the same.`);
  } catch (error) {
    log.warn({ err: error }, `${what} could not be ended in order; the rest is stopped all the same.`);
  }
}

/** The parts of what runs, to be ended one after the other: first what was added last. */
export class Endings {
  readonly #parts: (() => Promise<void>)[] = [];
  readonly #log: EndingLog;

  constructor(log: EndingLog) {
    this.#log = log;
  }

  /** @param msMax as for `endOf` */
  add(what: string, end: () => unknown, msMax: number | null = STOP_MS_MAX): void {
    this.#parts.push(() => endOf(what, end, msMax, this.#log));
  }

  async run(): Promise<void> {
    for (const end of this.#parts.splice(0).reverse()) await end();
  }
}
