/** Loaded by mocha before the first test file (.mocharc.json). */
import { refuseToLinger, watchSuites } from "./leaks.ts";
import { startTestPostgres, stopTestPostgres } from "./postgres.ts";

/** Mocha fails the running test for an uncaught exception, but only passes on a rejection that nobody handled. */
function failOnRejection(reason: unknown): never {
  throw reason;
}
process.on("unhandledRejection", failOnRejection);

/** The SDK warns of each connection that the server closes before its join has ended: many tests are about just that. */
const SDK_WARNING = "Room connection was closed unexpectedly (";
const warn = console.warn;
console.warn = (...parts: unknown[]) => {
  if (!String(parts[0]).startsWith(SDK_WARNING)) warn(...parts);
};

export async function mochaGlobalSetup(): Promise<void> {
  await startTestPostgres();
}

export async function mochaGlobalTeardown(): Promise<void> {
  await stopTestPostgres();
  refuseToLinger();
}

export const mochaHooks = {
  async beforeAll(this: Mocha.Context): Promise<void> {
    // The worker of a parallel run loses its listeners after each file.
    if (!process.listeners("unhandledRejection").includes(failOnRejection))
      process.on("unhandledRejection", failOnRejection);
    const root = this.test?.parent;
    if (root !== undefined) await watchSuites(root);
  },
};
