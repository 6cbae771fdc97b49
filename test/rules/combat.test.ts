import assert from "node:assert/strict";
import { attackTurns, COMBAT_ROUNDS_MAX, type DamageScale, hitChanceBps } from "../../src/rules/combat.ts";
import { HULL_TYPES, type HullType } from "../../src/rules/ships.ts";
import { U32_MAX } from "./chance.ts";
import { CRIT, damageRoll, FAIL, fightOf, HIT, MISS, NO_CRIT, roundOn, SUCCEED, side } from "./fights.ts";

describe("combat: turns and chances", () => {
  it("costs the attacker by the defender's hull", () => {
    assert.deepEqual(HULL_TYPES.map(attackTurns), [10_000, 12, 20, 8, 8, 5, 35, 18, 45, 100, 18, 18]);
  });

  it("sets power against power for the chance to hit", () => {
    const fight = fightOf(side("DEFENDER"), side("CARGO_HAULER"));
    // 40 against 20 + 5 evasion: 40 / (1.5 × 25) × 0.6; back: 25 / (1.5 × 40) × 0.6.
    assert.equal(hitChanceBps(fight, "attacker"), 6_400);
    assert.equal(hitChanceBps(fight, "defender"), 2_500);
  });

  it("never lets a chance to hit past 80 %", () => {
    const fight = fightOf(side("DEFENDER", { attackDrones: 50 }), side("CARGO_HAULER"));
    assert.equal(hitChanceBps(fight, "attacker"), 8_000);
  });

  it("counts 2 points of attack a drone for the attacker and 1.5 of defense for the defender", () => {
    const attacker = side("DEFENDER", { attackDrones: 5, defenseDrones: 99 });
    const defender = side("CARGO_HAULER", { attackDrones: 99, defenseDrones: 50 });
    // 50 against 100.
    assert.equal(hitChanceBps(fightOf(attacker, defender), "attacker"), 2_000);
    assert.equal(hitChanceBps(fightOf(attacker, defender), "defender"), 8_000);
  });

  it("lowers the chance to hit a ship with an ECM suite by 15 %", () => {
    const jammed = fightOf(side("DEFENDER"), side("CARGO_HAULER", { ecm: true }));
    assert.equal(hitChanceBps(jammed, "attacker"), 5_440);
    assert.equal(hitChanceBps(jammed, "defender"), 2_500);
    // 10 against 15 + 30: 888.9, rounded down before the suite and after.
    const faint = fightOf(side("LIGHT_FREIGHTER"), side("WARP_JUMPER", { ecm: true }));
    assert.equal(hitChanceBps(faint, "attacker"), 754);
  });

  it("gives hulls that the table does not name a power of 10", () => {
    const fight = fightOf(side("CITIZEN_CLIPPER"), side("ESCAPE_POD"));
    // 10 against 10 + 10 evasion.
    assert.equal(hitChanceBps(fight, "attacker"), 2_000);
  });
});

