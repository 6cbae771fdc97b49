import { eq, getTableColumns, getTableName, sql } from "drizzle-orm";
import type { PgTable } from "drizzle-orm/pg-core";
import type pg from "pg";
import type { Galaxy, Space } from "../rules/galaxy/galaxy.ts";
import { generateRegion, type RegionSpec, territoryOf } from "../rules/galaxy/generate.ts";
import { SECTOR_ID_MAX } from "../rules/galaxy/vocabulary.ts";
import type { Spot } from "../rules/galaxy/warps.ts";
import type { Database } from "./database.ts";
import { type Drizzle, drizzleOn } from "./drizzle.ts";
import { withTransaction } from "./sqlstate.ts";
import {
  asteroidFields,
  clusters,
  factions,
  galaxies,
  regions,
  sectors,
  sectorWarps,
  stations,
  zones,
} from "./tables/index.ts";
import { WorldError } from "./world-error.ts";

/** Small enough to show progress, large enough that the statements themselves cost nothing. */
const ROWS_PER_STATEMENT = 1_000;
/** Nobody waits for a world's rows, so a slow machine may take its time over them. */
const STATEMENT_SECONDS_MAX = 60;

/** Told after each statement; `rows` of `total` are written, the last ones of `table`. */
export type OnProgress = (progress: { table: string; rows: number; total: number }) => void;

export interface WriteOptions {
  /** When the galaxy is made. */
  now: Date;
  onProgress?: OnProgress;
}

/**
 * Writes a galaxy into an empty database: all of it, or nothing.
 * @throws WorldError when there is a galaxy already.
 */
export async function insertGalaxy(
  { pool }: Pick<Database, "pool">,
  galaxy: Galaxy,
  { now, onProgress }: WriteOptions,
): Promise<void> {
  await withTransaction(pool, async (client) => {
    const db = await beginWorld(client);
    const [present] = await db.select({ name: galaxies.name }).from(galaxies);
    if (present) {
      throw new WorldError(
        `The database holds the galaxy "${present.name}" already, and it was left as it is. Add a region to it ` +
          "with --region NAME --type TYPE --sectors N, or set DATABASE_URL (or DATA_DIR) to an empty database.",
      );
    }
    const { galaxy: head, factions: factionRows, ...space } = galaxy;
    const writer = new Writer(client, [[head], factionRows, ...Object.values(space)], onProgress);
    // The start region does not exist yet.
    await writer.write(galaxies, [{ ...head, startRegionId: null, createdAt: now }]);
    await writer.write(factions, factionRows);
    await writer.writeSpace(space);
    await db.update(galaxies).set({ startRegionId: head.startRegionId });
  });
  await analyze(pool);
}

/**
 * Adds a region to the galaxy: its sector ids go on after the last, and warps join it to the start region and to
 * the region made last. All of it, or nothing; pilots may be flying meanwhile.
 * @throws WorldError when there is no galaxy, or a region of that name.
 */
export async function insertRegion(
  { pool }: Pick<Database, "pool">,
  options: { region: RegionSpec; seed: number | null; amClaimShareBps?: number } & Omit<WriteOptions, "now">,
): Promise<Space> {
  const space = await withTransaction(pool, async (client) => {
    const db = await beginWorld(client);
    const [galaxy] = await db.select().from(galaxies);
    if (!galaxy) {
      throw new WorldError(
        "There is no galaxy to add a region to. Make one first: npm run world -- --seed N",
      );
    }
    const names = await db.select({ name: regions.name }).from(regions);
    if (names.some(({ name }) => name === options.region.name)) {
      throw new WorldError(
        `There is a region "${options.region.name}" already. Choose another name: ${options.region.name} II, say.`,
      );
    }
    const neighbours = await readNeighbours(db, galaxy.startRegionId);
    refuseBeyondIds(neighbours, options.region);
    const grown = generateRegion({
      seed: options.seed ?? galaxy.seed ?? 0,
      galaxyId: galaxy.id,
      region: options.region,
      neighbours,
      ...(options.amClaimShareBps === undefined ? {} : { amClaimShareBps: options.amClaimShareBps }),
    });
    await new Writer(client, Object.values(grown), options.onProgress).writeSpace(grown);
    await extendTerritories(db, grown);
    return grown;
  });
  await analyze(pool);
  return space;
}

/** An imported galaxy may use the highest ids: what comes after them could not be asked for. */
function refuseBeyondIds(neighbours: readonly (readonly Spot[])[], region: RegionSpec): void {
  const last = neighbours.flat().reduce((highest, { sectorId }) => Math.max(highest, sectorId), 0);
  if (last + region.sectors <= SECTOR_ID_MAX) return;
  throw new WorldError(
    `The region's sectors would get ids after the galaxy's last, ${last}, and ${SECTOR_ID_MAX} is the highest there can ` +
      "be. Export the galaxy, give its sectors lower ids, and import it into an empty database.",
  );
}

