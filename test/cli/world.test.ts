import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { UsageError } from "../../src/cli/usage.ts";
import { readFlags } from "../../src/cli/world-flags.ts";
import { progressOn } from "../../src/cli/world-report.ts";
import { useDatabase } from "../support/database.ts";
import { administer, testPostgres } from "../support/postgres.ts";

const WORLD = fileURLToPath(new URL("../../src/cli/world.ts", import.meta.url));

describe("the flags of npm run world", () => {
  const taskOf = (...args: string[]) => readFlags(args).task;

  it("say what to do", () => {
    assert.deepEqual(taskOf(), { kind: "show" });
    assert.deepEqual(readFlags(["--export", "out.json"]), { task: { kind: "show" }, exportFile: "out.json" });
    assert.deepEqual(taskOf("--import", "in.json"), { kind: "import", file: "in.json" });
    assert.deepEqual(taskOf("--seed", "7"), {
      kind: "generate",
      seed: 7,
      amClaimShareBps: null,
      regions: [{ name: "Terran Space", type: "terran_space", sectors: 100 }],
    });
    assert.deepEqual(
      taskOf("--region", "Vega", "--type", "player_owned", "--sectors", "100", "--am-claims", "25"),
      {
        kind: "region",
        seed: null,
        amClaimShareBps: 2_500,
        region: { name: "Vega", type: "player_owned", sectors: 100 },
      },
    );
  });

  const mistakes: [args: string[], message: RegExp][] = [
    [["--sede", "7"], /--sede/],
    [["extra"], /extra/],
    [["--seed"], /seed/],
    [["--seed", "seven"], /^--seed takes a whole number from 0 to 4294967295; "seven" is none\.$/],
    [["--seed", "4294967296"], /0 to 4294967295/],
    [["--seed", "-1"], /^--seed takes .* "-1" is none\.$/],
    [["--sectors", "7"], /^--sectors takes a whole number from 20 to 5300; "7" is none\.$/],
    [["--sectors", "0"], /from 20 to 5300; "0"/],
    [["--sectors", "-5"], /from 20 to 5300; "-5"/],
    [["--sectors", "50.5"], /from 20 to 5300; "50\.5"/],
    [["--sectors", "1e99"], /from 20 to 5300; "1e99"/],
    [["--sectors", "9".repeat(20)], /from 20 to 5300; "9{20}"/],
    [["--region", "Vega"], /--region needs --type, one of central_nexus, terran_space, player_owned/],
    [["--region", "Vega", "--type", "nexus", "--sectors", "100"], /--region needs --type/],
    [["--region", "Vega", "--type", "player_owned"], /--region needs --sectors/],
    ...["99", "0", "-5", "100.5", "1501", "9".repeat(20), "many", ""].map((sectors): [string[], RegExp] => [
      ["--region", "Vega", "--type", "player_owned", "--sectors", sectors],
      new RegExp(
        `^--sectors takes a whole number from 100 to 1500 for a player_owned region; "${sectors}" is none`,
      ),
    ]),
    [
      ["--region", "V".repeat(65), "--type", "player_owned", "--sectors", "100"],
      /A region's name has 1 to 64/,
    ],
    [["--region", " ", "--type", "player_owned", "--sectors", "100"], /A region's name/],
    [["--type", "player_owned"], /--type cannot be used here: it belongs to --region/],
    [["--import", "in.json", "--seed", "7"], /--seed cannot be used here: --import brings/],
    [["--am-claims", "101"], /0 to 100/],
  ];
  for (const [args, message] of mistakes) {
    it(`are refused: ${args.join(" ")}`, () => {
      assert.throws(
        () => readFlags(args),
        (error) => error instanceof UsageError && message.test(error.message),
      );
    });
  }
});

describe("progress of npm run world", () => {
  const shown = (isTTY: boolean) => {
    const texts: string[] = [];
    const onProgress = progressOn({ isTTY, write: (text) => texts.push(text) });
    onProgress({ table: "sectors", rows: 50, total: 100 });
    onProgress({ table: "stations", rows: 100, total: 100 });
    return texts.join("");
  };

  it("is a bar on a terminal, and lines elsewhere", () => {
    assert.equal(
      shown(true),
      "\r[###############...............]  50 %  sectors        \r[##############################] 100 %  stations       \n",
    );
    assert.equal(shown(false), "sectors: 50 of 100 rows written\nstations: 100 of 100 rows written\n");
  });
});

describe("npm run world", function () {
  this.timeout(60_000);
  const db = useDatabase();
  const other = useDatabase();
  let folder = "";

  before("make a folder", async () => {
    folder = await mkdtemp(path.join(tmpdir(), "sectorkeep-world-"));
  });
  after("remove the folder", () => rm(folder, { recursive: true }));

  const sectorsIn = async ({ pool }: typeof db) =>
    (await pool.query<{ count: number }>("select count(*) from sectors")).rows[0]?.count;

  it("ends with 2 for wrong flags, and shows the right ones", async () => {
    const { code, stderr } = await world("postgres://localhost:1/nothing", "--seed", "x");
    assert.equal(code, 2);
    assert.match(stderr, /^--seed takes a whole number from 0 to \d+; "x" is none\.\n\nMakes the galaxy/);
  });

  it("ends with 1 and a sentence when the database is away", async () => {
    const { code, stderr } = await world("postgres://127.0.0.1:1/nothing");
    assert.equal(code, 1);
    assert.match(stderr, /^The database cannot be used: .*DATABASE_URL is right\.\n$/);
  });

  it("does nothing at all when the file of --export cannot be written", async () => {
    for (const file of [path.join(folder, "nowhere", "x.json"), folder, `${path.join(folder, "new")}/`]) {
      // Whoever got as far as the database would end otherwise.
      const { code, stdout, stderr } = await world("postgres://127.0.0.1:1/nothing", "--export", file);
      assert.deepEqual([code, stdout], [2, ""]);
      assert.match(stderr, /^--export \S+ (cannot be written \(ENOENT\)|is a folder)\. Name a file in /);
    }
  });

  it("imports a file that begins with a byte order mark, and refuses one that is not UTF-8", async () => {
    const file = path.join(folder, "marked.json");
    await writeFile(file, "\uFEFF{}");
    const marked = await world(db.url, "--import", file);
    assert.match(marked.stderr, /\n {2}format: /);
    await writeFile(file, '{"name": "Übersee"}', "latin1");
    const latin = await world(db.url, "--import", file);
    assert.equal(latin.code, 1);
    assert.match(latin.stderr, /^The galaxy file \S+marked\.json is not UTF-8 text\. Save it as UTF-8/);
  });

  it("imports nothing of a file with mistakes, and lists them", async () => {
    const file = path.join(folder, "broken.json");
    await writeFile(
      file,
      '{"format": "sectorkeep-galaxy", "version": 1, "regions": [{"sectors": [{"id": 0}]}]}',
    );
    const { code, stderr } = await world(db.url, "--import", file);
    assert.equal(code, 1);
    assert.match(stderr, / {2}name: /);
    assert.match(stderr, / {2}regions\[0\]\.sectors\[0\]\.id: /);
    assert.equal(await sectorsIn(db), 0);
    const missing = await world(db.url, "--import", path.join(folder, "missing.json"));
    assert.equal(missing.code, 1);
    assert.match(missing.stderr, /^The galaxy file cannot be read \(ENOENT.*missing\.json.*\)/);
  });

  it("generates 5,000 sectors, writes them within 20 s and sums them up", async () => {
    const startedAt = performance.now();
    const { code, stdout, stderr } = await world(db.url, "--seed", "7", "--sectors", "5000");
    assert.equal(code, 0, stderr);
    assert.ok(performance.now() - startedAt < 20_000);
    assert.equal(await sectorsIn(db), 5_000);
    assert.match(stdout, /^Galaxy "Sectorkeep" \(seed 7\): 5000 sectors/);
    assert.match(stdout, /^all +179 +5000 +15\.0 % +4\.\d % +\d+\.\d %$/m);
    assert.match(stderr, /^sectors: \d+ of \d+ rows written$/m);
  });

  it("keeps the galaxy there is", async () => {
    const { code, stderr } = await world(db.url, "--seed", "8");
    assert.equal(code, 1);
    assert.match(stderr, /holds the galaxy "Sectorkeep" already/);
    assert.equal(await sectorsIn(db), 5_000);
  });

  it("adds a region", async () => {
    const { code, stdout } = await world(
      db.url,
      ...["--region", "Vega Reach", "--type", "player_owned", "--sectors", "100"],
    );
    assert.equal(code, 0);
    assert.match(stdout, /^Vega Reach +player_owned +100$/m);
    assert.equal(await sectorsIn(db), 5_100);
  });

  it("makes the default galaxy if there is none, shows it ever after, and moves it to another database", async () => {
    const made = await world(other.url);
    assert.match(made.stdout, /^Galaxy "Sectorkeep" \(seed 1\): 100 sectors/);
    const file = path.join(folder, "galaxy.json");
    const shown = await world(other.url, "--export", file);
    assert.equal(shown.stdout, `${made.stdout}Written to ${file}.\n`);
    assert.equal(shown.stderr, "");
    assert.equal(await sectorsIn(other), 100);

    await other.pool.query("update galaxies set start_region_id = null");
    await other.pool.query("update regions set capital_sector_id = null");
    await other.pool.query("delete from regions");
    await other.pool.query("delete from galaxies");
    await other.pool.query("delete from factions");
    const imported = await world(other.url, "--import", file, "--export", `${file}.2`);
    assert.equal(imported.code, 0, imported.stderr);
    assert.match(imported.stdout, /^Galaxy "Sectorkeep" \(imported\): 100 sectors/);
    assert.equal(await readFile(`${file}.2`, "utf8"), await readFile(file, "utf8"));
  });
});

describe("npm run world on the schema of another version", function () {
  this.timeout(30_000);
  const db = useDatabase();
  const journal = "drizzle.__drizzle_migrations";
  const applied = async () => (await db.pool.query(`select created_at from ${journal} order by 1`)).rows;

  it("refuses an older one, under which servers may be at work, and says what brings it up to date", async () => {
    await db.pool.query(`delete from ${journal} where created_at = (select max(created_at) from ${journal})`);
    const before = await applied();
    const { code, stdout, stderr } = await world(db.url);
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(
      stderr,
      /^The database has the schema of an older version\. Nothing was changed\. .* \(npm start\), which brings it up/,
    );
    assert.deepEqual(await applied(), before);
  });

  it("refuses a newer one", async () => {
    await db.pool.query(`insert into ${journal} (hash, created_at) values ('later', 9000000000000)`);
    const { code, stdout, stderr } = await world(db.url);
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(stderr, /^The database has the schema of a newer version\. Nothing was changed\./);
  });

  it("gives one to a database that has none", async () => {
    const name = `world_anew_${process.pid}`;
    await administer(`create database ${name}`);
    try {
      const { code, stdout } = await world(testPostgres().urlOf(name));
      assert.equal(code, 0);
      assert.match(stdout, /^Galaxy "Sectorkeep" \(seed 1\): 100 sectors/);
    } finally {
      await administer(`drop database ${name} with (force)`);
    }
  });
});

/** Runs the command as npm does, on a database; nothing else of this environment reaches it. */
async function world(
  databaseUrl: string,
  ...args: string[]
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [WORLD, ...args], {
    env: { PATH: process.env.PATH, DATABASE_URL: databaseUrl },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const texts = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    texts.stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    texts.stderr += text;
  });
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, ...texts };
}
