import { errors, jwtVerify, SignJWT } from "jose";
import { z } from "zod";
import { Refusal } from "../errors.ts";
import { MISSION_IDS, type MissionId } from "../rules/missions.ts";
import { SURFACE_CODES, type Surface } from "../rules/surfaces.ts";

/** Pinned: whatever else a token's header asks for is refused, `none` above all. */
const ALGORITHM = "HS256";
const ISSUER = "sectorkeep";
/** Tokens of users have another audience: neither passes for the other. */
const AUDIENCE = "sectorkeep-run";
/** Processes' clocks follow the database's; this is more than they differ by. */
const CLOCK_TOLERANCE_SECONDS = 5;
const TOKEN_BYTES_MAX = 2_048;

/** What a run's token says: who may play which run, on what, and until when. */
interface RunClaims {
  readonly runId: string;
  readonly userId: string;
  readonly surface: Surface;
  readonly missionId: MissionId;
  readonly sectorId: number;
  readonly seed: number;
  /** One for each run: a token is used up when its run ends. */
  readonly jti: string;
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
}

interface VerifiedRunToken {
  readonly claims: RunClaims;
  readonly isExpired: boolean;
}

interface RunKey {
  readonly kid: string;
  readonly secret: Uint8Array;
}

/** Where keys are: the one that signs now, and any that still verifies. */
interface RunKeys {
  signing(nowMs: number): Promise<RunKey>;
  find(kid: string, nowMs: number): Promise<RunKey | null>;
}

/** What keys are called, and all that is looked up: anybody may write anything into a token's header. */
const KID = /^week-\d{1,9}$/;

const seconds = (ms: number) => Math.floor(ms / 1000);

/** Signs the tokens of runs, and says what they say. Ecosystem seed, "Integration Points"; domain §16.4. */
export class RunTokens {
  readonly #keys: RunKeys;

  constructor(keys: RunKeys) {
    this.#keys = keys;
  }

  /** The token of a run, signed with today's key. */
  sign(claims: RunClaims, nowMs: number): Promise<string> {
    return signRunToken(claims, this.#keys, nowMs);
  }

  /**
   * What a token says, if this server signed it and its time has come; and whether that is over, when it opens nothing
   * but the answer that its run was given.
   * @throws Refusal run_token_invalid (`detail.reason` says of what)
   */
  verify(token: string, nowMs: number): Promise<VerifiedRunToken> {
    return verifyRunToken(token, this.#keys, nowMs);
  }
}

async function signRunToken(claims: RunClaims, keys: RunKeys, nowMs: number): Promise<string> {
  const { kid, secret } = await keys.signing(nowMs);
  const { runId, userId, surface, missionId, sectorId, seed, jti, issuedAtMs, expiresAtMs } = claims;
  return new SignJWT({ run_id: runId, surface, mission_id: missionId, sector_id: sectorId, seed })
    .setProtectedHeader({ alg: ALGORITHM, typ: "JWT", kid })
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setSubject(userId)
    .setJti(jti)
    .setIssuedAt(seconds(issuedAtMs))
    .setNotBefore(seconds(issuedAtMs))
    .setExpirationTime(seconds(expiresAtMs))
    .sign(secret);
}

const claimsSchema = z
  .object({
    run_id: z.uuid(),
    sub: z.uuid(),
    surface: z.enum(SURFACE_CODES),
    mission_id: z.enum(MISSION_IDS),
    sector_id: z.int(),
    seed: z.int(),
    jti: z.uuid(),
    iat: z.int(),
    exp: z.int(),
  })
  .transform(
    (payload): RunClaims => ({
      runId: payload.run_id,
      userId: payload.sub,
      surface: payload.surface,
      missionId: payload.mission_id,
      sectorId: payload.sector_id,
      seed: payload.seed,
      jti: payload.jti,
      issuedAtMs: payload.iat * 1000,
      expiresAtMs: payload.exp * 1000,
    }),
  );

async function verifyRunToken(token: string, keys: RunKeys, nowMs: number): Promise<VerifiedRunToken> {
  if (token.length > TOKEN_BYTES_MAX) throw invalid("too_long");
  const keyOf = async ({ kid }: { kid?: string }) => {
    const key = kid === undefined || !KID.test(kid) ? null : await keys.find(kid, nowMs);
    if (key === null) throw invalid("key");
    return key.secret;
  };
  const { payload, isExpired } = await jwtVerify(token, keyOf, {
    algorithms: [ALGORITHM],
    issuer: ISSUER,
    audience: AUDIENCE,
    requiredClaims: ["sub", "jti", "iat", "nbf", "exp"],
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
    currentDate: new Date(nowMs),
  }).then(
    (verified) => ({ payload: verified.payload, isExpired: false }),
    (error: unknown) => {
      // Said of a token only when all else about it is right, its signature first.
      if (error instanceof errors.JWTExpired) return { payload: error.payload, isExpired: true };
      throw refusalOf(error);
    },
  );
  const claims = claimsSchema.safeParse(payload);
  if (!claims.success) throw invalid("claims");
  return { claims: claims.data, isExpired };
}

function invalid(reason: string): Refusal {
  return new Refusal("run_token_invalid", { reason });
}

/** What jose says of a token is the token's fault; anything else (the database is away) is not. */
function refusalOf(error: unknown): unknown {
  if (error instanceof errors.JWTClaimValidationFailed) return invalid(error.claim);
  if (error instanceof errors.JWSSignatureVerificationFailed) return invalid("signature");
  if (error instanceof errors.JOSEAlgNotAllowed) return invalid("algorithm");
  if (error instanceof errors.JOSEError) return invalid("malformed");
  return error;
}
