/** What other processes of this machine cost: from Linux' /proc. */
import { readdir, readFile } from "node:fs/promises";
import type pg from "pg";
import { z } from "zod";

/** Linux counts CPU time in these, whatever the kernel's own tick is. */
const MICROS_PER_CLOCK_TICK = 10_000;

interface ProcessTimes {
  readonly parent: number;
  readonly micros: number;
  /** Of its children that have ended. */
  readonly childrenMicros: number;
}

async function timesOf(pid: number): Promise<ProcessTimes | null> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, "utf8");
    // The name is in brackets and may hold anything; what follows it does not.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    const at = (index: number) => Number(fields[index] ?? 0);
    return {
      parent: at(1),
      micros: (at(11) + at(12)) * MICROS_PER_CLOCK_TICK,
      childrenMicros: (at(13) + at(14)) * MICROS_PER_CLOCK_TICK,
    };
  } catch {
    return null;
  }
}

/** CPU time of one process, in µs; NaN once it is gone. */
export async function cpuMicrosOf(pid: number): Promise<number> {
  return (await timesOf(pid))?.micros ?? Number.NaN;
}

const pidSchema = z.array(z.object({ pid: z.int() }));

/** CPU time of all processes of a local Postgres, also of those that have ended, in µs. */
export class PostgresCpu {
  readonly #postmaster: number | null;

  private constructor(postmaster: number | null) {
    this.#postmaster = postmaster;
  }

  static async of(pool: pg.Pool): Promise<PostgresCpu> {
    const { rows } = await pool.query("select pg_backend_pid() as pid");
    const times = await timesOf(pidSchema.parse(rows)[0]?.pid ?? 0);
    return new PostgresCpu(times?.parent ?? null);
  }

  /** @returns NaN when the server is on another machine, or this one has no /proc */
  async micros(): Promise<number> {
    if (this.#postmaster === null) return Number.NaN;
    let sum = (await timesOf(this.#postmaster))?.childrenMicros ?? 0;
    for (const name of await readdir("/proc")) {
      const pid = Number(name);
      if (!Number.isInteger(pid)) continue;
      const times = await timesOf(pid);
      if (times?.parent === this.#postmaster) sum += times.micros;
    }
    return sum;
  }
}
