import assert from "node:assert/strict";
import fc from "fast-check";
import { AM_FACTION } from "../../src/rules/factions.ts";
import type { Galaxy } from "../../src/rules/galaxy/galaxy.ts";
import { generateGalaxy, generateRegion } from "../../src/rules/galaxy/generate.ts";
import { cutOff, cutOffFromStations } from "../../src/rules/galaxy/graph.ts";
import { Prng } from "../../src/rules/galaxy/prng.ts";
import { cards, Deck, Quota } from "../../src/rules/galaxy/shares.ts";
import { REGION_SECTORS } from "../../src/rules/galaxy/zones.ts";
import { isAmRefinery } from "../../src/rules/stations.ts";
import { atlasOf } from "./galaxies.ts";

const regionSpec = fc
  .constantFrom("central_nexus" as const, "terran_space" as const, "player_owned" as const)
  .chain((type) => {
    const { min, max } = REGION_SECTORS[type];
    return fc.integer({ min, max: Math.min(max, 400) }).map((sectors) => ({ type, sectors }));
  });
const galaxies = fc
  .record({
    seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    amClaimShareBps: fc.integer({ min: 0, max: 10_000 }),
    regions: fc.array(regionSpec, { minLength: 1, maxLength: 3 }),
  })
  .map(({ regions, ...spec }) =>
    generateGalaxy({ ...spec, regions: regions.map((region, index) => ({ ...region, name: `R${index}` })) }),
  );

/** What holds for every galaxy that can be made. */
const invariants: Record<string, (galaxy: Galaxy) => void> = {
  "every sector can be reached from every other": (galaxy) => {
    const ids = galaxy.sectors.map(({ sectorId }) => sectorId);
    assert.deepEqual(cutOff(1, ids, galaxy.warps), { unreachable: [], noWayBack: [] });
  },
  "a station can be reached from every sector without entering what the Consortium holds": (galaxy) => {
    const ids = galaxy.sectors.map(({ sectorId }) => sectorId);
    const claimed = galaxy.sectors.filter(({ controllingFaction }) => controllingFaction === AM_FACTION);
    const closed = new Set(claimed.map(({ sectorId }) => sectorId));
    const stations = galaxy.stations.map(({ sectorId }) => sectorId);
    assert.deepEqual(cutOffFromStations(ids, galaxy.warps, stations, closed), []);
  },
  "sector ids count from 1, and sector numbers from 1 in each region": (galaxy) => {
    const places = galaxy.regions.map(({ id }) => galaxy.sectors.filter(({ regionId }) => regionId === id));
    for (const own of places) {
      assert.deepEqual(
        own.map(({ sectorNumber }) => sectorNumber),
        upTo(own.length),
      );
    }
    assert.deepEqual(
      galaxy.sectors.map(({ sectorId }) => sectorId),
      upTo(galaxy.sectors.length),
    );
  },
  "no two sectors are at the same place, no two warps between the same two": (galaxy) => {
    assertUnique(galaxy.sectors.map(({ x, y }) => `${x},${y}`));
    assertUnique(
      galaxy.warps.map((warp) =>
        [warp.sourceSectorId, warp.destinationSectorId].sort((a, b) => a - b).join("-"),
      ),
    );
  },
  "zones divide each region": (galaxy) => {
    for (const { id } of galaxy.regions) {
      const covered = galaxy.zones
        .filter(({ regionId }) => regionId === id)
        .flatMap(({ startSector, endSector }) => upTo(endSector).slice(startSector - 1));
      const sectors = galaxy.sectors.filter(({ regionId }) => regionId === id);
      assert.deepEqual(covered, upTo(sectors.length));
    }
    const atlas = atlasOf(galaxy);
    for (const sector of galaxy.sectors) {
      const { regionId, startSector, endSector } = atlas.zone(sector);
      assert.equal(regionId, sector.regionId);
      assert.ok(startSector <= sector.sectorNumber && sector.sectorNumber <= endSector);
    }
  },
  "clusters have 20 to 50 sectors and different names": (galaxy) => {
    for (const { id } of galaxy.clusters) {
      const size = galaxy.sectors.filter(({ clusterId }) => clusterId === id).length;
      assert.ok(size >= 20 && size <= 50, `${size} sectors`);
    }
    assertUnique(galaxy.clusters.map(({ regionId, name }) => `${regionId} ${name}`));
  },
  "15 % of each region's sectors are special": (galaxy) => {
    for (const { id } of galaxy.regions) {
      const own = galaxy.sectors.filter(({ regionId }) => regionId === id);
      const special = own.filter(({ type }) => type !== "STANDARD");
      assert.ok(Math.abs(special.length - own.length * 0.15) <= 0.5);
    }
  },
  "3 to 10 % are asteroid fields, once there are sectors enough": (galaxy) => {
    if (galaxy.sectors.length < 60) return;
    const share = galaxy.asteroidFields.length / galaxy.sectors.length;
    assert.ok(share >= 0.03 && share <= 0.1, `${share}`);
  },
  "every capital has a class 0 station and a free field of tier 3 or more next to it": (galaxy) => {
    const atlas = atlasOf(galaxy);
    for (const { capitalSectorId } of galaxy.regions) {
      assert.equal(atlas.station(capitalSectorId)?.stationClass, 0);
      assert.ok(
        atlas.neighbours(capitalSectorId).some((sectorId) => {
          const field = galaxy.asteroidFields.find((candidate) => candidate.sectorId === sectorId);
          return field && field.richnessTier >= 3 && atlas.sector(sectorId).controllingFaction === null;
        }),
      );
    }
  },
  "every region has a class 7+ station, and an AM refinery where there are rich clusters": (galaxy) => {
    for (const { id } of galaxy.regions) {
      const own = galaxy.stations.filter(({ regionId }) => regionId === id);
      assert.ok(own.some(({ stationClass }) => stationClass >= 7));
      const rich = galaxy.clusters.some((row) => row.regionId === id && row.clusterType === "RESOURCE_RICH");
      if (!rich) continue;
      assert.ok(own.some((station) => isAmRefinery(station.stationClass, station.factionAffiliation)));
    }
  },
  "the Consortium claims nothing but fields of rich clusters in the Federation and the Border": (galaxy) => {
    const atlas = atlasOf(galaxy);
    for (const sector of galaxy.sectors) {
      if (sector.controllingFaction === null) continue;
      assert.equal(sector.controllingFaction, AM_FACTION);
      assert.equal(sector.type, "ASTEROID_FIELD");
      assert.ok(atlas.isRich(sector));
      assert.ok(["FEDERATION", "BORDER"].includes(atlas.zone(sector).zoneType));
    }
  },
  "ids are never used twice": (galaxy) => {
    const { regions, zones, clusters, stations, factions } = galaxy;
    assertUnique(
      [galaxy.galaxy, ...regions, ...zones, ...clusters, ...stations, ...factions].map(({ id }) => id),
    );
  },
};

