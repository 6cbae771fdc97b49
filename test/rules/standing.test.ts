import assert from "node:assert/strict";
import fc from "fast-check";
import { AM_FACTION, FACTION_TYPES, FACTIONS } from "../../src/rules/factions.ts";
import {
  addStanding,
  canAccessTerritory,
  harvestStandingDelta,
  LICENCE_PURCHASE_STANDING,
  pricingModifierBps,
  STANDING_LEVELS,
  STANDING_MAX,
  standingLevel,
} from "../../src/rules/standing.ts";

describe("factions", () => {
  it("are the seed's nine types, one faction each, with slugs and names of their own", () => {
    assert.deepEqual(FACTIONS.map(({ type }) => type).sort(), [...FACTION_TYPES].sort());
    assert.equal(new Set(FACTIONS.map(({ slug }) => slug)).size, 9);
    assert.equal(new Set(FACTIONS.map(({ name }) => name)).size, 9);
  });

  it("have the Astral Mining Consortium as MINING", () => {
    assert.equal(FACTIONS.find(({ slug }) => slug === AM_FACTION)?.type, "MINING");
  });

  it("keep aggression within 1–10", () => {
    assert.ok(FACTIONS.every(({ aggression }) => aggression >= 1 && aggression <= 10));
  });
});

describe("standing", () => {
  it("goes +15, +2, −10 to +7 over a licence, a licensed harvest and an unlicensed one (domain §22)", () => {
    let standing = addStanding(0, LICENCE_PURCHASE_STANDING);
    standing = addStanding(standing, harvestStandingDelta({ amClaimed: true, licensed: true }));
    standing = addStanding(standing, harvestStandingDelta({ amClaimed: true, licensed: false }));
    assert.equal(standing, 7);
  });

  it("rises by 1 for a harvest outside AM claims, licence or not (C-08)", () => {
    assert.equal(harvestStandingDelta({ amClaimed: false, licensed: false }), 1);
    assert.equal(harvestStandingDelta({ amClaimed: false, licensed: true }), 1);
  });

  it("stays within ±800", () => {
    assert.equal(addStanding(795, 15), 800);
    assert.equal(addStanding(-795, -10), -800);
    const anyStanding = fc.integer({ min: -STANDING_MAX, max: STANDING_MAX });
    fc.assert(
      fc.property(anyStanding, fc.array(fc.integer({ min: -500, max: 500 })), (start, deltas) => {
        const end = deltas.reduce(addStanding, start);
        return end >= -STANDING_MAX && end <= STANDING_MAX;
      }),
    );
  });

  it("has 17 levels, each from its least value on", () => {
    assert.deepEqual(
      STANDING_LEVELS.map(({ min }) => min),
      [700, 600, 500, 400, 300, 200, 100, 50, -50, -100, -200, -300, -400, -500, -600, -700, -800],
    );
    for (const { level, min } of STANDING_LEVELS) {
      assert.equal(standingLevel(min).level, level);
      if (min > -STANDING_MAX) assert.notEqual(standingLevel(min - 1).level, level);
    }
  });

  it("is neutral from −50 to 49", () => {
    assert.equal(standingLevel(0).title, "Neutral");
    assert.deepEqual(
      [-51, -50, 49, 50].map((value) => standingLevel(value).level),
      ["QUESTIONABLE", "NEUTRAL", "NEUTRAL", "RECOGNIZED"],
    );
  });

  it("reaches from Public Enemy to Exalted", () => {
    assert.deepEqual(standingLevel(-701), { level: "PUBLIC_ENEMY", title: "Public Enemy" });
    assert.deepEqual(standingLevel(800), { level: "EXALTED", title: "Exalted" });
  });

  it("moves a faction's prices at ±200, ±400 and ±600 (C-13)", () => {
    const ladder: [number, number][] = [
      [-800, 13_000],
      [-600, 13_000],
      [-599, 12_000],
      [-400, 12_000],
      [-399, 11_000],
      [-200, 11_000],
      [-199, 10_000],
      [0, 10_000],
      [199, 10_000],
      [200, 9_600],
      [399, 9_600],
      [400, 9_200],
      [599, 9_200],
      [600, 8_500],
      [800, 8_500],
    ];
    for (const [standing, bps] of ladder) assert.equal(pricingModifierBps(standing), bps, `at ${standing}`);
  });

  it("multiplies the faction's own price modifier and rounds to the whole percent", () => {
    assert.equal(pricingModifierBps(0, 8_000), 8_000);
    assert.equal(pricingModifierBps(400, 8_000), 7_400);
    assert.equal(pricingModifierBps(400, 11_000), 10_100);
    assert.equal(pricingModifierBps(-400, 12_000), 14_400);
  });

  it("opens locked territory from −400 on, that of Pirates from −200 on", () => {
    assert.equal(canAccessTerritory("MINING", -400), true);
    assert.equal(canAccessTerritory("MINING", -401), false);
    assert.equal(canAccessTerritory("PIRATES", -200), true);
    assert.equal(canAccessTerritory("PIRATES", -201), false);
  });
});
