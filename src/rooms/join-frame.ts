import { type Client, Protocol } from "@colyseus/core";
import { decode } from "@colyseus/schema";

/** What a client says in `sdk` when it reads the frames of Colyseus 0.17. An SDK does not say its version by itself. */
const OLD_SDK = /^0\.17(\.|$)/;

/** Clients whose session began with an old SDK. `userData` is what Colyseus keeps of a client over its reconnections. */
interface Reader {
  readonly readsOldJoinFrame: true;
}

/**
 * Makes sure that a client can read the JOIN_ROOM that Colyseus is about to send it: that frame alone differs between 0.17
 * and 0.18 where a room uses no inputs, no quantized fields and no unreliable ones.
 * Call it in `onJoin`, before the frame is sent.
 * @param sdk what the client said of its SDK when it joined, if anything
 */
export function fitJoinFrame(client: Client, sdk: string | undefined): void {
  if (sdk === undefined || !OLD_SDK.test(sdk)) return;
  const reader: Reader = { readsOldJoinFrame: true };
  client.userData = reader;
  rewriteNextJoinFrame(client);
}

/** The same in `onReconnect`: a client reconnects with the SDK that it joined with. */
export function fitJoinFrameAgain(client: Client): void {
  if (client.userData?.readsOldJoinFrame === true) rewriteNextJoinFrame(client);
}

function rewriteNextJoinFrame(client: Client): void {
  // Only this client's own `raw` is covered, and for this one frame: whatever else is sent goes straight through.
  const send = client.raw.bind(client);
  client.raw = (data, ...more) => {
    if (data[0] !== Protocol.JOIN_ROOM) return send(data, ...more);
    Reflect.deleteProperty(client, "raw");
    return send(oldJoinFrame(data), ...more);
  };
}

/**
 * `[10][length][token][length][serializer][length, varint][reflection][sections …]` without that varint and without the
 * sections: an SDK 0.17 takes everything after the serializer's name for the reflection.
 */
function oldJoinFrame(frame: Uint8Array): Uint8Array {
  const it = { offset: 1 };
  for (let texts = 0; texts < 2; texts++) it.offset += 1 + (frame[it.offset] ?? 0);
  const head = frame.subarray(0, it.offset);
  const reflectionBytes = decode.number(frame, it);
  return Buffer.concat([head, frame.subarray(it.offset, it.offset + reflectionBytes)]);
}
