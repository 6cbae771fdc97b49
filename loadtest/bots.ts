/** A handful of bots against a running server: `npx node loadtest/bots.ts --url ws://localhost:2567 --bots 8`. */
import { parseArgs } from "node:util";
import { Bot, type Role } from "./bot.ts";

const NAMES = ["Mira", "Rook", "Ilya", "Sable", "Juno", "Brand", "Teo", "Wren", "Orla", "Kestrel"] as const;
/** One in four lives off the others. */
const RAIDER_EVERY = 4;
/** A bot that was refused or cut off tries again after this. */
const RETRY_MS = 2_000;

const { values } = parseArgs({
  options: {
    url: { type: "string", default: "ws://localhost:2567" },
    bots: { type: "string", default: "8" },
  },
});
const count = Number(values.bots);
if (!Number.isInteger(count) || count < 1) {
  console.error("--bots takes a whole number from 1.");
  process.exit(2);
}

const tell = (line: string) => console.log(`  ${line}`);
let stopped = false;
const bots = Array.from({ length: count }, (_, index) => {
  const name = NAMES[index % NAMES.length] ?? "Bot";
  const role: Role = index % RAIDER_EVERY === RAIDER_EVERY - 1 ? "raider" : "miner";
  return new Bot(values.url, index < NAMES.length ? name : `${name} ${index}`, role, tell);
});

async function keepPlaying(bot: Bot): Promise<void> {
  while (!stopped) {
    try {
      await bot.play();
    } catch (error) {
      tell(`${bot.name}: ${error instanceof Error ? error.message : error}`);
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }
}

function stop(): void {
  stopped = true;
  for (const bot of bots) bot.stop();
}
process.on("SIGINT", stop);
process.on("SIGTERM", stop);
await Promise.all(bots.map(keepPlaying));
