/** `npm run screenshots`: a galaxy with some life in it, and pictures of each view at two sizes in docs/images/. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { loadConfig } from "../../src/config.ts";
import { type Game, startGame } from "../../src/game.ts";
import { connect } from "../../src/persistence/database.ts";
import { startEmbedded } from "../../src/persistence/embedded.ts";
import { migrate } from "../../src/persistence/migrate.ts";
import { insertGalaxy } from "../../src/persistence/world.ts";
import { regionsFor } from "../../src/rules/galaxy/defaults.ts";
import { generateGalaxy } from "../../src/rules/galaxy/generate.ts";
import { findChromium, launchChromium } from "../support/browser.ts";
import { Crew } from "./crew.ts";
import { setEconomyScene } from "./economy-scene.ts";
import { smallPng } from "./small-png.ts";

const IMAGES = fileURLToPath(new URL("../../docs/images/", import.meta.url));
const SECTORS = 300;
const WIDE = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
/** Where a storm gathers in the pictures. */
const STRUCK = 150;
/** Long enough for some harvests and a fight. */
const SETTLE_MS = 12_000;

interface Shot {
  readonly name: string;
  readonly path: string;
  readonly act?: (page: Page) => Promise<void>;
  readonly waitMs?: number;
}

async function take(
  browser: Browser,
  base: string,
  { name, path: at, act, waitMs = 3_500 }: Shot,
): Promise<void> {
  for (const [size, viewport] of [
    ["wide", WIDE],
    ["phone", PHONE],
  ] as const) {
    const context = await browser.newContext({
      viewport,
      ...(size === "phone" && { deviceScaleFactor: 2, hasTouch: true }),
    });
    const page = await context.newPage();
    page.on("pageerror", (error) => console.error(error));
    await page.goto(base + at);
    await page.waitForTimeout(waitMs);
    await act?.(page);
    const picture = smallPng(await page.screenshot());
    writeFileSync(path.join(IMAGES, `${name}-${size}.png`), picture);
    console.log(`docs/images/${name}-${size}.png  ${Math.ceil(picture.length / 1024)} KB`);
    await context.close();
  }
}

async function takeOff(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Fly a ship of your own" }).click();
  await page.getByLabel("Fly as a guest").fill("Ada");
  await page.getByRole("button", { name: "Take off" }).click();
  await page.getByText("You fly here").waitFor();
  await page.waitForTimeout(800);
  const field = page.getByRole("button", { name: /^Warp to .* 2$/ });
  await field.click();
  await page.getByRole("button", { name: /^Mine/ }).click();
  await page.waitForTimeout(4_000);
}

/** With the ship that the address' token has. */
async function dock(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Fly a ship of your own" }).click();
  await page.getByRole("button", { name: "Go on with the ship you had" }).click();
  await page.getByText("You fly here").waitFor();
  const station = page.getByRole("button", { name: "Dock", exact: true });
  // On a second look the ship is docked already.
  if ((await station.getAttribute("aria-disabled")) === "false") await station.click();
  await page.getByText("Licences for claimed fields").waitFor();
  await page.waitForTimeout(1_500);
}

async function classify(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Classify for Cloud tracking" }).click();
  await page
    .getByText(/^Subject \d|Height of clouds/)
    .first()
    .waitFor();
  await page.waitForTimeout(500);
}

async function withGame(dataDir: string, work: (game: Game) => Promise<void>): Promise<void> {
  const embedded = await startEmbedded({ dataDir, onTrouble: console.warn });
  try {
    await migrate(embedded.url);
    const database = connect(embedded.url, { max: 2, applicationName: "screenshots" });
    const galaxy = generateGalaxy({ seed: 1, name: "Sol and beyond", regions: regionsFor(SECTORS) });
    await insertGalaxy(database, galaxy, { now: new Date() });
    await database.pool.end();
    const env = { DATABASE_URL: embedded.url, DATA_DIR: dataDir, PORT: "0", GUESTS: "on", LOG_LEVEL: "warn" };
    const game = await startGame(loadConfig(env), () => {});
    try {
      await work(game);
    } finally {
      await game.stop();
    }
  } finally {
    await embedded.stop();
  }
}

const executable = findChromium();
if (executable === null) throw new Error("There is no Chromium on this machine: apt-get install chromium.");
mkdirSync(IMAGES, { recursive: true });
const dataDir = mkdtempSync(path.join(tmpdir(), "sectorkeep-shots-"));
const browser = await launchChromium(executable);
try {
  await withGame(dataDir, async (game) => {
    const base = `http://localhost:${game.port}`;
    const crew = new Crew(base, game.databaseUrl);
    const { busiest, quiet } = await crew.populate();
    const trader = await crew.trader("Ada");
    await setEconomyScene({
      ...{ base, databaseUrl: game.databaseUrl, token: trader },
      ...{ sectorId: busiest, incidentSectorId: STRUCK },
    });
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    const only = process.argv[2];
    const shots: Shot[] = [
      { name: "galaxy", path: "/", waitMs: 9_000 },
      { name: "sector", path: `/sector/${busiest}`, waitMs: 9_000 },
      { name: "asleep", path: `/sector/${quiet}` },
      { name: "pilot", path: "/", act: takeOff },
      { name: "incident", path: `/sector/${STRUCK}` },
      { name: "expeditions", path: `/expeditions#token=${trader}` },
      { name: "guild", path: `/guild#token=${trader}`, act: classify },
      { name: "account", path: `/account#token=${trader}` },
      { name: "station", path: `/#token=${trader}`, act: dock },
    ];
    for (const shot of shots) if (only === undefined || shot.name === only) await take(browser, base, shot);
    await crew.leave();
  });
} finally {
  await browser.close();
  rmSync(dataDir, { recursive: true, force: true });
}
