import { strict as assert } from "node:assert";
import { Pending, type Taken } from "../../src/persistence/pending.ts";
import type { Work } from "../../src/persistence/work.ts";

let players = 0;

function work(kind: Work["kind"], sectorId = 1): Work {
  const playerId = `player-${++players}`;
  return {
    kind,
    key: { playerId, requestId: "r", fingerprint: "f" },
    lease: { sectorId, epoch: 1 },
    playerIds: [playerId],
    shipIds: [],
    fieldSectorId: null,
    standingCodes: [],
    settle: () => ({}),
  };
}

function pendingWith(...kinds: Work["kind"][]): Pending {
  const pending = new Pending(2);
  for (const kind of kinds) pending.add(work(kind), () => {});
  return pending;
}

describe("what waits to be committed", () => {
  it("gathers for a moment when nobody waits for it, and goes then", async () => {
    const pending = pendingWith("harvest", "fight");
    const { batch, againInMs } = pending.takeFor(0);
    assert.equal(batch.length, 0);
    assert(againInMs !== null && againInMs > 0 && againInMs <= 25, `again in ${againInMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, Math.ceil(againInMs) + 1));
    assert.equal(pending.takeFor(0).batch.length, 2);
  });

  it("goes at once with what a pilot waits for, in the order of what happened", () => {
    const { batch } = pendingWith("harvest", "fight", "warp", "harvest").takeFor(0);
    assert.deepEqual(
      batch.map((entry) => entry.work.kind),
      ["harvest", "fight", "warp", "harvest"],
    );
  });

  it("goes at once when there is enough of it", () => {
    const { batch } = pendingWith(...Array.from({ length: 16 }, () => "harvest" as const)).takeFor(0);
    assert.equal(batch.length, 16);
    assert.equal(
      pendingWith(...Array.from({ length: 15 }, () => "harvest" as const)).takeFor(0).batch.length,
      0,
    );
  });

  it("goes with the first, however late the others came", async () => {
    const pending = pendingWith("harvest");
    await new Promise((resolve) => setTimeout(resolve, 12));
    pending.add(work("fight"), () => {});
    const { againInMs } = pending.takeFor(0);
    assert(againInMs !== null && againInMs <= 14, `again in ${againInMs} ms`);
  });

  it("goes in a batch of its own after it has waited for a lock in vain, one at a time, behind what it was behind", () => {
    const pending = new Pending(2);
    const works = [work("warp", 1), work("warp", 2), work("warp", 3)] as const;
    for (const each of works) pending.add(each, () => {});
    const { batch } = pending.takeFor(0);
    for (const entry of batch.slice(0, 2)) entry.goesAlone = true;
    pending.putBack(batch, 0);
    // Later, of the first one's pilot.
    pending.add({ ...work("dock", 4), playerIds: works[0].playerIds }, () => {});
    const sectors = ({ batch }: Taken) => batch.map((entry) => entry.work.lease.sectorId);
    const alone = pending.takeFor(0);
    assert.deepEqual(sectors(alone), [1]);
    assert.deepEqual(sectors(pending.takeFor(1)), [3]);
    for (const entry of alone.batch) pending.remove(entry);
    assert.deepEqual(sectors(pending.takeFor(0)), [2]);
    assert.deepEqual(sectors(pending.takeFor(1)), [4]);
  });

  it("does not gather anew after it was put back", async () => {
    const pending = pendingWith("harvest");
    const { againInMs } = pending.takeFor(0);
    await new Promise((resolve) => setTimeout(resolve, Math.ceil(againInMs ?? 0) + 1));
    const { batch } = pending.takeFor(0);
    assert.equal(batch.length, 1);
    pending.putBack(batch, 0);
    assert.equal(pending.takeFor(0).batch.length, 1);
  });
});
