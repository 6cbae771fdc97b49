import { createLocalJWKSet, errors, type JWTVerifyGetKey, type LocalJWKSet } from "jose";
import { z } from "zod";
import type { Clock } from "../clock.ts";
import { Refusal } from "../errors.ts";

/** Keys are asked for anew after this long, beside the traffic; those at hand go on working meanwhile. */
const KEYS_FRESH_MS = 10 * 60_000;
/** A key nobody knows makes us ask the issuer, at most this often: anybody can send one. */
const ASK_AGAIN_MS = 10_000;
/** While there are no keys at all, somebody is waiting for them. */
const FIRST_ASK_AGAIN_MS = 1_000;
/** An issuer that takes longer is away. */
const ANSWER_MS_MAX = 5_000;

const keySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) });

/**
 * The public keys that an issuer publishes, fetched when first needed. jose's own remote set refuses everybody once its
 * copy is old and the issuer away; this one keeps the last keys it had for as long as it takes.
 */
export function remoteKeys(url: URL, clock: Pick<Clock, "monotonicMs">): JWTVerifyGetKey {
  let keys: LocalJWKSet | null = null;
  let fetchedAtMs = Number.NEGATIVE_INFINITY;
  let askedAtMs = Number.NEGATIVE_INFINITY;
  let asking: Promise<void> | null = null;

  /** Never rejects: what was there before stays. */
  function ask(): Promise<void> {
    askedAtMs = clock.monotonicMs();
    asking ??= fetchKeys(url)
      .then(
        (fetched) => {
          keys = fetched;
          fetchedAtMs = clock.monotonicMs();
        },
        () => {},
      )
      .finally(() => {
        asking = null;
      });
    return asking;
  }

  const mayAsk = (everyMs: number) => asking !== null || clock.monotonicMs() - askedAtMs >= everyMs;

  return async (header, token) => {
    if (keys === null && mayAsk(FIRST_ASK_AGAIN_MS)) await ask();
    if (keys === null) throw new Refusal("issuer_unavailable");
    if (clock.monotonicMs() - fetchedAtMs >= KEYS_FRESH_MS && mayAsk(ASK_AGAIN_MS)) void ask();
    try {
      return await keys(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || !mayAsk(ASK_AGAIN_MS)) throw error;
      await ask();
      return keys(header, token);
    }
  };
}

async function fetchKeys(url: URL): Promise<LocalJWKSet> {
  const response = await fetch(url, {
    headers: { accept: "application/json" },
    // Keys are whose token is believed: they come from the configured address or not at all.
    redirect: "error",
    signal: AbortSignal.timeout(ANSWER_MS_MAX),
  });
  if (!response.ok) throw new Error(`The issuer answered ${response.status}.`);
  return createLocalJWKSet(keySet.parse(await response.json()));
}
