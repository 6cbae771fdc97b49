/** Loaded by mocha before the first test file (.mocharc.json). */
import { refuseToLinger, watchSuites } from "./leaks.ts";
import { startTestPostgres, stopTestPostgres } from "./postgres.ts";

// Mocha fails the running test for an uncaught exception, but only passes on a rejection that nobody handled.
process.on("unhandledRejection", (reason) => {
  throw reason;
});

export async function mochaGlobalSetup(): Promise<void> {
  await startTestPostgres();
}

export async function mochaGlobalTeardown(): Promise<void> {
  await stopTestPostgres();
  refuseToLinger();
}

export const mochaHooks = {
  async beforeAll(this: Mocha.Context): Promise<void> {
    const root = this.test?.parent;
    if (root !== undefined) await watchSuites(root);
  },
};
