import { strict as assert } from "node:assert";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { processSettings, readStartFlags } from "../../src/cli/processes.ts";
import { UsageError } from "../../src/cli/usage.ts";
import { PROCESS_METRICS } from "../../src/telemetry/metrics-catalogue.ts";
import { useDatabase } from "../support/database.ts";
import { makeSector, makeWorld } from "../support/fixtures.ts";
import { freePort, useRedis } from "../support/redis.ts";

const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
const START_MS_MAX = 20_000;

/** `npm start` with arguments, and what it has said. */
class Start {
  readonly child: ChildProcess;
  said = "";
  readonly ended: Promise<number | null>;

  constructor(args: readonly string[], env: Record<string, string>) {
    this.child = spawn(process.execPath, [MAIN, ...args], {
      env: { PATH: process.env.PATH, TRANSPORT: "ws", DRAIN_SECONDS: "2", ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [this.child.stdout, this.child.stderr])
      stream?.on("data", (bytes: Buffer) => {
        this.said += bytes.toString();
        this.#look();
      });
    this.ended = new Promise((resolve) => this.child.once("close", resolve));
  }

  #look: () => void = () => {};

  /** Resolves once it has said so, so often. */
  says(what: RegExp, times = 1): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`waited for ${what}: ${this.said}`)), START_MS_MAX);
      this.#look = () => {
        if ((this.said.match(new RegExp(what, "g"))?.length ?? 0) < times) return;
        clearTimeout(timer);
        resolve();
      };
      this.#look();
    });
  }
}

describe("npm start -- --processes", function () {
  this.timeout(60_000);
  after("stop what was started", async () => {
    for (const start of started) start.child.kill("SIGKILL");
    await Promise.all(started.map(({ ended }) => ended));
    rmSync(dataDir, { recursive: true });
  });
  const test = useDatabase();
  const redis = useRedis();
  const dataDir = mkdtempSync(path.join(tmpdir(), "sectorkeep-processes-"));
  const started: Start[] = [];
  before(async () => {
    await makeSector(test.pool, await makeWorld(test.pool), 1);
  });

  function start(args: string[], env: Record<string, string>): Start {
    const one = new Start(args, { DATABASE_URL: test.url, DATA_DIR: dataDir, ...env });
    started.push(one);
    return one;
  }

  it("says in a sentence that Redis cannot be reached, and starts nothing", async () => {
    const nowhere = `redis://:s3same@127.0.0.1:${await freePort()}`;
    const port = await freePort();
    const all = [["--processes", "2"], []].map((args) =>
      start(args, { REDIS_URL: nowhere, PORT: `${port}` }),
    );
    for (const failing of all) {
      assert.equal(await failing.ended, 1);
      assert.match(
        failing.said,
        /Redis at 127\.0\.0\.1:\d+ cannot be used: connect ECONNREFUSED .* leave REDIS_URL out/,
      );
      assert.ok(!failing.said.includes("s3same"));
      assert.ok(!failing.said.includes("    at "), "no stack");
    }
  });

  it("runs so many, starts one again that is killed, and stops all when it is told to", async () => {
    const port = await freePort();
    const running = start(["--processes", "2"], { REDIS_URL: redis.url, PORT: `${port}` });
    await running.says(/listens on/, 2);
    const ready = async (own: number) => (await fetch(`http://127.0.0.1:${own}/readyz`)).status;
    assert.deepEqual([await ready(port), await ready(port + 1)], [200, 200]);
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    for (const [name] of Object.entries(PROCESS_METRICS))
      assert.ok(metrics.includes(`\n# TYPE ${name} `), name);
    const pid = Number(/this process is \S+-(\d+)-[0-9a-f]{6}\)/.exec(running.said)?.[1]);
    process.kill(pid, "SIGKILL");
    await running.says(/has ended \(SIGKILL\); it is started again/);
    await running.says(/listens on/, 3);
    running.child.kill("SIGTERM");
    assert.equal(await running.ended, 0);
    for (const own of [port, port + 1]) await assert.rejects(ready(own), `port ${own} is free again`);
  });
});

describe("the settings of several processes", () => {
  const REDIS = "redis://localhost:6379";

  it("are ports in a row, and where each is reached", () => {
    const local = processSettings({ port: 2567, publicAddress: null, redisUrl: REDIS }, "db", 2);
    assert.deepEqual(local, [
      { PORT: "2567", PUBLIC_ADDRESS: "localhost:2567", DATABASE_URL: "db" },
      { PORT: "2568", PUBLIC_ADDRESS: "localhost:2568", DATABASE_URL: "db" },
    ]);
    const proxied = processSettings(
      { port: 2567, publicAddress: "play.example.org", redisUrl: REDIS },
      "",
      2,
    );
    assert.equal(proxied[1]?.PUBLIC_ADDRESS, "play.example.org/2568");
  });

  it("need Redis and ports", () => {
    const settings = { port: 2567, publicAddress: null, redisUrl: REDIS };
    for (const changed of [{ redisUrl: null }, { port: 0 }, { port: 65_535 }])
      assert.throws(() => processSettings({ ...settings, ...changed }, "", 2), UsageError);
  });

  it("are for a number of processes that makes sense", () => {
    assert.equal(readStartFlags([]).processes, 1);
    assert.equal(readStartFlags(["--processes", "4"]).processes, 4);
    for (const args of [
      ["--processes", "0"],
      ["--processes", "two"],
      ["--processes"],
      ["--procs", "2"],
      ["2"],
    ])
      assert.throws(() => readStartFlags(args), UsageError, args.join(" "));
  });
});
