/** Godot itself, headless, for tests of what is in `godot/`. */
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { skip } from "./skip.ts";

export const GODOT_FOLDER = fileURLToPath(new URL("../../.data/godot", import.meta.url));
/** What `npm run godot:get` makes. */
export const GODOT_FETCHED = `${GODOT_FOLDER}/godot`;
const PROJECT = fileURLToPath(new URL("../../godot", import.meta.url));
/** A run that takes longer hangs. */
const RUN_MS_MAX = 30_000;
/** What follows an error says where it was. */
const ERROR_LINES_MS = 200;

/** What a Godot says of itself; null when it does not run. */
export function godotVersion(binary: string): string | null {
  if (binary === GODOT_FETCHED && !existsSync(binary)) return null;
  try {
    return execFileSync(binary, ["--headless", "--version"], { stdio: ["ignore", "pipe", "ignore"] })
      .toString()
      .trim();
  } catch {
    return null;
  }
}

export interface Run {
  readonly code: number | null;
  /** What it printed, line by line, errors included. */
  readonly lines: readonly string[];
}

/** Call inside a `describe`: Godot with the project imported, or all its tests are skipped, saying why. */
export function useGodot() {
  let binary = "";
  const home = mkdtempSync(path.join(tmpdir(), "sectorkeep-godot-home-"));
  after("remove what Godot has kept", () => rmSync(home, { recursive: true, force: true }));
  before("find Godot", function () {
    this.timeout(120_000);
    const found = [process.env.GODOT_BIN ?? "", GODOT_FETCHED].find(
      (path) => path !== "" && godotVersion(path) !== null,
    );
    if (found === undefined)
      skip(this, "no Godot here; set GODOT_BIN, or run `npm run godot:get` on a Debian");
    binary = found;
    // Once, so that scripts know each other's names.
    execFileSync(binary, ["--headless", "--path", PROJECT, "--import"], { stdio: "ignore" });
  });
  return {
    /** Runs a script of the project to its end. @param onLine hears what it prints as it comes */
    run(script: string, args: readonly string[], onLine: (line: string) => void = () => {}): Promise<Run> {
      const child = spawn(binary, ["--headless", "--path", PROJECT, "-s", script, "--", ...args], {
        // What a game keeps for its player goes with the other temporary files.
        env: { ...process.env, XDG_DATA_HOME: home },
        stdio: ["ignore", "pipe", "pipe"],
        timeout: RUN_MS_MAX,
        killSignal: "SIGKILL",
      });
      const lines: string[] = [];
      for (const stream of [child.stdout, child.stderr]) {
        createInterface({ input: stream }).on("line", (line) => {
          lines.push(line);
          // A script that cannot be read would be waited for in vain.
          if (line.startsWith("SCRIPT ERROR")) setTimeout(() => child.kill("SIGKILL"), ERROR_LINES_MS);
          onLine(line);
        });
      }
      return new Promise((resolve) => child.once("close", (code) => resolve({ code, lines })));
    },
  };
}
