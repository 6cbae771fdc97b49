/**
 * A process of its own with an embedded database, for tests that kill it. Argument: the data folder. Prints one line
 * of JSON when the database is up, or when it cannot be had; then it does nothing until its stdin ends.
 */
import { startEmbedded } from "../../src/persistence/embedded.ts";

const folder = process.argv[2];
if (folder === undefined) throw new Error("Usage: embedded-child.ts <data folder>");

try {
  const database = await startEmbedded({ dataDir: folder, durable: false, onTrouble: () => {} });
  console.log(JSON.stringify({ url: database.url }));
  process.stdin.resume();
  process.stdin.once("close", () => database.stop());
} catch (error) {
  console.log(JSON.stringify({ error: error instanceof Error ? error.message : String(error) }));
}
