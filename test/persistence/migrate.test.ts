import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { generateDrizzleJson, generateMigration } from "drizzle-kit/api";
import { is } from "drizzle-orm";
import { getTableConfig, PgTable } from "drizzle-orm/pg-core";
import pg from "pg";
import { z } from "zod";
import { migrate } from "../../src/persistence/migrate.ts";
import * as tables from "../../src/persistence/tables/index.ts";
import { useDatabase } from "../support/database.ts";
import { administer, testPostgres } from "../support/postgres.ts";

const MIGRATIONS = new URL("../../src/persistence/migrations/", import.meta.url);
const journalSchema = z.object({ entries: z.array(z.object({ idx: z.int(), tag: z.string() })) });

async function readJournal() {
  const text = await readFile(new URL("meta/_journal.json", MIGRATIONS), "utf8");
  return journalSchema.parse(JSON.parse(text)).entries;
}

describe("migrations", () => {
  const db = useDatabase();

  it("say what the tables say: npm run db:generate would add nothing", async () => {
    const newest = (await readJournal()).at(-1) ?? assert.fail("no migrations");
    const file = `meta/${String(newest.idx).padStart(4, "0")}_snapshot.json`;
    const snapshot = JSON.parse(await readFile(new URL(file, MIGRATIONS), "utf8"));
    const statements = await generateMigration(snapshot, generateDrizzleJson(tables, snapshot.id));
    assert.deepEqual(statements, []);
  });

  it("make the columns that the tables name, with their types and NULLs", async () => {
    const { rows } = await db.pool.query<{ name: string }>(
      `select format('%s.%s %s%s', relname, attname, format_type(atttypid, atttypmod),
          case when attnotnull then ' not null' end) as name
        from pg_attribute join pg_class on pg_class.oid = attrelid
        where relnamespace = 'public'::regnamespace and relkind = 'r' and attnum > 0 and not attisdropped`,
    );
    const expected = Object.values(tables)
      .filter((table) => is(table, PgTable))
      .flatMap((table) => {
        const { name, columns, primaryKeys } = getTableConfig(table);
        const keys = new Set(primaryKeys.flatMap((key) => key.columns.map((column) => column.name)));
        return columns.map((column) => {
          const notNull = column.notNull || keys.has(column.name) ? " not null" : "";
          return `${name}.${column.name} ${liveType(column.getSQLType())}${notNull}`;
        });
      });
    assert.deepEqual(rows.map((row) => row.name).sort(), expected.sort());
  });

  it("do nothing the second time", async () => {
    const applied = "select count(*) as n from drizzle.__drizzle_migrations";
    const before = await db.pool.query(applied);
    await migrate(db.url);
    assert.deepEqual((await db.pool.query(applied)).rows, before.rows);
    assert.equal(before.rows[0].n, (await readJournal()).length);
  });

  it("are applied once when several processes start at once", async () => {
    const name = `migrate_at_once_${process.pid}`;
    await administer(`create database ${name}`);
    try {
      const url = testPostgres().urlOf(name);
      await Promise.all([migrate(url), migrate(url), migrate(url)]);
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      const { rows } = await client.query("select count(*)::int as n from drizzle.__drizzle_migrations");
      await client.end();
      assert.deepEqual(rows, [{ n: (await readJournal()).length }]);
    } finally {
      await administer(`drop database ${name} with (force)`);
    }
  });
});

/** Drizzle's name of a type as Postgres says it. */
function liveType(type: string): string {
  return type
    .replace(/^varchar/, "character varying")
    .replace(/^timestamp \((\d)\) with time zone$/, "timestamp($1) with time zone")
    .replace(/^numeric\((\d+), (\d+)\)$/, "numeric($1,$2)");
}
