/** Ctrl-C, SIGTERM and SIGHUP: what they do to a program that is run at a terminal or by a supervisor. */
import { stopAllEmbedded } from "../persistence/embedded.ts";
import { silenceLogs } from "../telemetry/silence.ts";

/** 128 and the signal's number, as shells say it. */
export const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
export type EndingSignal = keyof typeof EXIT_CODES;
const EXIT_STOPPED_AT_ONCE = 1;
/** SIGHUP: the terminal is closed. Nobody's nohup is undone by listening: Node ignores no signal because its parent did. */
const SIGNALS = ["SIGHUP", "SIGINT", "SIGTERM"] as const;
/** One Ctrl-C can come twice under npm: from the terminal, and handed on by npm. Nobody means two within this time. */
export const SAME_PRESS_MS = 500;

let endingSinceMs: number | null = null;

/**
 * Until the program listens to a signal itself, the signal ends it, with 129, 130 or 143, once its embedded Postgres has
 * been stopped: that is a process of its own, which would go on without us. A second one ends it without waiting for that.
 */
export function endOnSignals(): void {
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (process.listenerCount(signal) === 1) end(signal, EXIT_CODES[signal]);
    });
  }
}

/**
 * Whether a signal asks once more what has been asked since then, and so wants it at once. Never so SIGHUP: the terminal's
 * end, its shell and that shell's end send one each, and nobody is left there who could be waiting.
 */
export function isAnotherPress(signal: EndingSignal, sinceMs: number): boolean {
  return signal !== "SIGHUP" && performance.now() - sinceMs > SAME_PRESS_MS;
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

/** What asks a program to end in order. */
export interface StopAsked {
  /** Resolves when somebody has asked, by a signal or otherwise. */
  readonly asked: Promise<void>;
  /** Asks without a signal, once or more often. */
  ask(): void;
  /** Acts as another SIGTERM. */
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
  const hear = (signal: EndingSignal) => {
    if (askedAtMs === null) ask();
    else if (isAnotherPress(signal, askedAtMs)) end(signal, EXIT_STOPPED_AT_ONCE);
  };
  for (const signal of SIGNALS) process.on(signal, hear);
  return { asked, ask, press: () => hear("SIGTERM") };
}

function end(signal: EndingSignal, exitCode: number): void {
  if (endingSinceMs === null) void stopPostgresAndExit(exitCode);
  else if (isAnotherPress(signal, endingSinceMs)) process.exit(exitCode);
  endingSinceMs ??= performance.now();
}

async function stopPostgresAndExit(exitCode: number): Promise<never> {
  // The program goes on meanwhile, and loses what it stands on: nobody needs to hear of it.
  silenceLogs();
  for (const event of ["uncaughtException", "unhandledRejection"] as const)
    process.removeAllListeners(event).on(event, () => {});
  await stopAllEmbedded().catch((error: unknown) =>
    console.error(error instanceof Error ? error.message : String(error)),
  );
  process.exit(exitCode);
}
