/** What a run has started, so that nothing of it is left when the run is interrupted by a signal. */
import type { ChildProcess } from "node:child_process";
import { type EndingSignal, EXIT_CODES, isAnotherPress, SAME_PRESS_MS } from "../src/cli/signals.ts";

type Discard = () => Promise<void>;

const started = new Set<Discard>();
let stoppingSinceMs: number | null = null;

/**
 * Remembers how something is discarded, until it has been. Say it as soon as there is something, in the same turn of the
 * event loop, so that no signal comes between.
 * @returns what discards it: once, however often it is called
 */
export function discardLater(discard: () => Promise<unknown>): Discard {
  let done: Promise<void> | null = null;
  const once = () => {
    done ??= discard()
      .then(() => {})
      .finally(() => started.delete(once));
    return done;
  };
  started.add(once);
  return once;
}

/** From now on each of these discards whatever has been started, newest first, and ends the process. A second one ends it at once. */
export function discardOn(...signals: readonly EndingSignal[]): void {
  for (const signal of signals) {
    process.on(signal, () => {
      if (stoppingSinceMs === null) void discardAll(EXIT_CODES[signal]);
      else if (isAnotherPress(signal, stoppingSinceMs)) process.exit(EXIT_CODES[signal]);
      stoppingSinceMs ??= performance.now();
    });
  }
}

/** @returns what has been asked for; never, once a signal has come: what fails because it is being discarded is no result */
export function unlessDiscarded<Result>(run: Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    run.then(
      (result) => stoppingSinceMs === null && resolve(result),
      (error: unknown) => stoppingSinceMs === null && reject(error),
    );
  });
}

/** A handler of a signal that is called once for one Ctrl-C, and only the first time; the next discards. */
export function firstInterrupt(handle: () => void): void {
  process.once("SIGINT", () => {
    handle();
    // Heard meanwhile: a signal that nobody hears ends the process.
    const samePress = () => {};
    process.on("SIGINT", samePress);
    setTimeout(() => {
      discardOn("SIGINT");
      process.off("SIGINT", samePress);
    }, SAME_PRESS_MS).unref();
  });
}

/** Sends the signal to a process of ours unless it has ended, and waits until it has. */
export async function endChild(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill(signal);
  await gone;
}

async function discardAll(exitCode: number): Promise<never> {
  console.error("Stopping: what was started is removed. Again to stop now and leave it.");
  // The run goes on meanwhile, and loses what it stands on.
  process.on("uncaughtException", () => {});
  for (let newest = lastOf(started); newest !== undefined; newest = lastOf(started)) {
    await newest().catch((error: unknown) =>
      console.error(`Not removed: ${error instanceof Error ? error.message : error}`),
    );
  }
  process.exit(exitCode);
}

/** What is begun meanwhile comes last and goes first. */
function lastOf(discards: ReadonlySet<Discard>): Discard | undefined {
  return [...discards].at(-1);
}
