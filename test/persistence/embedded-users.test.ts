import assert from "node:assert/strict";
import { chmod, chown, mkdir, rm, stat } from "node:fs/promises";
import path from "node:path";
import { discardEmbedded } from "../../src/persistence/embedded.ts";
import {
  EMBEDDED_TIMEOUT_MS,
  makeFolder,
  query,
  startHere,
  startInChild,
  stopChild,
} from "../support/embedded.ts";
import { skip } from "../support/skip.ts";

const HERE = import.meta.dirname;
const NOBODY = 65_534;

describe("embedded Postgres: users", function () {
  this.timeout(EMBEDDED_TIMEOUT_MS);
  let dataDir = "";

  before(async function () {
    if (process.getuid?.() !== 0)
      skip(this, "only root can become other users; run the tests as root to include these");
    const isOpen = ((await stat(HERE)).mode & 0o005) === 0o005 && !HERE.startsWith("/root/");
    if (!isOpen) skip(this, "the project lies where other users cannot read it; move it to include these");
  });

  beforeEach(async () => {
    dataDir = await makeFolder();
  });

  afterEach(async () => {
    await discardEmbedded(dataDir).catch(() => {});
    await rm(dataDir, { recursive: true, force: true });
  });

  it("runs for an ordinary user, and for root on that user's folder", async () => {
    await chown(dataDir, NOBODY, NOBODY);
    const child = await startInChild(dataDir, NOBODY);
    await stopChild(child.process);
    assert.equal(child.answer.error, undefined);
    const asRoot = await startHere(dataDir);
    assert.deepEqual(await query(asRoot.url, "select 1 as up"), [{ up: 1 }]);
    await asRoot.stop();
    assert.equal((await stat(path.join(dataDir, "postgres"))).uid, NOBODY);
  });

  it("tells an ordinary user whose folder it is", async () => {
    await (await startHere(dataDir)).stop();
    const child = await startInChild(dataDir, NOBODY);
    assert.match(child.answer.error ?? "", /belongs to user \d+, and this is nobody\. Start as that user/);
  });

  it("tells root when the folder is root's own", async () => {
    await mkdir(path.join(dataDir, "postgres"));
    await assert.rejects(startHere(dataDir), /Postgres does not run as root. Give it to an ordinary account/);
  });

  it("keeps its files elsewhere when its account cannot enter the data folder", async () => {
    await chmod(dataDir, 0o700);
    const first = await startHere(dataDir);
    await query(first.url, "create table marks (mark text)");
    await first.stop();
    assert.ok(!first.folder.startsWith(dataDir), first.folder);
    const second = await startHere(dataDir);
    assert.equal(second.folder, first.folder);
    assert.deepEqual(await query(second.url, "select * from marks"), []);
    await second.stop();
    await discardEmbedded(dataDir);
    await assert.rejects(stat(first.folder), { code: "ENOENT" });
  });

  it("tells root when an existing database was moved to where its account cannot enter", async () => {
    await (await startHere(dataDir)).stop();
    await chmod(dataDir, 0o700);
    await assert.rejects(startHere(dataDir), /who may not enter .* Open that folder \(chmod a\+x/);
  });
});
