import type { Arena } from "../arena.ts";
import { cpuMicrosOf, PostgresCpu } from "./process-cpu.ts";

/** CPU time, in µs. */
export interface CpuMicros {
  readonly server: number;
  readonly postgres: number;
  readonly client: number;
}

/** What the processes of an arena cost between two moments; this process is the client. */
export class Costs {
  readonly #arena: Arena;

  constructor(arena: Arena) {
    this.#arena = arena;
  }

  /** @returns to be called at the end: what it has cost since now */
  async start(): Promise<() => Promise<CpuMicros>> {
    const postgres = await PostgresCpu.of(this.#arena.database.pool);
    const read = async (): Promise<CpuMicros> => {
      const servers = await Promise.all(this.#arena.servers.map(({ pid }) => cpuMicrosOf(pid)));
      const { user, system } = process.cpuUsage();
      const server = servers.reduce((sum, micros) => sum + micros, 0);
      return { server, postgres: await postgres.micros(), client: user + system };
    };
    const before = await read();
    return async () => {
      const after = await read();
      return {
        server: after.server - before.server,
        postgres: after.postgres - before.postgres,
        client: after.client - before.client,
      };
    };
  }
}
