/** Ends what was started. @returns when a look that is under way has ended, too */
export type StopWatch = () => Promise<void>;

/**
 * Looks every so often, never twice at once: while a look takes longer, those that fall into it are left out.
 * @param look must not throw: what one misses, the next makes up for
 */
export function startWatch(everyMs: number, look: () => Promise<void>): StopWatch {
  let looking: Promise<void> | null = null;
  const timer = setInterval(() => {
    looking ??= look().finally(() => {
      looking = null;
    });
  }, everyMs);
  return async () => {
    clearInterval(timer);
    await looking;
  };
}
