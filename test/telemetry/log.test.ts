import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync } from "node:fs";
import { createServer } from "node:net";
import { text as textOf } from "node:stream/consumers";
import { Redis } from "ioredis";
import { SignJWT } from "jose";
import { createLog } from "../../src/telemetry/log.ts";
import { skip } from "../support/skip.ts";

/** What a log wrote, as one text. */
function logged(write: (log: ReturnType<typeof createLog>) => void): string {
  const lines: string[] = [];
  write(createLog("debug", { write: (line) => lines.push(line) }));
  assert.ok(lines.length > 0);
  return lines.join("");
}

describe("the log", () => {
  it("keeps secrets out, in whichever field or text they come", async () => {
    const token = await new SignJWT({ sub: "ada" })
      .setProtectedHeader({ alg: "HS256" })
      .sign(Buffer.alloc(32, 7));
    const secrets = [token, "hunter2", "s3same", "0pen"];
    const text = logged((log) => {
      log.info({ token, headers: { authorization: `Bearer ${token}` } }, "fields of that name");
      log.info({ call: { options: { reconnectionToken: "s3same" } } }, "deep down");
      log.warn(
        { err: new Error("cannot connect to postgres://ada:hunter2@db:5432/game") },
        "an error's text",
      );
      log.warn({ redis: "rediss://:hunter2@cache:6379" }, "an address");
      log.warn({}, `GET /sectors/1 with Bearer ${token}`);
      log.error({ url: "/1/2?sessionId=a&reconnectionToken=s3same&password=0pen" }, "a query");
      log.info(
        { config: { databaseUrl: "postgres://ada:hunter2@db/game", authJwtSecret: "s3same" } },
        "settings",
      );
    });
    for (const secret of secrets) assert.ok(!text.includes(secret), `${secret} in ${text}`);
    for (const kept of ["db:5432/game", "cache:6379", "sessionId=a", "an error's text"])
      assert.ok(text.includes(kept), `${kept} is no secret`);
    for (const line of text.trim().split("\n")) assert.doesNotThrow(() => JSON.parse(line), line);
  });

  it("tells what Redis said to a password, and not the password", async () => {
    const refusing = createServer((socket) => {
      socket.on("data", () => socket.write("-WRONGPASS invalid username-password pair\r\n"));
    }).listen(0, "127.0.0.1");
    await once(refusing, "listening");
    const address = refusing.address();
    assert.ok(address !== null && typeof address === "object");
    const redis = new Redis(address.port, "127.0.0.1", { password: "hunter2", retryStrategy: () => null });
    const [error] = await once(redis, "error");
    redis.disconnect();
    refusing.close();
    const text = logged((log) => {
      log.warn({ err: error }, "alone");
      log.warn({ err: new Error("no directory", { cause: error }) }, "as a cause");
      log.warn({ err: new AggregateError([error]) }, "among others");
    });
    assert.ok(!text.includes("hunter2"), text);
    assert.equal(text.match(/"message":"[^"]*WRONGPASS/g)?.length, 3, text);
  });

  it("ends no process that cannot write it", async function () {
    if (!existsSync("/dev/full")) skip(this, "needs /dev/full, a disk that is always full");
    const program = `
      import { createLog } from ${JSON.stringify(new URL("../../src/telemetry/log.ts", import.meta.url).href)};
      const log = createLog("info");
      for (let line = 0; line < 3; line++) log.warn({}, "nobody reads this");
      console.log("goes on");`;
    const full = openSync("/dev/full", "w");
    const child = spawn(process.execPath, ["--input-type=module", "--eval", program], {
      stdio: ["ignore", "pipe", full],
    });
    closeSync(full);
    const ended = once(child, "exit");
    assert.equal(await textOf(child.stdout ?? assert.fail()), "goes on\n");
    assert.deepEqual(await ended, [0, null]);
  });

  it("tells an error's code", () => {
    const err = Object.assign(new Error("refused"), { code: "ECONNREFUSED" });
    const line: unknown = JSON.parse(logged((log) => log.warn({ err }, "away")));
    assert.ok(typeof line === "object" && line !== null && "err" in line);
    assert.deepEqual(
      { ...Object(line.err), stack: "" },
      { type: "Error", message: "refused", stack: "", code: "ECONNREFUSED" },
    );
  });
});
