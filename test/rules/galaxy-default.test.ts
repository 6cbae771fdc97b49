import assert from "node:assert/strict";
import { defaultGalaxy } from "../../src/rules/galaxy/defaults.ts";
import { generateGalaxy } from "../../src/rules/galaxy/generate.ts";
import { isAmRefinery } from "../../src/rules/stations.ts";
import { atlasOf, tierOf } from "./galaxies.ts";

describe("the default galaxy", () => {
  for (const seed of [1, 2, 3, 2102, 4_294_967_295]) {
    it(`lets a newcomer mine at once: ship, laser, and a free field one warp from the capital (seed ${seed})`, () => {
      const galaxy = generateGalaxy(defaultGalaxy(seed));
      const atlas = atlasOf(galaxy);
      const [region] = galaxy.regions;
      assert.ok(region);
      assert.equal(region.id, galaxy.galaxy.startRegionId);
      assert.deepEqual(
        [region.startingShip, region.startingEquipment, region.startingCredits],
        ["CARGO_HAULER", ["mining_laser"], 10_000],
      );
      assert.equal(atlas.station(region.capitalSectorId)?.stationClass, 0);
      const near = atlas.neighbours(region.capitalSectorId).map(atlas.sector);
      const field = near.find(
        ({ type, controllingFaction }) => type === "ASTEROID_FIELD" && !controllingFaction,
      );
      assert.ok(field && tierOf(field) >= 3);
    });

    it(`has everything there is to try out (seed ${seed})`, () => {
      const galaxy = generateGalaxy(defaultGalaxy(seed));
      const { zone } = atlasOf(galaxy);
      assert.equal(galaxy.sectors.length, 100);
      assert.deepEqual(
        new Set(galaxy.sectors.map((sector) => zone(sector).zoneType)),
        new Set(["FEDERATION", "BORDER", "FRONTIER"]),
      );
      const fields = galaxy.sectors.filter(({ type }) => type === "ASTEROID_FIELD");
      const free = fields.filter(({ controllingFaction }) => controllingFaction === null);
      assert.ok(free.length < fields.length, "fields that need a licence");
      assert.ok(
        free.some((sector) => zone(sector).zoneType === "FRONTIER"),
        "a field the Frontier is glad of",
      );
      assert.ok(
        galaxy.asteroidFields.some(({ hasDeepAsteroids }) => hasDeepAsteroids),
        "deep asteroids",
      );
      const { stations } = galaxy;
      assert.ok(stations.some((station) => isAmRefinery(station.stationClass, station.factionAffiliation)));
      assert.ok(
        stations.some(({ stationClass }) => stationClass >= 7),
        "a place to upgrade lasers",
      );
      assert.ok(
        stations.some(({ stationClass }) => stationClass === 6),
        "a place to sell ore",
      );
    });
  }
});
