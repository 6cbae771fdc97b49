import { strict as assert } from "node:assert";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { discardEmbedded } from "../../src/persistence/embedded.ts";
import { EMBEDDED_TIMEOUT_MS, makeFolder, postmasterOf } from "../support/embedded.ts";
import { accepted } from "../support/play.ts";
import { type ServerProcess, useServers } from "../support/server-process.ts";
import { skip } from "../support/skip.ts";
import { pause, until } from "../support/until.ts";

/** Every look reads all of this machine's processes. */
const LOOK_AGAIN_MS = 10;
/** Longer than one press of Ctrl-C is apart from itself. */
const ANOTHER_PRESS_MS = 700;
/** Longer than stopping a Postgres takes, shorter than the harvest that is waited for otherwise. */
const AT_ONCE_MS_MAX = 5_000;

const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

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

describe("Ctrl-C, SIGTERM and SIGHUP", function () {
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
    { program: "main.ts", signal: "SIGHUP", during: /\/postgres -D/ },
    { program: "cli/demo.ts", signal: "SIGTERM", during: /\/postgres -D/ },
    { program: "cli/demo.ts", signal: "SIGHUP", during: /\/postgres -D/ },
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

  /** A server on a Postgres of its own, with a harvest that takes so long. */
  async function startMining(harvestSeconds: number): Promise<ServerProcess> {
    const env = { DATA_DIR: dataDir, HARVEST_SECONDS: `${harvestSeconds}`, DRAIN_SECONDS: "20" };
    const server = await servers.start("", env);
    const userId = randomUUID();
    const arrived = await server.join(userId, 1);
    await accepted(arrived.ask("warp", { sectorId: 2 }));
    const miner = await server.join(userId, 2);
    await accepted(miner.ask("harvest"));
    return server;
  }

  it("end a server in order; another one ends it at once, and its Postgres all the same", async () => {
    const server = await startMining(20);
    const postmaster = await postmasterOf(dataDir);
    server.signal("SIGINT");
    // The same press, handed on by npm.
    server.signal("SIGINT");
    await pause(ANOTHER_PRESS_MS);
    assert.ok(server.isRunning, "it waits for the harvest");
    const pressedMs = performance.now();
    const told = server.stderr();
    server.signal("SIGINT");
    assert.deepEqual(await server.ended, { code: 1, signal: null });
    assert.ok(performance.now() - pressedMs < AT_ONCE_MS_MAX);
    assert.throws(() => process.kill(postmaster, 0), { code: "ESRCH" });
    assert.equal(server.stderr(), told, "that it loses its database is no news");
  });

  it("end a server in order when its terminal is closed, however often that is said", async () => {
    const server = await startMining(2);
    const postmaster = await postmasterOf(dataDir);
    server.signal("SIGHUP");
    await pause(ANOTHER_PRESS_MS);
    assert.ok(server.isRunning, "it waits for the harvest");
    server.signal("SIGHUP");
    assert.deepEqual(await server.ended, { code: 0, signal: null });
    assert.throws(() => process.kill(postmaster, 0), { code: "ESRCH" });
  });

  it("end a server with a real terminal that is closed, to which it cannot say so any more", async function () {
    if (spawnSync("script", ["--version"]).error !== undefined) skip(this, "needs script (util-linux)");
    const env = { PATH: process.env.PATH, DATA_DIR: dataDir, PORT: "0", LOG_LEVEL: "debug" };
    const command = `exec ${process.execPath} ${fileURLToPath(new URL("../../src/main.ts", import.meta.url))}`;
    const terminal = spawn("script", ["--quiet", "--flush", "--command", command, "/dev/null"], {
      env,
      // Kept open: at its end `script` would type Ctrl-D.
      stdio: ["pipe", "pipe", "inherit"],
    });
    child = terminal;
    let shown = "";
    for await (const bytes of terminal.stdout) {
      shown += String(bytes);
      if (shown.includes("Ctrl-C stops it")) break;
    }
    const pid = Number(/this process is \S+-(\d+)-[0-9a-f]{6}\)/.exec(shown)?.[1]);
    terminal.kill("SIGKILL");
    await until("the server has ended", () => !existsSync(`/proc/${pid}`));
    assert.deepEqual(postgresOf(dataDir), []);
  });
});
