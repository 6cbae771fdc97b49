import type { RichnessTier } from "./mining.ts";

const HOUR_MS = 3_600_000;
export const LICENSE_MS = 24 * HOUR_MS;
/** So long before its end a holder is told. Mining seed, "Player-facing affordances". */
export const LICENSE_WARNING_MS = HOUR_MS;
/** After its end a licence can be renewed at the renewal's price for so long (C-06). */
const RENEWAL_GRACE_MS = 24 * HOUR_MS;
const FEE_PER_TIER_CR = 500;
const RENEWAL_FEE_PER_TIER_CR = 400;

/** The time in which a licence holds, as it was sold. */
export interface LicenseTime {
  readonly purchasedAtMs: number;
  readonly expiresAtMs: number;
}

/** The whole time of a licence, by its end. */
export function licenseUntil(expiresAtMs: number): LicenseTime {
  return { purchasedAtMs: expiresAtMs - LICENSE_MS, expiresAtMs };
}

/** Whether a licence held at a moment: from its purchase on, up to but not at its end. */
export function licenseHolds({ purchasedAtMs, expiresAtMs }: LicenseTime, atMs: number): boolean {
  return purchasedAtMs <= atMs && atMs < expiresAtMs;
}

/** Whether buying a licence now renews this one: it is active, or ended at most 24 h ago (C-06). */
export function isRenewable(expiresAtMs: number, nowMs: number): boolean {
  return nowMs <= expiresAtMs + RENEWAL_GRACE_MS;
}

/** What 24 h cost by the field's richness. Mining seed, "License cost by richness tier". */
export function licenseFeeCr(tier: RichnessTier, renewal: boolean): number {
  return tier * (renewal ? RENEWAL_FEE_PER_TIER_CR : FEE_PER_TIER_CR);
}
