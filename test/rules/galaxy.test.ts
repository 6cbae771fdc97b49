import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { AM_FACTION } from "../../src/rules/factions.ts";
import { defaultGalaxy, regionsFor } from "../../src/rules/galaxy/defaults.ts";
import type { Galaxy } from "../../src/rules/galaxy/galaxy.ts";
import { generateGalaxy } from "../../src/rules/galaxy/generate.ts";
import { cutOff, cutOffFromStations } from "../../src/rules/galaxy/graph.ts";
import type { ClusterType, RegionType } from "../../src/rules/galaxy/vocabulary.ts";
import { deriveRichness } from "../../src/rules/mining.ts";
import { atlasOf, percent, tierOf } from "./galaxies.ts";

const NO_FIELDS: readonly ClusterType[] = ["MILITARY_ZONE", "FRONTIER_OUTPOST"];

describe("galaxy generator", () => {
  const large = generateGalaxy({ seed: 7, regions: regionsFor(5_000) });
  const atlas = atlasOf(large);
  const special = large.sectors.filter(({ type }) => type !== "STANDARD");
  const fields = large.sectors.filter(({ type }) => type === "ASTEROID_FIELD");

  it("makes the same galaxy from the same seed, byte for byte, on every machine", () => {
    const again = generateGalaxy({ seed: 7, regions: regionsFor(5_000) });
    assert.equal(JSON.stringify(again), JSON.stringify(large));
    // A change of this hash is a change of every galaxy made so far from that seed: say so in the change.
    assert.equal(
      hashOf(generateGalaxy(defaultGalaxy(1))),
      "3db431c06c00fc8f80fd907ed54acd48dcfff6130f1d784ff9793ee6d31d63a1",
    );
  });

  it("makes galaxies of one cluster as docs/world.md says, and the first of two has the rest", () => {
    for (let sectors = 20; sectors <= 42; sectors++) {
      const tiny = generateGalaxy({ seed: sectors, regions: regionsFor(sectors) });
      const rich = tiny.clusters.filter(({ clusterType }) => clusterType === "RESOURCE_RICH");
      const isOne = sectors < 42;
      assert.deepEqual([tiny.clusters.length, rich.length], isOne ? [1, 0] : [2, 1]);
      between(percent(tiny.stations, tiny.sectors), 15, isOne ? 19.1 : 18);
      between(percent(tiny.asteroidFields, tiny.sectors), 2, isOne ? 7 : 10);
      const holders = tiny.sectors.map((sector) => sector.controllingFaction);
      const flags = tiny.stations.map((station) => station.factionAffiliation);
      assert.equal([...holders, ...flags].includes(AM_FACTION), !isOne);
    }
  });

  it("makes other galaxies from other seeds", () => {
    const hashes = [1, 2, 3, 4_294_967_295].map((seed) => hashOf(generateGalaxy(defaultGalaxy(seed))));
    assert.equal(new Set(hashes).size, 4);
  });

  it("makes 15 % of sectors special", () => {
    assert.equal(percent(special, large.sectors), 15);
  });

  it("makes 60 % of special sectors asteroid fields in rich clusters, 25 % in most, none in two kinds", () => {
    const share = (clusterTypes: (type: ClusterType) => boolean) => {
      const rolls = special.filter((sector) => clusterTypes(atlas.clusterType(sector)));
      assert.ok(rolls.length > 100, `${rolls.length} rolls are enough`);
      return percent(
        rolls.filter(({ type }) => type === "ASTEROID_FIELD"),
        rolls,
      );
    };
    near(
      share((type) => type === "RESOURCE_RICH"),
      60,
      2,
    );
    near(
      share((type) => type !== "RESOURCE_RICH" && !NO_FIELDS.includes(type)),
      25,
      2,
    );
    assert.equal(
      share((type) => NO_FIELDS.includes(type)),
      0,
    );
  });

  it("gives each of the four types a quarter of special sectors in default clusters", () => {
    const rolls = special.filter((sector) => {
      const type = atlas.clusterType(sector);
      return type !== "RESOURCE_RICH" && !NO_FIELDS.includes(type);
    });
    for (const type of ["ASTEROID_FIELD", "RADIATION_ZONE", "WARP_STORM", "BLACK_HOLE"]) {
      near(
        percent(
          rolls.filter((sector) => sector.type === type),
          rolls,
        ),
        25,
        2,
      );
    }
    assert.deepEqual(new Set(special.map(({ type }) => type)).size, 6);
  });

  it("makes 3 to 10 % of all sectors asteroid fields, each with its pool", () => {
    between(percent(fields, large.sectors), 3, 10);
    assert.deepEqual(
      large.asteroidFields.map(({ sectorId }) => sectorId),
      fields.map(({ sectorId }) => sectorId),
    );
  });

  it("keeps tier 5 rare and mostly in rich clusters, and tier 2 unmade", () => {
    const tiers = fields.map((sector) => ({ tier: tierOf(sector), isRich: atlas.isRich(sector) }));
    const best = tiers.filter(({ tier }) => tier === 5);
    between(percent(best, tiers), 1, 10);
    assert.ok(
      percent(
        best.filter(({ isRich }) => isRich),
        best,
      ) > 50,
    );
    assert.deepEqual([...new Set(tiers.map(({ tier }) => tier))].sort(), [1, 3, 4, 5]);
  });

  it("stores each field's richness as its regeneration gives it", () => {
    for (const { resources, resourceRegeneration } of fields) {
      assert.ok("asteroid_richness" in resources);
      assert.deepEqual(resources.asteroid_richness, deriveRichness(resourceRegeneration));
    }
    between(
      percent(
        large.asteroidFields.filter((field) => field.hasDeepAsteroids),
        fields,
      ),
      5,
      30,
    );
  });

  it("claims half of the fields in rich clusters of the Federation and the Border, and no others", () => {
    const terran = generateGalaxy({ seed: 5, regions: manyRegions(6) });
    const its = atlasOf(terran);
    const open = terran.sectors.filter(
      (sector) =>
        sector.type === "ASTEROID_FIELD" &&
        its.isRich(sector) &&
        ["FEDERATION", "BORDER"].includes(its.zone(sector).zoneType),
    );
    const claimed = terran.sectors.filter(({ controllingFaction }) => controllingFaction === AM_FACTION);
    near(percent(claimed, open), 50, 5);
    assert.deepEqual(
      claimed.filter((sector) => !open.includes(sector)),
      [],
    );
    const consortium = terran.factions.find(({ code }) => code === AM_FACTION);
    assert.deepEqual(
      consortium?.territorySectors,
      claimed.map(({ sectorId }) => sectorId),
    );
  });

  it("claims as large a share as it is told", () => {
    const claims = (amClaimShareBps: number) =>
      generateGalaxy({ ...defaultGalaxy(1), amClaimShareBps }).sectors.filter(
        (sector) => sector.controllingFaction,
      );
    assert.equal(claims(0).length, 0);
    assert.ok(claims(10_000).length > claims(5_000).length);
  });

  it("has stations in 12 to 18 % of sectors, as safe as their zone is policed", () => {
    between(percent(large.stations, large.sectors), 12, 18);
    for (const station of large.stations) {
      const { policingLevel } = atlas.zone(atlas.sector(station.sectorId));
      if (policingLevel >= 9) assert.equal(station.security, "premium");
      if (policingLevel >= 5) assert.ok(["standard", "premium"].includes(station.security));
    }
    assert.equal(new Set(large.stations.map(({ sectorId }) => sectorId)).size, large.stations.length);
  });

  it("joins sectors by 3 to 4 warps each, of one to three turns, some of them one way", () => {
    const ends = large.warps.reduce((sum, { isBidirectional }) => sum + (isBidirectional ? 2 : 1), 0);
    between(ends / large.sectors.length, 3, 4);
    assert.deepEqual([...new Set(large.warps.map(({ turnCost }) => turnCost))].sort(), [1, 2, 3]);
    between(
      percent(
        large.warps.filter(({ isBidirectional }) => !isBidirectional),
        large.warps,
      ),
      1,
      10,
    );
  });

  it("draws clusters apart on the map: a sector lies nearest to the middle of its own", () => {
    const middles = large.clusters.map(({ id }) => {
      const own = large.sectors.filter(({ clusterId }) => clusterId === id);
      const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / own.length;
      return { id, x: mean(own.map(({ x }) => x)), y: mean(own.map(({ y }) => y)) };
    });
    const astray = large.sectors.filter((sector) => {
      const distance = (middle: { x: number; y: number }) =>
        Math.hypot(sector.x - middle.x, sector.y - middle.y);
      const nearest = middles.reduce((best, middle) => (distance(middle) < distance(best) ? middle : best));
      return nearest.id !== sector.clusterId;
    });
    assert.ok(percent(astray, large.sectors) < 1, `${astray.length} sectors are nearer to another cluster`);
  });

  it("lays the zones of the canonical regions where the game has them", () => {
    const zonesOf = (type: RegionType, sectors: number) =>
      generateGalaxy({ seed: 1, regions: [{ name: "It", type, sectors }] }).zones.map(
        (zone) =>
          `${zone.zoneType} ${zone.startSector}–${zone.endSector} ${zone.policingLevel}/${zone.dangerRating}`,
      );
    assert.deepEqual(zonesOf("terran_space", 300), [
      "FEDERATION 1–100 9/1",
      "BORDER 101–200 5/4",
      "FRONTIER 201–300 2/8",
    ]);
    assert.deepEqual(zonesOf("central_nexus", 5_000), ["EXPANSE 1–5000 3/6"]);
    assert.deepEqual(zonesOf("player_owned", 1_000), [
      "FEDERATION 1–330 9/1",
      "BORDER 331–670 5/4",
      "FRONTIER 671–1000 2/8",
    ]);
  });

  it("refuses what no region can be", () => {
    const region = { name: "It", type: "player_owned", sectors: 100 } as const;
    const attempt = (change: { seed?: number; name?: string; sectors?: number }) => () =>
      generateGalaxy({ seed: change.seed ?? 1, regions: [{ ...region, ...change }] });
    assert.throws(attempt({ sectors: 99 }), /A player_owned region has 100 to 1500 sectors; 99 is not/);
    assert.throws(attempt({ sectors: 1_501 }), RangeError);
    assert.throws(attempt({ seed: -1 }), /A seed is a whole number/);
    assert.throws(attempt({ seed: 0.5 }), RangeError);
    assert.throws(attempt({ name: " " }), /A region's name/);
    assert.throws(() => regionsFor(19), /20 to 5300/);
    assert.throws(() => regionsFor(5_301), RangeError);
  });

  it("splits a number of sectors over Terran Space and the Central Nexus", () => {
    const split = (sectors: number) =>
      regionsFor(sectors).map((region) => `${region.type} ${region.sectors}`);
    assert.deepEqual(split(100), ["terran_space 100"]);
    assert.deepEqual(split(300), ["terran_space 300"]);
    assert.deepEqual(split(301), ["terran_space 281", "central_nexus 20"]);
    assert.deepEqual(split(5_300), ["terran_space 300", "central_nexus 5000"]);
  });
});

describe("cutOff", () => {
  const warp = (from: number, to: number, isBidirectional = true, isLatent = false) => ({
    sourceSectorId: from,
    destinationSectorId: to,
    isBidirectional,
    isLatent,
  });

  it("finds sectors that nobody can fly to, and those that nobody returns from", () => {
    const warps = [warp(1, 2), warp(2, 3, false), warp(4, 1, false), warp(1, 5, true, true)];
    assert.deepEqual(cutOff(1, [1, 2, 3, 4, 5], warps), { unreachable: [4, 5], noWayBack: [3] });
  });
});

describe("cutOffFromStations", () => {
  it("names the sectors from which every way to a station leads through closed ones", () => {
    const warp = (from: number, to: number, isBidirectional = true) => ({
      sourceSectorId: from,
      destinationSectorId: to,
      isBidirectional,
      isLatent: false,
    });
    // Stations in 1 and 5; 3, 4 and 6 lie behind 2, and 7 between 2 and 5.
    const warps = [warp(1, 2), warp(2, 3), warp(3, 4), warp(4, 6), warp(5, 7), warp(7, 2)];
    const ids = [1, 2, 3, 4, 5, 6, 7];
    assert.deepEqual(cutOffFromStations(ids, warps, [1, 5], new Set()), []);
    assert.deepEqual(cutOffFromStations(ids, warps, [1, 5], new Set([2])), [3, 4, 6]);
    assert.deepEqual(cutOffFromStations(ids, [...warps, warp(1, 6, false)], [1, 5], new Set([2])), [3, 4, 6]);
    assert.deepEqual(cutOffFromStations(ids, [...warps, warp(6, 1, false)], [1, 5], new Set([2])), []);
  });

  it("finds nothing in the galaxy whose 35th sector the Consortium once closed in", () => {
    const { sectors, warps, stations } = generateGalaxy(defaultGalaxy(15));
    const ids = sectors.map(({ sectorId }) => sectorId);
    const claimed = sectors.filter(({ controllingFaction }) => controllingFaction === AM_FACTION);
    const closed = new Set(claimed.map(({ sectorId }) => sectorId));
    const stationIds = stations.map(({ sectorId }) => sectorId);
    assert.ok(closed.size > 0);
    assert.deepEqual(cutOffFromStations(ids, warps, stationIds, closed), []);
  });
});

function manyRegions(count: number) {
  return Array.from({ length: count }, (_, index) => ({
    name: `Region ${index + 1}`,
    type: "player_owned" as const,
    sectors: 500,
  }));
}

function hashOf(galaxy: Galaxy): string {
  const sorted = (_key: string, value: unknown) =>
    value !== null && typeof value === "object" && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value;
  return createHash("sha256").update(JSON.stringify(galaxy, sorted)).digest("hex");
}

function near(value: number, wanted: number, tolerance: number): void {
  between(value, wanted - tolerance, wanted + tolerance);
}

function between(value: number, lo: number, hi: number): void {
  assert.ok(value >= lo && value <= hi, `${value} lies between ${lo} and ${hi}`);
}
