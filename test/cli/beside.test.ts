import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { withDatabase } from "../../src/cli/open-database.ts";
import { CommandError } from "../../src/cli/usage.ts";
import { findEmbedded } from "../../src/persistence/embedded.ts";
import {
  EMBEDDED_TIMEOUT_MS,
  kill,
  postmasterOf,
  query,
  startHere,
  startInChild,
  useFolder,
} from "../support/embedded.ts";
import { useServers } from "../support/server-process.ts";
import { until } from "../support/until.ts";

describe("a command beside what uses the same embedded database", function () {
  this.timeout(EMBEDDED_TIMEOUT_MS);
  const servers = useServers();
  const dataDir = useFolder();

  const installation = () => ({ databaseUrl: null, dataDir: dataDir() });

  function run(program: string, ...args: string[]) {
    const file = fileURLToPath(new URL(`../../src/cli/${program}.ts`, import.meta.url));
    return spawn(process.execPath, [file, ...args], {
      env: { PATH: process.env.PATH, DATA_DIR: dataDir() },
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  async function resultOf(child: ReturnType<typeof run>) {
    const [said, complained, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, "close"),
    ]);
    return { code, said, complained };
  }

  it("reads and extends the world of a server that runs, and leaves its Postgres running", async () => {
    const server = await servers.start("", { DATA_DIR: dataDir() });
    const postmaster = await postmasterOf(dataDir());
    const region = ["--region", "Vega Reach", "--type", "player_owned", "--sectors", "100"];
    for (const command of [["world"], ["world", ...region], ["audit"], ["admin", "status"]]) {
      const [program = "", ...args] = command;
      const { code, complained } = await resultOf(run(program, ...args));
      assert.equal(code, 0, `${command.join(" ")}: ${complained}`);
    }
    assert.equal(await postmasterOf(dataDir()), postmaster);
    assert.equal((await fetch(`http://localhost:${server.port}/readyz`)).status, 200);
    const map: unknown = await (await fetch(`http://localhost:${server.port}/galaxy`)).json();
    assert.partialDeepStrictEqual(map, { sectors: 200 });
    server.signal("SIGTERM");
    assert.deepEqual(await server.ended, { code: 0, signal: null });
  });

  it("can be interrupted without the server losing its Postgres", async () => {
    const { url, stop } = await startHere(dataDir());
    const blocker = new pg.Client({ connectionString: url });
    try {
      const postmaster = await postmasterOf(dataDir());
      // Nobody gets on behind this lock: the command waits for it.
      await blocker.connect();
      await blocker.query("begin; lock table galaxies");
      const child = run("world");
      const ended = resultOf(child);
      await until("the command waits", async () => {
        const waiting = "application_name = 'sectorkeep world' and wait_event_type = 'Lock'";
        return (await query(url, `select from pg_stat_activity where ${waiting}`)).length > 0;
      });
      child.kill("SIGINT");
      assert.deepEqual(await ended, { code: 130, said: "", complained: "" });
      assert.equal(await postmasterOf(dataDir()), postmaster);
      assert.deepEqual(await query(url, "select 1 as up"), [{ up: 1 }]);
    } finally {
      await blocker.end();
      await stop();
    }
  });

  it("says whose Postgres it was when that has been stopped under it", async () => {
    const { stop } = await startHere(dataDir());
    const cut = withDatabase(installation(), "test", async ({ pool }) => {
      await pool.query("select 1");
      await stop();
      return pool.query("select 1");
    });
    await assert.rejects(cut, (error) => {
      assert.ok(error instanceof CommandError);
      assert.match(
        error.message,
        new RegExp(`another process \\(sectorkeep ${process.pid}\\), and it has ended`),
      );
      assert.match(error.message, /run this again\.$/);
      return true;
    });
  });

  it("takes over, and stops at its end, what a killed process has left running", async () => {
    const { process: killed } = await startInChild(dataDir());
    const postmaster = await postmasterOf(dataDir());
    await kill(killed);
    await withDatabase(installation(), "test", async () => {
      assert.equal(await postmasterOf(dataDir()), postmaster);
    });
    assert.equal(await findEmbedded(dataDir()), null);
  });
});
