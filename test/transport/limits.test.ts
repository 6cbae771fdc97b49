import assert from "node:assert/strict";
import { once } from "node:events";
import http, { Agent } from "node:http";
import { json } from "node:stream/consumers";
import { Client } from "@colyseus/sdk";
import { z } from "zod";
import { RawConnection, RawWebSocket } from "../../loadtest/storm/raw-socket.ts";
import { type ServerProcess, startServer } from "./process.ts";
import { reserveSeat } from "./seat.ts";

/** A loader that finds no uWebSockets: what a machine without a binary is like. */
const WITHOUT_UWS = `data:text/javascript,${encodeURIComponent(`
  import { register } from "node:module";
  register("data:text/javascript," + encodeURIComponent(\`
    export function resolve(specifier, context, next) {
      if (specifier === "uws-pack") throw new Error("no binary for this machine");
      return next(specifier, context);
    }\`));
`)}`;

for (const transport of ["ws", "uws"] as const) {
  describe(`limits of transport ${transport}`, () => {
    let server: ServerProcess;
    const start = (settings: Omit<Parameters<typeof startServer>[0], "transport">) =>
      before("start a server", async () => {
        server = await startServer({ transport, ...settings });
      });
    after("stop it", () => server.stop());
    const answers = async () => (await fetch(`${server.url}/healthz`)).status;

    start({ connectionsMax: 30, socketsPerAddressMax: 5 });

    it("give one address so many sockets, and leave room for others", async () => {
      const open = async (localAddress: string) => {
        const raw = new RawWebSocket(server.port, localAddress);
        return { raw, status: await raw.upgrade(await reserveSeat(server)) };
      };
      const opened = await Promise.all([1, 2, 3, 4, 5].map(() => open("127.0.0.1")));
      assert.ok(opened.every(({ status }) => status === "HTTP/1.1 101 Switching Protocols"));
      const refused = await open("127.0.0.1");
      assert.equal(refused.status, "HTTP/1.1 429 Too Many Requests");
      await refused.raw.closed;
      const other = await open("127.0.0.2");
      assert.equal(other.status, "HTTP/1.1 101 Switching Protocols");

      opened[0]?.raw.end();
      await until(async () => {
        const again = await open("127.0.0.1");
        again.raw.end();
        return again.status === "HTTP/1.1 101 Switching Protocols";
      });
      for (const { raw } of [...opened, other]) raw.end();
    });

    it("open so many connections in all, and serve again once they are gone", async () => {
      // From many addresses, so that none of them has too many of its own.
      const flood = Array.from(
        { length: 80 },
        (_, index) => new RawConnection(server.port, `127.0.1.${index}`),
      );
      const closed = flood.map((raw) => Promise.race([raw.closed, wait(1_000).then(() => null)]));
      const refused = (await Promise.all(closed)).filter((ms) => ms !== null);
      assert.ok(refused.length >= 50, `${refused.length} were closed`);
      for (const raw of flood) raw.end();
      await until(async () => (await answers().catch(() => 0)) === 200);
    });

    it("slow an address down that asks and asks, for a seat or anything else, and nobody else", async () => {
      // Five sockets: 15 requests at once, then 2.5 a second.
      const asker = new Agent({ keepAlive: true, maxSockets: 1, localAddress: "127.0.4.4" });
      const other = new Agent({ keepAlive: true, maxSockets: 1, localAddress: "127.0.4.5" });
      for (let asked = 0; asked < 15; asked++)
        assert.equal((await ask(asker, "GET", "/healthz")).status, 200);
      const seat = ["POST", "/matchmake/joinOrCreate/arena"] as const;
      for (const [method, path] of [seat, ["POST", "/echo"], ["GET", "/nowhere"]] as const) {
        let answer = await ask(asker, method, path);
        while (answer.status !== 429) answer = await ask(asker, method, path);
        assert.deepEqual([answer.code, answer.retryAfter], ["too_many_requests", "1"], path);
      }
      assert.equal((await ask(other, ...seat)).status, 200);
      await until(async () => (await ask(asker, ...seat)).status === 200);
      asker.destroy();
      other.destroy();
    });

    /** Asks from an address of one's own. */
    async function ask(agent: Agent, method: "GET" | "POST", path: string) {
      const request = http.request(`${server.url}${path}`, { agent, method });
      request.end(method === "POST" ? "{}" : undefined);
      const [response] = await once(request, "response");
      assert.ok(response instanceof http.IncomingMessage);
      const { code } = z.looseObject({ code: z.string().optional() }).parse(await json(response));
      return { status: response.statusCode, code, retryAfter: response.headers["retry-after"] };
    }

    it("slow an address down that opens connection after connection", async () => {
      // Five sockets: 15 connections at once, then 2.5 a second.
      const flood = Array.from({ length: 20 }, () => new RawConnection(server.port, "127.0.3.3"));
      const closed = flood.map((raw) => Promise.race([raw.closed, wait(300).then(() => null)]));
      const refused = (await Promise.all(closed)).filter((ms) => ms !== null);
      assert.ok(refused.length >= 4 && refused.length <= 6, `${refused.length} were closed`);
      for (const raw of flood) raw.end();
      assert.equal(await answers(), 200);
    });
  });

  describe(`transport ${transport} behind a proxy`, () => {
    let server: ServerProcess;
    before("start a server", async () => {
      server = await startServer({ transport, trustProxy: true, socketsPerAddressMax: 1 });
    });
    const sockets: RawWebSocket[] = [];
    after("stop it", () => {
      for (const raw of sockets) raw.end();
      return server.stop();
    });

    it("counts whom the proxy names", async () => {
      const echo = await fetch(`${server.url}/echo`, {
        method: "POST",
        headers: { "x-forwarded-for": "6.6.6.6, 198.51.100.7" },
      });
      assert.equal(JSON.parse(await echo.text()).remoteAddress, "198.51.100.7");
    });

    it("gives each of them their sockets", async () => {
      const statuses: string[] = [];
      for (const address of ["198.51.100.1", "198.51.100.2", "198.51.100.1"]) {
        const raw = new RawWebSocket(server.port);
        statuses.push(await raw.upgrade(await reserveSeat(server), [`X-Forwarded-For: ${address}`]));
        sockets.push(raw);
      }
      assert.deepEqual(
        statuses.map((line) => line.split(" ")[1]),
        ["101", "101", "429"],
      );
    });
  });
}

describe("createTransport", () => {
  it("takes uWebSockets where it can", async () => {
    const server = await startServer({ transport: "auto" });
    const answer = await fetch(`${server.url}/healthz`);
    assert.equal(answer.headers.get("uwebsockets"), "20");
    await server.stop();
  });

  it("takes ws where there is no uWebSockets, and says so", async () => {
    const server = await startServer({ transport: "auto" }, ["--import", WITHOUT_UWS]);
    const room = await new Client(server.url).joinOrCreate("arena");
    await room.leave();
    const { logged } = await server.report();
    assert.equal(logged.length, 1);
    assert.match(logged[0] ?? "", /^info uWebSockets has no binary .*: using ws\./);
    await server.stop();
  });

  it("does not start where uWebSockets is asked for and cannot be had", async () => {
    await assert.rejects(
      startServer({ transport: "uws" }, ["--import", WITHOUT_UWS]),
      /TRANSPORT=uws, but uWebSockets has no binary/,
    );
  });

  for (const transport of ["ws", "uws"] as const) {
    it(`notices a port that is taken (${transport})`, async () => {
      const first = await startServer({ transport });
      await assert.rejects(startServer({ transport, port: first.port }), /EADDRINUSE|is taken/);
      await first.stop();
    });
  }
});

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await wait(10);
}
