import { createHmac, randomUUID } from "node:crypto";
import { decodeJwt, errors, type JWTVerifyGetKey, type JWTVerifyOptions, jwtVerify } from "jose";
import { z } from "zod";
import type { Clock } from "./clock.ts";
import type { Config } from "./config.ts";
import { Refusal } from "./errors.ts";
import { KnownTokens } from "./identity/known-tokens.ts";
import { ownSecret } from "./identity/own-secret.ts";
import { remoteKeys } from "./identity/remote-keys.ts";

/** Longest token that is looked at. Supabase's are 1–2 KB, and a request's headers must fit into 16 KB together. */
const TOKEN_BYTES_MAX = 8 * 1024;
/** An issuer's clock and ours may differ by this much. */
const CLOCK_TOLERANCE_SECONDS = 5;
/** What the database holds of a name. */
const NAME_CHARACTERS_MAX = 50;
/** A guest's token is their whole account: long enough to come back to the game after a summer. */
const GUEST_TOKEN_DAYS = 90;
const DAY_MS = 86_400_000;

/** Pinned: whatever else a token's header asks for is refused, `none` above all. */
const ASYMMETRIC_ALGORITHMS = ["RS256", "ES256", "EdDSA"];
const SECRET_ALGORITHM = "HS256";

/** Issuer and audience of the tokens that this server gives to guests. */
const OWN_NAME = "sectorkeep";

/** Who a token speaks for. */
export interface Identity {
  /** The token's `sub`, a uuid in lower case: the one id of a user everywhere. */
  readonly userId: string;
  /** To be shown to others; never empty, at most 50 characters. */
  readonly name: string;
  readonly expiresAtMs: number;
}

export interface GuestToken {
  readonly token: string;
  readonly userId: string;
  readonly name: string;
  readonly expiresAtMs: number;
}

export interface IdentityService {
  /** @throws Refusal token_missing, token_invalid (`detail.reason` says of what), token_expired, issuer_unavailable */
  verify(token: string | null): Promise<Identity>;
  /** Makes up a new user and signs them in. Missing where guests are switched off. */
  issueGuest?(name: string | null): GuestToken;
}

export type IdentityConfig = Pick<
  Config,
  "dataDir" | "authJwksUrl" | "authJwtSecret" | "authIssuer" | "authAudience" | "guests"
>;

type Now = Pick<Clock, "nowMs">;

/** One issuer: the keys that its tokens may be signed with, and nothing that would let one kind pass for another. */
interface Issuer {
  readonly keys: JWTVerifyGetKey;
  readonly checks: JWTVerifyOptions;
  /** Null where keys come and go. */
  readonly known: KnownTokens | null;
}

/**
 * Who may say who they are. With AUTH_JWKS_URL or AUTH_JWT_SECRET the tokens of that issuer are taken; without either the
 * server is its own issuer, for development. Guests, where they are allowed, always carry the server's own tokens.
 * @throws Error when the server's own secret cannot be read from or written to the data directory
 */
export function createIdentity(
  config: IdentityConfig,
  clock: Pick<Clock, "nowMs" | "monotonicMs">,
): IdentityService {
  const theirs = configuredIssuer(config, clock);
  if (theirs !== null && !config.guests) return { verify: (token) => verify(token, theirs, clock) };

  const secret = ownSecret(config.dataDir);
  const own: Issuer = {
    known: knownTokens(clock),
    keys: () => secret,
    checks: { algorithms: [SECRET_ALGORITHM], issuer: OWN_NAME, audience: OWN_NAME },
  };
  return {
    verify: (token) => verify(token, theirs === null || claimsToBeOurs(token) ? own : theirs, clock),
    ...(config.guests && { issueGuest: (name: string | null) => issueGuest(name, secret, own, clock) }),
  };
}

function configuredIssuer(
  config: IdentityConfig,
  clock: Pick<Clock, "nowMs" | "monotonicMs">,
): Issuer | null {
  const { authJwksUrl, authJwtSecret, authIssuer, authAudience } = config;
  const checks = {
    ...(authIssuer !== null && { issuer: authIssuer }),
    ...(authAudience !== null && { audience: authAudience }),
  };
  if (authJwksUrl !== null) {
    const keys = remoteKeys(new URL(authJwksUrl), clock);
    return { known: null, keys, checks: { ...checks, algorithms: ASYMMETRIC_ALGORITHMS } };
  }
  if (authJwtSecret === null) return null;
  const secret = new TextEncoder().encode(authJwtSecret);
  return {
    known: knownTokens(clock),
    keys: () => secret,
    checks: { ...checks, algorithms: [SECRET_ALGORITHM] },
  };
}

