import { strict as assert } from "node:assert";
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import path from "node:path";
import { discardEmbedded } from "../../src/persistence/embedded.ts";
import { admin } from "../support/admin.ts";
import { useDatabase } from "../support/database.ts";
import { EMBEDDED_TIMEOUT_MS, makeFolder } from "../support/embedded.ts";
import { useServers } from "../support/server-process.ts";

/** They are for the processes that run, and nobody else would ever do them. */
const FOR_PROCESSES = [["kick", "Ada"], ["broadcast", "hello"], ["drain"]];

describe("npm run admin on an embedded database", function () {
  this.timeout(EMBEDDED_TIMEOUT_MS);
  const servers = useServers();
  let dataDir = "";
  before(async () => {
    dataDir = await makeFolder();
  });
  after(async () => {
    await discardEmbedded(dataDir);
    await rm(dataDir, { recursive: true, force: true });
  });

  it("makes none where there is none, and says where it looked", async () => {
    for (const args of [["status"], ["drain"]]) {
      const { code, stdout, stderr } = await admin({ DATA_DIR: dataDir }, ...args);
      assert.deepEqual([code, stdout], [1, ""]);
      assert.ok(stderr.startsWith(`There is no database in DATA_DIR (${dataDir}). Set `), stderr);
    }
    assert.ok(!existsSync(path.join(dataDir, "postgres")));
  });

  it("drains the server that takes its Postgres along, and then finds no process to drain", async () => {
    const server = await servers.start("", { DATA_DIR: dataDir });
    const drained = await admin({ DATA_DIR: dataDir }, "drain");
    assert.deepEqual([drained.code, drained.stderr], [0, ""]);
    assert.match(drained.stdout, /^drain all \((\S+) acts on it within a second\)\n\1 has ended\.\n$/);
    assert.deepEqual(await server.ended, { code: 0, signal: null });
    const again = await admin({ DATA_DIR: dataDir }, "drain");
    assert.deepEqual([again.code, again.stdout], [1, ""]);
    assert.ok(
      again.stderr.startsWith(`No process runs on the embedded database in DATA_DIR (${dataDir}), so`),
    );
  });
});

describe("npm run admin on a database of one's own", function () {
  this.timeout(EMBEDDED_TIMEOUT_MS);
  const servers = useServers();
  const test = useDatabase();

  it("refuses what is for processes where none runs, and records nothing", async () => {
    const { host, pathname, password } = new URL(test.url);
    for (const args of FOR_PROCESSES) {
      const { code, stdout, stderr } = await admin({ DATABASE_URL: test.url }, ...args);
      assert.deepEqual([code, stdout], [1, ""]);
      assert.ok(
        stderr.startsWith(`No process runs on the database of DATABASE_URL (${host}${pathname}), so`),
      );
      assert.ok(password === "" || !stderr.includes(`:${password}@`));
    }
    const { rows } = await test.pool.query("select kind from admin_actions");
    assert.deepEqual(rows, []);
  });

  it("drains the process that was asked for, and speaks of that one", async () => {
    const [leaving, staying] = await Promise.all([servers.start(test.url), servers.start(test.url)]);
    const { stdout } = await admin({ DATABASE_URL: test.url }, "status");
    const ids = /^Processes\n {2}(\S+)\n {2}(\S+)\n/.exec(stdout)?.slice(1) ?? [];
    const id = ids.find((one) => one.endsWith(`-${leaving.pid}`)) ?? assert.fail(stdout);
    const drained = await admin({ DATABASE_URL: test.url }, "drain", "--process", id);
    assert.deepEqual(drained, {
      code: 0,
      stdout: `drain ${id} (${id} acts on it within a second)\n${id} has ended.\n`,
      stderr: "",
    });
    assert.deepEqual(await leaving.ended, { code: 0, signal: null });
    assert.ok(staying.isRunning);
  });
});
