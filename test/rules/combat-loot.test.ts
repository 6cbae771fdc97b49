import assert from "node:assert/strict";
import fc from "fast-check";
import { LOOT_ROLLS, lootCargo } from "../../src/rules/combat.ts";
import { type Cargo, COMMODITIES } from "../../src/rules/commodities.ts";
import { anyU32, U32_MAX, u32For } from "./chance.ts";

describe("combat: loot", () => {
  const none: number[] = Array.from({ length: LOOT_ROLLS }, () => U32_MAX);
  const all = (share: number) => Array.from({ length: LOOT_ROLLS }, (_, i) => (i % 2 === 0 ? 0 : share));

  it("takes 30 to 80 % of each commodity, rounded down", () => {
    assert.deepEqual(lootCargo({ ore: 10_001, fuel: 10 }, 9_000, all(0)), { ore: 3_000, fuel: 3 });
    assert.deepEqual(lootCargo({ ore: 10_001, fuel: 2 }, 9_000, all(U32_MAX)), { ore: 8_000, fuel: 1 });
  });

  it("leaves each commodity with a chance of 30 %", () => {
    assert.deepEqual(lootCargo({ ore: 100 }, 500, none), {});
    const rolls = (taken: number) => [taken, 0, ...none.slice(2)];
    assert.deepEqual(lootCargo({ ore: 100 }, 500, rolls(u32For(7_000, 0, 9_999) - 1)), { ore: 30 });
    assert.deepEqual(lootCargo({ ore: 100 }, 500, rolls(u32For(7_000, 0, 9_999))), {});
  });

  it("fills the free hold in the order of the commodities, not in that of the cargo", () => {
    assert.deepEqual(lootCargo({ quantum_shards: 10, ore: 100, fuel: 10 }, 83, all(U32_MAX)), {
      ore: 80,
      fuel: 3,
    });
    assert.deepEqual(lootCargo({ ore: 100 }, 0, all(0)), {});
  });

  it("names no commodity of which nothing was taken", () => {
    assert.deepEqual(lootCargo({ ore: 1, fuel: 0 }, 500, all(0)), {});
  });

  it("refuses a list of dice that is too short", () => {
    assert.throws(() => lootCargo({}, 10, none.slice(1)), RangeError);
  });

  it("never takes more than is there or than fits", () => {
    const anyCargo: fc.Arbitrary<Cargo> = fc
      .array(fc.tuple(fc.constantFrom(...COMMODITIES), fc.nat(1_000)))
      .map((held) => Object.fromEntries(held));
    const anyRolls = fc.array(anyU32, { minLength: LOOT_ROLLS, maxLength: LOOT_ROLLS });
    fc.assert(
      fc.property(anyCargo, fc.nat(500), anyRolls, (cargo, freeUnits, rolls) => {
        const loot = lootCargo(cargo, freeUnits, rolls);
        let total = 0;
        for (const commodity of COMMODITIES) {
          const taken = loot[commodity] ?? 0;
          assert.ok(taken <= Math.floor(((cargo[commodity] ?? 0) * 8) / 10));
          total += taken;
        }
        assert.ok(total <= freeUnits);
      }),
    );
  });
});
