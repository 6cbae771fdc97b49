/** Holds the events that pilots were told against those that Postgres has, and what was left out against what may be. */
import { isDeepStrictEqual } from "node:util";
import { FEED_PAGE_MAX } from "../src/persistence/feed.ts";
import type { Ledger, Truncation } from "./fleet/ledger.ts";

/** Events that the server's jobs write, whoever is there: the last of them may come after a pilot has left. */
const FROM_JOBS: ReadonlySet<string> = new Set([
  ...["contract_tier_unlocked", "incident_resolved", "sector_depletion_changed"],
  ...["claim_license_expiring", "claim_license_expired"],
]);

export interface StoredEvent {
  readonly seq: number;
  readonly type: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** Where it is written what does not fit. */
export interface FeedFindings {
  readonly toldNotThere: string[];
  readonly thereNotTold: string[];
  readonly toldTwice: string[];
  events: number;
}

/**
 * @param events what the database has, in order
 * @param findings added to
 * @returns the harvests and fights whose end was left out, and might be
 */
export function holdEvents(
  ledger: Ledger,
  events: readonly StoredEvent[],
  findings: FeedFindings,
): ReadonlySet<string> {
  const bySeq = new Map(events.map((event) => [event.seq, event]));
  const outcomes = new Map<string, number>();
  for (const { eventId, type, payload } of ledger.events) {
    findings.events++;
    const stored = bySeq.get(eventId);
    const told = `${ledger.name}: event ${eventId}, ${type} ${JSON.stringify(payload)}`;
    if (stored === undefined) findings.toldNotThere.push(told);
    else if (stored.type !== type || !isDeepStrictEqual(stored.payload, payload)) {
      findings.toldNotThere.push(`${told}; stored is ${stored.type} ${JSON.stringify(stored.payload)}`);
    }
    bySeq.delete(eventId);
    const outcome = outcomeIn(payload);
    if (outcome === null) continue;
    // A harvest is told once, and each rare drop of it once.
    const once = type === "mining_rare_drop" ? `${outcome} ${payload.commodity}` : outcome;
    const before = outcomes.get(once);
    if (before !== undefined) findings.toldTwice.push(`${told}; that was event ${before} already`);
    outcomes.set(once, eventId);
  }
  return holdUntold(ledger, events, [...bySeq.values()], findings);
}

function holdUntold(
  { name, truncations, events: told }: Ledger,
  events: readonly StoredEvent[],
  untold: readonly StoredEvent[],
  { thereNotTold }: FeedFindings,
): ReadonlySet<string> {
  const lastTold = told.at(-1)?.eventId ?? 0;
  const rightly = truncations.filter((truncation) => mayLeaveOut(truncation, events));
  for (const truncation of truncations) {
    if (rightly.includes(truncation)) continue;
    const { afterEventId, beforeEventId } = truncation;
    thereNotTold.push(
      `${name}: events from ${afterEventId} to ${beforeEventId} were left out, and need not be`,
    );
  }
  const leftOut = new Set<string>();
  for (const { seq, type, payload } of untold) {
    if (rightly.some(({ afterEventId, beforeEventId }) => seq > afterEventId && seq < beforeEventId)) {
      leftOut.add(outcomeIn(payload) ?? "");
    } else if (seq <= lastTold || !FROM_JOBS.has(type)) {
      thereNotTold.push(`${name}: event ${seq}, ${type} ${JSON.stringify(payload)}`);
    }
  }
  return leftOut;
}

/** A backlog is cut to a page of its newest, so a page comes after it; or its events are older than they are kept. */
function mayLeaveOut(
  { afterEventId, beforeEventId, followers = FEED_PAGE_MAX }: Truncation,
  events: readonly StoredEvent[],
): boolean {
  const newest = events.at(-1)?.seq ?? 0;
  if (followers >= FEED_PAGE_MAX && newest >= beforeEventId - 1 + FEED_PAGE_MAX) return true;
  return !events.some(({ seq }) => seq > afterEventId && seq < beforeEventId);
}

function outcomeIn({ harvestId, fightId }: Readonly<Record<string, unknown>>): string | null {
  const outcome = harvestId ?? fightId;
  return typeof outcome === "string" ? outcome : null;
}
