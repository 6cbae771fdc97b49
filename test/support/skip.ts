/** Skipping a test says why, where it is listed and again at the end of the run. */

/**
 * Skips the running test, or from a `before` hook all tests of its suite.
 * @param reason what this machine lacks, and what would make the test run.
 */
export function skip(context: Mocha.Context, reason: string): never {
  const runnable = context.test;
  // A hook skips its whole suite, a test only itself. The title alone gets from a parallel run's worker to the reporter.
  if (runnable !== undefined && "type" in runnable && runnable.type === "hook") {
    runnable.parent?.eachTest((test) => excuse(test, reason));
  } else if (runnable !== undefined) excuse(runnable, reason);
  return context.skip();
}

function excuse(runnable: Mocha.Runnable, reason: string): void {
  runnable.title += ` (because: ${reason})`;
}
