import { strict as assert } from "node:assert";
import { SignJWT } from "jose";
import type { Page } from "playwright-core";
import { z } from "zod";
import { recordOrder } from "../../src/persistence/admin.ts";
import { useBrowser } from "../support/browser.ts";
import { useDatabase } from "../support/database.ts";
import { makePilot, makeSector, makeWorld, type World } from "../support/fixtures.ts";
import { BROWSER_TEST_MS, press, sees, takeOff, WAIT_MS } from "../support/page.ts";
import { type ServerProcess, useServers } from "../support/server-process.ts";

const [START, FIELD] = [1, 2];
const SECRET = "what the tests of a server process share with it";

const kept = (page: Page) => page.evaluate('localStorage.getItem("sectorkeep.token")');
const refusal = (code: string) => JSON.stringify({ code, error: `It is ${code}.`, detail: {} });

describe("who sits before the page", () => {
  const browser = useBrowser();
  const servers = useServers();
  const test = useDatabase();
  let world: World;
  let server: ServerProcess;

  before("make a small world with a server", async function () {
    this.timeout(60_000);
    world = await makeWorld(test.pool);
    await makeSector(test.pool, world, START, { type: "STANDARD" });
    await makeSector(test.pool, world, FIELD, { tier: 4 });
    server = await servers.start(test.url, { GUESTS: "on", RECONNECT_SECONDS: "0" });
  });

  const at = (path: string) => `http://localhost:${server.port}${path}`;

  function tokenOf(userId: string): Promise<string> {
    const key = new TextEncoder().encode(SECRET);
    return new SignJWT({ sub: userId })
      .setProtectedHeader({ alg: "HS256" })
      .setExpirationTime("1h")
      .sign(key);
  }

  it("is kept while the database is away, whatever link is opened, and whoever else signs in", async function () {
    // It takes off twice, and loads the page four times.
    this.timeout(2 * BROWSER_TEST_MS);
    const page = await browser.open(at("/"));
    await takeOff(page, "Ada");
    await sees(page, "You fly here");
    const mine = await kept(page);
    assert.ok(typeof mine === "string");

    const away = { status: 503, contentType: "application/json", body: refusal("store_unavailable") };
    await page.route("**/galaxy/map", (route) => route.fulfill(away), { times: 1 });
    await page.reload();
    await sees(page, "It is store_unavailable.");
    await page.getByRole("button", { name: "Fly a ship of your own" }).waitFor({ timeout: WAIT_MS });
    assert.equal(await kept(page), mine);

    await page.goto(at("/#token=rubbish"));
    await sees(page, /The token is not valid here.*You watch without it/);
    assert.equal(await kept(page), mine);

    const { userId } = await makePilot(test.pool, world, FIELD);
    const link = await tokenOf(userId);
    await page.goto("about:blank");
    await page.goto(at(`/?from=game#token=${link}`));
    await page.getByRole("button", { name: "Fly a ship of your own" }).click();
    await page.getByRole("button", { name: `Go on as pilot ${userId.slice(0, 8)}` }).waitFor();
    assert.equal(page.url(), at("/?from=game"));
    assert.equal(await kept(page), mine);
    await page.getByRole("button", { name: "Go on with the ship you had" }).click();
    await page.getByRole("button", { name: "Pilot Ada" }).waitFor({ timeout: WAIT_MS });
  });

  it("loses a token that expires in one window, and not the one that another has stored", async function () {
    this.timeout(BROWSER_TEST_MS);
    const { userId } = await makePilot(test.pool, world, START);
    const old = await browser.open(at(`/account#token=${await tokenOf(userId)}`));
    await sees(old, "Reward ledger");
    const page = await old.context().newPage();
    await page.goto(at("/"));
    await takeOff(page, "Grace");
    await press(page, "Take off all the same", "Grace flies", () =>
      page.getByText("You fly here").isVisible(),
    );
    const mine = await kept(page);
    const expired = { status: 401, contentType: "application/json", body: refusal("token_expired") };
    await old.route("**/me/**", (route) => route.fulfill(expired));
    await old.getByRole("link", { name: "Expeditions" }).first().click();
    await sees(old, /It is token_expired.*You watch without it/);
    assert.equal(await kept(page), mine);
  });

  it("is asked before somebody else takes the place of the ship that this browser keeps", async function () {
    this.timeout(BROWSER_TEST_MS);
    const page = await browser.open(at("/"));
    await takeOff(page, "Emmy");
    await sees(page, "You fly here");
    const mine = await kept(page);
    const { userId } = await makePilot(test.pool, world, START);
    await page.reload();
    await page.getByRole("button", { name: "Fly a ship of your own" }).click();
    await page.getByLabel(/^Or paste a token/).fill(await tokenOf(userId));
    await page.getByRole("button", { name: "Sign in" }).dblclick();
    await sees(page, /a guest’s is then lost to this browser for good. Press once more to sign in/);
    assert.equal(await kept(page), mine);
    await press(page, "Sign in all the same", "somebody else is in", async () => (await kept(page)) !== mine);
    await page
      .getByRole("button", { name: `Pilot pilot ${userId.slice(0, 8)}` })
      .waitFor({ timeout: WAIT_MS });
  });

  it("is asked before a guest is signed out for good; who signs in elsewhere is out at once", async function () {
    this.timeout(2 * BROWSER_TEST_MS);
    const page = await browser.open(at("/"));
    await takeOff(page, "Hedy");
    await sees(page, "You fly here");
    const mine = await kept(page);
    await page.getByRole("button", { name: "Pilot Hedy" }).click();
    await page.getByRole("button", { name: "Sign out" }).dblclick();
    await sees(page, /Your ship is then lost for good.*Press once more to sign out/);
    assert.equal(await kept(page), mine);
    await press(page, "Sign out for good", "the guest is out", async () => (await kept(page)) === null);

    const { userId } = await makePilot(test.pool, world, START);
    await page.goto(at(`/account#token=${await tokenOf(userId)}`));
    await page.getByRole("button", { name: "Fly a ship of your own" }).click();
    await page.getByRole("button", { name: "Go on with the ship you had" }).click();
    await page.getByRole("button", { name: `Pilot pilot ${userId.slice(0, 8)}` }).click();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("button", { name: "Fly a ship of your own" }).waitFor({ timeout: WAIT_MS });
    assert.equal(await kept(page), null);
  });

  it("is told of a ban, until when, and why; watches meanwhile, and flies again after it", async function () {
    this.timeout(2 * BROWSER_TEST_MS);
    const page = await browser.open(at("/"));
    await takeOff(page, "Mallory");
    await sees(page, "You fly here");
    const mine = await kept(page);
    const { rows } = await test.pool.query("select id from users where username = 'Mallory'");
    const { id: userId } = z.object({ id: z.string() }).parse(rows[0]);
    const order = (kind: "ban" | "unban") =>
      recordOrder(
        test.pool,
        kind === "ban" ? { kind, userId, reason: "No bots.", untilMs: null } : { kind, userId },
        { operator: "test", nowMs: Date.now() },
      );
    await order("ban");
    const told =
      /^You may not play here until an operator lifts it. The operators say: No bots. Until then you can watch/;
    await sees(page, told);
    await page.locator(".state-chip:not(.closed)").waitFor({ timeout: WAIT_MS });
    await page.goto(at("/"));
    await sees(page, told);
    await sees(page, "2 sectors in 1 region");
    await page.getByRole("button", { name: "Fly a ship of your own" }).click();
    await page.getByRole("button", { name: "Go on with the ship you had" }).click();
    await sees(page, /No bots\.$/);
    assert.equal(await kept(page), mine);
    await order("unban");
    const flies = () => page.getByText("You fly here").isVisible();
    await press(page, "Go on with the ship you had", "the server knows that the ban is over", flies);
    // The banner is looked at twice a second.
    await page.getByText(/^You may not play/).waitFor({ state: "detached", timeout: WAIT_MS });
  });

  it("is told of a ban while they only look at the galaxy, and looks on", async function () {
    this.timeout(BROWSER_TEST_MS);
    const { userId } = await makePilot(test.pool, world, START);
    const page = await browser.open(at(`/#token=${await tokenOf(userId)}`));
    await sees(page, "2 sectors in 1 region");
    await sees(page, /^All is quiet/);
    const ban = { kind: "ban", userId, reason: "No bots.", untilMs: null } as const;
    await recordOrder(test.pool, ban, { operator: "test", nowMs: Date.now() });
    await sees(page, /^You may not play here until an operator lifts it/);
    await sees(page, /^All is quiet/);
  });

  it("is let into a galaxy that only those see who have signed in, by an address entered in the same window", async function () {
    this.timeout(BROWSER_TEST_MS);
    const page = await browser.open("about:blank");
    const missing = refusal("token_missing");
    await page.route("**/galaxy/map", (route) =>
      route.request().headers().authorization === undefined
        ? route.fulfill({ status: 401, contentType: "application/json", body: missing })
        : route.continue(),
    );
    await page.goto(at("/"));
    await sees(page, /This server shows its galaxy only to those who have signed in/);
    await page.getByRole("button", { name: "Sign in" }).waitFor();
    const { userId } = await makePilot(test.pool, world, START);
    const link = await tokenOf(userId);
    await page.goto(at(`/#token=${link}`));
    await sees(page, "2 sectors in 1 region");
    assert.equal(await kept(page), link);
  });

  it("is shown the galaxy where the browser keeps nothing for pages", async function () {
    this.timeout(BROWSER_TEST_MS);
    const page = await browser.open("about:blank");
    await page.addInitScript(`for (const name of ["localStorage", "sessionStorage"])
      Object.defineProperty(window, name, { get() { throw new DOMException("Denied.", "SecurityError"); } });`);
    await page.goto(at("/"));
    await takeOff(page, "Nobody");
    await sees(page, "You fly here");
  });

  it("watches a sleeping sector on when their token has expired", async function () {
    this.timeout(BROWSER_TEST_MS);
    const { userId } = await makePilot(test.pool, world, START);
    const page = await browser.open("about:blank");
    const expired = { status: 401, contentType: "application/json", body: refusal("token_expired") };
    await page.route(`**/sectors/${FIELD}`, (route) =>
      route.request().headers().authorization === undefined ? route.continue() : route.fulfill(expired),
    );
    await page.goto(at(`/sector/${FIELD}#token=${await tokenOf(userId)}`));
    await sees(page, /It is token_expired.*You watch without it/);
    await sees(page, "Asleep");
  });
});
