import { SchemaSerializer } from "@colyseus/core";

/** A ship in the full state: about 330 bytes with usual names, this with the longest in a script of three bytes a letter. */
const SHIP_BYTES_MAX = 1_024;
/** A way out: its key, where it leads, what it costs. */
const WARP_BYTES_MAX = 128;
/** The sector itself, with its stations. */
const SECTOR_BYTES = 8 * 1024;

/**
 * Gives a room's full state and its patches the space that so many ships and warps take. Colyseus has 16 KB for each, which are
 * full at some 50 ships; from there on it would encode the state twice for each join, and complain on the console. A patch holds
 * no more than a full state: at most all ships have come since the last one.
 */
export function fitBuffers(serializer: unknown, ships: number, warps: number): void {
  if (!(serializer instanceof SchemaSerializer)) return;
  const present: Uint8Array = serializer["fullEncodeBuffer"];
  const needed = SECTOR_BYTES + ships * SHIP_BYTES_MAX + warps * WARP_BYTES_MAX;
  if (present.byteLength >= needed) return;
  // Twice what is needed: a sector that fills up does not do this for each ship.
  const larger = new Uint8Array(needed * 2);
  larger.set(present);
  serializer["fullEncodeBuffer"] = larger;
  serializer["encoder"].sharedBuffer = new Uint8Array(needed * 2);
}

/** By what a state is made of, which all rooms of a kind share. */
const handshakes = new WeakMap<object, Uint8Array>();

/**
 * Gives a room the description of its state's types that another room of its kind has made already: it is the same for all of
 * them, and making it is the dearest part of opening a room.
 */
export function shareHandshake(serializer: unknown): void {
  if (!(serializer instanceof SchemaSerializer)) return;
  const types: object = serializer["encoder"].context;
  const known = handshakes.get(types);
  if (known === undefined) handshakes.set(types, serializer.handshake());
  else serializer["handshakeCache"] = known;
}
