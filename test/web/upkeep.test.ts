import { strict as assert } from "node:assert";
import { randomUUID } from "node:crypto";
import net from "node:net";
import type { Page } from "playwright-core";
import { z } from "zod";
import { useBrowser } from "../support/browser.ts";
import { useDatabase } from "../support/database.ts";
import { makePilot, makeSector, makeWorld, type World } from "../support/fixtures.ts";
import { BROWSER_TEST_MS, press, sees, takeOff, WAIT_MS } from "../support/page.ts";
import type { PilotClient } from "../support/pilot-client.ts";
import { writeEvent } from "../support/presence.ts";
import { type ServerProcess, useServers } from "../support/server-process.ts";

const [START, FIELD, OTHER] = [1, 2, 3];
/** As the page counts it: three times five seconds without a sign of life, then the first wait before it tries again. */
const SILENCE_MS = 16_500;
const REWARDS_PER_PAGE = 50;

/** Stands between pages and a server; what can happen to it happens to the WebSockets that are open then. */
class Network {
  readonly port: number;
  readonly #proxy: net.Server;
  readonly #lines: ReadonlySet<net.Socket>;
  readonly #silent: Set<net.Socket>;

  private constructor(proxy: net.Server, lines: ReadonlySet<net.Socket>, silent: Set<net.Socket>) {
    const address = proxy.address();
    assert.ok(typeof address === "object" && address !== null);
    this.port = address.port;
    this.#proxy = proxy;
    this.#lines = lines;
    this.#silent = silent;
  }

  static async to(port: number): Promise<Network> {
    const lines = new Set<net.Socket>();
    const silent = new Set<net.Socket>();
    const proxy = net.createServer((page) => {
      const far = net.connect(port, "localhost");
      page.on("data", (bytes) => {
        if (/^upgrade: websocket/im.test(bytes.toString("latin1"))) lines.add(page);
        if (!silent.has(page)) far.write(bytes);
      });
      far.on("data", (bytes) => !silent.has(page) && page.write(bytes));
      for (const socket of [page, far]) socket.on("error", () => {});
      page.on("close", () => {
        lines.delete(page);
        far.destroy();
      });
      // Nor does a line that has died bring the server's goodbye.
      far.on("close", () => !silent.has(page) && page.destroy());
    });
    await new Promise<void>((resolve) => proxy.listen(0, "localhost", resolve));
    return new Network(proxy, lines, silent);
  }

