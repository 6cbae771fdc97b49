/**
 * How smoothly the page draws: frames a second, and what a frame costs in script, in a headless Chromium.
 * `npx node loadtest/page.ts [--ships 200] [--sectors 5300]`. What the main thread does for a frame is the page's own; frames a second
 * are the GPU's, which is named: software that draws is far slower than any laptop's.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import type { Room } from "@colyseus/sdk";
import { chromium, type Page } from "playwright-core";
import { z } from "zod";
import { loadConfig } from "../src/config.ts";
import { startGame } from "../src/game.ts";
import { connect } from "../src/persistence/database.ts";
import { startEmbedded } from "../src/persistence/embedded.ts";
import { migrate } from "../src/persistence/migrate.ts";
import { insertGalaxy } from "../src/persistence/world.ts";
import { regionsFor } from "../src/rules/galaxy/defaults.ts";
import { generateGalaxy } from "../src/rules/galaxy/generate.ts";
import { joinField } from "./field-crowd.ts";

const MEASURE_MS = 10_000;
const { values } = parseArgs({
  options: {
    ships: { type: "string", default: "200" },
    sectors: { type: "string", default: "5300" },
    chromium: { type: "string", default: process.env.CHROMIUM ?? "/usr/bin/chromium" },
  },
});

const framesSchema = z.object({
  frames: z.int(),
  ms: z.number(),
  gpu: z.string(),
  /** What the page's own frames took, each in ms of the main thread. */
  work: z.array(z.number()),
});

/** Times what the page does for each frame, from before its first script on. */
const TIME_FRAMES = `
  window.frameWork = [];
  const ask = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (draw) => ask((now) => {
    const started = performance.now();
    draw(now);
    window.frameWork.push(performance.now() - started);
  });
  window.untimedFrame = ask;`;

/** Counts frames while something moves. */
const COUNT = `(async (forMs) => {
  const gl = document.createElement("canvas").getContext("webgl2");
  const info = gl.getExtension("WEBGL_debug_renderer_info");
  const gpu = info === null ? "?" : gl.getParameter(info.UNMASKED_RENDERER_WEBGL);
  const times = [];
  window.frameWork.length = 0;
  await new Promise((done) => {
    const started = performance.now();
    const step = (now) => { times.push(now); now - started < forMs ? untimedFrame(step) : done(); };
    untimedFrame(step);
  });
  const work = [...window.frameWork].sort((a, b) => a - b);
  return { frames: times.length - 1, ms: times.at(-1) - times[0], gpu, work };
})(${MEASURE_MS})`;

async function measure(page: Page, label: string, move: () => Promise<void>): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable");
  const scriptMs = async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    return (metrics.find(({ name }) => name === "ScriptDuration")?.value ?? 0) * 1000;
  };
  const before = await scriptMs();
  const counting = page.evaluate(COUNT);
  await move();
  const { frames, ms, gpu, work } = framesSchema.parse(await counting);
  const rest = (await scriptMs()) - before - work.reduce((sum, each) => sum + each, 0);
  const at = (share: number) => (work[Math.floor(work.length * share)] ?? 0).toFixed(1);
  console.log(
    `${label.padEnd(26)} a frame takes the main thread p50 ${at(0.5)} ms, p99 ${at(0.99)} ms (of 16.7)   ` +
      `other script ${((Math.max(0, rest) * 1000) / ms).toFixed(0)} ms a second   ` +
      `${((frames * 1000) / ms).toFixed(1)} frames/s on ${gpu}`,
  );
}

async function drag(page: Page): Promise<void> {
  await page.mouse.move(720, 450);
  await page.mouse.down();
  const endMs = Date.now() + MEASURE_MS;
  for (let step = 0; Date.now() < endMs; step++) {
    await page.mouse.move(720 + 200 * Math.sin(step / 8), 450 + 120 * Math.cos(step / 8));
  }
  await page.mouse.up();
}

async function crowd(base: string, count: number): Promise<{ sectorId: number; stop(): void }> {
  const rooms: Room[] = [];
  let field = 0;
  for (let joined = 0; joined < count; joined++) {
    const { room, sectorId } = await joinField(base);
    room.onMessage("*", () => {});
    rooms.push(room);
    field = sectorId;
  }
  let number = 0;
  const mine = () => {
    for (const room of rooms) room.send("harvest", { requestId: `h${++number}` });
  };
  mine();
  const timer = setInterval(mine, 3_000);
  return { sectorId: field, stop: () => clearInterval(timer) };
}

async function main(): Promise<void> {
  const dataDir = mkdtempSync(path.join(tmpdir(), "sectorkeep-frames-"));
  const embedded = await startEmbedded({ dataDir, onTrouble: console.warn });
  await migrate(embedded.url);
  const database = connect(embedded.url, { max: 2, applicationName: "frames" });
  const regions = regionsFor(Number(values.sectors));
  await insertGalaxy(database, generateGalaxy({ seed: 1, regions }), { now: new Date() });
  await database.pool.end();
  const env = { DATABASE_URL: embedded.url, DATA_DIR: dataDir, PORT: "0", GUESTS: "on", LOG_LEVEL: "warn" };
  const game = await startGame(loadConfig({ ...env, SOCKETS_PER_ADDRESS_MAX: "2000" }), () => {});
  const args = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"];
  const browser = await chromium.launch({ executablePath: values.chromium, args });
  try {
    const base = `http://localhost:${game.port}`;
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.addInitScript(TIME_FRAMES);
    await page.goto(`${base}/`);
    await page.getByText("Live now").waitFor();
    await page.waitForTimeout(2_000);
    await measure(page, `${values.sectors} sectors, dragged`, () => drag(page));
    const { sectorId, stop } = await crowd(base, Number(values.ships));
    await page.goto(`${base}/sector/${sectorId}`);
    await page.waitForTimeout(3_000);
    await measure(page, `${values.ships} ships that mine`, () => Promise.resolve());
    stop();
  } finally {
    await browser.close();
    await game.stop();
    await embedded.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

await main();
process.exit(0);
