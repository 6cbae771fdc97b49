/** An issuer of tokens as the internet has them: it publishes keys, rotates them, and is sometimes away. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { CompactSign, exportJWK, exportSPKI, generateKeyPair, type JWK } from "jose";

export const ISSUER = "https://issuer.example";
export const AUDIENCE = "authenticated";
export const USER_ID = "5f0c2a4e-8d1b-4c3a-9e7f-1234567890ab";

/** Anything at all: what is undefined is left out. */
export type Claims = Readonly<Record<string, unknown>>;

type Algorithm = "RS256" | "ES256" | "EdDSA";
type Pair = Awaited<ReturnType<typeof generateKeyPair>>;

export class TestIssuer {
  #server: Server | null = null;
  #port = 0;
  #keys: JWK[] = [];
  readonly #pairs = new Map<string, { algorithm: Algorithm; pair: Pair }>();
  /** How often its keys were asked for. */
  asked = 0;

  get url(): string {
    return `http://127.0.0.1:${this.#port}/keys.json`;
  }

  /** Publishes a new key, beside the old ones unless `alone`. */
  async publish(kid: string, algorithm: Algorithm = "ES256", alone = false): Promise<void> {
    const pair = await generateKeyPair(algorithm, { extractable: true });
    this.#pairs.set(kid, { algorithm, pair });
    const jwk = { ...(await exportJWK(pair.publicKey)), kid, alg: algorithm, use: "sig" };
    this.#keys = alone ? [jwk] : [...this.#keys, jwk];
  }

  async comeUp(): Promise<void> {
    const server = createServer((_request, response) => {
      this.asked += 1;
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ keys: this.#keys }));
    });
    // The same port again after having been away.
    await new Promise<void>((resolve) => server.listen(this.#port, "127.0.0.1", resolve));
    const address: AddressInfo | string | null = server.address();
    if (address !== null && typeof address !== "string") this.#port = address.port;
    this.#server = server;
  }

  async goAway(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }

  /** A token of the published key `kid`, though not necessarily an honest one. */
  async sign(kid: string, claims: Claims): Promise<string> {
    const { algorithm, pair } = this.#key(kid);
    return signWith(pair.privateKey, { alg: algorithm, kid }, claims);
  }

  publicPem(kid: string): Promise<string> {
    return exportSPKI(this.#key(kid).pair.publicKey);
  }

  #key(kid: string) {
    const key = this.#pairs.get(kid);
    if (key === undefined) throw new Error(`There is no key ${kid}.`);
    return key;
  }
}

/** Claims of an honest token that is valid for an hour from `nowMs`. */
export function honestClaims(nowMs: number): Claims {
  const now = Math.floor(nowMs / 1000);
  return { sub: USER_ID, iss: ISSUER, aud: AUDIENCE, iat: now, exp: now + 3600, name: "Ada" };
}

/** A token signed by whichever key; jose's own builder would refuse some of these claims. */
export function signWith(
  key: Parameters<CompactSign["sign"]>[0],
  header: Parameters<CompactSign["setProtectedHeader"]>[0],
  claims: Claims,
): Promise<string> {
  return new CompactSign(Buffer.from(JSON.stringify(claims))).setProtectedHeader(header).sign(key);
}

/** A token whose parts are put together by hand. */
export function handmade(header: object, claims: object, signature: string | Uint8Array = ""): string {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
  const signed = typeof signature === "string" ? signature : Buffer.from(signature).toString("base64url");
  return `${encode(header)}.${encode(claims)}.${signed}`;
}
