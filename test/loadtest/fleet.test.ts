import { strict as assert } from "node:assert";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { Fleet } from "../../loadtest/fleet/fleet.ts";
import { readMix } from "../../loadtest/options.ts";
import { until } from "../support/until.ts";

const SETTLE_MS = 300;

/** A server that lets guests sign in, and refuses them what they ask for next. @returns where it listens */
async function refusing(server: Server): Promise<string> {
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  return `http://127.0.0.1:${address.port}`;
}

function fleetAt(url: string): Fleet {
  return new Fleet({
    ...{ urls: [url], pilots: 2, first: 0, step: 1, joinsPerSecond: 1_000, everyMs: 100, seed: 1 },
    ...{ mix: readMix("harvest=1"), sdkOneIn: 0, homeSectorIds: [] },
  });
}

describe("a fleet whose bots are not let in", () => {
  let isGuestWelcome = true;
  const guest = { token: "t", userId: "7e6f2c1a-52d9-4c4e-9a58-0a3f6f6f0c11" };
  const server = createServer((request, response) => {
    const isIn = isGuestWelcome && request.url === "/auth/guest";
    response.writeHead(isIn ? 200 : 503, { "content-type": "application/json" });
    response.end(JSON.stringify(isIn ? guest : { code: isGuestWelcome ? "sector_full" : "busy" }));
  });
  after(() => {
    server.close();
    server.closeAllConnections();
  });

  it("says who is not in a room at the end, and as what they were refused last", async () => {
    const fleet = fleetAt(await refusing(server));
    fleet.start();
    await until("both have signed in", () => fleet.ledgers.length === 2);
    await until("both were refused", () => (fleet.measure.refusals["(join) sector_full"] ?? 0) >= 2);
    const { stuck } = await fleet.drain(SETTLE_MS);
    assert.deepEqual(
      stuck,
      ["Load 0", "Load 1"].map((name) => `${name}: not let in: GET /me: 503 sector_full`),
    );
  });

  it("says who could not even sign in", async () => {
    isGuestWelcome = false;
    const address = server.address();
    assert.ok(typeof address === "object" && address !== null);
    const fleet = fleetAt(`http://127.0.0.1:${address.port}`);
    fleet.start();
    await until("both were refused", () => (fleet.measure.refusals["(sign-in)"] ?? 0) >= 2);
    const { stuck } = await fleet.drain(SETTLE_MS);
    assert.deepEqual(
      stuck,
      ["Load 0", "Load 1"].map((name) => `${name}: not signed in: POST /auth/guest: 503 busy`),
    );
  });
});
