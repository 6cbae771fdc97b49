/** For what happens on its own time and announces itself to nobody: it is looked for until it is there. */

const LOOK_AGAIN_MS = 5;
/** Long enough for whatever a test waits for on a busy machine; a test that gets here has failed. */
const WAIT_MS_MAX = 8_000;

/** Resolves as soon as `holds`. @throws when that takes longer than any test may wait */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + WAIT_MS_MAX;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`Waited too long until ${what}`);
    await pause(LOOK_AGAIN_MS);
  }
}

/** Lets real time go by: only for showing that nothing happens in it, or for what counts in real time. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
