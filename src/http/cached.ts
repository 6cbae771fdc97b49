import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { WholeAnswer } from "./route.ts";

/** Smaller than this, packing costs more than it saves. */
const GZIP_BYTES_MIN = 1_024;

/** A weight of 0 says that it is not taken (RFC 9110, §12.4.2). */
const TAKES_GZIP = /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/i;

/** Bytes that are sent as they are, again and again: packed once, and known by their tag. */
export interface Packed {
  readonly type: string;
  readonly bytes: Uint8Array;
  /** Null where packing gains nothing. */
  readonly gzip: Uint8Array | null;
  /** An entity tag of the content, quotes included. */
  readonly etag: string;
}

export function pack(type: string, bytes: Uint8Array, compressible: boolean): Packed {
  const digest = createHash("sha256").update(bytes).digest("base64url").slice(0, 22);
  const gzip = compressible && bytes.length >= GZIP_BYTES_MIN ? gzipSync(bytes, { level: 9 }) : null;
  return { type, bytes, gzip, etag: `"${digest}"` };
}

/**
 * Sends the bytes, packed if the client takes that; or nothing but the news that they are the same as before.
 * @param headers of the request
 * @param more of the answer: at least its cache-control
 */
export function sendPacked(
  { type, bytes, gzip, etag }: Packed,
  headers: Readonly<Record<string, string>>,
  more: Readonly<Record<string, string>>,
): WholeAnswer {
  const common = { etag, vary: "Accept-Encoding, Origin", ...more };
  const known = headers["if-none-match"]?.split(",").map((tag) => tag.trim().replace(/^W\//, "")) ?? [];
  if (known.includes(etag) || known.includes("*")) {
    return new WholeAnswer({ status: 304, headers: common, body: "" });
  }
  const packed = gzip !== null && TAKES_GZIP.test(headers["accept-encoding"] ?? "");
  return new WholeAnswer({
    status: 200,
    headers: { ...common, "content-type": type, ...(packed && { "content-encoding": "gzip" }) },
    body: packed ? gzip : bytes,
  });
}
