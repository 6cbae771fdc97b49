import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** Prints the packages that importing the server's parts loads. */
const LIST_PACKAGES = `
  const { registerHooks } = await import("node:module");
  const names = new Set();
  registerHooks({
    load(url, context, next) {
      const name = /.*node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(url)?.[1];
      if (name !== undefined) names.add(name);
      return next(url, context);
    },
  });
  for (const program of process.argv.slice(1)) await import(program);
  console.log(JSON.stringify([...names]));
  process.exit();
`;
/** Each of them costs a start 0.2 to 1 s of CPU, and only some starts need it: those load it when they do. */
const ON_DEMAND = ["drizzle-orm", "drizzle-kit", "graphile-worker", "ioredis", "posthog-node", "vite"];

describe("starting on a database that is up to date", () => {
  it("loads no package that only other starts need", async () => {
    // What main.ts imports: itself, it would start.
    const parts = ["game.ts", "cli/command.ts", "cli/processes.ts"].map((part) =>
      fileURLToPath(new URL(`../src/${part}`, import.meta.url)),
    );
    const arguments_ = ["--input-type=module", "--eval", LIST_PACKAGES, ...parts];
    const { stdout } = await promisify(execFile)(process.execPath, arguments_);
    const loaded: unknown = JSON.parse(stdout);
    assert.ok(Array.isArray(loaded) && loaded.includes("pg"), `these were loaded: ${stdout}`);
    assert.deepEqual(
      ON_DEMAND.filter((name) => loaded.includes(name)),
      [],
    );
  });
});
