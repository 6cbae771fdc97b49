import { strict as assert } from "node:assert";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { createHttpHandler } from "../../src/http/handler.ts";
import { pageRoutes } from "../../src/http/page.ts";
import { loadSite, type Site } from "../../src/http/site.ts";
import type { HttpHandler } from "../../src/http/types.ts";
import { NO_METER } from "../../src/telemetry/meter.ts";
import { makeSector, makeWarp } from "../support/fixtures.ts";
import { TRANSPORTS, useGame } from "../support/game.ts";
import { request, TestLog, told } from "./requests.ts";

const BROWSER = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };
const SCRIPT = `console.log(${JSON.stringify("space ".repeat(400))});`;

/** What a build of `web/` looks like. */
function fakeSite(): Site {
  const folder = mkdtempSync(path.join(tmpdir(), "sectorkeep-site-"));
  after(() => rmSync(folder, { recursive: true }));
  mkdirSync(path.join(folder, "assets"));
  writeFileSync(path.join(folder, "index.html"), "<!doctype html><title>Sectorkeep</title>");
  writeFileSync(path.join(folder, "icon.svg"), "<svg/>");
  writeFileSync(path.join(folder, "assets", "index-abc123.js"), SCRIPT);
  return loadSite(folder);
}

describe("the page", () => {
  let handle: HttpHandler;
  before(() => {
    handle = handlerOf(fakeSite(), null);
  });

  function handlerOf(site: Site | null, publicAddress: string | null): HttpHandler {
    return createHttpHandler(pageRoutes(site, { publicAddress }), {
      config: { trustProxy: false, socketsPerAddressMax: 200, metricsToken: null, ecosystemPhase: "live" },
      meter: NO_METER,
      sessions: { note: async () => {} },
      idempotencyKeys: { hold: (_user, _request, work) => work(0) },
      clock: { monotonicMs: () => 0, nowMs: () => 0 },
      identity: { verify: () => Promise.reject(new Error("Nobody signs in here.")) },
      log: new TestLog(),
    });
  }

  for (const url of ["/", "/sector/7", "/expeditions", "/guild", "/account"]) {
    it(`is at ${url} for a browser, under a strict policy, and asked for again each time`, async () => {
      const { status, headers, body } = await handle(request("GET", url, { headers: BROWSER }));
      assert.equal(status, 200);
      assert.match(String(Buffer.from(body)), /<title>Sectorkeep/);
      assert.equal(headers["cache-control"], "no-cache");
      const policy = headers["content-security-policy"] ?? "";
      for (const part of [
        "default-src 'none'",
        "script-src 'self'",
        "connect-src 'self';",
        "frame-ancestors 'none'",
      ]) {
        assert.ok(policy.includes(part), part);
      }
      assert.doesNotMatch(policy, /unsafe|\*/);
      const same = { ...BROWSER, "if-none-match": `W/${headers.etag}` };
      assert.deepEqual((await handle(request("GET", url, { headers: same }))).status, 304);
    });
  }

  it("may reach the sockets of other processes, where there are several", async () => {
    const { headers } = await handlerOf(
      fakeSite(),
      "a.example:2567",
    )(request("GET", "/", { headers: BROWSER }));
    assert.match(headers["content-security-policy"] ?? "", /connect-src 'self' ws: wss:;/);
  });

  it("is made of assets that browsers keep for good, packed for those that take it", async () => {
    const url = "/assets/index-abc123.js";
    const packed = await handle(request("GET", url, { headers: { "accept-encoding": "gzip, br" } }));
    assert.equal(packed.headers["cache-control"], "public, max-age=31536000, immutable");
    assert.equal(packed.headers["content-encoding"], "gzip");
    assert.equal(gunzipSync(packed.body).toString(), SCRIPT);
    const plain = await handle(request("GET", url));
    assert.equal(plain.headers["content-encoding"], undefined);
    assert.equal(String(Buffer.from(plain.body)), SCRIPT);
  });

  for (const [accepted, packed] of [
    ["gzip;q=0", false],
    ["br, gzip; q=0.0, identity", false],
    ["gzip;q=0.5, br", true],
    ["br;q=0, gzip", true],
  ] as const) {
    it(`is ${packed ? "packed" : "not packed"} for who takes ${accepted}`, async () => {
      const url = "/assets/index-abc123.js";
      const answer = await handle(request("GET", url, { headers: { "accept-encoding": accepted } }));
      assert.equal(answer.headers["content-encoding"], packed ? "gzip" : undefined);
    });
  }

  it("gives no other file away", async () => {
    for (const name of ["nothing.js", "..%2findex.html", "%2e%2e%2f%2e%2e%2fpackage.json", "__proto__"]) {
      assert.equal((await handle(request("GET", `/assets/${name}`))).status, 404, name);
    }
  });

  it("says what to do where it has not been built; programs get their welcome all the same", async () => {
    const bare = handlerOf(null, null);
    const answer = await bare(request("GET", "/", { headers: BROWSER }));
    assert.equal(answer.status, 503);
    assert.match(String(answer.body), /npm run page/);
    assert.equal(told(await bare(request("GET", "/"))).body.name, "Sectorkeep");
    assert.equal((await bare(request("GET", "/assets/index-abc123.js"))).status, 404);
  });
});

for (const transport of TRANSPORTS) {
  describe(`the galaxy's map, over ${transport}`, () => {
    const game = useGame({ transport });
    before(async () => {
      await makeSector(game.pool, game.world, 1, { type: "STANDARD" });
      await makeSector(game.pool, game.world, 2, { tier: 4, controllingFaction: "astral_mining_consortium" });
      await makeWarp(game.pool, 1, 2, 3);
    });

    it("tells where everything is, and when asked again that it is the same", async () => {
      const url = `http://127.0.0.1:${game.port}/galaxy/map`;
      const response = await fetch(url);
      assert.equal(response.status, 200);
      assert.deepEqual(await response.json(), {
        name: "Test",
        startSectorId: 1,
        regions: [{ name: "Terran Space", type: "terran_space" }],
        zones: [{ region: 0, type: "FEDERATION", policing: 9, danger: 1 }],
        clusters: [{ region: 0, name: "Core", type: "STANDARD" }],
        sectors: [
          { ...place(1), type: "STANDARD", richnessTier: null, claimedBy: null },
          { ...place(2), type: "ASTEROID_FIELD", richnessTier: 4, claimedBy: "astral_mining_consortium" },
        ],
        warps: [{ from: 1, to: 2, turnCost: 3, oneWay: false }],
        conditions: [],
        incidents: [],
      });
      const etag = response.headers.get("etag") ?? "";
      const again = await fetch(url, { headers: { "if-none-match": etag } });
      assert.equal(again.status, 304);
      assert.equal(await again.text(), "");
      const head = await fetch(url, { method: "HEAD" });
      assert.equal(head.status, 200);
    });

    function place(sectorId: number) {
      return { sectorId, name: `Sector ${sectorId}`, x: 0, y: 0, zone: 0, cluster: 0, stations: 0 };
    }
  });
}
