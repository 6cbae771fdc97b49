import assert from "node:assert/strict";
import { getDefaultRouter } from "@colyseus/core/router/default_routes";
import { Client, type Room } from "@colyseus/sdk";
import { maskedFrame, RawConnection, RawWebSocket } from "../loadtest/storm/raw-socket.ts";
import { type ServerProcess, startServer } from "./transport/process.ts";
import { reserveSeat } from "./transport/seat.ts";

const MEGABYTE = 1024 * 1024;
/** What a server that has just started still builds up while it works. */
const HELD_NOISE_BYTES = 8 * MEGABYTE;

for (const transport of ["ws", "uws"] as const) {
  describe(`transport ${transport}`, () => {
    let server: ServerProcess;
    before("start a server", async () => {
      // No heartbeat comes to the rescue of what must be noticed without it.
      server = await startServer({ transport, limits: { silenceSecondsMax: 960 } });
    });
    after("stop it", () => server.stop());

    const post = (path: string, body: string, headers = {}) =>
      fetch(`${server.url}${path}`, { method: "POST", body, headers });

    /** A pilot as the game's own SDK makes one; fails unless the server answers them. */
    async function join(): Promise<Room> {
      const room = await new Client(server.url).joinOrCreate("arena");
      room.onMessage("*", () => {});
      await pong(room);
      return room;
    }

    describe("serves", () => {
      it("a room to the JavaScript SDK", async () => {
        const room = await join();
        assert.deepEqual(room.state.toJSON(), { clients: 1 });
        await room.leave();
      });

      it("the SDK's latency measurement", async () => {
        assert.ok((await new Client(server.url).getLatency({ pingCount: 5 })) >= 0);
      });

      it("requests, with an id to find them by and for any page", async () => {
        const answer = await fetch(`${server.url}/healthz`, { headers: { origin: "https://game.example" } });
        assert.equal(answer.status, 200);
        assert.deepEqual(await answer.json(), { status: "ok" });
        assert.match(answer.headers.get("x-request-id") ?? "", /^[0-9a-f-]{36}$/);
        assert.equal(answer.headers.get("access-control-allow-origin"), "https://game.example");
        assert.equal(answer.headers.get("content-length"), "15");
      });

      it("a browser's question before a join", async () => {
        const answer = await fetch(`${server.url}/matchmake/joinOrCreate/arena`, {
          method: "OPTIONS",
          headers: { origin: "https://game.example" },
        });
        assert.equal(answer.status, 204);
        assert.match(answer.headers.get("access-control-allow-headers") ?? "", /Authorization/);
        assert.match(answer.headers.get("access-control-allow-methods") ?? "", /POST/);
      });

      it("HEAD with a GET's headers and no body", async () => {
        const answer = await fetch(`${server.url}/healthz`, { method: "HEAD" });
        assert.equal(answer.status, 200);
        assert.equal(answer.headers.get("content-length"), "15");
        assert.equal(await answer.text(), "");
      });

      it("bodies up to the limit", async () => {
        const text = "x".repeat(64 * 1024 - 2);
        const answer = await post("/echo", JSON.stringify(text));
        assert.equal(answer.status, 200);
        assert.equal(JSON.parse(await answer.text()).body, text);
      });

      it("a body in pieces", async () => {
        const raw = new RawConnection(server.port);
        await raw.write("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (const piece of ["[1,", "2,", "3]"])
          await raw.write(`${piece.length.toString(16)}\r\n${piece}\r\n`);
        await raw.write("0\r\n\r\n");
        await raw.until((bytes) => bytes.includes("[1,2,3]"));
        assert.match(await raw.head(), /^HTTP\/1.1 200 OK/);
        raw.end();
      });
    });

    describe("refuses", () => {
      it("every route of Colyseus' own", async () => {
        const theirs = Object.values(getDefaultRouter().endpoints).map(({ path }) => String(path));
        assert.deepEqual(theirs, ["/matchmake/:method/:roomName"]);
        // Ours stands at that address: it alone knows this refusal.
        const join = await post("/matchmake/create/nowhere", "{}");
        assert.deepEqual([join.status, JSON.parse(await join.text()).code], [409, "not_in_sector"]);
        for (const path of ["/", "/__healthcheck", "/__apidocs", "/api/reference", "/colyseus", "/monitor"]) {
          const answer = await fetch(`${server.url}${path}`);
          assert.deepEqual([path, answer.status], [path, 404]);
          assert.ok(answer.headers.has("x-request-id"), path);
        }
      });

      it("a join so that the SDK shows code and detail", async () => {
        const refused = new Client(server.url).joinOrCreate("sector");
        await assert.rejects(refused, (error: unknown) => {
          assert.ok(error instanceof Error && "code" in error);
          assert.equal(error.code, 409);
          assert.deepEqual(JSON.parse(error.message), {
            code: "not_in_sector",
            error: "Your ship is in another sector. Join the one in sectorId.",
            detail: { sectorId: 7 },
          });
          return true;
        });
      });

      const longBearer = `Bearer ${"x".repeat(8_000)}`;
      const refusals: [name: string, path: string, init: RequestInit, status: number, code: string][] = [
        ["an unknown address", "/nowhere", {}, 404, "not_found"],
        ["a broken percent sign", "/%E0%A4%A", {}, 404, "not_found"],
        ["another method", "/echo", { method: "DELETE" }, 405, "method_not_allowed"],
        ["malformed JSON", "/echo", { method: "POST", body: "{" }, 400, "malformed_json"],
        [
          "bytes that are no text",
          "/echo",
          { method: "POST", body: new Uint8Array([0xff]) },
          400,
          "malformed_json",
        ],
        [
          "JSON of thousands of levels",
          "/echo",
          { method: "POST", body: "[".repeat(5_000) + "]".repeat(5_000) },
          400,
          "malformed_json",
        ],
        ["who does not say who they are", "/me", {}, 401, "token_missing"],
        ["who only says it", "/me", { headers: { authorization: "Bearer eve" } }, 401, "token_invalid"],
        ["who says it at length", "/me", { headers: { authorization: longBearer } }, 401, "token_invalid"],
      ];
      for (const [name, path, init, status, code] of refusals) {
        it(name, async () => {
          const answer = await fetch(`${server.url}${path}`, init);
          const body = JSON.parse(await answer.text());
          assert.deepEqual([answer.status, body.code], [status, code]);
          assert.deepEqual(Object.keys(body), ["code", "error", "detail"]);
        });
      }

      it("to say what went wrong inside", async () => {
        const answer = await fetch(`${server.url}/broken`);
        assert.equal(answer.status, 500);
        const body = await answer.text();
        const requestId = answer.headers.get("x-request-id");
        assert.deepEqual(JSON.parse(body).detail, { requestId });
        assert.doesNotMatch(body, /secret|Error:|\.ts/);
        const { logged } = await server.report();
        assert.ok(logged.some((line) => requestId !== null && line.includes(requestId)));
      });

      it("sockets of other addresses before their handshake", async () => {
        for (const path of ["/somewhere", "/a/b", "/a/b/c?sessionId=x", "/?sessionId=x/../y/z"]) {
          const raw = new RawWebSocket(server.port);
          const status = await raw.upgrade(path);
          if (path.startsWith("/?")) continue;
          assert.equal(status, "HTTP/1.1 404 Not Found", path);
          await raw.closed;
        }
      });

      it("sockets without a seat, quickly and without a word in the log", async () => {
        const linesBefore = (await server.report()).logged.length;
        for (const [query, code] of [
          ["sessionId=made-up", 4002],
          ["sessionId=made-up&reconnectionToken=made-up", 4003],
        ] as const) {
          const raw = new RawWebSocket(server.port);
          assert.equal(await raw.upgrade(`/a/b?${query}`), "HTTP/1.1 101 Switching Protocols");
          assert.equal(await raw.closeCode(), code);
          raw.end();
          assert.ok((await raw.closed) < 1_000);
        }
        assert.equal((await server.report()).logged.length, linesBefore);
      });
    });

    describe("survives", () => {
      for (const path of ["/echo", "/matchmake/joinOrCreate/arena"]) {
        for (const chunked of [false, true]) {
          it(`60 MB of body to ${path}${chunked ? " in pieces" : ""}`, async () => {
            const before = await server.report();
            const raw = new RawConnection(server.port);
            await pour(raw, path, chunked);
            assert.match(await raw.head(), /^HTTP\/1.1 413 /);
            assert.match(raw.received.toString("latin1"), /body_too_large/);
            assert.ok(raw.sentBytes < 30 * MEGABYTE, `${raw.sentBytes} bytes were taken`);
            const after = await server.report();
            assert.ok(after.heldBytes - before.heldBytes < HELD_NOISE_BYTES, `${after.heldBytes} bytes`);
            assert.equal((await fetch(`${server.url}/healthz`)).status, 200);
            raw.end();
          });
        }
      }

      it("a message of more than 4 KB, which closes its sender alone", async () => {
        const bystander = await join();
        const raw = await hostile();
        await raw.acknowledgeJoin();
        await raw.send(new Uint8Array(4 * 1024 + 1));
        await raw.closed;
        await pong(bystander);
        await bystander.leave();
      });

      it("a client that never reads", async () => {
        const bystander = await join();
        const raw = await hostile();
        await raw.acknowledgeJoin();
        raw.socket.pause();
        const before = await server.report();
        let pieces = 0;
        bystander.onMessage("piece", () => {
          pieces += 1;
        });
        // 16 MB, of which the operating system takes some MB for the one who does not read.
        for (let round = 1; round <= 16; round++) {
          bystander.send("flood", {});
          await until(() => pieces === round * 64);
        }
        await until(async () => (await server.report()).clients === 1);
        const after = await server.report();
        assert.ok(after.heldBytes - before.heldBytes < HELD_NOISE_BYTES, `${after.heldBytes} bytes`);
        await pong(bystander);
        raw.end();
        await bystander.leave();
      });

      it("a client that pings and pings and never reads", async () => {
        const before = await server.report();
        const raw = await hostile();
        await raw.acknowledgeJoin();
        raw.socket.pause();
        // 50 MB of pings, were they all taken, each of them answered with as much.
        const pings = Buffer.concat(Array.from({ length: 500 }, () => maskedFrame(9, new Uint8Array(125))));
        for (let round = 0; round < 800 && !raw.socket.destroyed; round++) await raw.write(pings);
        await until(async () => (await server.report()).clients === 0);
        const after = await server.report();
        assert.ok(after.heldBytes - before.heldBytes < HELD_NOISE_BYTES, `${after.heldBytes} bytes`);
        raw.end();
      });

      it("a client that never acknowledges its join while others talk", async () => {
        const bystander = await join();
        const raw = await hostile();
        // Queued for it, not sent: a reader would not help.
        const startMs = performance.now();
        bystander.send("flood", {});
        await until(async () => (await server.report()).clients === 1);
        // Long before its time to acknowledge is over.
        assert.ok(performance.now() - startMs < 3_000);
        await pong(bystander);
        raw.end();
        await bystander.leave();
      });
    });

    /** A client that has a seat and its socket, and has done nothing more. */
    async function hostile(): Promise<RawWebSocket> {
      const raw = new RawWebSocket(server.port);
      assert.equal(await raw.upgrade(await reserveSeat(server)), "HTTP/1.1 101 Switching Protocols");
      // JOIN_ROOM: the server waits for the acknowledgement from here on.
      assert.equal((await raw.frame())?.payload[0], 10);
      return raw;
    }
  });
}

function pong(room: Room): Promise<void> {
  return new Promise((resolve) => {
    room.onMessage("pong", () => resolve());
    room.send("ping", {});
  });
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** Sends 60 MB of body, as much of it as is taken before there is an answer and for a moment after it. */
async function pour(raw: RawConnection, path: string, chunked: boolean): Promise<void> {
  const length = chunked ? "Transfer-Encoding: chunked" : `Content-Length: ${60 * MEGABYTE}`;
  await raw.write(`POST ${path} HTTP/1.1\r\nHost: x\r\n${length}\r\n\r\n`);
  const piece = Buffer.alloc(64 * 1024, " ");
  const framed = chunked ? Buffer.concat([Buffer.from("10000\r\n"), piece, Buffer.from("\r\n")]) : piece;
  const enough = raw.head().then(() => new Promise((resolve) => setTimeout(resolve, 200, "enough")));
  while (raw.sentBytes < 60 * MEGABYTE && !raw.socket.destroyed)
    if ((await Promise.race([raw.write(framed), enough])) === "enough") return;
}
