import assert from "node:assert/strict";
import { warpTurns } from "../../src/rules/movement.ts";

describe("movement", () => {
  const tunnel = (turnCost: number) => ({ turnCost, isPlayerGate: false });

  it("costs what the warp costs", () => {
    assert.deepEqual(
      [1, 2, 3].map((turnCost) => warpTurns(tunnel(turnCost))),
      [1, 2, 3],
    );
  });

  it("costs at least one turn, however fast the ship", () => {
    assert.equal(warpTurns(tunnel(0)), 1);
    assert.equal(warpTurns(tunnel(1), 5_000), 1);
  });

  it("costs less at a better speed and more at a worse, in whole turns", () => {
    assert.equal(warpTurns(tunnel(3), 5_000), 2);
    assert.equal(warpTurns(tunnel(3), 1_000), 2);
    assert.equal(warpTurns(tunnel(3), -4_000), 5);
  });

  it("costs nothing through a gate built by a player", () => {
    assert.equal(warpTurns({ turnCost: 1, isPlayerGate: true }), 0);
  });
});
