import assert from "node:assert/strict";
import { FAST_HULLS, hullPower, hullWeapon, matchupBps, PURSUER_BPS } from "../../src/rules/combat-tables.ts";
import { HULL_TYPES } from "../../src/rules/ships.ts";

// The tables are written out again, on purpose, from domain §15: the code's must not be their own witness.
describe("combat: tables", () => {
  it("give each hull its power of attack and defense, its weapon and its weight as a pursuer", () => {
    const rows = HULL_TYPES.map((hull) => {
      const { attack, defense } = hullPower(hull);
      const { baseBps, shieldBps, hullBps } = hullWeapon(hull);
      const fast = FAST_HULLS.has(hull) ? " fast" : "";
      return `${hull} ${attack}/${defense} ${baseBps}/${shieldBps}/${hullBps} ${PURSUER_BPS[hull]}${fast}`;
    });
    assert.deepEqual(rows, [
      "ESCAPE_POD 10/10 10000/8000/10000 0",
      "LIGHT_FREIGHTER 10/10 10000/8000/10000 300",
      "CARGO_HAULER 15/20 10000/8000/10000 200",
      "FAST_COURIER 20/15 10000/8000/10000 400 fast",
      "CITIZEN_CLIPPER 10/10 10000/8000/10000 400 fast",
      "SCOUT_SHIP 25/10 5000/20000/3000 500 fast",
      "COLONY_SHIP 15/20 10000/8000/10000 100",
      "DEFENDER 40/50 12000/12000/9000 800",
      "CARRIER 30/40 15000/6000/15000 600",
      "WARP_JUMPER 20/15 12000/12000/9000 500",
      "NPC_MARSHAL_INTERDICTOR 10/10 10000/8000/10000 1000",
      "NPC_SENTINEL_INTERDICTOR 10/10 10000/8000/10000 1000",
    ]);
  });

  it("favour or hamper seven pairings of hulls", () => {
    const uneven = HULL_TYPES.flatMap((firing) =>
      HULL_TYPES.map((target) => `${firing} > ${target} ${matchupBps(firing, target)}`),
    ).filter((pair) => !pair.endsWith(" 10000"));
    assert.deepEqual(uneven, [
      "FAST_COURIER > CARRIER 7000",
      "SCOUT_SHIP > CARRIER 5000",
      "COLONY_SHIP > DEFENDER 5000",
      "DEFENDER > LIGHT_FREIGHTER 13000",
      "DEFENDER > CARGO_HAULER 15000",
      "CARRIER > FAST_COURIER 15000",
      "CARRIER > SCOUT_SHIP 18000",
    ]);
  });
});
