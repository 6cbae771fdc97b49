import { strict as assert } from "node:assert";
import type { Page } from "playwright-core";
import { z } from "zod";
import { ensurePage } from "../../src/http/site-build.ts";
import { settleIncidents } from "../../src/jobs/incidents.ts";
import { recordOrder } from "../../src/persistence/admin.ts";
import { ensureContracts } from "../../src/persistence/contracts.ts";
import { openIncident } from "../../src/persistence/incidents.ts";
import { withTransaction } from "../../src/persistence/sqlstate.ts";
import { AM_FACTION } from "../../src/rules/factions.ts";
import { RESPONSE_MS } from "../../src/rules/incidents.ts";
import { useBrowser } from "../support/browser.ts";
import { useDatabase } from "../support/database.ts";
import { makePilot, makeSector, makeStation, makeWarp, makeWorld, type World } from "../support/fixtures.ts";
import { BROWSER_TEST_MS, breaches, LOOKED_AT, sees, takeOff, WAIT_MS } from "../support/page.ts";
import { PilotClient } from "../support/pilot-client.ts";
import { accepted } from "../support/play.ts";
import { freePort } from "../support/redis.ts";
import { type ServerProcess, useServers } from "../support/server-process.ts";
import { until } from "../support/until.ts";

/** What browsers load of the page in all, as it is sent. */
const BYTES_MAX = 400 * 1024;

const [START, FIELD, ASLEEP, CLAIMED] = [1, 2, 3, 4];
const SPECTATORS_MAX = 2;

describe("the page's size", () => {
  it("is at most 400 KB in all, as it is sent", async function () {
    this.timeout(BROWSER_TEST_MS);
    const site = await ensurePage(() => {});
    const parts = [site.index, site.icon, ...site.assets.values()];
    const bytes = parts.reduce((sum, part) => sum + (part.gzip ?? part.bytes).length, 0);
    assert.ok(bytes <= BYTES_MAX, `${bytes} bytes`);
    assert.ok(bytes > BYTES_MAX / 10, `${bytes} bytes: where is the page?`);
  });
});

