/** The bare room's process, for the benchmarks that compare with it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { discardLater, endChild } from "../discards.ts";
import { freePort } from "../servers.ts";
import { cpuMicrosOf } from "./process-cpu.ts";

const PROGRAM = fileURLToPath(new URL("bare-server.ts", import.meta.url));

export interface BareSettings {
  readonly harvestMs: number;
  /** Between two patches of what has changed. */
  readonly patchMs: number;
  /** Where requests are looked up and kept. */
  readonly databaseUrl: string | null;
}

/** Rooms as they are used where nothing has to be durable. */
export const WITHOUT_DATABASE: BareSettings = { harvestMs: 3_000, patchMs: 100, databaseUrl: null };

export interface BareRoom {
  readonly url: string;
  cpuMicros(): Promise<number>;
  /** Of the requests since it was asked last: from a message's arrival to its answer's departure. */
  answerP99Ms(): Promise<number>;
  end(): Promise<void>;
}

const answersSchema = z.object({ p99Ms: z.number() });

export async function startBareRoom(settings: BareSettings): Promise<BareRoom> {
  const port = await freePort();
  const child = spawn(process.execPath, [PROGRAM, JSON.stringify({ ...settings, port })], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const end = discardLater(() => endChild(child, "SIGKILL"));
  const lines = createInterface({ input: child.stdout });
  await once(lines, "line");
  return {
    url: `http://localhost:${port}`,
    cpuMicros: () => cpuMicrosOf(child.pid ?? 0),
    async answerP99Ms() {
      const answered = once(lines, "line");
      child.stdin.write("\n");
      const [answers] = z.tuple([z.string()]).parse(await answered);
      return answersSchema.parse(JSON.parse(answers)).p99Ms;
    },
    end,
  };
}
