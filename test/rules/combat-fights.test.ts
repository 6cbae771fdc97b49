import assert from "node:assert/strict";
import fc from "fast-check";
import {
  COMBAT_ROUNDS_MAX,
  type DamageScale,
  type FightOutcome,
  type FightSide,
} from "../../src/rules/combat.ts";
import type { HullType } from "../../src/rules/ships.ts";
import { anyU32, seededU32 } from "./chance.ts";
import { anyFight, fightOf, fightOut, scripted, side } from "./fights.ts";

describe("combat: whole fights", () => {
  it("end within ten rounds, with nothing negative and nothing fractional", () => {
    fc.assert(
      fc.property(anyFight, anyU32, (start, seed) => {
        const { fight, outcome } = fightOut(start, seededU32(seed));
        assert.ok(fight.roundsFought <= COMBAT_ROUNDS_MAX);
        for (const { hull, shield, attackDrones, defenseDrones } of [fight.attacker, fight.defender]) {
          for (const left of [hull, shield, attackDrones, defenseDrones]) {
            assert.ok(Number.isInteger(left) && left >= 0);
          }
        }
        assert.equal(fight.defender.hull === 0, outcome === "attacker_victory");
        assert.equal(fight.attacker.hull === 0, outcome === "defender_victory");
      }),
      { numRuns: 1_000 },
    );
  });

  it("lose exactly what their events tell", () => {
    fc.assert(
      fc.property(anyFight, anyU32, (start, seed) => {
        const { fight, events } = fightOut(start, seededU32(seed));
        const told = { attacker: 0, defender: 0 };
        for (const event of events) {
          const struck = event.by === "attacker" ? "defender" : "attacker";
          if (event.kind === "damage") told[struck] += event.shield + event.hull;
          if (event.kind === "drones_lost") told[struck] += event.drones;
        }
        const worth = ({ hull, shield, attackDrones, defenseDrones }: FightSide) =>
          hull + shield + attackDrones + defenseDrones;
        for (const name of ["attacker", "defender"] as const) {
          assert.equal(worth(start[name]) - worth(fight[name]), told[name]);
        }
      }),
    );
  });

  it("can be replayed from the dice they drew", () => {
    fc.assert(
      fc.property(anyFight, anyU32, (start, seed) => {
        const next = seededU32(seed);
        const drawn: number[] = [];
        const fought = fightOut(start, () => {
          const u32 = next();
          drawn.push(u32);
          return u32;
        });
        const dice = scripted(drawn);
        assert.deepEqual(fightOut(start, dice.draw), fought);
        dice.assertSpent();
      }),
    );
  });
});

describe("combat: balance", () => {
  const FIGHTS = 4_000;

  function sample(attacker: HullType, defender: HullType, damageScale: DamageScale) {
    const next = seededU32(2_102);
    const tally = { rounds: 0, damage: 0, outcomes: new Map<FightOutcome, number>() };
    for (let i = 0; i < FIGHTS; i++) {
      const { fight, events, outcome } = fightOut(
        fightOf(side(attacker), side(defender), { damageScale }),
        next,
      );
      tally.rounds += fight.roundsFought / FIGHTS;
      for (const event of events) {
        if (event.kind === "damage" && event.by === "attacker")
          tally.damage += (event.shield + event.hull) / FIGHTS;
      }
      tally.outcomes.set(outcome, (tally.outcomes.get(outcome) ?? 0) + 1 / FIGHTS);
    }
    return tally;
  }

  /** Attacks until a kill, the attacker repaired each time, the defender left as it is. */
  function attacksUntilKill(attacker: HullType, defender: HullType, draw: () => number): number {
    let target = side(defender);
    for (let attacks = 1; ; attacks++) {
      const { fight, outcome } = fightOut(fightOf(side(attacker), target), draw);
      if (outcome === "attacker_victory") return attacks;
      target = fight.defender;
    }
  }

  it("is that of the original on the faithful scale: Defender against Cargo Hauler (domain §15.6)", () => {
    const { rounds, damage, outcomes } = sample("DEFENDER", "CARGO_HAULER", "faithful");
    assert.ok(Math.abs(rounds - 4.2) < 0.3, `${rounds} rounds`);
    assert.ok(Math.abs(damage - 31) < 3, `${damage} damage`);
    assert.ok(Math.abs((outcomes.get("defender_fled") ?? 0) - 0.42) < 0.04);
    assert.ok(Math.abs((outcomes.get("attacker_fled") ?? 0) - 0.49) < 0.04);
    assert.ok(Math.abs((outcomes.get("draw") ?? 0) - 0.09) < 0.03);
  });

  it("is that of the original on the faithful scale: Light Freighters (domain §15.6)", () => {
    const { rounds, damage } = sample("LIGHT_FREIGHTER", "LIGHT_FREIGHTER", "faithful");
    assert.ok(Math.abs(rounds - 4.1) < 0.3, `${rounds} rounds`);
    assert.ok(Math.abs(damage - 2.8) < 0.5, `${damage} damage`);
  });

  it("practically never ends a faithful fight with a kill", () => {
    for (const attacker of ["DEFENDER", "LIGHT_FREIGHTER", "SCOUT_SHIP"] as const) {
      assert.equal(sample(attacker, "CARGO_HAULER", "faithful").outcomes.get("attacker_victory") ?? 0, 0);
    }
  });

  it("lets a Defender destroy a Cargo Hauler within a few attacks on the playable scale", () => {
    const next = seededU32(2_102);
    const attacks = Array.from({ length: 500 }, () => attacksUntilKill("DEFENDER", "CARGO_HAULER", next));
    attacks.sort((a, b) => a - b);
    const median = attacks[250] ?? Number.POSITIVE_INFINITY;
    assert.ok(median >= 2 && median <= 5, `median ${median}`);
    assert.ok((attacks.at(-1) ?? Number.POSITIVE_INFINITY) <= 20, `most ${attacks.at(-1)}`);
  });
});
