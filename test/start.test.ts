import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** Prints, in its last line, the packages that the server's program has loaded when it ends. */
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
  process.on("exit", () => console.log(JSON.stringify([...names])));
  await import(process.argv[1]);
`;
/** Each of them costs a start 0.2 to 1 s of CPU, and only some starts need it: those load it when they do. */
const ON_DEMAND = ["drizzle-orm", "drizzle-kit", "graphile-worker", "ioredis", "posthog-node", "vite"];

describe("starting on a database that is up to date", () => {
  it("loads no package that only other starts need", async () => {
    const program = fileURLToPath(new URL("../src/main.ts", import.meta.url));
    const arguments_ = ["--input-type=module", "--eval", LIST_PACKAGES, program, "--help"];
    const { stdout } = await promisify(execFile)(process.execPath, arguments_);
    const loaded: unknown = JSON.parse(stdout.trimEnd().split("\n").at(-1) ?? "");
    assert.ok(Array.isArray(loaded) && loaded.includes("pg"), `these were loaded: ${stdout}`);
    assert.deepEqual(
      ON_DEMAND.filter((name) => loaded.includes(name)),
      [],
    );
  });
});
