import { strict as assert } from "node:assert";
import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { discardEmbedded } from "../../src/persistence/embedded.ts";
import { EMBEDDED_TIMEOUT_MS, makeFolder, postmasterOf } from "../support/embedded.ts";
import { accepted } from "../support/play.ts";
import { useServers } from "../support/server-process.ts";
import { skip } from "../support/skip.ts";
import { pause } from "../support/until.ts";

/** Every look reads all of this machine's processes. */
const LOOK_AGAIN_MS = 10;
/** Longer than one press of Ctrl-C is apart from itself. */
const ANOTHER_PRESS_MS = 700;
/** Longer than stopping a Postgres takes, shorter than the harvest that is waited for otherwise. */
const AT_ONCE_MS_MAX = 5_000;

const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

/** Command lines of the processes that work on the folder, but for the program itself. */
function postgresOf(folder: string): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "latin1").replaceAll("\0", " ");
      } catch {
        // It has ended meanwhile.
        return "";
      }
    })
    .filter((line) => line.includes(folder));
}

describe("Ctrl-C and SIGTERM", function () {
  this.timeout(EMBEDDED_TIMEOUT_MS);
  const servers = useServers();
  let dataDir = "";
  let child: ChildProcess | undefined;

  before("make the data folder", async function () {
    if (process.platform !== "linux") skip(this, "reads processes from /proc, which only Linux has");
    dataDir = await makeFolder();
  });
  afterEach("end what a failed test leaves", () => child?.kill("SIGKILL"));
  after("remove the data folder", async () => {
    await discardEmbedded(dataDir);
    await rm(dataDir, { recursive: true, force: true });
  });

  /** In a group of its own, as of a terminal's command: Ctrl-C reaches all of it. */
  function start(program: string, folder: string, args: readonly string[]) {
    const file = fileURLToPath(new URL(`../../src/${program}`, import.meta.url));
    const running = spawn(process.execPath, [file, ...args], {
      env: { PATH: process.env.PATH, DATA_DIR: folder, PORT: "0" },
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    running.stdout.resume();
    child = running;
    return { child: running, complained: text(running.stderr), ended: once(running, "close") };
  }

  async function endsBy(
    signal: keyof typeof EXIT_CODES,
    { child: { pid = 0 }, complained, ended }: ReturnType<typeof start>,
    folder: string,
  ): Promise<void> {
    process.kill(-pid, signal);
    assert.deepEqual([await complained, await ended], ["", [EXIT_CODES[signal], null]]);
    assert.deepEqual(postgresOf(folder), []);
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.startsWith("postgres.new-")),
      [],
    );
  }

  /** Each is told to end at another moment of its start, in this order: the first finds no database. */
  const starts = [
    { program: "main.ts", signal: "SIGTERM", during: /\/initdb / },
    { program: "cli/world.ts", signal: "SIGINT", during: /\/initdb / },
    { program: "main.ts", signal: "SIGINT", during: /\/postgres -D/ },
    { program: "cli/demo.ts", signal: "SIGTERM", during: /\/postgres -D/ },
    { program: "cli/world.ts", signal: "SIGINT", during: /\/postgres -D/ },
    { program: "cli/audit.ts", signal: "SIGTERM", during: /\/postgres -D/ },
    { program: "cli/admin.ts", args: ["status"], signal: "SIGINT", during: /\/postgres -D/ },
  ] as const;
  for (const { program, signal, during, ...more } of starts) {
    it(`end ${program} while it starts, and its Postgres with it: ${signal} at ${during.source}`, async () => {
      const running = start(program, dataDir, "args" in more ? more.args : []);
      const isBegun = () => postgresOf(dataDir).some((line) => during.test(line));
      while (!isBegun() && running.child.exitCode === null) await pause(LOOK_AGAIN_MS);
      await endsBy(signal, running, dataDir);
    });
  }

  it("end a server that has begun to work with its database", async () => {
    const folder = await makeFolder();
    try {
      const running = start("main.ts", folder, []);
      await new Promise<void>((resolve) => {
        running.child.stdout.on("data", (said: Buffer) => {
          if (said.toString().includes("making a small galaxy")) resolve();
        });
        running.child.stdout.once("close", resolve);
      });
      await endsBy("SIGTERM", running, folder);
    } finally {
      await discardEmbedded(folder);
      await rm(folder, { recursive: true, force: true });
    }
  });

  it("end a server in order; another one ends it at once, and its Postgres all the same", async () => {
    const env = { DATA_DIR: dataDir, HARVEST_SECONDS: "20", DRAIN_SECONDS: "20" };
    const server = await servers.start("", env);
    const userId = randomUUID();
    const arrived = await server.join(userId, 1);
    await accepted(arrived.ask("warp", { sectorId: 2 }));
    const miner = await server.join(userId, 2);
    await accepted(miner.ask("harvest"));
    const postmaster = await postmasterOf(dataDir);
    server.signal("SIGINT");
    // The same press, handed on by npm.
    server.signal("SIGINT");
    await pause(ANOTHER_PRESS_MS);
    assert.ok(server.isRunning, "it waits for the harvest");
    const pressedMs = performance.now();
    server.signal("SIGINT");
    assert.deepEqual(await server.ended, { code: 1, signal: null });
    assert.ok(performance.now() - pressedMs < AT_ONCE_MS_MAX);
    assert.throws(() => process.kill(postmaster, 0), { code: "ESRCH" });
  });
});
