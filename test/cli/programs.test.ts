import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { useDatabase } from "../support/database.ts";
import { useServers } from "../support/server-process.ts";

/** A variable that every process has in its environment which one of these programs started, directly or not. */
const MARK = `SECTORKEEP_TEST=${randomUUID()}`;

/** Processes of this machine that carry the mark. */
function marked(): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/environ`, "latin1").split("\0").includes(MARK);
      } catch {
        // It has ended meanwhile, or is somebody else's.
        return false;
      }
    });
}

describe("the programs", function () {
  this.timeout(60_000);
  after("remove the data folder", () => rmSync(dataDir, { recursive: true }));
  const servers = useServers();
  const test = useDatabase();
  const dataDir = mkdtempSync(path.join(tmpdir(), "sectorkeep-programs-"));

  /** Runs a program of `src/` to its end. */
  async function run(program: string, args: readonly string[] = [], databaseUrl = test.url) {
    const [name, value] = MARK.split("=", 2);
    const child = spawn(
      process.execPath,
      [fileURLToPath(new URL(`../../src/${program}`, import.meta.url)), ...args],
      {
        env: {
          PATH: process.env.PATH,
          DATABASE_URL: databaseUrl,
          DATA_DIR: dataDir,
          PORT: "0",
          HARVEST_SECONDS: "1",
          [`${name}`]: value,
        },
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
    const [said, complained, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
    return { code, said, complained };
  }

  it("the audit proves nothing by a database that is not there, or has no galaxy", async () => {
    const empty = await run("cli/audit.ts");
    assert.deepEqual([empty.code, empty.said], [2, ""]);
    assert.match(empty.complained, /^The database holds no galaxy\. /);
    const missing = await run("cli/audit.ts", [], "");
    assert.deepEqual([missing.code, missing.said], [2, ""]);
    assert.match(missing.complained, /^There is no database in DATA_DIR /);
    assert.deepEqual(readdirSync(dataDir), []);
  });

  it("the server makes the default galaxy in an empty database", async () => {
    const server = await servers.start(test.url);
    const answer: unknown = await (await fetch(`http://localhost:${server.port}/galaxy`)).json();
    assert.partialDeepStrictEqual(answer, { sectors: 100, startSectorId: 1 });
    await server.kill();
  });

  it("the demo flies its bots, says what it cost, and leaves no process", async () => {
    const { code, said, complained } = await run("cli/demo.ts", ["--bots", "2", "--seconds", "5"]);
    assert.equal(code, 0, complained);
    assert.match(said, /^2 bots, 5 s: 2 pilots in .* CPU .* memory .* tick p99 /m);
    assert.deepEqual(marked(), []);
    const { rows } = await test.pool.query("select count(*)::int as outcomes from requests");
    assert.ok(rows[0].outcomes > 0, said);
  });

  it("the audit ends with 0 where everything holds, and with 1 for one row that is wrong, which it names", async () => {
    const clean = await run("cli/audit.ts");
    assert.deepEqual([clean.code, clean.complained], [0, ""]);
    assert.doesNotMatch(clean.said, /BROKEN/);
    const { rows } = await test.pool.query(
      `update players set lifetime_turns_spent = lifetime_turns_spent + 1, starting_turns = starting_turns + 1
        where id = (select id from players limit 1) returning id`,
    );
    const broken = await run("cli/audit.ts");
    assert.equal(broken.code, 1);
    assert.match(broken.said, /^BROKEN {2}turns_accounted /m);
    assert.match(broken.complained, new RegExp(`^turns_accounted: player ${rows[0].id} spent `));
  });
});
