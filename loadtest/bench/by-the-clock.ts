/** Each arrives at its time, whatever became of those before. @returns ms from when each was due to its end */
export async function byTheClock(
  count: number,
  perSecond: number,
  arrive: (index: number) => Promise<void>,
): Promise<number[]> {
  const startMs = performance.now();
  const arrivals = Array.from({ length: count }, async (_, index) => {
    const dueMs = startMs + (index * 1000) / perSecond;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, dueMs - performance.now())));
    await arrive(index);
    return performance.now() - dueMs;
  });
  return Promise.all(arrivals);
}
