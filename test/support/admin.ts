import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import type pg from "pg";

const mainOf = (command: "admin" | "audit") =>
  fileURLToPath(new URL(`../../src/cli/${command}.ts`, import.meta.url));

export interface Told {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

type Installation = { DATABASE_URL: string } | { DATA_DIR: string };

/** Runs `npm run admin` as an operator does. @param installation where its database is */
export function admin(installation: Installation, ...args: string[]): Promise<Told> {
  return run("admin", installation, args);
}

/** The same for `npm run audit`. */
export function audit(installation: Installation): Promise<Told> {
  return run("audit", installation, []);
}

/** Records an order as a later version may: of a kind, or with details, that this one does not know. */
export async function orderOfAnotherVersion(pool: pg.Pool, kind: string, detail = {}): Promise<void> {
  // Its migration would have done this.
  await pool.query("alter table admin_actions drop constraint if exists admin_actions_kind");
  await pool.query(
    `insert into admin_actions (id, kind, operator, detail, created_at)
      select coalesce(max(id), 0) + 1, $1, 'later', $2, now() from admin_actions`,
    [kind, JSON.stringify(detail)],
  );
}

function run(command: "admin" | "audit", installation: Installation, args: string[]): Promise<Told> {
  return new Promise((resolve) => {
    const env = { PATH: process.env.PATH, ...installation };
    execFile(process.execPath, [mainOf(command), ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
    });
  });
}
