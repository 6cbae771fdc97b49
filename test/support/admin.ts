import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../src/cli/admin.ts", import.meta.url));

export interface Told {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `npm run admin` as an operator does. @param installation where its database is */
export function admin(
  installation: { DATABASE_URL: string } | { DATA_DIR: string },
  ...args: string[]
): Promise<Told> {
  return new Promise((resolve) => {
    const env = { PATH: process.env.PATH, ...installation };
    execFile(process.execPath, [MAIN, ...args], { env }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
    });
  });
}
