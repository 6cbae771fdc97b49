import assert from "node:assert/strict";
import { escapeChanceBps, type FightSide } from "../../src/rules/combat.ts";
import type { HullType } from "../../src/rules/ships.ts";
import { FAIL, fightOf, MISS, roundOn, SUCCEED, side } from "./fights.ts";

describe("combat: escape", () => {
  it("is easier for fast hulls and worn ones, harder from a warship", () => {
    const chanceOf = (runner: FightSide, pursuer: HullType) =>
      escapeChanceBps(fightOf(side(pursuer), runner), "defender");
    assert.equal(chanceOf(side("CARGO_HAULER"), "COLONY_SHIP"), 1_400);
    assert.equal(chanceOf(side("FAST_COURIER"), "COLONY_SHIP"), 3_400);
    assert.equal(chanceOf(side("CARGO_HAULER", { hull: 300 }), "COLONY_SHIP"), 2_900);
    assert.equal(chanceOf(side("LIGHT_FREIGHTER", { hull: 399 }), "COLONY_SHIP"), 1_407);
    assert.equal(chanceOf(side("FAST_COURIER", { hull: 150 }), "DEFENDER"), 4_200);
  });

  it("has a chance of 10 % at the least", () => {
    assert.equal(escapeChanceBps(fightOf(side("DEFENDER"), side("CARGO_HAULER")), "defender"), 1_000);
  });

  it("is impossible for a defender in the attacker's tractor beam, even one that asked to flee", () => {
    const fight = fightOf(side("DEFENDER", { tractorBeam: true }), side("SCOUT_SHIP", { fleeing: true }));
    assert.equal(escapeChanceBps(fight, "defender"), 0);
    const { events, outcome } = roundOn(fight, [MISS, MISS, SUCCEED]);
    assert.deepEqual(events[2], { kind: "escape", by: "defender", escaped: false });
    assert.equal(outcome, null);
  });

  it("is not hindered by a defender's tractor beam", () => {
    const fight = fightOf(side("DEFENDER", { fleeing: true }), side("CARGO_HAULER", { tractorBeam: true }));
    assert.equal(escapeChanceBps(fight, "attacker"), 1_300);
  });

  it("is not tried by a side with drones", () => {
    const attacker = side("LIGHT_FREIGHTER", { attackDrones: 1 });
    const fight = fightOf(attacker, side("LIGHT_FREIGHTER", { defenseDrones: 1 }), {
      damageScale: "faithful",
    });
    assert.equal(roundOn(fight, [MISS, MISS]).events.length, 2);
  });

  it("looks at attack drones for the attacker and at defense drones for the defender", () => {
    const attacker = side("LIGHT_FREIGHTER", { defenseDrones: 9 });
    const fight = fightOf(attacker, side("LIGHT_FREIGHTER", { attackDrones: 9 }), {
      damageScale: "faithful",
    });
    assert.equal(roundOn(fight, [MISS, MISS, FAIL, FAIL]).events.length, 4);
  });

  it("is tried by an attacker without drones only below a quarter of its hull on the playable scale", () => {
    const quarter = fightOf(side("DEFENDER", { hull: 200 }), side("CARGO_HAULER", { defenseDrones: 1 }));
    assert.equal(roundOn(quarter, [MISS, MISS]).events.length, 2);
    const less = fightOf(side("DEFENDER", { hull: 199 }), side("CARGO_HAULER", { defenseDrones: 1 }));
    assert.equal(roundOn(less, [MISS, MISS, SUCCEED]).outcome, "attacker_fled");
  });

  it("is tried every round by a pilot who asked to flee, whatever drones and scale", () => {
    for (const damageScale of ["playable", "faithful"] as const) {
      const attacker = side("LIGHT_FREIGHTER", { attackDrones: 5, fleeing: true });
      const defender = side("LIGHT_FREIGHTER", { defenseDrones: 5, fleeing: true });
      const fight = fightOf(attacker, defender, { damageScale });
      const first = roundOn(fight, [MISS, MISS, FAIL, FAIL]);
      assert.equal(roundOn(first.fight, [MISS, MISS, FAIL, SUCCEED]).outcome, "attacker_fled");
    }
  });
});
