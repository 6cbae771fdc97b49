import { strict as assert } from "node:assert";
import { Outbox } from "../../src/transport/outbox.ts";

class Receiver {
  readonly writes: number[][] = [];
  sendTogether(frames: readonly Uint8Array[]): void {
    this.writes.push(frames.flatMap((frame) => [...frame]));
  }
}

const endOfTurn = () => new Promise((resolve) => setImmediate(resolve));

describe("an outbox", () => {
  it("sends what one turn tells each client with one write, in order", async () => {
    const outbox = new Outbox();
    const [one, other] = [new Receiver(), new Receiver()];
    outbox.put(one, Uint8Array.of(1));
    outbox.put(other, Uint8Array.of(2));
    outbox.put(one, Uint8Array.of(3));
    assert.deepEqual([one.writes, other.writes], [[], []]);
    await endOfTurn();
    assert.deepEqual([one.writes, other.writes], [[[1, 3]], [[2]]]);
    outbox.put(one, Uint8Array.of(4));
    await endOfTurn();
    assert.deepEqual(one.writes, [[1, 3], [4]]);
  });

  it("sends a frame as it was, though its memory has become another's", async () => {
    const outbox = new Outbox();
    const receivers = [new Receiver(), new Receiver()];
    const memory = Uint8Array.of(1, 2);
    const [first, second] = [memory.subarray(0, 1), memory.subarray(0, 1)];
    for (const receiver of receivers) outbox.put(receiver, first);
    memory[0] = 9;
    for (const receiver of receivers) outbox.put(receiver, second);
    await endOfTurn();
    assert.deepEqual(
      receivers.map(({ writes }) => writes),
      [[[1, 9]], [[1, 9]]],
    );
  });

  it("sends at once what waits for a client that is about to be closed", async () => {
    const outbox = new Outbox();
    const receiver = new Receiver();
    outbox.put(receiver, Uint8Array.of(1));
    outbox.flush(receiver);
    assert.deepEqual(receiver.writes, [[1]]);
    await endOfTurn();
    assert.deepEqual(receiver.writes, [[1]]);
  });
});
