import { isIPv4, isIPv6 } from "node:net";

const GROUPS = 8;
const V4_MAPPED_PREFIX = "0:0:0:0:0:ffff";

/**
 * The name under which an address is counted: an IPv4 address itself, however it is written (uWebSockets gives
 * `0000:…:ffff:7f00:0001`, Node `::ffff:127.0.0.1`), and the /64 of an IPv6 one, since a single customer has 2^64
 * of those. Whatever is no address is counted together, as "unknown".
 */
export function addressKey(address: string): string {
  const bare = withoutPort(address.trim()).replace(/%.*$/, "").toLowerCase();
  if (isIPv4(bare)) return bare;
  if (!isIPv6(bare)) return "unknown";
  const groups = groupsOf(bare);
  const [high = 0, low = 0] = groups.slice(6);
  const prefix = groups.slice(0, 6).map((group) => group.toString(16));
  if (prefix.join(":") === V4_MAPPED_PREFIX)
    return [high >> 8, high & 0xff, low >> 8, low & 0xff].map(String).join(".");
  return `${prefix.slice(0, 4).join(":")}::/64`;
}

/** Some proxies name the client's port too: `192.0.2.1:5000`, `[2001:db8::1]:5000`. */
function withoutPort(address: string): string {
  return /^\[(.*)\](?::\d+)?$/.exec(address)?.[1] ?? address.replace(/^([\d.]+):\d+$/, "$1");
}

/** The eight numbers of an IPv6 address. */
function groupsOf(address: string): number[] {
  const [head = "", tail] = address.split("::");
  const before = partsOf(head);
  const after = tail === undefined ? [] : partsOf(tail);
  const zeros = Array.from({ length: GROUPS - before.length - after.length }, () => 0);
  return [...before, ...zeros, ...after];
}

function partsOf(half: string): number[] {
  if (half === "") return [];
  return half.split(":").flatMap((part) => {
    if (!part.includes(".")) return [Number.parseInt(part, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = part.split(".").map(Number);
    return [(a << 8) | b, (c << 8) | d];
  });
}

/**
 * Who is asking, as counted: the connection's peer or, behind a proxy of one's own, whom that proxy names. It appends the
 * client to `X-Forwarded-For`; everything before the last entry is the client's own claim.
 */
export function clientKey(
  remoteAddress: string,
  headers: Readonly<Record<string, string>>,
  trustProxy: boolean,
): string {
  const named = trustProxy ? headers["x-forwarded-for"]?.split(",").at(-1)?.trim() : undefined;
  return addressKey(named === undefined || named === "" ? remoteAddress : named);
}
