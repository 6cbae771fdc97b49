import { strict as assert } from "node:assert";
import { once } from "node:events";
import { createServer } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocket, WebSocketServer } from "ws";
import { z } from "zod";
import { JoinedFrames } from "../../src/transport/frames.ts";

describe("joined frames", () => {
  it("are the messages, of whatever length, to a WebSocket client", async () => {
    const messages = [0, 1, 125, 126, 0xffff, 0x10000, 200_000].map((length) => Buffer.alloc(length, length));
    const http = createServer().listen(0);
    await once(http, "listening");
    const sockets = new WebSocketServer({ noServer: true });
    http.on("upgrade", (request, stream: Duplex, head) =>
      sockets.handleUpgrade(request, stream, head, () => {
        for (const bytes of new JoinedFrames(0x10000).of(messages)) stream.write(bytes);
      }),
    );
    const { port } = z.object({ port: z.int() }).parse(http.address());
    const client = new WebSocket(`ws://localhost:${port}`);
    const received: unknown[] = [];
    client.on("message", (data) => received.push(data));
    while (received.length < messages.length) await once(client, "message");
    client.terminate();
    http.close();
    assert.deepEqual(received, messages);
  });

  it("are one piece of memory for all who are sent the same, and another for who is sent something else", () => {
    const [patch, answer] = [Buffer.from("patch"), Buffer.from("answer")];
    const frames = new JoinedFrames(100);
    const [first] = frames.of([patch]);
    assert.equal(frames.of([patch])[0], first);
    assert.deepEqual(frames.of([patch, answer]), [
      Buffer.concat([Buffer.of(0x82, 5), patch, Buffer.of(0x82, 6), answer]),
    ]);
    assert.deepEqual(frames.of([answer]), [Buffer.concat([Buffer.of(0x82, 6), answer])]);
  });

  it("are split where one write would be too long, never inside a message", () => {
    const lengths = (max: number, sizes: readonly number[]) =>
      new JoinedFrames(max).of(sizes.map((size) => Buffer.alloc(size))).map(({ length }) => length);
    assert.deepEqual(lengths(20, [8, 8, 8]), [20, 10]);
    assert.deepEqual(lengths(20, [40, 8]), [42, 10]);
    assert.deepEqual(lengths(20, []), []);
  });
});
