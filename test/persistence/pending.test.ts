import { strict as assert } from "node:assert";
import { Pending } from "../../src/persistence/pending.ts";
import type { Work } from "../../src/persistence/work.ts";

let players = 0;

function work(kind: Work["kind"]): Work {
  const playerId = `player-${++players}`;
  return {
    kind,
    key: { playerId, requestId: "r", fingerprint: "f" },
    lease: { sectorId: 1, epoch: 1 },
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
