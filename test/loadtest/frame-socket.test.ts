import { strict as assert } from "node:assert";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { createServer as createTcpServer, type Socket } from "node:net";
import { setImmediate as turn } from "node:timers/promises";
import { WebSocketServer } from "ws";
import { endpointOf, FrameSocket } from "../../loadtest/fleet/frame-socket.ts";
import { until } from "../support/until.ts";

const UPGRADED = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";

/** The first byte of a TLS client's hello. */
const TLS_HANDSHAKE = 22;

/** A client, and what it has been sent. */
function open(port: number) {
  const seen = { frames: [] as Buffer[], closed: [] as [number, string | null][] };
  const socket = new FrameSocket(`ws://localhost:${port}/room?sessionId=1`, {
    onFrame: (bytes) => seen.frames.push(Buffer.from(bytes)),
    onClosed: (code, reason) => seen.closed.push([code, reason]),
  });
  return { socket, seen };
}

function portOf(address: ReturnType<Server["address"]>): number {
  assert.ok(typeof address === "object" && address !== null);
  return address.port;
}

describe("the bots' own WebSocket", () => {
  const http = createServer();
  const server = new WebSocketServer({ server: http, perMessageDeflate: false });
  before(() => once(http.listen(0), "listening"));
  after(async () => {
    http.close();
    await once(http, "close");
  });

  async function connected() {
    const accepted = once(server, "connection");
    const client = open(portOf(http.address()));
    const [peer] = await accepted;
    return { ...client, peer };
  }

  it("reads frames of every length, in order, and sends what a server can read", async () => {
    const { socket, seen, peer } = await connected();
    const sizes = [0, 1, 125, 126, 65_535, 65_536, 300_000, 7];
    const messages = sizes.map((size, index) => Buffer.alloc(size, index + 1));
    for (const message of messages) peer.send(message);
    await until("all have come", () => seen.frames.length === sizes.length);
    assert.deepEqual(seen.frames, messages);
    for (const size of [3, 125, 126, 1_000]) {
      const heard = once(peer, "message");
      socket.send(Buffer.alloc(size, 9));
      assert.deepEqual((await heard)[0], Buffer.alloc(size, 9));
    }
    socket.terminate();
    await once(peer, "close");
  });

  it("answers pings, and says with which code it was closed", async () => {
    const { seen, peer } = await connected();
    peer.ping("still there?");
    const [answer] = await once(peer, "pong");
    assert.equal(String(answer), "still there?");
    peer.close(4110);
    await once(peer, "close");
    await until("it is closed", () => seen.closed.length > 0);
    assert.deepEqual(seen.closed, [[4110, null]]);
  });

  it("says that a line was lost, and why it was not let in", async () => {
    const { seen, peer } = await connected();
    peer.terminate();
    await until("it is closed", () => seen.closed.length > 0);
    assert.equal(seen.closed[0]?.[0], 1006);
    const refusing = createServer((_request, response) => response.writeHead(401).end());
    refusing.on("upgrade", (_request, stream) => stream.end("HTTP/1.1 401 Unauthorized\r\n\r\n"));
    await once(refusing.listen(0), "listening");
    const refused = open(portOf(refusing.address()));
    await until("it is refused", () => refused.seen.closed.length > 0);
    assert.deepEqual(refused.seen.closed, [[1006, "answered with HTTP/1.1 401 Unauthorized"]]);
    refusing.close();
    await once(refusing, "close");
  });

  it("goes to the usual port of an address that names none, by TLS where the address says so", async () => {
    const end = (address: string) => endpointOf(new URL(address));
    assert.deepEqual(end("ws://play.example/r"), { host: "play.example", port: 80, isSecure: false });
    assert.deepEqual(end("wss://play.example/r"), { host: "play.example", port: 443, isSecure: true });
    assert.deepEqual(end("wss://[::1]:8443/r"), { host: "::1", port: 8443, isSecure: true });
    const tcp = createTcpServer();
    await once(tcp.listen(0), "listening");
    const accepted: Promise<Socket[]> = once(tcp, "connection");
    const socket = new FrameSocket(`wss://localhost:${portOf(tcp.address())}/room`, {
      onFrame: () => {},
      onClosed: () => {},
    });
    const [peer] = await accepted;
    assert.ok(peer !== undefined);
    const [first] = await once(peer, "data");
    assert.equal(first[0], TLS_HANDSHAKE);
    peer.destroy();
    socket.terminate();
    tcp.close();
  });

  it("puts together what comes in pieces, beginning behind the answer's head", async () => {
    const tcp = createTcpServer();
    await once(tcp.listen(0), "listening");
    const accepted: Promise<Socket[]> = once(tcp, "connection");
    const { socket, seen } = open(portOf(tcp.address()));
    const [peer] = await accepted;
    assert.ok(peer !== undefined);
    peer.setNoDelay(true);
    const long = Buffer.alloc(200, 5);
    const bytes = Buffer.concat([
      Buffer.from(UPGRADED),
      Buffer.of(0x82, 2, 1, 2),
      Buffer.of(0x82, 126, 0, long.length),
      long,
      Buffer.of(0x82, 1, 3),
    ]);
    for (const byte of bytes) {
      peer.write(Buffer.of(byte));
      await turn();
    }
    await until("all have come", () => seen.frames.length === 3);
    assert.deepEqual(seen.frames, [Buffer.of(1, 2), long, Buffer.of(3)]);
    socket.terminate();
    await once(peer.resume(), "close");
    tcp.close();
  });
});
