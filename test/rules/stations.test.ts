import assert from "node:assert/strict";
import { COMMODITIES, type Commodity, PRICES } from "../../src/rules/commodities.ts";
import { AM_FACTION } from "../../src/rules/factions.ts";
import { isAmRefinery, STATION_CLASSES } from "../../src/rules/stations.ts";

function classesThat(side: "buys" | "sells", commodity: Commodity): number[] {
  return [...STATION_CLASSES.keys()].filter((index) => STATION_CLASSES[index]?.[side].includes(commodity));
}

describe("commodities", () => {
  it("are priced as domain §1.6 has them; shards and special goods have no market price", () => {
    const rows = COMMODITIES.map((commodity) => {
      const price = PRICES[commodity];
      return price === null ? `${commodity} –` : `${commodity} ${price.baseCr} ${price.minCr}–${price.maxCr}`;
    });
    assert.deepEqual(rows, [
      "ore 15 15–45",
      "organics 18 8–25",
      "equipment 35 50–120",
      "fuel 12 20–60",
      "gourmet_food 80 30–70",
      "luxury_goods 100 75–200",
      "exotic_technology 250 150–300",
      "colonists 50 30–80",
      "precious_metals 130 80–180",
      "quantum_shards –",
      "special_goods –",
    ]);
  });
});

describe("stations", () => {
  it("come in twelve classes", () => {
    assert.equal(STATION_CLASSES.length, 12);
    assert.equal(STATION_CLASSES[7]?.name, "Resource Exchange");
  });

  it("buy ore in classes 1, 4, 5, 6 and 8 (C-27)", () => {
    assert.deepEqual(classesThat("buys", "ore"), [1, 4, 5, 6, 8]);
  });

  it("buy precious metals in classes 5, 6, 10 and 11 (domain §23.9)", () => {
    assert.deepEqual(classesThat("buys", "precious_metals"), [5, 6, 10, 11]);
  });

  it("neither buy nor sell quantum shards", () => {
    assert.deepEqual(
      [...classesThat("buys", "quantum_shards"), ...classesThat("sells", "quantum_shards")],
      [],
    );
  });

  it("sell ore where the class map says so", () => {
    assert.deepEqual(classesThat("sells", "ore"), [2, 3, 4, 7, 9]);
  });

  it("are AM refineries in classes 1 and 5 under the AM flag alone (domain §23.7)", () => {
    const refineries = [...STATION_CLASSES.keys()].filter((index) => isAmRefinery(index, AM_FACTION));
    assert.deepEqual(refineries, [1, 5]);
    assert.equal(isAmRefinery(1, "mercantile_guild"), false);
    assert.equal(isAmRefinery(5, null), false);
  });
});
