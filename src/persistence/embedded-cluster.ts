/** The embedded server's files and process: initdb, start, stop, and who is alive in the folder. */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  mkdir,
  open,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  stat,
  unlink,
  writeFile,
} from "node:fs/promises";
import path from "node:path";
import { EmbeddedPostgresError, type Place } from "./embedded-account.ts";
import {
  freePort,
  giveTo,
  type Identity,
  moveToFreePort,
  usableIdentity,
  writeIdentity,
} from "./embedded-identity.ts";
import { serverArguments } from "./embedded-settings.ts";

export const SUPERUSER = "sectorkeep";
const SERVER_LOG = "server.log";
/** The log is only read after trouble: two files of this size hold more of it than anybody reads. */
const SERVER_LOG_BYTES_MAX = 10_000_000;
/** How much of the server's log goes into an error message. */
const LOG_TAIL_CHARS = 1500;
const STOP_SECONDS_MAX = 60;

/** When this machine does not let Postgres' programs run. */
const WAY_OUT = "Start as an ordinary user, or set DATABASE_URL to a Postgres of your own.";

/** Makes the cluster unless it is there. Safe when two processes do it at once: one of the results is kept. */
export async function ensureCluster(place: Place, durable: boolean): Promise<void> {
  await removeUnfinished(place);
  if (await exists(path.join(place.clusterDir, "PG_VERSION"))) return;
  const workshop = `${place.clusterDir}.new-${process.pid}-${randomBytes(4).toString("hex")}`;
  await mkdir(workshop, { mode: 0o700 });
  try {
    await makeCluster(place, workshop, durable);
    // A rename is all or nothing: a first start that is cut off leaves no half a cluster behind.
    await rename(path.join(workshop, "data"), place.clusterDir).catch(async (cause: unknown) => {
      if (!(await exists(path.join(place.clusterDir, "PG_VERSION")))) throw cause;
    });
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
}

async function makeCluster(place: Place, workshop: string, durable: boolean): Promise<void> {
  const identity: Identity = { port: await freePort(), password: randomBytes(24).toString("hex") };
  const passwordFile = path.join(workshop, "password");
  const data = path.join(workshop, "data");
  await writeFile(passwordFile, identity.password, { mode: 0o600 });
  for (const file of [workshop, passwordFile]) await giveTo(place.account, file);
  const result = await run(place, place.binaries.initdb, [
    `--pgdata=${data}`,
    `--username=${SUPERUSER}`,
    `--pwfile=${passwordFile}`,
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale=C",
    "--no-instructions",
    ...(durable ? [] : ["--no-sync"]),
  ]);
  if (result.code !== 0)
    throw new EmbeddedPostgresError(`Postgres' initdb failed: ${result.output.trim()}. ${WAY_OUT}`);
  await writeIdentity(place.account, data, identity);
}

/** Workshops of processes that died in their first start. */
async function removeUnfinished(place: Place): Promise<void> {
  const parent = path.dirname(place.clusterDir);
  const prefix = `${path.basename(place.clusterDir)}.new-`;
  for (const name of await readdir(parent)) {
    if (!name.startsWith(prefix)) continue;
    const pid = Number.parseInt(name.slice(prefix.length), 10);
    if (!isAlive(pid)) await rm(path.join(parent, name), { recursive: true, force: true });
  }
}

/**
 * Where the running server listens, or null when none runs.
 * "wait" means that somebody is in the folder who cannot be reached yet: one starting, one leaving.
 */
export async function findServer(clusterDir: string): Promise<{ port: number } | "wait" | null> {
  const pidFile = path.join(clusterDir, "postmaster.pid");
  const lines = await readFile(pidFile, "utf8").then(
    (text) => text.split("\n"),
    () => null,
  );
  if (lines === null) return null;
  const pid = Number.parseInt(lines[0] ?? "", 10);
  const port = Number.parseInt(lines[3] ?? "", 10);
  if (Number.isNaN(pid)) return "wait";
  // Postgres itself clears away the file of a process that is dead or another user's, and knows better when that is safe.
  if (!isAlive(pid) || !(await mayBelongTo(clusterDir, pid))) return null;
  const inhabitants = await processesIn(clusterDir);
  if (inhabitants === null || inhabitants.includes(pid)) return Number.isNaN(port) ? "wait" : { port };
  if (inhabitants.length > 0) return "wait";
  // After a reboot the number may belong to another program. Postgres would refuse to start because of it; nobody
  // works in this folder, so the file says nothing.
  await unlink(pidFile);
  return null;
}

/** False when the process is not that of the folder's owner, so no Postgres of this cluster. */
async function mayBelongTo(clusterDir: string, pid: number): Promise<boolean> {
  const running = await stat(`/proc/${pid}`).catch(() => null);
  return running === null || running.uid === (await stat(clusterDir)).uid;
}

/**
 * The processes whose working folder this is: every Postgres process of a cluster works in it. Null: cannot tell, since
 * some process of the cluster's account does not let us look (root in a container is often not allowed to).
 */
async function processesIn(folder: string): Promise<number[] | null> {
  if (process.platform !== "linux") return null;
  const { uid } = await stat(folder);
  const inside: number[] = [];
  for (const pid of (await readdir("/proc")).map(Number).filter(Number.isInteger)) {
    try {
      if ((await readlink(`/proc/${pid}/cwd`)) === folder) inside.push(pid);
    } catch (error) {
      const isGone = error instanceof Error && "code" in error && error.code === "ENOENT";
      const owner = isGone ? null : await stat(`/proc/${pid}`).catch(() => null);
      if (owner?.uid === uid) return null;
    }
  }
  return inside;
}

/** A server that we have launched; it may not accept connections yet. */
export interface ServerProcess {
  hasEnded(): boolean;
  /** Makes sure that it ends, cutting its connections, and waits for that. */
  end(): Promise<void>;
  /** Where its part of the server's log begins, in bytes. */
  logStart: number;
}

/**
 * Launches the server in a session of its own, so that Ctrl-C in our terminal does not reach it before we have
 * stopped, and with a file for its output, so that our death does not disturb it.
 */
export async function launchServer(place: Place, durable: boolean): Promise<ServerProcess> {
  const identity = await usableIdentity(place);
  const logFile = path.join(place.clusterDir, SERVER_LOG);
  await turnOver(logFile);
  const log = await open(logFile, "a", 0o600);
  try {
    if (place.account !== null) await log.chown(place.account.uid, place.account.gid);
    const logStart = (await log.stat()).size;
    const child = spawn(
      place.binaries.postgres,
      ["-D", place.clusterDir, "-p", String(identity.port), ...serverArguments(durable)],
      { ...surroundings(place), detached: true, stdio: ["ignore", log.fd, log.fd] },
    );
    child.unref();
    const ended = new Promise<void>((resolve) => {
      for (const event of ["exit", "error"]) child.once(event, () => resolve());
    });
    const hasEnded = () => child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
    const end = () => {
      if (!hasEnded()) {
        // Only who waits for it is kept alive by it. SIGINT is Postgres' fast shutdown.
        child.ref();
        child.kill("SIGINT");
      }
      return ended;
    };
    return { hasEnded, end, logStart };
  } finally {
    await log.close();
  }
}

/**
 * Looks up why a launched server has ended. Returns when another launch makes sense.
 * @throws EmbeddedPostgresError with the end of the server's log otherwise.
 */
export async function explainEnd(place: Place, server: ServerProcess): Promise<void> {
  const text = await readFile(path.join(place.clusterDir, SERVER_LOG));
  const log = text.subarray(server.logStart).toString("utf8");
  // Another process was faster, or sessions of a killed server are still on their way out.
  if (/"postmaster\.pid" already exists|pre-existing shared memory block/.test(log)) return;
  if (/could not bind|could not create any TCP\/IP sockets/.test(log)) {
    await moveToFreePort(place);
    return;
  }
  throw new EmbeddedPostgresError(
    `The embedded Postgres in ${place.clusterDir} does not start. Its log ends with:\n${log.slice(-LOG_TAIL_CHARS).trim()}`,
  );
}

/** Ends the server: connections are cut, what was committed is on disk. Fine when it has ended already. */
export async function stopServer(place: Place): Promise<void> {
  const result = await run(place, place.binaries.pgCtl, [
    "stop",
    `--pgdata=${place.clusterDir}`,
    "--mode=fast",
    "--wait",
    `--timeout=${STOP_SECONDS_MAX}`,
  ]);
  if (result.code === 0 || (await findServer(place.clusterDir)) === null) return;
  throw new EmbeddedPostgresError(
    `The embedded Postgres in ${place.clusterDir} does not stop: ${result.output.trim()}`,
  );
}

async function turnOver(log: string): Promise<void> {
  const size = (await stat(log).catch(() => null))?.size ?? 0;
  if (size > SERVER_LOG_BYTES_MAX) await rename(log, `${log}.old`);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, and belongs to somebody else.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

async function exists(file: string): Promise<boolean> {
  return (await stat(file).catch(() => null)) !== null;
}

/** Runs one of Postgres' programs as the cluster's account and collects what it says. */
function run(
  place: Place,
  program: string,
  args: string[],
): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { ...surroundings(place), stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk: Buffer) => (output += chunk));
    child.once("error", (cause) =>
      reject(new EmbeddedPostgresError(`Cannot run ${program}: ${cause.message}. ${WAY_OUT}`, { cause })),
    );
    child.once("close", (code) => resolve({ code, output }));
  });
}

function surroundings(place: Place) {
  // Not the caller's folder (the account may be shut out of it), and none of its PG* variables.
  return { cwd: "/", env: { PATH: "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" }, ...(place.account ?? {}) };
}
