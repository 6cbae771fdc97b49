import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";

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

function run(command: "admin" | "audit", installation: Installation, args: string[]): Promise<Told> {
  return new Promise((resolve) => {
    const env = { PATH: process.env.PATH, ...installation };
    execFile(process.execPath, [mainOf(command), ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
    });
  });
}
