import { useBrowser } from "../support/browser.ts";
import { useDatabase } from "../support/database.ts";
import { makePilot, makeSector, makeStation, makeWarp, makeWorld, type World } from "../support/fixtures.ts";
import { BROWSER_TEST_MS, sees, takeOff, WAIT_MS } from "../support/page.ts";
import type { PilotClient } from "../support/pilot-client.ts";
import { type ServerProcess, useServers } from "../support/server-process.ts";
import { until } from "../support/until.ts";

const [START, NEXT] = [1, 2];

describe("a button of the page that is shown anew while it is pressed", () => {
  const browser = useBrowser();
  const servers = useServers();
  const test = useDatabase();
  const clients: PilotClient[] = [];
  let world: World;
  let server: ServerProcess;

  before("make a small world with a server", async function () {
    this.timeout(60_000);
    world = await makeWorld(test.pool);
    for (const sectorId of [START, NEXT]) await makeSector(test.pool, world, sectorId, { type: "STANDARD" });
    await makeWarp(test.pool, START, NEXT);
    await makeStation(test.pool, world, START);
    server = await servers.start(test.url, { GUESTS: "on" });
  });
  afterEach(() => Promise.all(clients.splice(0).map((client) => client.leave())));

  /** A new pilot in a sector, joined from elsewhere. */
  async function fly(sectorId: number) {
    const { userId } = await makePilot(test.pool, world, sectorId);
    const client = await server.join(userId, sectorId);
    clients.push(client);
    return { client, name: `pilot ${userId.slice(0, 8)}` };
  }

  it("is clicked all the same, by mouse or by key", async function () {
    this.timeout(BROWSER_TEST_MS);
    const page = await browser.open(`http://localhost:${server.port}/`);
    await takeOff(page, "Ada");
    await sees(page, "You fly here");
    const ships = page.locator(".totals div", { hasText: /^ships?\d/ }).locator("dd");
    /** Something happens in the next sector, and the ways out of this one are shown anew. */
    const showAnew = async () => {
      await fly(NEXT);
      const all = `${clients.length + 1}`;
      await until("the page has heard of it", async () => (await ships.textContent()) === all);
      // What a room says is shown all at once.
      await sees(page, (await fly(START)).name);
    };
    await page.getByRole("button", { name: "Dock", exact: true }).hover();
    await page.mouse.down();
    await showAnew();
    await page.mouse.up();
    await sees(page, "Ada docks");
    await sees(page, "1 ship there");
    await page.getByTitle("Your ship is docked. Undock first.").first().waitFor({ timeout: WAIT_MS });

    await page.keyboard.press("u");
    await sees(page, "Ada undocks");
    // The event is told before the state shows it: until then the button is disabled.
    const warp = page.getByRole("button", { name: "Warp to Sector 2", disabled: false });
    await warp.waitFor({ timeout: WAIT_MS });
    await warp.focus();
    await page.keyboard.down(" ");
    await showAnew();
    await page.keyboard.up(" ");
    await page.waitForURL(`**/sector/${NEXT}`);
  });
});
