/** The server's processes, as Postgres sees them: each names its sessions, and a dead one's are gone. */
import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import type pg from "pg";
import { z } from "zod";

/** With the marker, the process number (7 digits) and the suffix it fits into what Postgres keeps of a name (63 bytes). */
const HOST_CHARACTERS_MAX = 30;
const MARKER = "sectorkeep server ";

/** Containers differ at the end of a long host name, and each may have its server as process 1. */
const SUFFIX_BYTES = 3;

/** An id for a process: its machine, its number there, and what tells it from others of which both say the same. */
export function makeProcessId(host: string, pid: number): string {
  const start = host.replaceAll(/[^\w.-]/g, "").slice(0, HOST_CHARACTERS_MAX);
  return `${start}-${pid}-${randomBytes(SUFFIX_BYTES).toString("hex")}`;
}

/** This process, as operators name it. */
export const PROCESS_ID = makeProcessId(hostname(), process.pid);

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
