/** A process of its own that cleans up after a test run, however that ended. Argument: the run's folder. */
import { rm } from "node:fs/promises";
import { discardEmbedded } from "../../src/persistence/embedded.ts";

const folder = process.argv[2];
if (folder === undefined) throw new Error("Usage: janitor.ts <folder>");

process.stdin.resume();
process.stdin.once("close", async () => {
  await discardEmbedded(folder);
  await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
});
