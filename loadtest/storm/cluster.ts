/** A durable Postgres of the storm's own, which it may kill: the game's embedded one brings itself back. */
import { mkdtempSync } from "node:fs";
import { chmod, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import { discardEmbedded, type EmbeddedPostgres, startEmbedded } from "../../src/persistence/embedded.ts";
import { discardLater } from "../discards.ts";

const LOOK_AGAIN_MS = 25;
/** Recovery after a crash replays at most what a storm has written since the last checkpoint. */
const BACK_MS_MAX = 60_000;

export class Cluster {
  /** Where the cluster lies, with room for what servers must remember (the key of guests' tokens). */
  readonly dataDir: string;
  /** Stops it and removes everything. */
  readonly discard: () => Promise<void>;
  readonly #postgres: EmbeddedPostgres;

  private constructor(dataDir: string, postgres: EmbeddedPostgres, discard: () => Promise<void>) {
    this.dataDir = dataDir;
    this.discard = discard;
    this.#postgres = postgres;
  }

  /** Durable, since what a crash of it may not take is the question. */
  static async start(): Promise<Cluster> {
    const dataDir = mkdtempSync(path.join(tmpdir(), "sectorkeep-storm-"));
    // Postgres' own account must get in when we are root.
    const starting = chmod(dataDir, 0o711).then(() => startEmbedded({ dataDir, onTrouble: () => {} }));
    const discard = discardLater(async () => {
      await (await starting.catch(() => null))?.stop();
      await discardEmbedded(dataDir);
      await rm(dataDir, { recursive: true, force: true });
    });
    try {
      return new Cluster(dataDir, await starting, discard);
    } catch (error) {
      await discard();
      throw error;
    }
  }

  get url(): string {
    return this.#postgres.url;
  }

  /** SIGKILL to the postmaster; with `everyone` also to each process that it has started. */
  async kill(everyone: boolean): Promise<void> {
    const postmaster = Number.parseInt(
      await readFile(path.join(this.#postgres.folder, "postmaster.pid"), "utf8"),
      10,
    );
    const children = await readFile(`/proc/${postmaster}/task/${postmaster}/children`, "utf8");
    process.kill(postmaster, "SIGKILL");
    if (!everyone) return;
    for (const pid of children.split(" ").filter(Boolean).map(Number)) killIfThere(pid);
  }

  /** Resolves when it answers again. @throws when it does not come back */
  async back(): Promise<void> {
    const deadlineMs = performance.now() + BACK_MS_MAX;
    while (!(await this.#answers())) {
      if (performance.now() > deadlineMs) throw new Error("Postgres has not come back after it was killed");
      await pause(LOOK_AGAIN_MS);
    }
  }

  async #answers(): Promise<boolean> {
    const client = new pg.Client({ connectionString: this.url, application_name: "storm" });
    client.on("error", () => {});
    try {
      await client.connect();
      await client.query("select 1");
      return true;
    } catch {
      return false;
    } finally {
      await client.end().catch(() => {});
    }
  }
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    // It has noticed its postmaster's death by itself.
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}
