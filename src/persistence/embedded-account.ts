/**
 * Postgres refuses to run as root. This file decides, for the embedded server, which account it runs as and where its
 * files can lie so that this account reaches them.
 */
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmod, cp, lstat, mkdir, readlink, realpath, rename, rm, stat, symlink } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { accountName } from "./account-name.ts";

const execute = promisify(execFile);

/** Where root's Postgres keeps what its own account cannot reach otherwise: a place every account can enter. */
const SHARED_ROOT = "/var/lib/sectorkeep";
const ACCOUNT_NAME = "postgres";
const ENTER_OWNER = 0o100;
const ENTER_GROUP = 0o010;
const ENTER_OTHERS = 0o001;

/** Which user a child process becomes; null keeps our own. */
export type Account = { uid: number; gid: number } | null;

export interface Binaries {
  initdb: string;
  pgCtl: string;
  postgres: string;
  /** Names the build, so that a copy of another version is not mistaken for this one. */
  version: string;
}

export interface Place {
  account: Account;
  /** Absolute, links resolved; the folder itself may not exist yet. */
  clusterDir: string;
  binaries: Binaries;
}

/** A mistake in the installation that its user can mend; the message says how. */
export class EmbeddedPostgresError extends Error {
  override name = "EmbeddedPostgresError";
}

/**
 * Decides who runs the cluster of `dataDir` and where it lies.
 * @throws EmbeddedPostgresError when the folder belongs to somebody else, or no account for Postgres can be had.
 */
export async function findPlace(dataDir: string, binaries: Binaries): Promise<Place> {
  const parent = await ensureFolder(dataDir);
  const clusterDir = path.join(parent, "postgres");
  const owner = await ownerOf(clusterDir);
  const ourUid = process.getuid?.();
  if (ourUid !== 0) {
    if (owner !== null && ourUid !== undefined && owner.uid !== ourUid) {
      throw foreignFolder(clusterDir, owner.uid);
    }
    return { account: null, clusterDir: owner === null ? clusterDir : await realpath(clusterDir), binaries };
  }
  if (owner?.uid === 0) throw rootOwned(clusterDir);
  const account = owner ?? (await postgresAccount());
  const place = { account, binaries: await reachableBinaries(binaries, account) };
  if (owner === null) return { ...place, clusterDir: await homeForNewCluster(clusterDir, account) };
  const home = await realpath(clusterDir);
  const closed = await firstClosedFolder(home, account);
  if (closed !== null) throw closedFolder(home, closed, account.uid);
  return { ...place, clusterDir: home };
}

async function homeForNewCluster(clusterDir: string, account: { uid: number; gid: number }): Promise<string> {
  const isLink = (await lstat(clusterDir).catch(() => null))?.isSymbolicLink() ?? false;
  const closed = await firstClosedFolder(path.dirname(clusterDir), account);
  return isLink || closed !== null ? clusterElsewhere(clusterDir) : clusterDir;
}

async function ensureFolder(folder: string): Promise<string> {
  try {
    const made = await mkdir(folder, { recursive: true });
    // Under a strict umask, Postgres' own account could not even pass through the folder that root has just made.
    if (made !== undefined && process.getuid?.() === 0) await chmod(folder, 0o711);
    return await realpath(folder);
  } catch (cause) {
    throw new EmbeddedPostgresError(
      `Cannot create the data folder ${folder}: ${message(cause)}. Set DATA_DIR to a folder that you can write to.`,
      { cause },
    );
  }
}

async function ownerOf(folder: string): Promise<{ uid: number; gid: number } | null> {
  const found = await stat(folder).catch(() => null);
  return found === null ? null : { uid: found.uid, gid: found.gid };
}

function foreignFolder(clusterDir: string, uid: number): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    `The database in ${clusterDir} belongs to user ${uid}, and this is ${accountName()}. ` +
      "Start as that user, or as root, or set DATA_DIR to another folder.",
  );
}

function rootOwned(clusterDir: string): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    `The database in ${clusterDir} belongs to root, and Postgres does not run as root. ` +
      `Give it to an ordinary account (chown -R ${ACCOUNT_NAME} ${clusterDir}) and start again.`,
  );
}

