/** Makes the page that the server serves from the sources in `web/`. */
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { loadSite, type Site } from "./site.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const DIST = path.join(ROOT, "web", "dist");
const VITE = path.join(ROOT, "node_modules", "vite", "bin", "vite.js");
/** What the page is made of: its own files, the rules that it shares with the server, and the packages of both. */
const SOURCES = ["web", "src/rules", "package-lock.json"];

function* filesIn(place: string): Iterable<string> {
  const entries = readdirSync(path.join(ROOT, place), { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const inside = `${place}/${entry.name}`;
    if (inside === "web/dist") continue;
    if (entry.isDirectory()) yield* filesIn(inside);
    else yield inside;
  }
}

/** A name for what the page is made of just now. */
function sourceHash(): string {
  const hash = createHash("sha256");
  for (const source of SOURCES) {
    for (const file of source.includes(".") ? [source] : filesIn(source)) {
      hash.update(`${file}\0`).update(readFileSync(path.join(ROOT, file)));
    }
  }
  return hash.digest("hex").slice(0, 16);
}

/** In a process of its own: a bundler is much larger than this server. @throws Error with what it wrote */
async function runVite(outDir: string): Promise<void> {
  const child = spawn(
    process.execPath,
    [VITE, "build", "--config", "web/vite.config.ts", "--outDir", outDir, "--logLevel", "warn"],
    // Ctrl-C in our terminal is for us: where it ends us, this ends with us, and is no failure to be told.
    { cwd: ROOT, env: { ...process.env, NO_COLOR: "1" }, detached: true, stdio: ["ignore", "pipe", "pipe"] },
  );
  // Nobody waits for it any more then, and the folder that it writes to is cleared away.
  const stop = () => child.kill();
  process.once("exit", stop);
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (bytes: Buffer) => {
      said += bytes.toString();
    });
  }
  const code = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  }).finally(() => process.off("exit", stop));
  if (code !== 0) throw new Error(`The page could not be built:\n${said}`);
}

/**
 * The page as its sources are now, built if nobody has built it yet.
 * @throws Error when it cannot be built
 */
export async function ensurePage(tell: (line: string) => void): Promise<Site> {
  const folder = path.join(DIST, sourceHash());
  if (!existsSync(folder)) {
    tell("Building the page …");
    mkdirSync(DIST, { recursive: true });
    const making = mkdtempSync(path.join(DIST, "making-"));
    const older = readdirSync(DIST).filter((name) => /^[0-9a-f]{16}$/.test(name));
    const clearAway = () => rmSync(making, { recursive: true, force: true });
    process.once("exit", clearAway);
    try {
      await runVite(making);
      renameSync(making, folder);
    } catch (error) {
      clearAway();
      // Another process may have built the same meanwhile.
      if (!existsSync(folder)) throw error;
    } finally {
      process.off("exit", clearAway);
    }
    // Running servers have theirs in memory.
    for (const name of older) rmSync(path.join(DIST, name), { recursive: true, force: true });
  }
  return loadSite(folder);
}
