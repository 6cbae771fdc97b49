/**
 * What 500 spectators of a sector cost the pilots in it: how long pilots wait for their answers, with and without them.
 * `npx node loadtest/spectators.ts [--pilots 20] [--spectators 500] [--seconds 20]`
 */
import { type ChildProcess, fork } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Client } from "@colyseus/sdk";
import { z } from "zod";
import { loadConfig } from "../src/config.ts";
import { startGame } from "../src/game.ts";
import { joinField } from "./field-crowd.ts";

const ASK_EVERY_MS = 250;
const WARM_UP_SECONDS = 3;
/** Each process can hold so many sockets without being the bottleneck itself. */
const JOIN_TOGETHER = 25;

const { values } = parseArgs({
  options: {
    pilots: { type: "string", default: "20" },
    spectators: { type: "string", default: "500" },
    seconds: { type: "string", default: "20" },
    watch: { type: "string" },
  },
});

const sectorSchema = z.coerce.number().int();

/** In a process of its own: only reads what it is sent. */
async function watch(base: string, count: number): Promise<void> {
  const sectorId = sectorSchema.parse(process.env.SECTOR);
  let messages = 0;
  for (let joined = 0; joined < count; joined += JOIN_TOGETHER) {
    const batch = Math.min(JOIN_TOGETHER, count - joined);
    await Promise.all(
      Array.from({ length: batch }, async () => {
        const client = new Client(base.replace("http", "ws"));
        const room = await client.joinOrCreate("sector", { sectorId, spectate: true, protocol: 1 });
        room.onStateChange(() => messages++);
        room.onMessage("*", () => messages++);
      }),
    );
  }
  process.send?.("watching");
  process.on("message", () => process.send?.({ messages }));
  process.on("disconnect", () => process.exit());
}

interface Pilot {
  /** Asks for something that is answered at once. @returns how long that took, in ms */
  roundTrip(): Promise<number>;
  /** Begins a harvest, if nothing runs. */
  mine(): void;
  leave(): Promise<unknown>;
}

async function fly(base: string): Promise<Pilot & { sectorId: number }> {
  const { room, sectorId } = await joinField(base);
  const waiting = new Map<string, () => void>();
  room.onMessage("*", (_type, payload) => {
    const id = z.object({ requestId: z.string() }).safeParse(payload).data?.requestId;
    if (id !== undefined) waiting.get(id)?.();
  });
  let number = 0;
  return {
    sectorId,
    roundTrip() {
      const requestId = `r${++number}`;
      const startedMs = performance.now();
      return new Promise((resolve) => {
        waiting.set(requestId, () => {
          waiting.delete(requestId);
          resolve(performance.now() - startedMs);
        });
        // In no fight: refused, after everything that any command goes through before its own rules.
        room.send("flee", { requestId });
      });
    },
    mine() {
      room.send("harvest", { requestId: `h${++number}` });
    },
    leave: () => room.leave(),
  };
}

async function measure(pilots: readonly Pilot[], seconds: number): Promise<number[]> {
  const times: number[] = [];
  const endMs = performance.now() + seconds * 1000;
  await Promise.all(
    pilots.map(async (pilot, index) => {
      await new Promise((resolve) => setTimeout(resolve, (index * ASK_EVERY_MS) / pilots.length));
      while (performance.now() < endMs) {
        pilot.mine();
        times.push(await pilot.roundTrip());
        await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
      }
    }),
  );
  return times.sort((a, b) => a - b);
}

/** @param cpuPercent of the server's process, which the pilots share: what differs is the spectators' */
function tell(label: string, times: readonly number[], cpuPercent: number): void {
  const at = (share: number) => (times[Math.floor(times.length * share)] ?? 0).toFixed(1);
  console.log(
    `${label.padEnd(24)} ${String(times.length).padStart(6)} answers   p50 ${at(0.5)} ms   p99 ${at(0.99)} ms   CPU ${cpuPercent.toFixed(0)} % of a core`,
  );
}

function startWatchers(base: string, sectorId: number, count: number): Promise<ChildProcess> {
  const child = fork(fileURLToPath(import.meta.url), ["--watch", base, "--spectators", String(count)], {
    env: { ...process.env, SECTOR: String(sectorId) },
  });
  return new Promise((resolve, reject) => {
    child.once("message", () => resolve(child));
    child.once("exit", () => reject(new Error("The spectators could not join.")));
  });
}

async function main(): Promise<void> {
  const dataDir = mkdtempSync(path.join(tmpdir(), "sectorkeep-spectators-"));
  const env = {
    DATA_DIR: dataDir,
    PORT: "0",
    GUESTS: "on",
    LOG_LEVEL: "silent",
    SOCKETS_PER_ADDRESS_MAX: "5000",
  };
  const game = await startGame(loadConfig({ ...env, HARVEST_SECONDS: "1" }), () => {});
  try {
    const base = `http://localhost:${game.port}`;
    const pilots = await Promise.all(Array.from({ length: Number(values.pilots) }, () => fly(base)));
    const phase = async (label: string) => {
      game.load.take();
      const times = await measure(pilots, Number(values.seconds));
      tell(label, times, game.load.take().cpuPercent);
    };
    await measure(pilots, WARM_UP_SECONDS);
    await phase("nobody watches");
    const watchers = await startWatchers(base, pilots[0]?.sectorId ?? 1, Number(values.spectators));
    await phase(`${values.spectators} spectators`);
    watchers.removeAllListeners("exit");
    const heard = new Promise((resolve) => watchers.once("message", resolve));
    watchers.send("how many?");
    console.log(`the spectators heard ${JSON.stringify(await heard)}`);
    watchers.disconnect();
    await phase("nobody watches again");
    await Promise.all(pilots.map((pilot) => pilot.leave()));
  } finally {
    await game.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

if (values.watch !== undefined) await watch(values.watch, Number(values.spectators));
else await main();
