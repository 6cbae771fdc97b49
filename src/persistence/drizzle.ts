/**
 * Queries and inserts by table. Loading drizzle takes a second of CPU, so nothing that a server with an up-to-date
 * database needs may import this or `tables/` (test/start.test.ts); what makes worlds and migrates does.
 */
import { drizzle, type NodePgDatabase } from "drizzle-orm/node-postgres";
import type pg from "pg";
import * as tables from "./tables/index.ts";

export type Drizzle = NodePgDatabase<typeof tables>;

/** Drizzle over a pool, or on one connection: for its queries inside a transaction of `withTransaction`. */
export function drizzleOn(connection: pg.Pool | pg.PoolClient): Drizzle {
  return drizzle(connection, { schema: tables });
}
