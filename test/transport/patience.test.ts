import assert from "node:assert/strict";
import { Client, type Room } from "@colyseus/sdk";
import { RawConnection, RawWebSocket } from "../../loadtest/storm/raw-socket.ts";
import { ARENA_JOIN_ACK_SECONDS } from "./arena.ts";
import { type ServerProcess, startServer } from "./process.ts";
import { reserveSeat } from "./seat.ts";

/** What uWebSockets has built in, and the grain of its timers. */
const UWS_HEADERS_SECONDS = 10;
const UWS_GRAIN_SECONDS = 4;

const LIMITS = { httpBodySecondsMax: 1, headersSecondsMax: 2, silenceSecondsMax: 8 };

/** Those who do nothing are waited for at the same time: it takes as long as the slowest. */
for (const transport of ["ws", "uws"] as const) {
  describe(`patience of transport ${transport}`, function () {
    this.timeout(30_000);
    const headersSecondsMax =
      transport === "uws" ? UWS_HEADERS_SECONDS + UWS_GRAIN_SECONDS : LIMITS.headersSecondsMax + 2;
    let server: ServerProcess;
    let idler: Room;
    const raws: RawConnection[] = [];
    const waited = new Map<string, Promise<number>>();

    before("start a server, and clients that keep it waiting", async () => {
      server = await startServer({ transport, limits: LIMITS });
      idler = await new Client(server.url).joinOrCreate("arena");
      idler.onMessage("*", () => {});

      raws.push(saysNothing(), tricklesHeaders(), await joinsAndFreezes());
    });
    after("stop it", async () => {
      for (const raw of raws) raw.end();
      await idler.leave();
      await server.stop();
    });

    function saysNothing(): RawConnection {
      const raw = new RawConnection(server.port);
      waited.set("silent", raw.closed);
      return raw;
    }

    function tricklesHeaders(): RawConnection {
      const raw = new RawConnection(server.port);
      void raw.write("GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ");
      const timer = setInterval(() => void raw.write("a"), 500);
      const closed = raw.closed.finally(() => clearInterval(timer));
      waited.set("headers", closed);
      return raw;
    }

    /** A client whose machine has gone to sleep: its line is open, and nobody is there. */
    async function joinsAndFreezes(): Promise<RawConnection> {
      const raw = new RawWebSocket(server.port);
      await raw.upgrade(await reserveSeat(server));
      await raw.frame();
      await raw.acknowledgeJoin();
      waited.set("frozen", raw.closed);
      return raw;
    }

    it("ends with a body that does not come", async () => {
      const raw = new RawConnection(server.port);
      await raw.write("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{");
      const startMs = performance.now();
      assert.match(await raw.head(), /^HTTP\/1.1 408 /);
      assert.match(raw.received.toString("latin1"), /body_too_slow/);
      assert.ok(performance.now() - startMs < 2_000);
      raw.end();
    });

    it("ends with a body that comes drop by drop", async () => {
      const raw = new RawConnection(server.port);
      await raw.write("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
      const timer = setInterval(() => void raw.write("1\r\n \r\n"), 100);
      assert.match(await raw.head(), /^HTTP\/1.1 408 /);
      clearInterval(timer);
      raw.end();
    });

    it("ends with a client that has a seat and never acknowledges that it joined", async () => {
      const raw = new RawWebSocket(server.port);
      await raw.upgrade(await reserveSeat(server));
      const startMs = performance.now();
      assert.equal(await raw.closeCode(), 4002);
      const seconds = (performance.now() - startMs) / 1000;
      assert.ok(
        seconds > 0.9 * ARENA_JOIN_ACK_SECONDS && seconds < ARENA_JOIN_ACK_SECONDS + 4,
        `${seconds} s`,
      );
      // It does not answer the closing frame either.
      await raw.closed;
    });

    it("ends with a connection that says nothing", () => closesWithin("silent", headersSecondsMax));

    it("ends with headers that come letter by letter", () => closesWithin("headers", headersSecondsMax));

    it("ends with a client that answers no ping", () =>
      closesWithin("frozen", LIMITS.silenceSecondsMax + 2 * UWS_GRAIN_SECONDS));

    it("does not end with a client that is only quiet", async () => {
      // All others have been given up by now, and the news of the last one arrives.
      while (idler.state.clients > 1) await new Promise((resolve) => setTimeout(resolve, 20));
      await new Promise<void>((resolve) => {
        idler.onMessage("pong", () => resolve());
        idler.send("ping", {});
      });
      assert.equal((await fetch(`${server.url}/healthz`)).status, 200);
    });

    async function closesWithin(name: string, seconds: number): Promise<void> {
      const closedMs = await waited.get(name);
      assert.ok(closedMs !== undefined && closedMs < seconds * 1000, `${closedMs} ms`);
    }
  });
}
