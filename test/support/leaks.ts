/** Fails a suite that leaves something running: the next suite would meet it, and the run might never end. */

/** Sockets and processes that were told to end need a few turns of the event loop; nothing announces the last one. */
const SETTLE_MS_MAX = 2_000;
const LOOK_AGAIN_MS = 1;

/** After the last test: long enough to be seen, too short to block a pipeline. */
const LINGER_MS_MAX = 5_000;

/** Counts of what keeps the event loop alive, by Node's name for it. */
type Resources = ReadonlyMap<string, number>;

/** Adds a last hook to every top-level suite. Called from a root hook, when all files are loaded. */
export async function watchSuites(root: Mocha.Suite): Promise<void> {
  // Mocha gives a hook its timer when the hook first waits: it is counted in every measurement, or in none.
  await nextLook();
  let before = activeResources();
  for (const suite of root.suites) {
    suite.afterAll("leaves nothing running", async () => {
      const left = await leftAfterSettling(before);
      before = activeResources();
      if (left.length > 0) {
        throw new Error(
          `${suite.title}: left running: ${left.join(", ")}. Stop what the suite started in an after hook.`,
        );
      }
    });
  }
}

/** Ends a process that its tests keep alive after the run, saying what does. */
export function refuseToLinger(): void {
  const timer = setTimeout(() => {
    const kinds = process.getActiveResourcesInfo().join(", ");
    console.error(`The tests are over, but something they left keeps the process alive: ${kinds}`);
    process.exit(1);
  }, LINGER_MS_MAX);
  timer.unref();
}

async function leftAfterSettling(before: Resources): Promise<string[]> {
  const deadline = performance.now() + SETTLE_MS_MAX;
  for (;;) {
    await nextLook();
    const left = added(before, activeResources());
    if (left.length === 0 || performance.now() > deadline) return left;
  }
}

function nextLook(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
}

function activeResources(): Resources {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return counts;
}

function added(before: Resources, now: Resources): string[] {
  return [...now]
    .map(([kind, count]) => ({ kind, count: count - (before.get(kind) ?? 0) }))
    .filter(({ count }) => count > 0)
    .map(({ kind, count }) => `${count} × ${kind}`);
}
