import { strict as assert } from "node:assert";
import { getMessageBytes, Protocol } from "@colyseus/core";
import { decode } from "@colyseus/schema";
import { readMsgpack } from "../support/msgpack.ts";
import { messagesOfProtocol } from "../support/samples.ts";

describe("messages on the wire", () => {
  it("come back whole from a reader that is not the SDK's, all that the protocol knows", () => {
    const messages = messagesOfProtocol();
    assert.ok(messages.length > 500);
    for (const { name, payload } of messages) {
      const bytes = Buffer.from(getMessageBytes.raw(Protocol.ROOM_DATA, name, payload));
      const it = { offset: 1 };
      assert.equal(bytes[0], Protocol.ROOM_DATA);
      assert.equal(decode.string(bytes, it), name, "a message's type is a text: Godot knows no others");
      assert.deepEqual(readMsgpack(bytes.subarray(it.offset)), payload, name);
    }
  });
});
