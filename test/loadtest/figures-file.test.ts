import { strict as assert } from "node:assert";
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { UsageError } from "../../src/cli/usage.ts";
import { refuseUnwritable } from "../../src/cli/writable-file.ts";

const folder = mkdtempSync(path.join(tmpdir(), "sectorkeep-figures-"));

/** Where no database could be used, so that whatever is run fails otherwise than with 2. */
function run(program: string, ...args: string[]): Promise<{ code: unknown; stdout: string; stderr: string }> {
  const env = { PATH: process.env.PATH, DATABASE_URL: "postgres://127.0.0.1:1/nothing" };
  const file = fileURLToPath(new URL(`../../loadtest/${program}`, import.meta.url));
  return new Promise((resolve) => {
    execFile(process.execPath, [file, ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : error.code, stdout, stderr });
    });
  });
}

describe("what measures", function () {
  this.timeout(30_000);
  after(() => rmSync(folder, { recursive: true }));

  for (const program of ["main.ts", "bench/main.ts"]) {
    it(`loadtest/${program} does not begin when its figures have nowhere to go`, async () => {
      const file = path.join(folder, "nowhere", "x.json");
      const { code, stdout, stderr } = await run(program, "--json", file);
      assert.deepEqual([code, stdout], [2, ""]);
      assert.match(stderr, /^--json \S+x\.json cannot be written \(ENOENT\)\. Name a file in a folder /);
    });
  }

  it("says which benches there are to whoever asks for another, even by a name that every object knows", async () => {
    const { code, stderr } = await run("bench/main.ts", "constructor");
    assert.equal(code, 2);
    assert.match(stderr, /^There is no benchmark "constructor"\. There are: commit, rooms, /);
  });

  it("takes a file that is there or can be made, and makes none yet", async () => {
    const there = path.join(folder, "there.json");
    writeFileSync(there, "{}");
    await refuseUnwritable("--json", there);
    await refuseUnwritable("--json", path.join(folder, "new.json"));
    for (const folderOrNone of [folder, `${path.join(folder, "new")}/`, ""])
      await assert.rejects(refuseUnwritable("--json", folderOrNone), UsageError);
    await assert.rejects(refuseUnwritable("--json", path.join(there, "x.json")), UsageError);
    assert.deepEqual(readdirSync(folder), ["there.json"]);
  });
});