describe("galaxy generator, for every seed and size", function () {
  this.timeout(60_000);
  for (const [name, check] of Object.entries(invariants)) {
    it(name, () => fc.assert(fc.property(galaxies, check), { numRuns: 25 }));
  }

  it("adds a region that goes on where the galaxy ends", () => {
    const galaxy = generateGalaxy({ seed: 1, regions: [{ name: "A", type: "terran_space", sectors: 100 }] });
    const grown = generateRegion({
      seed: 1,
      galaxyId: galaxy.galaxy.id,
      region: { name: "B", type: "player_owned", sectors: 100 },
      neighbours: [galaxy.sectors],
    });
    const whole = generateGalaxy({
      seed: 1,
      regions: [
        { name: "A", type: "terran_space", sectors: 100 },
        { name: "B", type: "player_owned", sectors: 100 },
      ],
    });
    assert.deepEqual([...galaxy.sectors, ...grown.sectors], whole.sectors);
    assert.deepEqual([...galaxy.warps, ...grown.warps], whole.warps);
  });
});

describe("shares", () => {
  it("deals every card of a deck before it begins again, the opening ones first", () => {
    const deck = new Deck(
      cards([
        ["a", 2],
        ["b", 3],
      ]),
      new Prng("deck"),
      ["b", "a"],
    );
    const dealt = Array.from({ length: 10 }, () => deck.deal());
    assert.deepEqual(dealt.slice(0, 2), ["b", "a"]);
    assert.deepEqual(dealt.slice(0, 5).sort(), ["a", "a", "b", "b", "b"]);
    assert.deepEqual(dealt.slice(5).sort(), ["a", "a", "b", "b", "b"]);
    assert.throws(() => new Deck(["a"], new Prng("deck"), ["b"]), /one of the deck/);
  });

  it("keeps a running total within half of the exact share", () => {
    const quota = new Quota();
    assert.deepEqual(
      [25, 25, 25, 25].map((size) => quota.take(size, 1_500)),
      [4, 4, 3, 4],
    );
  });
});

describe("Prng", () => {
  it("gives the same stream for the same name, and another for another", () => {
    const stream = (name: string) => {
      const prng = new Prng(name);
      return Array.from({ length: 5 }, () => prng.u32());
    };
    assert.deepEqual(stream("2102/warps"), stream("2102/warps"));
    assert.notDeepEqual(stream("2102/warps"), stream("2103/warps"));
  });

  it("spreads evenly over a range", () => {
    const prng = new Prng("even");
    const counts = [0, 0, 0, 0, 0, 0];
    for (let i = 0; i < 60_000; i += 1) {
      const face = prng.int(0, 5);
      counts[face] = (counts[face] ?? 0) + 1;
    }
    for (const count of counts) assert.ok(Math.abs(count - 10_000) < 400, `${counts}`);
  });
});

function upTo(last: number): number[] {
  return Array.from({ length: last }, (_, index) => index + 1);
}

function assertUnique(values: readonly string[]): void {
  assert.equal(new Set(values).size, values.length);
}
