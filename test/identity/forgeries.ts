/** Everything that is not an honest token of the issuer, and by what it is known. */
import { createHmac } from "node:crypto";
import { exportJWK, generateKeyPair } from "jose";
import { type Claims, handmade, signWith, type TestIssuer, USER_ID } from "./issuer.ts";

export interface Forger {
  /** Publishes the keys `rsa`, `ec` and `ed`. */
  readonly issuer: TestIssuer;
  honest(changes?: Claims): Claims;
  /** The time so many seconds from now, as tokens write it. */
  seconds(offset: number): number;
}

export interface Forgery {
  readonly name: string;
  readonly forge: () => string | Promise<string>;
  /** `token_invalid` where none is given. */
  readonly code?: string;
  readonly reason: string | null;
}

export function forgeries(forger: Forger): Forgery[] {
  return [...shapes(forger), ...keys(forger), ...claims(forger)];
}

function shapes({ issuer, honest }: Forger): Forgery[] {
  return [
    { name: "nothing", forge: () => "", code: "token_missing", reason: null },
    { name: "garbage", forge: () => "garbage", reason: "malformed" },
    { name: "three parts of garbage", forge: () => "a.b.c", reason: "malformed" },
    { name: "more than anybody's token", forge: () => "x".repeat(9_000), reason: "too_long" },
    {
      name: "no signature",
      forge: async () => (await issuer.sign("ec", honest())).replace(/[^.]+$/, ""),
      reason: "signature",
    },
    {
      name: "half a signature",
      forge: async () => (await issuer.sign("ec", honest())).slice(0, -40),
      reason: "signature",
    },
    {
      name: "a signature without its last character",
      forge: async () => (await issuer.sign("rsa", honest())).slice(0, -1),
      reason: "malformed",
    },
    {
      name: "claims that are cut off",
      async forge() {
        const [header, claims = "", signature] = (await issuer.sign("ec", honest())).split(".");
        return `${header}.${claims.slice(0, -9)}.${signature}`;
      },
      reason: "signature",
    },
    {
      name: "claims changed after signing",
      async forge() {
        const [header, , signature] = (await issuer.sign("rsa", honest())).split(".");
        const changed = JSON.stringify(honest({ sub: USER_ID.replace("5", "6") }));
        return `${header}.${Buffer.from(changed).toString("base64url")}.${signature}`;
      },
      reason: "signature",
    },
    {
      name: "a header that must be understood and is not",
      forge: () => handmade({ alg: "ES256", kid: "ec", crit: ["exp"] }, honest(), new Uint8Array(64)),
      reason: "malformed",
    },
  ];
}

function keys({ issuer, honest }: Forger): Forgery[] {
  return [
    { name: "alg none", forge: () => handmade({ alg: "none" }, honest()), reason: "algorithm" },
    {
      name: "alg NONE with a key's id",
      forge: () => handmade({ alg: "NONE", kid: "rsa" }, honest()),
      reason: "algorithm",
    },
    {
      name: "another's key under this one's id",
      async forge() {
        const { privateKey } = await generateKeyPair("ES256");
        return signWith(privateKey, { alg: "ES256", kid: "ec" }, honest());
      },
      reason: "signature",
    },
    {
      name: "a key that was never published",
      async forge() {
        const { privateKey } = await generateKeyPair("ES256");
        return signWith(privateKey, { alg: "ES256", kid: "made-up" }, honest());
      },
      reason: "key",
    },
    {
      name: "a key that the token brings itself",
      async forge() {
        const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
        const jwk = await exportJWK(publicKey);
        return signWith(privateKey, { alg: "ES256", kid: "ec", jwk }, honest());
      },
      reason: "signature",
    },
    {
      name: "the public RSA key as an HMAC secret",
      async forge() {
        const unsigned = handmade({ alg: "HS256", kid: "rsa" }, honest()).slice(0, -1);
        const signature = createHmac("sha256", await issuer.publicPem("rsa"))
          .update(unsigned)
          .digest();
        return `${unsigned}.${signature.toString("base64url")}`;
      },
      reason: "algorithm",
    },
    {
      name: "one key's id with another's algorithm",
      forge: () => handmade({ alg: "RS256", kid: "ec" }, honest(), new Uint8Array(256)),
      reason: "key",
    },
    {
      name: "an algorithm that is not on the list",
      async forge() {
        const { privateKey } = await generateKeyPair("RS512");
        return signWith(privateKey, { alg: "RS512", kid: "rsa" }, honest());
      },
      reason: "algorithm",
    },
  ];
}

function claims({ issuer, honest, seconds }: Forger): Forgery[] {
  const signed = (changes: () => Claims) => () => issuer.sign("ec", honest(changes()));
  return [
    { name: "another issuer", forge: signed(() => ({ iss: "https://evil.example" })), reason: "iss" },
    { name: "no issuer", forge: signed(() => ({ iss: undefined })), reason: "iss" },
    { name: "another audience", forge: signed(() => ({ aud: "anon" })), reason: "aud" },
    { name: "no audience", forge: signed(() => ({ aud: undefined })), reason: "aud" },
    {
      name: "past its time",
      forge: signed(() => ({ exp: seconds(-6) })),
      code: "token_expired",
      reason: null,
    },
    { name: "before its time", forge: signed(() => ({ nbf: seconds(6) })), reason: "nbf" },
    { name: "a beginning that is no time", forge: signed(() => ({ nbf: "now" })), reason: "nbf" },
    { name: "no end", forge: signed(() => ({ exp: undefined })), reason: "exp" },
    { name: "an end that is no time", forge: signed(() => ({ exp: "never" })), reason: "exp" },
    {
      name: "an audience among which it is not",
      forge: signed(() => ({ aud: ["anon", "admin"] })),
      reason: "aud",
    },
    { name: "nobody", forge: signed(() => ({ sub: undefined })), reason: "sub" },
    { name: "somebody without a uuid", forge: signed(() => ({ sub: "ada" })), reason: "sub" },
    { name: "a user who is a number", forge: signed(() => ({ sub: 7 })), reason: "sub" },
  ];
}
