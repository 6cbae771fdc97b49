import assert from "node:assert/strict";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import { discardEmbedded, type EmbeddedPostgres, startEmbedded } from "../../src/persistence/embedded.ts";
import {
  type Child,
  EMBEDDED_TIMEOUT_MS,
  kill,
  makeFolder,
  postmasterOf,
  query,
  startHere,
  startInChild,
  stopChild,
} from "../support/embedded.ts";
import { skip } from "../support/skip.ts";

describe("embedded Postgres", function () {
  this.timeout(EMBEDDED_TIMEOUT_MS);
  let dataDir = "";
  let running: EmbeddedPostgres | null = null;
  let child: Child | null = null;

  before(async () => {
    dataDir = await makeFolder();
    running = await startHere(dataDir);
    await query(running.url, "create table marks (mark text)");
  });

  afterEach(async () => {
    if (child !== null) await stopChild(child.process);
    await running?.stop();
    child = null;
    running = null;
  });

  after(async () => {
    await discardEmbedded(dataDir);
    await rm(dataDir, { recursive: true, force: true });
  });

  const start = async (): Promise<EmbeddedPostgres> => {
    running = await startHere(dataDir);
    return running;
  };

  it("is a UTF8 database, on the loopback address alone, with a password", async () => {
    const { url } = running ?? assert.fail();
    const rows = await query(
      url,
      "select current_setting('server_encoding') as encoding, current_setting('listen_addresses') as at",
    );
    assert.deepEqual(rows, [{ encoding: "UTF8", at: "127.0.0.1" }]);
    const wrong = new URL(url);
    wrong.password = "guess";
    await assert.rejects(query(wrong.href, "select 1"), { code: "28P01" });
  });

  it("has what it had, at the same address, after a stop and a second start", async () => {
    const first = await start();
    await query(first.url, "insert into marks values ('second run')");
    await first.stop();
    await first.stop();
    await assert.rejects(query(first.url, "select 1"), { code: "ECONNREFUSED" });
    const second = await start();
    assert.equal(second.url, first.url);
    assert.deepEqual(await query(second.url, "select mark from marks"), [{ mark: "second run" }]);
  });

  it("takes over the server that a killed process left running", async () => {
    child = await startInChild(dataDir);
    const { url = "" } = child.answer;
    await query(url, "insert into marks values ('before the kill')");
    const left = await postmasterOf(dataDir);
    await kill(child.process);
    const { url: again } = await start();
    assert.equal(again, url);
    assert.equal(await postmasterOf(dataDir), left);
    assert.equal((await query(again, "select from marks where mark = 'before the kill'")).length, 1);
  });

  it("recovers when server and process were both killed", async () => {
    child = await startInChild(dataDir);
    const { url = "" } = child.answer;
    await query(url, "insert into marks values ('before both kills')");
    const postmaster = await postmasterOf(dataDir);
    await kill(child.process);
    process.kill(postmaster, "SIGKILL");
    const { url: again } = await start();
    assert.equal((await query(again, "select from marks where mark = 'before both kills'")).length, 1);
  });

  it("is started again when it dies under a running process", async () => {
    const troubles: string[] = [];
    running = await startEmbedded({
      dataDir,
      durable: false,
      onTrouble: (message) => troubles.push(message),
    });
    process.kill(await postmasterOf(dataDir), "SIGKILL");
    const { url } = running;
    for (;;) {
      const isBack = await query(url, "select 1").then(
        () => troubles.length > 0,
        () => false,
      );
      if (isBack) break;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.match(troubles[0] ?? "", /gone away; starting it again/);
  });

  it("tells a second process on the folder who has it", async () => {
    await start();
    child = await startInChild(dataDir);
    const { error = "" } = child.answer;
    assert.match(error, new RegExp(`in use by sectorkeep ${process.pid}\\b`));
    assert.match(error, /set DATA_DIR to another folder/);
  });

  it("lives in a session of its own, where Ctrl-C of our terminal does not reach it", async function () {
    if (process.platform !== "linux") skip(this, "reads sessions from /proc, which only Linux has");
    await start();
    // Fields 5 and 6, after the name in brackets: process group and session.
    const status = async (pid: number) =>
      (await readFile(`/proc/${pid}/stat`, "utf8")).split(") ")[1]?.split(" ");
    const ours = await status(process.pid);
    const theirs = await status(await postmasterOf(dataDir));
    assert.notEqual(theirs?.[2], ours?.[2]);
    assert.notEqual(theirs?.[3], ours?.[3]);
  });

  it("does not believe a postmaster.pid that names another program", async () => {
    const file = path.join(dataDir, "postgres", "postmaster.pid");
    await writeFile(file, `${process.pid}\n${dataDir}/postgres\n1700000000\n5432\n\n127.0.0.1\n1 2\nready\n`);
    assert.deepEqual(await query((await start()).url, "select 1 as up"), [{ up: 1 }]);
  });

  it("moves to another port when its own was taken", async () => {
    const first = await start();
    await first.stop();
    const port = Number(new URL(first.url).port);
    const intruder = createServer();
    await new Promise<void>((resolve) => intruder.listen(port, "127.0.0.1", resolve));
    try {
      const second = await start();
      assert.notEqual(new URL(second.url).port, new URL(first.url).port);
      await query(second.url, "select 1");
    } finally {
      await new Promise((resolve) => intruder.close(resolve));
    }
  });

  it("clears away what a first start that was cut off left behind", async () => {
    const leftover = path.join(dataDir, "postgres.new-999999-00000000");
    await mkdir(leftover);
    await start();
    assert.deepEqual(await readdir(dataDir), ["postgres"]);
  });

  it("says so when another version of Postgres made the folder, or somebody else did", async () => {
    const versionFile = path.join(dataDir, "postgres", "PG_VERSION");
    const version = await readFile(versionFile, "utf8");
    await writeFile(versionFile, "12\n");
    await assert.rejects(start(), /made by Postgres 12, and this is Postgres 18/);
    await writeFile(versionFile, version);
    const identityFile = path.join(dataDir, "postgres", "sectorkeep.json");
    const identity = await readFile(identityFile, "utf8");
    await writeFile(identityFile, "{}");
    await assert.rejects(start(), /without a readable sectorkeep.json/);
    await writeFile(identityFile, identity);
  });
});

describe("embedded Postgres: first start", function () {
  this.timeout(EMBEDDED_TIMEOUT_MS);
  let dataDir = "";

  beforeEach(async () => {
    dataDir = await makeFolder();
  });

  afterEach(async () => {
    await discardEmbedded(dataDir);
    await rm(dataDir, { recursive: true, force: true });
  });

  it("by two processes at once gives the folder to one of them", async () => {
    const children = await Promise.all([startInChild(dataDir), startInChild(dataDir)]);
    const urls = children.flatMap(({ answer }) => answer.url ?? []);
    const errors = children.flatMap(({ answer }) => answer.error ?? []);
    await Promise.all(children.map(({ process: each }) => stopChild(each)));
    assert.equal(urls.length, 1);
    assert.match(errors[0] ?? "", /is in use by sectorkeep \d+/);
    assert.deepEqual(await readdir(dataDir), ["postgres"]);
  });

  it("says so when the folder cannot be made", async () => {
    const file = path.join(dataDir, "file");
    await writeFile(file, "");
    await assert.rejects(
      startHere(path.join(file, "data")),
      /Set DATA_DIR to a folder that you can write to/,
    );
  });
});
