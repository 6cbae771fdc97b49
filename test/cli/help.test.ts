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

  for (const script of [
    "start",
    "demo",
    "world",
    "audit",
    "admin",
    "loadtest",
    "bench",
    "storm",
    "docs",
    "page",
  ]) {
    it(`${script} says with --help how it is called, and does nothing else`, async () => {
      const { code, stdout, stderr } = await run(script, "--help");
      assert.deepEqual([code, stderr], [0, ""]);
      assert.match(stdout, new RegExp(`^ *npm (run )?${script}\\b`, "m"));
      assert.match(stdout, /^Exit codes: 0 /m);
    });
  }

  const wrong: [script: string, args: string[], sentence: RegExp][] = [
    ...["0", "-1", "1e9", "86401", "Infinity", "NaN", "2.5", ""].map(
      (seconds): [string, string[], RegExp] => [
        "demo",
        ["--seconds", seconds],
        new RegExp(`^--seconds takes a whole number from 1 to 86400; "${seconds}" is none\\.\n`),
      ],
    ),
    ["demo", ["--bots", "101"], /^--bots takes a whole number from 1 to 100; "101" is none\.\n/],
    ["storm", ["--kills", "10001"], /^--kills takes a whole number from 1 to 10000; "10001" is none\.\n/],
    ["storm", ["--kills", "0"], /^--kills takes a whole number from 1 to 10000; "0" is none\.\n/],
    ["storm", ["--fuzz", "1e9"], /^--fuzz takes a whole number from 1 to 100000000; "1e9" is none\.\n/],
    ["storm", ["--idempotency", "9".repeat(9)], /^--idempotency takes a whole number from 1 to 100000; /],
    ["storm", ["--queues", "9".repeat(9)], /^--queues takes a whole number from 1 to 1000000; /],
    [
      "storm",
      ["--kills", "1", "--bots", "-3"],
      /^--bots takes a whole number from 1 to 20000; "-3" is none\.\n/,
    ],
    ["storm", ["--hours", "600"], /^--hours takes a number from 0\.06 to 168, .*; "600" is none\.\n/],
    ["page", ["--port", "1"], /--port/],
  ];
  for (const [script, args, sentence] of wrong) {
    it(`${script} ${args.join(" ")} is refused with what is allowed`, async () => {
      const { code, stdout, stderr } = await run(script, ...args);
      assert.deepEqual([code, stdout], [2, ""]);
      assert.match(stderr, sentence);
    });
  }
});
