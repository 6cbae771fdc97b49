import { strict as assert } from "node:assert";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { z } from "zod";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const { scripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(`${ROOT}/package.json`, "utf8")));

/** Runs a script of package.json as npm does, where it finds neither a database nor settings. */
function run(script: string, ...args: string[]) {
  const [, program = ""] = (scripts[script] ?? "").split(" ");
  const env = { PATH: process.env.PATH, DATABASE_URL: "postgres://127.0.0.1:1/nothing" };
  return new Promise<{ code: unknown; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, [program, ...args], { cwd: ROOT, env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : error.code, stdout, stderr });
    });
  });
}

describe("the commands", function () {
  this.timeout(60_000);

  for (const script of ["start", "demo", "world", "audit", "admin", "loadtest", "bench", "storm", "docs"]) {
    it(`${script} says with --help how it is called, and does nothing else`, async () => {
      const { code, stdout, stderr } = await run(script, "--help");
      assert.deepEqual([code, stderr], [0, ""]);
      assert.match(stdout, new RegExp(`^ *npm (run )?${script}\\b`, "m"));
      assert.match(stdout, /^Exit codes: 0 /m);
    });
  }
});
