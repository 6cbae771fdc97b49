/** A real Chromium, where the machine has one. */
import { existsSync } from "node:fs";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { skip } from "./skip.ts";

/** Where Debian and others put it; CHROMIUM names another place. */
const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Software WebGL, and nothing that talks to the world. */
const FLAGS = [
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--use-gl=angle",
  "--use-angle=swiftshader",
  "--enable-unsafe-swiftshader",
];

export function findChromium(): string | null {
  const { CHROMIUM } = process.env;
  return (
    [...(CHROMIUM === undefined ? [] : [CHROMIUM]), ...PLACES].find((place) => existsSync(place)) ?? null
  );
}

export function launchChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: FLAGS });
}

export interface TestBrowser {
  /** A page of its own, like that of a new visitor. What goes wrong in it fails the test that asked for it. */
  open(url: string, options?: BrowserContextOptions): Promise<Page>;
}

/** Call inside a `describe`: a browser for its tests. Without one they are skipped, and the report says so. */
export function useBrowser(): TestBrowser {
  let browser: Browser | null = null;
  const errors: string[] = [];
  before("start Chromium", async function () {
    this.timeout(30_000);
    const executable = findChromium();
    if (executable === null) {
      skip(this, "there is no Chromium on this machine: apt-get install chromium, or set CHROMIUM to one");
    }
    browser = await launchChromium(executable);
  });
  afterEach("close the pages", async () => {
    for (const context of browser?.contexts() ?? []) await context.close();
    const [first] = errors.splice(0);
    if (first !== undefined) throw new Error(`The page reported: ${first}`);
  });
  after("stop Chromium", () => browser?.close());
  return {
    async open(url, options = {}) {
      if (browser === null) throw new Error("There is no browser.");
      // Motion reduced: software draws each frame, and tests look at what is said.
      const quick = { viewport: { width: 1000, height: 640 }, reducedMotion: "reduce" } as const;
      const context = await browser.newContext({ ...quick, ...options });
      const page = await context.newPage();
      page.on("pageerror", (error) => errors.push(error.stack ?? error.message));
      await page.goto(url);
      return page;
    },
  };
}