describe("the page in a browser", () => {
  // In this order, so that each is gone before what it is connected to.
  const browser = useBrowser();
  const servers = useServers();
  const test = useDatabase();
  const clients: PilotClient[] = [];
  let world: World;
  let server: ServerProcess;
  let port = 0;

  before("make a small world with a server", async function () {
    this.timeout(60_000);
    world = await makeWorld(test.pool);
    await makeSector(test.pool, world, START, { type: "STANDARD" });
    await makeSector(test.pool, world, FIELD, { tier: 4, cooldownHours: 24 });
    await makeSector(test.pool, world, ASLEEP, { tier: 2, pool: 20 });
    await test.pool.query("update sectors set x = 40 * sector_id, y = 25 * (sector_id % 2)");
    await makeWarp(test.pool, START, FIELD);
    await makeWarp(test.pool, FIELD, ASLEEP);
    await makeStation(test.pool, world, START);
    await makeSector(test.pool, world, CLAIMED, { tier: 3, controllingFaction: AM_FACTION });
    await makeWarp(test.pool, START, CLAIMED);
    await makeStation(test.pool, world, CLAIMED, "basic", { stationClass: 5, faction: AM_FACTION });
    port = await freePort();
    server = await start();
  });
  afterEach(() => Promise.all(clients.splice(0).map((client) => client.leave())));

  function start(): Promise<ServerProcess> {
    return servers.start(test.url, {
      ...{
        PORT: `${port}`,
        GUESTS: "on",
        HARVEST_SECONDS: "5",
        SHIPS_PER_SECTOR_MAX: "4",
        SPECTATORS_PER_SECTOR_MAX: `${SPECTATORS_MAX}`,
        RECONNECT_SECONDS: "0",
      },
    });
  }

  const at = (path: string) => `http://localhost:${port}${path}`;

  /** A new pilot in a sector, joined from elsewhere. */
  async function fly(sectorId: number): Promise<{ client: PilotClient; name: string; shipId: string }> {
    const { userId, shipId } = await makePilot(test.pool, world, sectorId);
    const client = await server.join(userId, sectorId);
    clients.push(client);
    return { client, name: `pilot ${userId.slice(0, 8)}`, shipId };
  }

  /** The sector itself is watched, not only the galaxy around it. */
  async function watches(page: Page): Promise<void> {
    await page.locator(".state-chip.live").waitFor({ timeout: WAIT_MS });
  }

  it("shows the galaxy, and who is where as they come, without a token", async function () {
    this.timeout(BROWSER_TEST_MS);
    await ensureContracts(test.pool, Date.now());
    const page = await browser.open(at("/"), LOOKED_AT);
    await sees(page, /0 points of 0 members · tier 1 at/);
    await sees(page, "4 sectors in 1 region");
    await sees(page, "All is quiet");
    const { name } = await fly(FIELD);
    const row = page.getByRole("link", { name: /Sector 2/ });
    await row.waitFor({ timeout: WAIT_MS });
    await page.getByRole("combobox").fill(name.slice(0, 12));
    await page.getByRole("option", { name: new RegExp(name) }).waitFor({ timeout: WAIT_MS });
    assert.deepEqual(await breaches(page), []);
    await page.keyboard.press("Enter");
    await page.waitForURL(at(`/sector/${FIELD}`));
    await watches(page);
  });

  it("shows a harvest begin and progress, and an attack that breaks it off", async function () {
    this.timeout(BROWSER_TEST_MS);
    const miner = await fly(FIELD);
    const raider = await fly(FIELD);
    const page = await browser.open(at(`/sector/${FIELD}`), LOOKED_AT);
    await sees(page, miner.name);
    await accepted(miner.client.ask("harvest"));
    await sees(page, `${miner.name} starts mining`);
    const done = page.locator(".ship .progress:not([hidden]) i");
    await done.waitFor({ state: "attached" });
    const early = await done.getAttribute("style");
    await until("it has come further", async () => (await done.getAttribute("style")) !== early);
    await accepted(raider.client.ask("attack", { targetId: miner.shipId }));
    await sees(page, `${miner.name}’s mining is broken off by an attack`);
    await sees(page, new RegExp(`${raider.name} (attacks|against) ${miner.name}`));
    await sees(page, `Fighting ${miner.name}`);
    assert.deepEqual(await breaches(page), []);
  });

  it("shows a sleeping sector as it is stored, opens no room for it, and notices when it wakes", async function () {
    this.timeout(BROWSER_TEST_MS);
    const page = await browser.open(at(`/sector/${ASLEEP}`), LOOKED_AT);
    await sees(page, "Asleep");
    await sees(page, "Heavily mined");
    await sees(page, /full again in \d+ [dh] \d+/);
    assert.deepEqual(await breaches(page), []);
    const { rows } = await test.pool.query("select from sector_leases where sector_id = $1", [ASLEEP]);
    assert.equal(rows.length, 0);
    const { name } = await fly(ASLEEP);
    await sees(page, name);
    await watches(page);
  });

  it("lets a guest fly: greyed with its reason, a preview, a warp, a harvest", async function () {
    this.timeout(BROWSER_TEST_MS);
    const page = await browser.open(at("/"), LOOKED_AT);
    await page.getByRole("button", { name: "Fly a ship of your own" }).click();
    assert.deepEqual(await breaches(page), []);
    await page.getByRole("button", { name: "Close" }).click();
    await takeOff(page, "Ada");
    await sees(page, "You fly here");
    const { rows } = await test.pool.query("select from users where username = 'Ada'");
    assert.equal(rows.length, 1, "however often Take off was clicked");
    const mine = page.getByRole("button", { name: "Mine", exact: true });
    await sees(page, "This sector is no asteroid field.");
    assert.equal(await mine.getAttribute("aria-disabled"), "true");
    await page.getByRole("button", { name: "Dock", exact: true }).click();
    await sees(page, "Ada docks");
    const warp = page.getByRole("button", { name: "Warp to Sector 2" });
    await page.getByTitle("Your ship is docked. Undock first.").first().waitFor({ timeout: WAIT_MS });
    await page.keyboard.press("u");
    await sees(page, "Ada undocks");
    await warp.click();
    await page.waitForURL(at(`/sector/${FIELD}`));
    await sees(page, /Brings 10 to 18 ore for 5 turns, with \d+ % chance precious metals/);
    assert.deepEqual(await breaches(page), []);
    await page.keyboard.press("m");
    await sees(page, "Your ship is mining already.");
    await sees(page, /Your harvest: 1\d ore/);
    await sees(page, /^Ore 1\d$/);
    // What the page cannot know by itself the server tells it before anybody asks for it in vain.
    await sees(page, /You mined this poor field lately. Again in 23 h/);
    assert.equal(await mine.getAttribute("aria-disabled"), "true");
  });

  it("warns in a claimed field, leads to a licence, and sells what it brought", async function () {
    this.timeout(BROWSER_TEST_MS);
    const page = await browser.open(at("/"), LOOKED_AT);
    await takeOff(page, "Marie");
    await page.getByRole("button", { name: "Warp to Sector 4" }).click();
    await sees(
      page,
      /claims this field. Each harvest without its licence costs 10 of your standing, which is 0 now/,
    );
    // Held long enough to repeat itself, which is no second answer.
    await page.keyboard.down("m");
    await page.keyboard.down("m");
    await page.keyboard.up("m");
    await page.getByRole("button", { name: "Mine all the same" }).waitFor();
    await sees(page, "Press once more to mine all the same.");
    await page.keyboard.press("l");
    await sees(page, /Sector 4 · in this sector · pays \d+ cr for ore/);
    assert.deepEqual(await breaches(page), []);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Dock", exact: true }).click();
    const upgrade = page.getByRole("button", { name: "Upgrade the mining laser" });
    assert.equal(
      await upgrade.getAttribute("title"),
      "Stations of class 7 and above upgrade lasers; this is class 5.",
    );
    await page.getByRole("button", { name: "Buy the licence for sector 4" }).click();
    await sees(page, "You bought the licence for sector 4 for 1,500 cr; it holds for 1 d 0 h");
    await sees(page, /1,200 cr · holds for (1 d|23 h)/);
    assert.deepEqual(await breaches(page), []);
    await page.keyboard.press("u");
    await sees(page, /Your licence for this field holds for (1 d|23 h)/);
    await sees(page, /Brings \d+ to \d+ ore/);
    await page.keyboard.press("m");
    await sees(page, /Your harvest: \d+ ore/);
    await page.getByRole("button", { name: "Dock", exact: true }).click();
    await page.getByRole("button", { name: "Sell all ore" }).click();
    await sees(page, /Sold \d+ for \d+ cr, \d+ cr each/);
  });

  it("shows what befalls a sector, lets a pilot judge it, and shows what it leaves", async function () {
    this.timeout(BROWSER_TEST_MS);
    const order = { sectorId: START, seed: 7, type: "flare", severity: 2 } as const;
    const { incidentId } = await withTransaction(test.pool, (tx) => openIncident(tx, order, Date.now()));
    const page = await browser.open(at("/"), LOOKED_AT);
    await page.route(`**/incidents/${incidentId}`, (asked) => asked.abort(), { times: 1 });
    await sees(page, "Flare to be judged");
    await takeOff(page, "Ada Two");
    await sees(page, "Flare ahead");
    // The first answer was lost.
    await page.getByRole("img", { name: /^Readings of 0 to 100: \d+/ }).waitFor({ timeout: WAIT_MS });
    assert.deepEqual(await breaches(page), []);
    await page.getByRole("button", { name: "Severity 2" }).click();
    await sees(page, "You have judged it: 100 of 100 points.");
    await test.pool.query("update sector_incidents set opens_at = $2, closes_at = $3 where id = $1", [
      incidentId,
      new Date(Date.now() - RESPONSE_MS),
      new Date(),
    ]);
    await settleIncidents({ pool: test.pool, clock: { nowMs: () => Date.now() } });
    await sees(page, "Flare, severity 2");
    await sees(page, /(1 d|47 h) \d+ (h|min) left/);
  });

  it("says to reload it where a part of it is not there any more, as after an upgrade", async function () {
    this.timeout(BROWSER_TEST_MS);
    const page = await browser.open("about:blank");
    await page.route("**/assets/browserAll-*", (asked) => asked.fulfill({ status: 404 }));
    await page.goto(at(`/sector/${START}`));
    await sees(page, /The picture could not be loaded.*Reload the page/);
    await page.getByRole("link", { name: "Galaxy", exact: true }).click();
    await sees(page, /The chart could not be loaded.*Reload the page/);
  });

  it("says that another window has taken the ship over", async function () {
    this.timeout(BROWSER_TEST_MS);
    const page = await browser.open(at("/"));
    await takeOff(page, "Grace");
    await sees(page, "You fly here");
    const other = await page.context().newPage();
    await other.goto(at(`/sector/${START}`));
    await other.getByRole("button", { name: "Fly a ship of your own" }).click();
    await other.getByRole("button", { name: "Go on with the ship you had" }).click();
    await sees(other, "You fly here");
    await sees(page, /Another window or device has taken control of this ship.*goes on watching/);
    await watches(page);
  });

  it("says that an operator has ended the session, and what they say", async function () {
    this.timeout(BROWSER_TEST_MS);
    const page = await browser.open(at("/"));
    await takeOff(page, "Mallory");
    await sees(page, "You fly here");
    const { rows } = await test.pool.query("select id from users where username = 'Mallory'");
    const { id: userId } = z.object({ id: z.string() }).parse(rows[0]);
    const order = { kind: "kick", userId, reason: "Time for a break." } as const;
    await recordOrder(test.pool, order, { operator: "test", nowMs: Date.now() });
    await sees(page, /operator of this server has ended your session.*Time for a break.*Take off again/);
    await page.getByRole("button", { name: "Fly a ship of your own" }).click();
    await page.getByRole("button", { name: "Go on with the ship you had" }).click();
    await sees(page, "You fly here");
  });

  it("shows what operators say to everybody, on whatever view", async function () {
    this.timeout(BROWSER_TEST_MS);
    const page = await browser.open(at("/guild"));
    await page.locator('.status[data-kind="live"]').waitFor({ timeout: WAIT_MS });
    const order = { kind: "broadcast", text: "Restart at noon." } as const;
    await recordOrder(test.pool, order, { operator: "test", nowMs: Date.now() });
    await sees(page, "From the operators: Restart at noon.");
  });

  it("says that there are too many spectators, shows what is stored, and watches when there is room", async function () {
    this.timeout(BROWSER_TEST_MS);
    await fly(FIELD);
    const watching = { sectorId: FIELD, spectate: true, protocol: 1 };
    const crowd = await Promise.all(
      Array.from({ length: SPECTATORS_MAX }, () => PilotClient.join(port, null, watching)),
    );
    clients.push(...crowd);
    const page = await browser.open(at(`/sector/${FIELD}`));
    await sees(page, /as many spectators here as there may be.*Trying again/);
    await sees(page, "Asteroid field");
    await crowd[0]?.leave();
    await watches(page);
  });

  it("says where nothing is, and that a token opens nothing", async function () {
    this.timeout(BROWSER_TEST_MS);
    const page = await browser.open(at("/sector/999999999"), LOOKED_AT);
    await sees(page, "There is no sector 999999999 in this galaxy.");
    assert.deepEqual(await breaches(page), []);
    await page.goto(at("/sector/nowhere"));
    await sees(page, "This address leads nowhere.");
    await page.goto(at("/#token=rubbish"));
    await sees(page, /The token is not valid here.*You watch without it/);
    await sees(page, "4 sectors in 1 region");
    await page.getByRole("button", { name: "Fly a ship of your own" }).click();
    await page.getByLabel("Or paste a token").fill("Bearer more\n rubbish");
    await page.getByRole("button", { name: "Sign in" }).click();
    await sees(page, "The token is not valid here. Sign in again.");
  });

  it("says that the sector ahead is full, and goes when there is room", async function () {
    this.timeout(BROWSER_TEST_MS);
    const crowd = [await fly(FIELD), await fly(FIELD), await fly(FIELD), await fly(FIELD)];
    const page = await browser.open(at("/"));
    await takeOff(page, "Linus");
    await sees(page, "You fly here");
    const warp = page.getByRole("button", { name: "Warp to Sector 2" });
    await warp.click();
    await sees(page, /as many ships as it may/);
    await crowd[0]?.client.leave();
    await until("there is room", async () => {
      await warp.click({ timeout: 500 }).catch(() => {});
      return page.url() === at(`/sector/${FIELD}`);
    });
    await sees(page, "You fly here");
  });

  it("says that the server is away, comes back by itself, and shows what is then", async function () {
    this.timeout(BROWSER_TEST_MS);
    await fly(FIELD);
    const page = await browser.open(at(`/sector/${FIELD}`));
    await watches(page);
    await server.kill();
    await sees(page, /does not answer.*Trying again/);
    await sees(page, "Offline");
    clients.splice(0);
    server = await start();
    await sees(page, "Asleep");
    const { name } = await fly(FIELD);
    await sees(page, name);
  });
});
