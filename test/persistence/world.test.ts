import assert from "node:assert/strict";
import { insertGalaxy, insertRegion } from "../../src/persistence/world.ts";
import { WorldError } from "../../src/persistence/world-error.ts";
import { readGalaxySummary } from "../../src/persistence/world-summary.ts";
import { defaultGalaxy } from "../../src/rules/galaxy/defaults.ts";
import type { Galaxy } from "../../src/rules/galaxy/galaxy.ts";
import { generateGalaxy } from "../../src/rules/galaxy/generate.ts";
import { cutOff } from "../../src/rules/galaxy/graph.ts";
import { type TestDatabase, useDatabase } from "../support/database.ts";

const now = new Date("2102-01-01T00:00:00Z");
const WORLD_TABLES = [
  "galaxies",
  "factions",
  "regions",
  "zones",
  "clusters",
  "sectors",
  "sector_warps",
  "stations",
  "asteroid_fields",
];

describe("insertGalaxy", () => {
  const db = useDatabase();
  const galaxy = generateGalaxy({
    seed: 11,
    regions: [
      { name: "Terran Space", type: "terran_space", sectors: 120 },
      { name: "Central Nexus", type: "central_nexus", sectors: 1_200 },
      { name: "Vega Reach", type: "player_owned", sectors: 100 },
    ],
  });

  it("leaves nothing behind when a row is refused", async () => {
    // The last table of all: everything else has been written by then.
    const [field, ...others] = galaxy.asteroidFields;
    assert.ok(field);
    const broken: Galaxy = { ...galaxy, asteroidFields: [...others, { ...field, poolSize: 7 }] };
    await assert.rejects(insertGalaxy(db.database, broken, { now }), /asteroid_fields_pool/);
    assert.deepEqual(await rowCounts(db), {});
  });

  it("leaves nothing behind when it is interrupted", async () => {
    const onProgress = ({ table }: { table: string }) => {
      if (table === "stations") throw new Error("pulled the plug");
    };
    await assert.rejects(insertGalaxy(db.database, galaxy, { now, onProgress }), /pulled the plug/);
    assert.deepEqual(await rowCounts(db), {});
  });

  it("writes every row, and tells how far it is", async () => {
    const steps: { table: string; rows: number; total: number }[] = [];
    await insertGalaxy(db.database, galaxy, { now, onProgress: (step) => steps.push(step) });
    assert.deepEqual(await rowCounts(db), {
      galaxies: 1,
      factions: 9,
      regions: 3,
      zones: 7,
      clusters: galaxy.clusters.length,
      sectors: 1_420,
      sector_warps: galaxy.warps.length,
      stations: galaxy.stations.length,
      asteroid_fields: galaxy.asteroidFields.length,
    });
    const last = steps.at(-1);
    assert.ok(last && steps.length > 9);
    assert.equal(last.rows, last.total);
    assert.deepEqual(
      steps.map(({ rows }) => rows),
      steps.map(({ rows }) => rows).sort((a, b) => a - b),
    );
  });

  it("writes what the generator made: capitals, newcomers' kits, stocks, richness", async () => {
    const { rows: regions } = await db.pool.query(
      `select name, capital_sector_id, starting_credits, starting_ship, starting_equipment, pvp_rules, status
        from regions order by capital_sector_id`,
    );
    const start = { name: "Terran Space", capital_sector_id: 1, starting_credits: 10_000 };
    assert.deepEqual(regions[0], {
      ...start,
      starting_ship: "CARGO_HAULER",
      starting_equipment: ["mining_laser"],
      pvp_rules: "open",
      status: "active",
    });
    assert.deepEqual(
      regions.map((row) => row.capital_sector_id),
      [1, 121, 1_321],
    );
    const { rows: heads } = await db.pool.query(
      `select g.seed, g.created_at, g.default_turns_per_day, r.name as start_region
        from galaxies g join regions r on r.id = g.start_region_id`,
    );
    assert.deepEqual(heads, [
      { seed: 11, created_at: now, default_turns_per_day: 1_000, start_region: "Terran Space" },
    ]);
    const sector = galaxy.sectors.find(({ type }) => type === "ASTEROID_FIELD");
    assert.ok(sector);
    const { rows: fields } = await db.pool.query(
      `select resources, resource_regeneration::float8, pool_size, pool_remaining
        from sectors join asteroid_fields using (sector_id) where sector_id = $1`,
      [sector.sectorId],
    );
    const { resources, resourceRegeneration } = sector;
    const pool = galaxy.asteroidFields.find(({ sectorId }) => sectorId === sector.sectorId)?.poolSize;
    assert.deepEqual(fields, [
      { resources, resource_regeneration: resourceRegeneration, pool_size: pool, pool_remaining: pool },
    ]);
    const { rows: stations } = await db.pool.query(
      "select commodities, services from stations where sector_id = 1",
    );
    const [capital] = galaxy.stations;
    assert.deepEqual(stations, [{ commodities: capital?.commodities, services: capital?.services }]);
  });

  it("leaves statistics for the planner", async () => {
    const { rows } = await db.pool.query(
      "select relname, reltuples from pg_class where relname = any($1) and reltuples < 1",
      [WORLD_TABLES],
    );
    assert.deepEqual(rows, []);
  });

  it("refuses a second galaxy, and says what to do", async () => {
    const another = generateGalaxy(defaultGalaxy(12));
    const before = await rowCounts(db);
    await assert.rejects(insertGalaxy(db.database, another, { now }), (error) => {
      assert.ok(error instanceof WorldError);
      assert.match(error.message, /"Sectorkeep" already.*--region NAME --type TYPE --sectors N/);
      return true;
    });
    assert.deepEqual(await rowCounts(db), before);
  });

  it("sums the galaxy up", async () => {
    const summary = await readGalaxySummary(db.database);
    assert.ok(summary);
    assert.equal(summary.sectors, 1_420);
    assert.deepEqual(summary.regions, [
      { name: "Terran Space", type: "terran_space", sectors: 120 },
      { name: "Central Nexus", type: "central_nexus", sectors: 1_200 },
      { name: "Vega Reach", type: "player_owned", sectors: 100 },
    ]);
    assert.equal(summary.fields.total, galaxy.asteroidFields.length);
    assert.equal(summary.sectorTypes.ASTEROID_FIELD, galaxy.asteroidFields.length);
    assert.equal(
      summary.fields.amClaimed,
      galaxy.sectors.filter(({ controllingFaction }) => controllingFaction !== null).length,
    );
    assert.equal(summary.warps.oneWay + summary.warps.twoWay, galaxy.warps.length);
    assert.equal(
      summary.clusterTypes.reduce((sum, row) => sum + row.sectors, 0),
      1_420,
    );
  });
});

