/** The whole server in a process of its own, which also tells its parent what it costs. Started by `servers.ts`. */
import { createWriteStream } from "node:fs";
import { createInterface } from "node:readline";
import { explain } from "../src/cli/explain.ts";
import { loadConfig } from "../src/config.ts";
import { startGame } from "../src/game.ts";
import type { FromServer, ToServer } from "./servers.ts";

/** Where `servers.ts` listens. Not Node's own channel: Colyseus takes a process that has one for a child of pm2. */
const ANSWERS_FD = 3;

const answers = createWriteStream("", { fd: ANSWERS_FD });

function tell(message: FromServer): void {
  answers.write(`${JSON.stringify(message)}\n`);
}

/** What is in use once all garbage is gone. The process' size would tell of garbage above all. */
function usedKb(): number {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 1024;
}

async function main(): Promise<void> {
  const game = await startGame(loadConfig(process.env), () => {});
  const stop = () =>
    void game.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(explain(error));
        process.exit(1);
      },
    );
  const questions = createInterface({ input: process.stdin });
  questions.on("line", (question) => {
    if (question === ("memory" satisfies ToServer)) tell({ kind: "memory", usedKb: usedKb() });
    if (question !== ("figures" satisfies ToServer)) return;
    const figures = game.load.take();
    const { commits, items, fenced, failed } = game.server.queue.counts;
    const queue = { commits, items, fenced, failed };
    const { sectors, patchRate } = game.server;
    tell({ kind: "figures", figures, queue, rooms: sectors.size, patchHz: patchRate.hz });
  });
  // Closed by the parent to stop the server, or by its death.
  questions.on("close", stop);
  process.on("SIGTERM", stop);
  // Ctrl-C and a closed terminal reach the whole group; the parent decides when the server stops.
  for (const signal of ["SIGHUP", "SIGINT"] as const) process.on(signal, () => {});
  tell({ kind: "listening", port: game.port });
}

main().catch((error: unknown) => {
  console.error(explain(error));
  process.exit(1);
});
