/** Ctrl-C and SIGTERM: what they do to a program that is run at a terminal or by a supervisor. */
import { stopAllEmbedded } from "../persistence/embedded.ts";

/** 128 and the signal's number, as shells say it. */
export const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;
const EXIT_STOPPED_AT_ONCE = 1;
/** SIGHUP is not among them: whoever listens to it undoes nohup. */
const SIGNALS = ["SIGINT", "SIGTERM"] as const;
/** One Ctrl-C can come twice under npm: from the terminal, and handed on by npm. Nobody means two within this time. */
export const SAME_PRESS_MS = 500;

let endingSinceMs: number | null = null;
const silenced: (() => void)[] = [];

/**
 * Until the program listens to a signal itself, the signal ends it, with 130 or 143, once its embedded Postgres has been
 * stopped: that is a process of its own, which would go on without us. A second one ends it without waiting for that.
 */
export function endOnSignals(): void {
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (process.listenerCount(signal) === 1) end(EXIT_CODES[signal]);
    });
  }
}

/** @returns what has been asked for; never, once the process is being ended: what fails because of that is no result */
export function unlessEnding<Result>(run: Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    run.then(
      (result) => endingSinceMs === null && resolve(result),
      (error: unknown) => endingSinceMs === null && reject(error),
    );
  });
}

/** @param silence is called when the process is ended at once, so that what fails because of that is not logged */
export function onEnding(silence: () => void): void {
  silenced.push(silence);
}

/** What asks a program to end in order. */
export interface StopAsked {
  /** Resolves when somebody has asked, by a signal or otherwise. */
  readonly asked: Promise<void>;
  /** Asks without a signal, once or more often. */
  ask(): void;
  /** Acts as another signal. */
  press(): void;
}

/** From now on a signal asks the program to end in order. Once it has been asked, another one ends it at once. */
export function listenForStop(): StopAsked {
  const { promise: asked, resolve } = Promise.withResolvers<void>();
  let askedAtMs: number | null = null;
  const ask = () => {
    askedAtMs ??= performance.now();
    resolve();
  };
  const press = () => {
    if (askedAtMs === null) ask();
    else if (performance.now() - askedAtMs > SAME_PRESS_MS) end(EXIT_STOPPED_AT_ONCE);
  };
  for (const signal of SIGNALS) process.on(signal, press);
  return { asked, ask, press };
}

function end(exitCode: number): void {
  const nowMs = performance.now();
  if (endingSinceMs === null) void stopPostgresAndExit(exitCode);
  else if (nowMs - endingSinceMs > SAME_PRESS_MS) process.exit(exitCode);
  endingSinceMs ??= nowMs;
}

async function stopPostgresAndExit(exitCode: number): Promise<never> {
  // The program goes on meanwhile, and loses what it stands on: nobody needs to hear of it.
  for (const silence of silenced) silence();
  for (const event of ["uncaughtException", "unhandledRejection"] as const)
    process.removeAllListeners(event).on(event, () => {});
  await stopAllEmbedded().catch((error: unknown) =>
    console.error(error instanceof Error ? error.message : String(error)),
  );
  process.exit(exitCode);
}
