import { randomBytes } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const FILE = "token-secret";
/** As long as what HS256 makes of it. */
const SECRET_BYTES = 32;

/**
 * The secret that the server signs its guests' tokens with: made at the first start and kept in the data directory, so
 * that tokens outlive a restart. Only the server's own account may read it.
 * @throws Error when the directory is not ours to write in, or the file is damaged
 */
export function ownSecret(dataDir: string): Uint8Array {
  const path = join(dataDir, FILE);
  mkdirSync(dataDir, { recursive: true });
  const kept = read(path);
  if (kept !== null) return kept;

  // Whole before it has its name, and the name given once: of two processes that start together, both read the first's.
  const draft = join(dataDir, `${FILE}.${process.pid}.${randomBytes(4).toString("hex")}`);
  writeFileSync(draft, `${randomBytes(SECRET_BYTES).toString("hex")}\n`, { mode: 0o600, flag: "wx" });
  try {
    linkSync(draft, path);
  } catch (error) {
    if (!hasCode(error, "EEXIST")) throw error;
  } finally {
    rmSync(draft);
  }
  const made = read(path);
  if (made === null) throw new Error(`${path} has gone as soon as it was written.`);
  return made;
}

function read(path: string): Uint8Array | null {
  let text: string;
  try {
    text = readFileSync(path, "utf8").trim();
  } catch (error) {
    if (hasCode(error, "ENOENT")) return null;
    throw error;
  }
  if (!/^[0-9a-f]{64}$/.test(text))
    throw new Error(`${path} is damaged. Delete it to get a new one; guests then have to sign in anew.`);
  return Buffer.from(text, "hex");
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
