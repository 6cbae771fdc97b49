/** The server's processes, as Postgres sees them: each names its sessions, and a dead one's are gone. */
import { hostname } from "node:os";
import type pg from "pg";
import { z } from "zod";

/** With the marker and the process number it fits into what Postgres keeps of a name (63 bytes). */
const HOST_CHARACTERS_MAX = 30;
const MARKER = "sectorkeep server ";

/** This process, as operators name it: its machine and its number there. */
export const PROCESS_ID = `${hostname()
  .replaceAll(/[^\w.-]/g, "")
  .slice(0, HOST_CHARACTERS_MAX)}-${process.pid}`;

/** What the sessions of a server's process are called in `pg_stat_activity`. */
export function sessionName(processId: string): string {
  return `${MARKER}${processId}`;
}

const rowSchema = z.object({ application_name: z.string() });

/** The ids of the processes that are connected to this database now. */
export async function readProcesses(pool: pg.Pool): Promise<string[]> {
  const { rows } = await pool.query(
    `select distinct application_name from pg_stat_activity
      where datname = current_database() and starts_with(application_name, $1) order by application_name`,
    [MARKER],
  );
  return z
    .array(rowSchema)
    .parse(rows)
    .map((row) => row.application_name.slice(MARKER.length));
}
