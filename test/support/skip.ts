/** Skipping a test says why, at the end of the run. */
const reasons = new WeakMap<object, string>();

/**
 * Skips the running test, or from a `before` hook all tests of its suite.
 * @param reason what this machine lacks, and what would make the test run.
 */
export function skip(context: Mocha.Context, reason: string): never {
  const runnable = context.test;
  // A hook skips its whole suite, a test only itself.
  if (runnable !== undefined)
    reasons.set("type" in runnable && runnable.type === "hook" ? parentOf(runnable) : runnable, reason);
  return context.skip();
}

/** Why a test was skipped; null when nobody said. */
export function skipReason(test: Mocha.Test): string | null {
  let at: Mocha.Test | Mocha.Suite | undefined = test;
  while (at !== undefined) {
    const reason = reasons.get(at);
    if (reason !== undefined) return reason;
    at = at.parent;
  }
  return null;
}

function parentOf(runnable: Mocha.Runnable): object {
  return runnable.parent ?? runnable;
}