function knownTokens(clock: Now): KnownTokens {
  return new KnownTokens(clock, CLOCK_TOLERANCE_SECONDS * 1000);
}

/** Only picks the issuer whose keys decide: nothing here is believed. */
function claimsToBeOurs(token: string | null): boolean {
  if (token === null || token.length > TOKEN_BYTES_MAX) return false;
  try {
    return decodeJwt(token).iss === OWN_NAME;
  } catch {
    return false;
  }
}

const optionalText = z.string().optional().catch(undefined);
const claimsSchema = z.object({
  sub: z.uuid().toLowerCase(),
  exp: z.number(),
  name: optionalText,
  preferred_username: optionalText,
  /** Where Supabase puts what a user says about themselves. Never the e-mail address: names are public. */
  user_metadata: z
    .object({ name: optionalText, full_name: optionalText, user_name: optionalText })
    .optional()
    .catch(undefined),
});

async function verify(token: string | null, issuer: Issuer, clock: Now): Promise<Identity> {
  if (token === null || token === "") throw new Refusal("token_missing");
  if (token.length > TOKEN_BYTES_MAX) throw new Refusal("token_invalid", { reason: "too_long" });
  const known = issuer.known?.find(token) ?? null;
  if (known !== null) return known;
  const { payload } = await jwtVerify(token, issuer.keys, {
    ...issuer.checks,
    requiredClaims: ["sub", "exp"],
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
    currentDate: new Date(clock.nowMs()),
  }).catch((error: unknown) => {
    throw refusalOf(error);
  });
  const claims = claimsSchema.safeParse(payload);
  if (!claims.success) throw new Refusal("token_invalid", { reason: "sub" });
  const { sub, exp, name, preferred_username, user_metadata: about } = claims.data;
  const names = [name, about?.name, about?.full_name, about?.user_name, preferred_username];
  const identity = { userId: sub, name: nameOf(names, sub), expiresAtMs: exp * 1000 };
  issuer.known?.remember(token, identity);
  return identity;
}

/** Everything that a token can make the checks trip over is the token's fault: nobody can fill the log with it. */
function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error;
  if (error instanceof errors.JWTExpired) return new Refusal("token_expired");
  if (error instanceof errors.JWTClaimValidationFailed)
    return new Refusal("token_invalid", { reason: error.claim });
  if (error instanceof errors.JWSSignatureVerificationFailed)
    return new Refusal("token_invalid", { reason: "signature" });
  if (error instanceof errors.JOSEAlgNotAllowed) return new Refusal("token_invalid", { reason: "algorithm" });
  if (error instanceof errors.JWKSNoMatchingKey) return new Refusal("token_invalid", { reason: "key" });
  return new Refusal("token_invalid", { reason: "malformed" });
}

/** The first of `names` that is one; else one made of the user's id. */
function nameOf(names: readonly (string | null | undefined)[], userId: string): string {
  for (const name of names) {
    const clean = [...(name ?? "").replaceAll(/\p{C}/gu, "").trim()].slice(0, NAME_CHARACTERS_MAX).join("");
    if (clean !== "") return clean;
  }
  return `Pilot ${userId.slice(0, 4)}`;
}

function issueGuest(
  wanted: string | null,
  secret: Uint8Array,
  { known }: Pick<Issuer, "known">,
  clock: Now,
): GuestToken {
  const userId = randomUUID();
  const name = nameOf([wanted], userId);
  const nowMs = clock.nowMs();
  const expiresAt = new Date(nowMs + GUEST_TOKEN_DAYS * DAY_MS);
  const token = signedToken(secret, {
    name,
    sub: userId,
    iss: OWN_NAME,
    aud: OWN_NAME,
    iat: Math.floor(nowMs / 1000),
    exp: Math.floor(expiresAt.getTime() / 1000),
  });
  const guest = { userId, name, expiresAtMs: Math.floor(expiresAt.getTime() / 1000) * 1000 };
  // They come with it at once.
  known?.remember(token, guest);
  return { token, ...guest };
}

const SIGNED_HEADER = base64url(JSON.stringify({ alg: SECRET_ALGORITHM, typ: "JWT" }));

/** jose signs in a thread of Node's pool: the way there and back is a tenth of what a join costs, this a few microseconds. */
function signedToken(secret: Uint8Array, claims: Readonly<Record<string, unknown>>): string {
  const signed = `${SIGNED_HEADER}.${base64url(JSON.stringify(claims))}`;
  return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
}

function base64url(text: string): string {
  return Buffer.from(text).toString("base64url");
}

/** The token of an `Authorization` header; null when there is none of the kind. */
export function bearerToken(header: string | undefined): string | null {
  return /^Bearer +(\S+)$/i.exec(header?.trim() ?? "")?.[1] ?? null;
}
