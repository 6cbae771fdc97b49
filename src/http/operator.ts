import { createHash, timingSafeEqual } from "node:crypto";
import { BlockList, isIP } from "node:net";
import type { Config } from "../config.ts";
import { Refusal } from "../errors.ts";
import { bearerToken } from "../identity.ts";
import type { HttpRequest } from "./types.ts";

/** Addresses that nobody on the internet has: this machine, and networks of one's own (RFC 1918, 4193, 3927, 4291). */
const PRIVATE = new BlockList();
for (const [net, prefix] of [
  ["127.0.0.0", 8],
  ["10.0.0.0", 8],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
  ["169.254.0.0", 16],
] as const)
  PRIVATE.addSubnet(net, prefix, "ipv4");
PRIVATE.addAddress("::1", "ipv6");
PRIVATE.addSubnet("fc00::", 7, "ipv6");
PRIVATE.addSubnet("fe80::", 10, "ipv6");

/** A proxy that passes a stranger on names them in one of these; then its own address says nothing. */
const PROXIED = ["x-forwarded-for", "x-real-ip", "forwarded"];

/**
 * Lets operators in: with METRICS_TOKEN whoever sends it, without it whoever asks from a private address past no proxy.
 * @throws Refusal operators_only
 */
export function checkOperator(
  { headers, remoteAddress }: Pick<HttpRequest, "headers" | "remoteAddress">,
  { metricsToken }: Pick<Config, "metricsToken">,
): void {
  if (metricsToken !== null) {
    const token = bearerToken(headers.authorization);
    if (token !== null && timingSafeEqual(digest(token), digest(metricsToken))) return;
  } else if (isPrivate(remoteAddress) && PROXIED.every((name) => headers[name] === undefined)) return;
  throw new Refusal("operators_only");
}

/** Of one length whatever it is of, as the comparison needs. */
function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

function isPrivate(address: string): boolean {
  const version = isIP(address);
  if (version === 0) return false;
  return PRIVATE.check(address, version === 4 ? "ipv4" : "ipv6");
}
