import { strict as assert } from "node:assert";
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import path from "node:path";
import { awaitDrained } from "../../src/cli/drained.ts";
import { connect } from "../../src/persistence/database.ts";
import { admin, audit, orderOfAnotherVersion } from "../support/admin.ts";
import { useDatabase } from "../support/database.ts";
import { EMBEDDED_TIMEOUT_MS, startHere, useFolder } from "../support/embedded.ts";
import { administer, testPostgres } from "../support/postgres.ts";
import { useServers } from "../support/server-process.ts";

/** They are for the processes that run, and nobody else would ever do them. */
const FOR_PROCESSES = [["kick", "Ada"], ["broadcast", "hello"], ["drain"]];

describe("npm run admin on an embedded database", function () {
  this.timeout(EMBEDDED_TIMEOUT_MS);
  const servers = useServers();
  const dataDir = useFolder();

  it("makes none where there is none, and says where it looked", async () => {
    for (const args of [["status"], ["drain"]]) {
      const { code, stdout, stderr } = await admin({ DATA_DIR: dataDir() }, ...args);
      assert.deepEqual([code, stdout], [1, ""]);
      assert.ok(stderr.startsWith(`There is no database in DATA_DIR (${dataDir()}). Set `), stderr);
    }
    assert.ok(!existsSync(path.join(dataDir(), "postgres")));
  });

  it("drains the server that takes its Postgres along, and then finds no process to drain", async () => {
    const server = await servers.start("", { DATA_DIR: dataDir() });
    const drained = await admin({ DATA_DIR: dataDir() }, "drain");
    assert.deepEqual([drained.code, drained.stderr], [0, ""]);
    assert.match(drained.stdout, /^drain all \((\S+) acts on it within a second\)\n\1 has ended\.\n$/);
    assert.deepEqual(await server.ended, { code: 0, signal: null });
    const again = await admin({ DATA_DIR: dataDir() }, "drain");
    assert.deepEqual([again.code, again.stdout], [1, ""]);
    assert.ok(
      again.stderr.startsWith(`No process runs on the embedded database in DATA_DIR (${dataDir()}), so`),
    );
  });

  it("takes a server whose Postgres has gone for ended, only where it is the server's own", async () => {
    const { url, stop } = await startHere(dataDir());
    const { pool } = connect(url, { max: 1, applicationName: "test" });
    await stop();
    assert.equal(await awaitDrained(pool, ["server-1"], 1, { databaseUrl: null, dataDir: dataDir() }), 0);
    const elsewhere = { databaseUrl: url, dataDir: dataDir() };
    await assert.rejects(awaitDrained(pool, ["server-1"], 1, elsewhere), { code: "ECONNREFUSED" });
    await pool.end();
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

  it("does nothing to a database on which no server has ever run", async () => {
    const name = `not_ours_${process.pid}`;
    await administer(`create database ${name}`);
    const url = testPostgres().urlOf(name);
    const { pool } = connect(url, { max: 1, applicationName: "test" });
    try {
      // What another program of the same tools leaves.
      for (const journal of [false, true]) {
        if (journal) {
          await pool.query("create schema drizzle");
          await pool.query("create table drizzle.__drizzle_migrations (hash text, created_at bigint)");
          await pool.query("insert into drizzle.__drizzle_migrations values ('theirs', 9000000000000)");
        }
        for (const args of [["status"], ["ban", randomUUID(), "--reason", "spams"]]) {
          const { code, stdout, stderr } = await admin({ DATABASE_URL: url }, ...args);
          assert.deepEqual([code, stdout], [1, ""]);
          assert.match(
            stderr,
            /^No server has ever run on the database of DATABASE_URL \(\S+\/not_ours_\d+\), and/,
          );
        }
        const audited = await audit({ DATABASE_URL: url });
        assert.deepEqual([audited.code, audited.stdout], [2, ""]);
        assert.match(audited.stderr, /^No server has ever run on /);
      }
      const { rows } = await pool.query(
        "select from information_schema.tables where table_schema = 'public'",
      );
      assert.equal(rows.length, 0);
    } finally {
      await pool.end();
      await administer(`drop database ${name} with (force)`);
    }
  });

  it("drains the process that was asked for, and speaks of that one", async () => {
    const [leaving, staying] = await Promise.all([servers.start(test.url), servers.start(test.url)]);
    const { stdout } = await admin({ DATABASE_URL: test.url }, "status");
    const ids = /^Processes\n {2}(\S+)\n {2}(\S+)\n/.exec(stdout)?.slice(1) ?? [];
    const id = ids.find((one) => one.includes(`-${leaving.pid}-`)) ?? assert.fail(stdout);
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

describe("npm run admin beside processes of another version", function () {
  this.timeout(EMBEDDED_TIMEOUT_MS);
  const servers = useServers();
  const test = useDatabase();
  const journal = "drizzle.__drizzle_migrations";
  const applied = async () => (await test.pool.query(`select created_at from ${journal} order by 1`)).rows;
  const installation = () => ({ DATABASE_URL: test.url });

  it("drains those of an older one, bans for them, and leaves the schema as it is", async () => {
    const server = await servers.start(test.url);
    await test.pool.query(
      `delete from ${journal} where created_at = (select max(created_at) from ${journal})`,
    );
    const before = await applied();
    const userId = randomUUID();
    for (const args of [["status"], ["ban", userId, "--reason", "spams"], ["drain"]]) {
      const { code, stderr } = await admin(installation(), ...args);
      assert.deepEqual([code, stderr], [0, ""]);
    }
    assert.deepEqual(await server.ended, { code: 0, signal: null });
    assert.deepEqual(await applied(), before);
  });

  it("says so where the schema lacks what is asked for, or only its own version could tell", async () => {
    const before = await applied();
    await test.pool.query("alter table bans rename to bans_of_another_version");
    const { code, stdout, stderr } = await admin(installation(), "ban", randomUUID(), "--reason", "spams");
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(
      stderr,
      /^The database has the schema of an older version, .*"bans" does not exist\. Nothing was/,
    );
    const audited = await audit(installation());
    assert.deepEqual([audited.code, audited.stdout], [2, ""]);
    assert.match(
      audited.stderr,
      /^The database has the schema of an older version\. Nothing was changed\. Do it with/,
    );
    assert.deepEqual(await applied(), before);
    await test.pool.query("alter table bans_of_another_version rename to bans");
  });

  it("works on with the schema of a newer one, and names its orders", async () => {
    await test.pool.query(`insert into ${journal} (hash, created_at) values ('later', 9000000000000)`);
    await orderOfAnotherVersion(test.pool, "mute");
    const { code, stdout, stderr } = await admin(installation(), "status");
    assert.deepEqual([code, stderr], [0, ""]);
    assert.match(
      stdout,
      /^Processes\n.*^ {2}\d+ {2}\S+ {2}later {2}mute, which this version does not know$/ms,
    );
  });
});
