import { createHash } from "node:crypto";

/** Sectorkeep's own namespace for names made into uuids. */
const NAMESPACE = Buffer.from("6f6b1d0c5a1e4d6e9f1b7c0e53c7a2d4", "hex");

/** The uuid (version 5) of a name made of `parts`: the same parts always give the same id. */
export function uuidOf(...parts: readonly string[]): string {
  const hash = createHash("sha1").update(NAMESPACE).update(JSON.stringify(parts)).digest();
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x50, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = hash.toString("hex", 0, 16);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
