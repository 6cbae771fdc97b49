/** What tests do with the page in a browser, and how they look at it. */
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { z } from "zod";
import { until } from "./until.ts";

/** A loaded machine draws slowly; on a free one each test takes a few seconds. */
export const BROWSER_TEST_MS = 45_000;
export const WAIT_MS = 12_000;
const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** axe itself is put into the page from outside, which the page's policy rightly forbids. */
export const LOOKED_AT = { bypassCSP: true };

export async function sees(page: Page, text: string | RegExp): Promise<void> {
  await page.getByText(text).first().waitFor({ timeout: WAIT_MS });
}

/** Takes off as a guest, through the page's own dialog, with a double click: some people always do. */
export async function takeOff(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name: "Fly a ship of your own" }).click();
  await page.getByLabel("Fly as a guest").fill(name);
  await page.getByRole("button", { name: "Take off" }).dblclick();
}

/** Presses a button until something has come of it: one press too near the last is no press of its own. */
export async function press(
  page: Page,
  name: string,
  what: string,
  holds: () => Promise<boolean>,
): Promise<void> {
  await until(what, async () => {
    await page
      .getByRole("button", { name })
      .click({ timeout: 500 })
      .catch(() => {});
    return holds();
  });
}

/** What axe finds wrong with what is shown: WCAG 2.2 A and AA. */
export async function breaches(page: Page): Promise<string[]> {
  await page.addScriptTag({ path: AXE });
  const found: unknown = await page.evaluate(`axe.run(document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  }).then(({ violations }) => violations.map(({ id, nodes }) => id + " " + nodes.map(({ html }) => html).join(" | ")))`);
  return z.array(z.string()).parse(found);
}