  cut(): void {
    for (const line of this.#lines) line.destroy();
  }

  silence(): void {
    for (const line of this.#lines) this.#silent.add(line);
  }

  end(): void {
    this.cut();
    this.#proxy.close();
  }
}

describe("what the page shows is kept up to date", () => {
  const browser = useBrowser();
  const servers = useServers();
  const test = useDatabase();
  const clients: PilotClient[] = [];
  const networks: Network[] = [];
  let world: World;
  let server: ServerProcess;

  before("make a small world with a server", async function () {
    this.timeout(60_000);
    world = await makeWorld(test.pool);
    await makeSector(test.pool, world, START, { type: "STANDARD" });
    await makeSector(test.pool, world, FIELD, { tier: 4 });
    await makeSector(test.pool, world, OTHER, { tier: 4 });
    server = await servers.start(test.url, { GUESTS: "on", RECONNECT_SECONDS: "0" });
  });
  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.leave()));
    for (const network of networks.splice(0)) network.end();
  });

  const at = (path: string) => `http://localhost:${server.port}${path}`;

  async function fly(sectorId: number): Promise<void> {
    const { userId } = await makePilot(test.pool, world, sectorId);
    clients.push(await server.join(userId, sectorId));
  }

  /** A page over a network between it and the server. */
  async function openOverNetwork(): Promise<{ page: Page; network: Network }> {
    const network = await Network.to(server.port);
    networks.push(network);
    return { network, page: await browser.open(`http://localhost:${network.port}/`) };
  }

  /** The same, where one sector is awake in the galaxy. */
  async function openGalaxy(): Promise<{ page: Page; network: Network }> {
    const { page, network } = await openOverNetwork();
    await fly(FIELD);
    await page.getByRole("link", { name: /Sector 2/ }).waitFor({ timeout: WAIT_MS });
    return { page, network };
  }

  /** Cuts a page's lines; none comes back until the page has said so, and something was done meanwhile. */
  async function cut(page: Page, network: Network, meanwhile: () => Promise<unknown>): Promise<void> {
    await page.route("**/matchmake/**", (asked) => asked.abort());
    network.cut();
    await sees(page, /does not answer.*What you see may be old. Trying again/);
    await meanwhile();
    await page.unroute("**/matchmake/**");
  }

  it("in the galaxy after its line was cut", async function () {
    this.timeout(BROWSER_TEST_MS);
    const { page, network } = await openGalaxy();
    await cut(page, network, async () => {});
    await fly(OTHER);
    await page.getByRole("link", { name: /Sector 3/ }).waitFor({ timeout: WAIT_MS });
  });

  it("in the galaxy after its line has died without a word", async function () {
    this.timeout(2 * BROWSER_TEST_MS);
    const { page, network } = await openGalaxy();
    network.silence();
    await fly(START);
    await page.getByRole("link", { name: /Sector 1/ }).waitFor({ timeout: SILENCE_MS + WAIT_MS });
  });

  it("for a pilot who comes back: they are told what happened since the room took them in", async function () {
    this.timeout(BROWSER_TEST_MS);
    const { page, network } = await openOverNetwork();
    await takeOff(page, "Ida");
    // Shown with the pilot's own numbers, which follow the room's welcome.
    await page.getByRole("region", { name: "Your ship" }).waitFor({ timeout: WAIT_MS });
    const { rows } = await test.pool.query(
      "select p.id from players p join users u on u.id = p.user_id where u.username = 'Ida'",
    );
    const { id: playerId } = z.object({ id: z.string() }).parse(rows[0]);
    const ended = { licenseId: randomUUID(), sectorId: FIELD, renewalPriceCr: 1200 };
    await cut(page, network, () => writeEvent(test.pool, playerId, ended, "claim_license_expired"));
    await sees(page, "Your licence for sector 2 has ended");
  });

  it("in every window of a pilot: a run that one creates the other can hand over, and its end lets its token go", async function () {
    this.timeout(BROWSER_TEST_MS);
    const page = await browser.open(at("/"));
    await takeOff(page, "Vera");
    await sees(page, "You fly here");
    await page.goto(at(`/expeditions?sector=${FIELD}`));
    await page.getByRole("button", { name: "Set out: Belt survey" }).click();
    const given = await page.getByRole("textbox", { name: "The run’s token" }).inputValue();
    const other = await page.context().newPage();
    await other.goto(at("/expeditions"));
    assert.equal(await other.getByRole("textbox", { name: "The run’s token" }).inputValue(), given);
    await press(other, "Give it up", "it is given up", () => other.getByText("It was given up.").isVisible());
    await sees(page, "It was given up.");
    const kept = await page.evaluate('Object.keys(localStorage).filter((key) => key.includes(".run."))');
    assert.deepEqual(kept, []);
  });

  it("down to the oldest reward of an account, page by page", async function () {
    this.timeout(BROWSER_TEST_MS);
    const page = await browser.open(at("/"));
    await takeOff(page, "Rosa");
    await sees(page, "You fly here");
    const { rows } = await test.pool.query("select id from users where username = 'Rosa'");
    const { id: userId } = z.object({ id: z.string() }).parse(rows[0]);
    await test.pool.query(
      `insert into reward_ledger (id, user_id, surface, run_id, reward_type, requested_value, reward_value, source, meta, granted_at)
        select gen_random_uuid(), $1, 'web', 'run-' || n, 'ore_units', n, n, 'run', '{}', now() from generate_series(1, $2) as n`,
      [userId, REWARDS_PER_PAGE + 2],
    );
    await page.goto(at("/account"));
    const amounts = page.locator(".rewards .amount");
    await sees(page, "Older ones");
    assert.equal(await amounts.count(), REWARDS_PER_PAGE);
    await page.getByRole("button", { name: "Older ones" }).click();
    await amounts.nth(REWARDS_PER_PAGE + 1).waitFor({ timeout: WAIT_MS });
    assert.deepEqual(
      await amounts.allTextContents(),
      Array.from({ length: REWARDS_PER_PAGE + 2 }, (_, index) => `+${REWARDS_PER_PAGE + 2 - index}`),
    );
    assert.equal(await page.getByRole("button", { name: "Older ones" }).count(), 0);
  });
});
