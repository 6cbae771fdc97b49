/** How to reach the embedded cluster: its port and password, kept in its own folder. */
import { randomInt } from "node:crypto";
import { chown, readFile, rename, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import { z } from "zod";
import { type Account, EmbeddedPostgresError, type Place } from "./embedded-account.ts";

/** Kept inside the cluster, so that the folder and the key to it cannot be parted. */
const IDENTITY_FILE = "sectorkeep.json";
/** Below the ports that outgoing connections take, so that nobody has ours when the server comes back. */
const PORT_MIN = 15_000;
const PORT_MAX = 25_000;

const identitySchema = z.object({ port: z.int().min(1).max(65_535), password: z.string().min(1) });

/** How to reach the cluster; the password keeps other users of the machine out. */
export type Identity = z.infer<typeof identitySchema>;

/** @throws EmbeddedPostgresError when the folder was not made by this program, or by another major version of Postgres. */
export async function readIdentity(place: Place): Promise<Identity> {
  const major = (await readFile(path.join(place.clusterDir, "PG_VERSION"), "utf8")).trim();
  const ours = place.binaries.version.split(".")[0];
  if (major !== ours) {
    throw new EmbeddedPostgresError(
      `The database in ${place.clusterDir} was made by Postgres ${major}, and this is Postgres ${ours}. ` +
        "Move it with pg_dump of the old version, or set DATA_DIR to a new folder.",
    );
  }
  try {
    const text = await readFile(path.join(place.clusterDir, IDENTITY_FILE), "utf8");
    return identitySchema.parse(JSON.parse(text));
  } catch (cause) {
    throw new EmbeddedPostgresError(
      `${place.clusterDir} holds a Postgres cluster without a readable ${IDENTITY_FILE}, so its password is unknown. ` +
        "Restore that file, or set DATA_DIR to another folder.",
      { cause },
    );
  }
}

/** The remembered port when nobody else has taken it since, otherwise a new one, which is then remembered. */
export async function usableIdentity(place: Place): Promise<Identity> {
  const identity = await readIdentity(place);
  const port = await freePort(identity.port);
  if (port === identity.port) return identity;
  await writeIdentity(place.account, place.clusterDir, { ...identity, port });
  return { ...identity, port };
}

/** A new port for a cluster whose own somebody else has taken. */
export async function moveToFreePort(place: Place): Promise<void> {
  const identity = await readIdentity(place);
  await writeIdentity(place.account, place.clusterDir, { ...identity, port: await freePort() });
}

/** Writes it beside the old one first, so that a crash leaves one or the other whole. */
export async function writeIdentity(account: Account, folder: string, identity: Identity): Promise<void> {
  const file = path.join(folder, IDENTITY_FILE);
  const unfinished = `${file}.${process.pid}`;
  await writeFile(unfinished, JSON.stringify(identity), { mode: 0o600 });
  await giveTo(account, unfinished);
  await rename(unfinished, file);
}

/** Hands a file that we made to the account that Postgres runs as. */
export async function giveTo(account: Account, file: string): Promise<void> {
  if (account !== null) await chown(file, account.uid, account.gid);
}

/** A free port of the loopback address: `wanted` when it is free. */
export async function freePort(wanted = anyPort()): Promise<number> {
  for (let port = wanted; ; port = anyPort()) {
    if (await isFree(port)) return port;
  }
}

function anyPort(): number {
  return randomInt(PORT_MIN, PORT_MAX);
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