function closedFolder(clusterDir: string, closed: string, uid: number): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    `The database in ${clusterDir} runs as user ${uid}, who may not enter ${closed}. ` +
      `Open that folder (chmod a+x ${closed}), or set DATA_DIR to another place.`,
  );
}

async function postgresAccount(): Promise<{ uid: number; gid: number }> {
  const known = await lookUpAccount();
  if (known !== null) return known;
  try {
    await execute("useradd", ["--system", "--no-create-home", "--user-group", ACCOUNT_NAME]);
  } catch (cause) {
    throw new EmbeddedPostgresError(
      `Postgres does not run as root, and creating the account "${ACCOUNT_NAME}" for it failed (${message(cause)}). ` +
        "Start as an ordinary user, or create that account, or set DATABASE_URL to a Postgres of your own.",
      { cause },
    );
  }
  const created = await lookUpAccount();
  if (created === null) throw new EmbeddedPostgresError(`The new account "${ACCOUNT_NAME}" cannot be found.`);
  return created;
}

async function lookUpAccount(): Promise<{ uid: number; gid: number } | null> {
  try {
    const [uid, gid] = await Promise.all([
      execute("id", ["-u", ACCOUNT_NAME]),
      execute("id", ["-g", ACCOUNT_NAME]),
    ]);
    return { uid: Number.parseInt(uid.stdout, 10), gid: Number.parseInt(gid.stdout, 10) };
  } catch {
    return null;
  }
}

/** The first folder on the way to `target` (itself included) that the account may not enter; null when all are open. */
async function firstClosedFolder(
  target: string,
  account: { uid: number; gid: number },
): Promise<string | null> {
  const steps = target
    .split(path.sep)
    .map((_, depth, names) => names.slice(0, depth + 1).join(path.sep) || "/");
  for (const folder of steps) {
    const { mode, uid, gid } = await stat(folder);
    const needed = uid === account.uid ? ENTER_OWNER : gid === account.gid ? ENTER_GROUP : ENTER_OTHERS;
    if ((mode & needed) === 0) return folder;
  }
  return null;
}

/** The project may lie where only root can enter (/root is such a place): then Postgres runs from a copy. */
async function reachableBinaries(
  binaries: Binaries,
  account: { uid: number; gid: number },
): Promise<Binaries> {
  const native = path.dirname(path.dirname(await realpath(binaries.pgCtl)));
  if ((await firstClosedFolder(path.join(native, "bin"), account)) === null) return binaries;
  const copy = path.join(SHARED_ROOT, `postgres-${binaries.version}`);
  if ((await ownerOf(copy)) === null) {
    await ensureFolder(SHARED_ROOT);
    // Copied under another name and then renamed: a copy that was cut off never looks complete.
    const unfinished = `${copy}.${randomBytes(6).toString("hex")}`;
    await cp(native, unfinished, { recursive: true, verbatimSymlinks: true });
    // Whatever our umask took away.
    await execute("chmod", ["-R", "a+rX", unfinished]);
    await rename(unfinished, copy).catch(() => rm(unfinished, { recursive: true }));
  }
  const at = (name: string) => path.join(copy, "bin", name);
  return { ...binaries, initdb: at("initdb"), pgCtl: at("pg_ctl"), postgres: at("postgres") };
}

/**
 * The data folder itself may lie where Postgres' account cannot enter. The cluster then lies under SHARED_ROOT and
 * the data folder holds a link to it; deleting the data folder still means starting afresh.
 */
async function clusterElsewhere(link: string): Promise<string> {
  const parent = await ensureFolder(path.join(SHARED_ROOT, randomBytes(8).toString("hex")));
  const target = path.join(parent, "postgres");
  try {
    await symlink(target, link);
    return target;
  } catch (cause) {
    // The link is there already: a first start was cut off, or another one runs beside this one. Its target counts.
    await rm(parent, { recursive: true });
    const linked = await readlink(link).catch(() => {
      throw cause;
    });
    await ensureFolder(path.dirname(linked));
    return linked;
  }
}

function message(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