describe("insertGalaxy, twice at once", () => {
  const db = useDatabase();

  it("lets one in and refuses the other", async () => {
    const attempts = await Promise.allSettled(
      [1, 2].map((seed) => insertGalaxy(db.database, generateGalaxy(defaultGalaxy(seed)), { now })),
    );
    assert.deepEqual(attempts.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
    const refused = attempts.find((attempt) => attempt.status === "rejected");
    assert.ok(refused?.reason instanceof WorldError);
    assert.equal((await rowCounts(db)).sectors, 100);
  });
});

describe("insertRegion", () => {
  const db = useDatabase();
  const region = { name: "Vega Reach", type: "player_owned", sectors: 150 } as const;

  it("refuses without a galaxy", async () => {
    assert.equal(await readGalaxySummary(db.database), null);
    await assert.rejects(insertRegion(db.database, { region, seed: 1 }), /no galaxy to add a region to/);
  });

  it("goes on after the last sector and can be reached", async () => {
    const galaxy = generateGalaxy(defaultGalaxy(1));
    await insertGalaxy(db.database, galaxy, { now });
    const added = await insertRegion(db.database, { region, seed: null });
    assert.equal(added.sectors[0]?.sectorId, 101);
    const { rows } = await db.pool.query(
      `select source_sector_id as "sourceSectorId", destination_sector_id as "destinationSectorId",
        is_bidirectional as "isBidirectional", is_latent as "isLatent" from sector_warps`,
    );
    const ids = [...galaxy.sectors, ...added.sectors].map(({ sectorId }) => sectorId);
    assert.deepEqual(cutOff(1, ids, rows), { unreachable: [], noWayBack: [] });
  });

  it("adds its claims to the Consortium's territory", async () => {
    const { rows } = await db.pool.query(
      `select (select array_agg(sector_id order by sector_id) from sectors where controlling_faction = code) as claimed,
        (select array_agg(s order by s) from unnest(territory_sectors) as s) as territory
        from factions where code = 'astral_mining_consortium'`,
    );
    assert.ok(rows[0].claimed.some((sectorId: number) => sectorId > 100));
    assert.deepEqual(rows[0].territory, rows[0].claimed);
  });

  it("refuses a name twice, and leaves nothing of an interrupted region", async () => {
    await assert.rejects(
      insertRegion(db.database, { region, seed: 1 }),
      /There is a region "Vega Reach" already/,
    );
    const before = await rowCounts(db);
    const onProgress = ({ table }: { table: string }) => {
      if (table === "stations") throw new Error("pulled the plug");
    };
    const another = { ...region, name: "Deneb" };
    await assert.rejects(
      insertRegion(db.database, { region: another, seed: 1, onProgress }),
      /pulled the plug/,
    );
    assert.deepEqual(await rowCounts(db), before);
  });
});

/** Rows by table; empty tables are left out. */
async function rowCounts(db: TestDatabase): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const table of WORLD_TABLES) {
    const { rows } = await db.pool.query<{ count: number }>(`select count(*) from ${table}`);
    if (rows[0] && rows[0].count > 0) counts[table] = rows[0].count;
  }
  return counts;
}