describe("combat: a round", () => {
  it("has the attacker fire, then the defender, then both try to escape, defender first", () => {
    const fight = fightOf(side("LIGHT_FREIGHTER"), side("LIGHT_FREIGHTER"), { damageScale: "faithful" });
    const { events, outcome, fight: after } = roundOn(fight, [MISS, MISS, FAIL, FAIL]);
    assert.deepEqual(events, [
      { kind: "miss", by: "attacker" },
      { kind: "miss", by: "defender" },
      { kind: "escape", by: "defender", escaped: false },
      { kind: "escape", by: "attacker", escaped: false },
    ]);
    assert.equal(outcome, null);
    assert.equal(after.roundsFought, 1);
  });

  it("takes damage from the shield first", () => {
    const fight = fightOf(side("DEFENDER", { attackDrones: 1 }), side("CARGO_HAULER", { defenseDrones: 0 }));
    // 5 × 10 (attack 40) × 1.5 (matchup) × 1.2 (plasma) = 90; × 1.2 × 0.97 of it from the shield.
    const { fight: after, events } = roundOn(fight, [HIT, damageRoll(5), MISS, FAIL]);
    assert.deepEqual(events[0], { kind: "damage", by: "attacker", shield: 105, hull: 0, crit: false });
    assert.deepEqual([after.defender.shield, after.defender.hull], [295, 600]);
  });

  it("rounds what the shield takes to the nearest point", () => {
    const fight = fightOf(side("LIGHT_FREIGHTER", { attackDrones: 1 }), side("CARGO_HAULER"));
    // 6 × 3.75 (attack 15) × 0.8 (laser) × 0.97 = 17.46.
    const { events } = roundOn(fight, [HIT, damageRoll(6), MISS, FAIL]);
    assert.deepEqual(events[0], { kind: "damage", by: "attacker", shield: 17, hull: 0, crit: false });
  });

  it("takes from the hull what the shield did not absorb", () => {
    const fight = fightOf(side("DEFENDER", { attackDrones: 1 }), side("CARGO_HAULER", { shield: 40 }));
    // 50 of the 90 go on to the hull: × 0.9 (plasma) × 0.95 (armor) = 42.75.
    const { fight: after, events } = roundOn(fight, [HIT, damageRoll(5), NO_CRIT, MISS, FAIL]);
    assert.deepEqual(events[0], { kind: "damage", by: "attacker", shield: 40, hull: 43, crit: false });
    assert.deepEqual([after.defender.shield, after.defender.hull], [0, 557]);
  });

  it("adds half of the hull's part on a critical hit", () => {
    const fight = fightOf(side("DEFENDER", { attackDrones: 1 }), side("CARGO_HAULER", { shield: 40 }));
    const { events } = roundOn(fight, [HIT, damageRoll(5), CRIT, MISS, FAIL]);
    assert.deepEqual(events[0], { kind: "damage", by: "attacker", shield: 40, hull: 64, crit: true });
  });

  it("rolls 1–10 alone on the faithful scale", () => {
    const hauler = side("CARGO_HAULER", { shield: 0 });
    const fight = fightOf(side("DEFENDER", { attackDrones: 1 }), hauler, { damageScale: "faithful" });
    // 1 or 10 × 1.5 × 1.2; × 0.9 × 0.95 = 1.54 or 15.39.
    const damage = (u32: number) => roundOn(fight, [HIT, u32, NO_CRIT, MISS, FAIL]).events[0];
    assert.deepEqual(damage(0), { kind: "damage", by: "attacker", shield: 0, hull: 2, crit: false });
    assert.deepEqual(damage(U32_MAX), { kind: "damage", by: "attacker", shield: 0, hull: 15, crit: false });
  });

  it("counts rank, ten drones and nebula in the damage", () => {
    const attacker = side("LIGHT_FREIGHTER", { attackDrones: 10, rankCombatBps: 4_000 });
    const target = side("CARGO_HAULER", { shield: 0 });
    const fight = fightOf(attacker, target, { damageScale: "faithful", inNebula: true });
    // 10 × 1.4 × 1.05 × 0.85 = 12.495; × 0.95 = 11.87.
    const { events } = roundOn(fight, [HIT, damageRoll(10), NO_CRIT, MISS, FAIL]);
    assert.deepEqual(events[0], { kind: "damage", by: "attacker", shield: 0, hull: 12, crit: false });
  });

  it("never makes a hit weaker on the playable scale than on the faithful one", () => {
    const pod = side("ESCAPE_POD", { attackDrones: 1 });
    const damage = (damageScale: DamageScale) =>
      roundOn(fightOf(pod, side("CARGO_HAULER"), { damageScale }), [HIT, damageRoll(10), MISS, FAIL])
        .events[0];
    assert.deepEqual(damage("playable"), damage("faithful"));
  });

  it("takes at least one point with every hit", () => {
    const scout = side("SCOUT_SHIP", { attackDrones: 1 });
    const carrier = side("CARRIER", { shield: 0 });
    const bare = fightOf(scout, carrier, { damageScale: "faithful" });
    // 1 × 0.5 (matchup) × 0.5 (emp) × 0.3 × 0.85 of the hull would be nothing.
    const { events } = roundOn(bare, [HIT, damageRoll(1), NO_CRIT, MISS, FAIL]);
    assert.deepEqual(events[0], { kind: "damage", by: "attacker", shield: 0, hull: 1, crit: false });
    const colony = side("COLONY_SHIP", { attackDrones: 1 });
    const lastPoint = fightOf(colony, side("DEFENDER", { shield: 1 }), { damageScale: "faithful" });
    // 1 × 0.5 (matchup) × 0.8 × 0.9 of the shield.
    const shielded = roundOn(lastPoint, [HIT, damageRoll(1), MISS, FAIL]);
    assert.deepEqual(shielded.events[0], { kind: "damage", by: "attacker", shield: 1, hull: 0, crit: false });
  });

  it("spends hits on drones while the target has any", () => {
    const fight = fightOf(
      side("SCOUT_SHIP", { attackDrones: 4 }),
      side("CARGO_HAULER", { defenseDrones: 5 }),
    );
    // An emp's 3 count double, but only 5 are there; the hauler's laser then takes floor(3 × 0.8) = 2.
    const { events, fight: after } = roundOn(fight, [HIT, U32_MAX, HIT, U32_MAX, FAIL]);
    assert.deepEqual(events.slice(0, 2), [
      { kind: "drones_lost", by: "attacker", drones: 5 },
      { kind: "drones_lost", by: "defender", drones: 2 },
    ]);
    assert.deepEqual([after.defender.defenseDrones, after.attacker.attackDrones], [0, 2]);
    assert.deepEqual([after.defender.shield, after.attacker.shield], [400, 150]);
  });

  it("takes at least one drone with every hit on drones, two with an emp", () => {
    const leastOf = (firing: HullType, defenseDrones: number) => {
      const target = side("CARGO_HAULER", { defenseDrones, fleeing: true });
      return roundOn(fightOf(side(firing, { attackDrones: 1 }), target), [HIT, 0, MISS, FAIL]).events[0];
    };
    assert.deepEqual(leastOf("CARGO_HAULER", 1), { kind: "drones_lost", by: "attacker", drones: 1 });
    assert.deepEqual(leastOf("CARGO_HAULER", 5), { kind: "drones_lost", by: "attacker", drones: 1 });
    assert.deepEqual(leastOf("SCOUT_SHIP", 5), { kind: "drones_lost", by: "attacker", drones: 2 });
  });

  it("is over at once when the defender is destroyed: it does not fire back", () => {
    const fight = fightOf(side("DEFENDER"), side("CARGO_HAULER", { shield: 0, hull: 10 }));
    const { outcome, events, fight: after } = roundOn(fight, [HIT, damageRoll(10), NO_CRIT]);
    assert.equal(outcome, "attacker_victory");
    assert.equal(events.length, 1);
    assert.equal(after.defender.hull, 0);
  });

  it("is the defender's victory when its return fire destroys the attacker", () => {
    const fight = fightOf(side("CARGO_HAULER", { shield: 0, hull: 1 }), side("DEFENDER"));
    const { outcome } = roundOn(fight, [MISS, HIT, damageRoll(1), NO_CRIT]);
    assert.equal(outcome, "defender_victory");
  });

  it("leaves the sides it was given untouched", () => {
    const fight = fightOf(side("DEFENDER"), side("CARGO_HAULER", { shield: 0 }));
    const before = structuredClone(fight);
    roundOn(fight, [HIT, damageRoll(10), NO_CRIT, MISS, FAIL]);
    assert.deepEqual(fight, before);
  });

  it("ends the fight in a draw after the tenth", () => {
    assert.equal(COMBAT_ROUNDS_MAX, 10);
    const fight = fightOf(side("DEFENDER"), side("CARGO_HAULER"), { roundsFought: COMBAT_ROUNDS_MAX - 2 });
    const ninth = roundOn(fight, [MISS, MISS, FAIL]);
    assert.equal(ninth.outcome, null);
    assert.equal(roundOn(ninth.fight, [MISS, MISS, FAIL]).outcome, "draw");
  });

  it("lets a ship escape in the tenth before it is called a draw", () => {
    const fight = fightOf(side("DEFENDER"), side("CARGO_HAULER"), { roundsFought: COMBAT_ROUNDS_MAX - 1 });
    assert.equal(roundOn(fight, [MISS, MISS, SUCCEED]).outcome, "defender_fled");
  });
});
