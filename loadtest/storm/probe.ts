/**
 * Loaded into a server's process before the server itself (`node --import`), which knows nothing of it: says what the
 * process holds when it is asked, and ends it when whoever started it is gone.
 */
import { type ProbeReport, reportRequest } from "./probe-report.ts";

process.on("message", async (message) => {
  if (message !== reportRequest) return;
  // Only now: its settings come from the server, which has loaded it by the time anybody asks.
  const { matchMaker } = await import("@colyseus/core");
  global.gc?.();
  const { heapUsed, external, rss } = process.memoryUsage();
  const resources: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1;
  const { roomCount, ccu } = matchMaker.stats.local;
  const report: ProbeReport = {
    heapBytes: heapUsed + external,
    rssBytes: rss,
    resources,
    roomCount,
    clients: ccu,
  };
  process.send?.({ report });
});
process.on("disconnect", () => process.exit());
// The server decides how long it lives, not the channel to whoever watches it.
process.channel?.unref();