/** Two worlds at once would both find the database empty: the second waits here for the first one's end. */
async function beginWorld(client: pg.PoolClient): Promise<Drizzle> {
  const limit = `${STATEMENT_SECONDS_MAX}s`;
  await client.query(
    `select set_config(name, $1, true)
      from unnest(array['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout']) as name`,
    [limit],
  );
  await client.query("lock table galaxies in share row exclusive mode");
  return drizzleOn(client);
}

/** Multi-row inserts, counted for whoever watches. */
class Writer {
  readonly #client: pg.PoolClient;
  readonly #total: number;
  readonly #onProgress: OnProgress | undefined;
  #written = 0;

  constructor(
    client: pg.PoolClient,
    rowLists: readonly (readonly unknown[])[],
    onProgress: OnProgress | undefined,
  ) {
    this.#client = client;
    this.#total = rowLists.reduce((sum, rows) => sum + rows.length, 0);
    this.#onProgress = onProgress;
  }

  /**
   * Rows travel as one JSON text, which Postgres takes apart by the table's own columns: that takes a fifth of the
   * time of a parameter for each value. Columns that the rows do not have get their defaults.
   */
  async write<T extends PgTable>(table: T, rows: readonly T["$inferInsert"][]): Promise<void> {
    const [first] = rows;
    if (!first) return;
    const name = getTableName(table);
    const columns = Object.entries(getTableColumns(table)).filter(([key]) => key in first);
    const list = columns.map(([, column]) => `"${column.name}"`).join(", ");
    const entries = columns.map(([key, column]) => [column.name, key] as const);
    for (let from = 0; from < rows.length; from += ROWS_PER_STATEMENT) {
      const chunk = rows.slice(from, from + ROWS_PER_STATEMENT).map((row) => {
        const values = new Map(Object.entries(row));
        return Object.fromEntries(entries.map(([column, key]) => [column, values.get(key)]));
      });
      await this.#client.query(
        `insert into "${name}" (${list}) select ${list} from json_populate_recordset(null::"${name}", $1)`,
        [JSON.stringify(chunk)],
      );
      this.#written += chunk.length;
      this.#onProgress?.({ table: name.replaceAll("_", " "), rows: this.#written, total: this.#total });
    }
  }

  /** In the order of the foreign keys; capitals come last, since regions and sectors point at each other. */
  async writeSpace(space: Space): Promise<void> {
    const regionRows = space.regions.map(({ capitalSectorId: _later, ...region }) => region);
    const sectorRows = space.sectors.map((sector) => ({
      ...sector,
      resourceRegeneration: sector.resourceRegeneration?.toFixed(4) ?? null,
    }));
    await this.write(regions, regionRows);
    await this.write(zones, space.zones);
    await this.write(clusters, space.clusters);
    await this.write(sectors, sectorRows);
    await this.write(sectorWarps, space.warps);
    await this.write(stations, space.stations);
    await this.write(asteroidFields, space.asteroidFields);
    for (const { id, capitalSectorId } of space.regions) {
      await this.#client.query("update regions set capital_sector_id = $2 where id = $1", [
        id,
        capitalSectorId,
      ]);
    }
  }
}

/** Sectors of each region, the start region first, then in the order they were made. */
async function readNeighbours(db: Drizzle, startRegionId: string | null): Promise<Spot[][]> {
  const rows = await db
    .select({
      sectorId: sectors.sectorId,
      regionId: sectors.regionId,
      x: sectors.x,
      y: sectors.y,
      z: sectors.z,
    })
    .from(sectors)
    .orderBy(sectors.sectorId);
  const byRegion = Map.groupBy(rows, ({ regionId }) => regionId);
  const start = byRegion.get(startRegionId ?? "");
  const others = [...byRegion.values()].filter((spots) => spots !== start);
  return start ? [start, ...others] : others;
}

async function extendTerritories(db: Drizzle, space: Space): Promise<void> {
  const holders = new Set(space.sectors.flatMap(({ controllingFaction }) => controllingFaction ?? []));
  for (const code of holders) {
    const more = sql.param(territoryOf(code, space));
    await db
      .update(factions)
      .set({ territorySectors: sql`${factions.territorySectors} || ${more}::integer[]` })
      .where(eq(factions.code, code));
  }
}

/** Fresh tables have no statistics, and plans made without them are slow until autovacuum comes by. */
async function analyze(pool: pg.Pool): Promise<void> {
  await pool.query(
    "analyze galaxies, factions, regions, zones, clusters, sectors, sector_warps, stations, asteroid_fields",
  );
}
