import { strict as assert } from "node:assert";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { pause, until } from "../support/until.ts";

/** Every look reads all of this machine's processes. */
const LOOK_AGAIN_MS = 50;

/** Command lines of all processes that were started with, or for, something in the folder. */
function processesOf(folder: string): string[] {
  const read = (pid: string, file: string) => {
    try {
      return readFileSync(`/proc/${pid}/${file}`, "latin1").replaceAll("\0", " ");
    } catch {
      // It has ended meanwhile, or is somebody else's.
      return "";
    }
  };
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => `${read(pid, "cmdline")} ${read(pid, "environ")}`.includes(folder))
    .map((pid) => read(pid, "cmdline"));
}

/** Each is interrupted at another moment, as soon as one of its processes has this in its command line. */
const RUNS = [
  { program: ".", args: ["--bots", "5"], signal: "SIGTERM", during: "loadtest/server-child.ts" },
  { program: ".", args: ["--bots", "5"], signal: "SIGHUP", during: "loadtest/server-child.ts" },
  { program: "storm", args: ["--queues", "100000"], signal: "SIGINT", during: "initdb" },
  { program: "storm", args: ["--kills", "100"], signal: "SIGHUP", during: "src/main.ts" },
  {
    ...{ program: "bench", args: ["takeover", "--quick"], signal: "SIGHUP" as const },
    ...{ during: "loadtest/server-child.ts" },
  },
] as const;
const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

describe("an interrupted load test, storm or benchmark", function () {
  this.timeout(60_000);
  const folder = mkdtempSync(path.join(tmpdir(), "sectorkeep-interrupted-"));
  // Postgres' own account must get in when we are root.
  chmodSync(folder, 0o711);
  let child: ChildProcess | undefined;

  afterEach("end what a failed test leaves", async () => {
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    await ended;
  });
  after("remove the folder", () => rmSync(folder, { recursive: true, force: true }));

  for (const { program, args, signal, during } of RUNS) {
    it(`leaves no process and no file behind: ${program === "." ? "loadtest" : program} ${args.join(" ")}, ${signal}`, async () => {
      const main = fileURLToPath(new URL(`../../loadtest/${program}/main.ts`, import.meta.url));
      const running = spawn(process.execPath, [main, ...args], {
        env: { PATH: process.env.PATH, TMPDIR: folder },
        // A group of its own, as of a terminal's command.
        detached: true,
        stdio: ["ignore", "ignore", "pipe"],
      });
      child = running;
      let complained = "";
      running.stderr.on("data", (bytes: Buffer) => {
        complained += bytes.toString();
      });
      const ended = once(running, "exit");
      const isBegun = () => processesOf(folder).some((line) => line.includes(during));
      while (!isBegun() && running.exitCode === null) await pause(LOOK_AGAIN_MS);
      process.kill(-(running.pid ?? 0), signal);
      const [code] = await ended;
      assert.equal(code, EXIT_CODES[signal], complained);
      assert.match(complained, /^Stopping: /m);
      await until("what was told to end has ended", () => processesOf(folder).length === 0).catch(() => {
        assert.deepEqual(processesOf(folder), []);
      });
      // Node keeps what it has compiled there, too.
      const left = readdirSync(folder).filter((name) => name.startsWith("sectorkeep-"));
      assert.deepEqual(left, []);
    });
  }
});
