/**
 * Holds what pilots were told against what Postgres has: nothing told that is not there, nothing there that was not
 * told, nothing told twice. To be called when nobody plays any more and everybody has heard the rest of their feed.
 */
import { isDeepStrictEqual } from "node:util";
import type pg from "pg";
import { z } from "zod";
import { type Breach, findBreaches } from "../src/persistence/invariants.ts";
import { replayAll } from "../src/persistence/replay.ts";
import type { Ledger, RequestRecord, ToldPilot } from "./fleet/ledger.ts";
import { holdEconomy } from "./truth-economy.ts";
import { holdPromises, type MayVanish, PROMISES } from "./truth-promises.ts";

/** Players read at a time. */
const PLAYERS_PER_QUERY = 500;
/** Answers that nothing durable stands behind: they cost nothing. */
const FREE: ReadonlySet<string> = new Set(["flee"]);

/** Events that the server's jobs write, whoever is there: the last of them may come after a pilot has left. */
const FROM_JOBS: ReadonlySet<string> = new Set([
  ...["contract_tier_unlocked", "incident_resolved", "sector_depletion_changed"],
  ...["claim_license_expiring", "claim_license_expired"],
]);

export interface TruthOptions {
  /** Whether the server may have died with what it had accepted and not resolved: then it may be gone. */
  readonly mayVanish: MayVanish;
}

export interface TruthReport {
  /** Told as having happened, and not in the database, or not like that. */
  readonly toldNotThere: readonly string[];
  /** In the database, and its pilot never heard of it. */
  readonly thereNotTold: readonly string[];
  readonly toldTwice: readonly string[];
  /** What the invariants and the replay found. */
  readonly breaches: readonly Breach[];
  /** Harvests and fights that were accepted and have no outcome. A breach unless it `mayVanish`; counted here if so. */
  readonly vanished: number;
  /** How much was held against each other. */
  readonly checked: { readonly pilots: number; readonly answers: number; readonly events: number };
  readonly holds: boolean;
}

const eventSchema = z.object({
  player_id: z.string(),
  seq: z.int(),
  type: z.string(),
  payload: z.record(z.string(), z.unknown()),
});
const requestSchema = z.object({
  player_id: z.string(),
  request_id: z.string(),
  answer: z.record(z.string(), z.unknown()),
});
const shipSchema = z.object({
  player_id: z.string(),
  ship_id: z.string(),
  credits: z.int(),
  cargo: z.record(z.string(), z.int()),
  turns: z.int(),
  anchor_ms: z.number(),
});

type StoredEvent = z.output<typeof eventSchema>;
type StoredRequest = z.output<typeof requestSchema>;

/** What the database has of one pilot. */
interface Stored {
  readonly events: readonly StoredEvent[];
  readonly requests: ReadonlyMap<string, StoredRequest>;
  readonly ship: z.output<typeof shipSchema> | null;
}

class Findings {
  readonly toldNotThere: string[] = [];
  readonly thereNotTold: string[] = [];
  readonly toldTwice: string[] = [];
  vanished = 0;
  answers = 0;
  events = 0;
}

/** @throws what the database throws */
export async function holdAgainstDatabase(
  pool: pg.Pool,
  ledgers: readonly Ledger[],
  { mayVanish }: TruthOptions,
): Promise<TruthReport> {
  const findings = new Findings();
  for (let from = 0; from < ledgers.length; from += PLAYERS_PER_QUERY) {
    await holdSome(pool, ledgers.slice(from, from + PLAYERS_PER_QUERY), mayVanish, findings);
  }
  const replay = await replayAll(pool);
  const breaches = [...(await findBreaches(pool)), ...replay.breaches];
  const { toldNotThere, thereNotTold, toldTwice, vanished, answers, events } = findings;
  return {
    toldNotThere,
    thereNotTold,
    toldTwice,
    breaches,
    vanished,
    checked: { pilots: ledgers.length, answers, events },
    holds: [toldNotThere, thereNotTold, toldTwice, breaches].every((list) => list.length === 0),
  };
}

async function holdSome(
  pool: pg.Pool,
  ledgers: readonly Ledger[],
  mayVanish: MayVanish,
  findings: Findings,
): Promise<void> {
  const stored = await readStored(
    pool,
    ledgers.flatMap(({ playerId }) => playerId ?? []),
  );
  for (const ledger of ledgers) {
    findings.toldTwice.push(...ledger.toldTwice.map((what) => `${ledger.name}: ${what}`));
    findings.thereNotTold.push(...ledger.outOfOrder.map((what) => `${ledger.name}: ${what}`));
    if (ledger.playerId === null) continue;
    const theirs = stored.get(ledger.playerId) ?? { events: [], requests: new Map(), ship: null };
    holdEvents(ledger, theirs, findings);
    holdAnswers(ledger, theirs, findings);
    holdShip(ledger, theirs, findings);
  }
  await holdPromises(pool, ledgers, mayVanish, findings);
  await holdEconomy(pool, ledgers, findings);
}

function holdEvents(ledger: Ledger, { events }: Stored, findings: Findings): void {
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
    const outcome = payload.harvestId ?? payload.fightId;
    if (typeof outcome !== "string") continue;
    // A harvest is told once, and each rare drop of it once.
    const once = type === "mining_rare_drop" ? `${outcome} ${payload.commodity}` : outcome;
    const before = outcomes.get(once);
    if (before !== undefined) findings.toldTwice.push(`${told}; that was event ${before} already`);
    outcomes.set(once, eventId);
  }
  const lastTold = ledger.events.at(-1)?.eventId ?? 0;
  for (const { seq, type, payload } of bySeq.values()) {
    if (seq <= ledger.truncatedTo || (seq > lastTold && FROM_JOBS.has(type))) continue;
    findings.thereNotTold.push(`${ledger.name}: event ${seq}, ${type} ${JSON.stringify(payload)}`);
  }
}

function holdAnswers(ledger: Ledger, { requests }: Stored, findings: Findings): void {
  const asked = new Set<string>();
  for (const record of ledger.requests) {
    asked.add(record.requestId);
    const stored = requests.get(record.requestId);
    const what = `${ledger.name}: ${record.kind} ${record.requestId}`;
    if (record.reply === null) {
      if (stored !== undefined) findings.thereNotTold.push(`${what} was carried out and never answered`);
    } else if ("refused" in record.reply) {
      findings.answers++;
      if (stored !== undefined) {
        findings.thereNotTold.push(`${what} was carried out, and told as refused (${record.reply.refused})`);
      }
    } else {
      findings.answers++;
      holdAccepted(what, record, record.reply.accepted, stored, findings);
    }
  }
  for (const requestId of requests.keys()) {
    if (!asked.has(requestId)) findings.thereNotTold.push(`${ledger.name}: nobody asked for ${requestId}`);
  }
}

function holdAccepted(
  what: string,
  { kind }: RequestRecord,
  told: Readonly<Record<string, unknown>>,
  stored: StoredRequest | undefined,
  findings: Findings,
): void {
  if (FREE.has(kind)) return;
  if (stored === undefined) {
    if (!PROMISES.has(kind)) findings.toldNotThere.push(`${what}: ${JSON.stringify(told)}`);
    return;
  }
  // A seat is given out once; what is stored has none.
  const { seat: _, ...answer } = stored.answer;
  if (!isDeepStrictEqual(answer, told)) {
    findings.toldNotThere.push(`${what}: ${JSON.stringify(told)}; stored is ${JSON.stringify(answer)}`);
  }
}

/** The numbers that came with the last join are those of the database. */
function holdShip({ name, pilot }: Ledger, { ship }: Stored, findings: Findings): void {
  if (pilot === null || ship === null) return;
  const cargo = Object.fromEntries(Object.entries(pilot.cargo).filter(([, units]) => units !== 0));
  const told = { shipId: pilot.shipId, credits: pilot.credits, cargo };
  const stored = { shipId: ship.ship_id, credits: ship.credits, cargo: ship.cargo };
  if (!isDeepStrictEqual(told, stored)) {
    findings.toldNotThere.push(`${name}: has ${JSON.stringify(told)}; stored is ${JSON.stringify(stored)}`);
  }
  if (!turnsFit(pilot, ship)) {
    const next = `the next at ${pilot.nextTurnAtMs}, one each ${pilot.msPerTurn} ms`;
    const there = `${ship.turns} turns of ${ship.anchor_ms}`;
    findings.toldNotThere.push(`${name}: has ${pilot.turns} turns, ${next}; stored are ${there}`);
  }
}

/** What is told is what is stored, with the turns that time has added since: those come at their times alone. */
function turnsFit(told: ToldPilot, stored: z.output<typeof shipSchema>): boolean {
  const added = told.turns - stored.turns;
  if (added <= 0 || told.nextTurnAtMs === null) return added >= 0;
  return told.nextTurnAtMs === stored.anchor_ms + (added + 1) * told.msPerTurn;
}

async function readStored(pool: pg.Pool, playerIds: readonly string[]): Promise<Map<string, Stored>> {
  const [events, requests, ships] = await Promise.all([
    pool.query("select player_id, seq, type, payload from events where player_id = any($1) order by seq", [
      playerIds,
    ]),
    pool.query("select player_id, request_id, answer from requests where player_id = any($1)", [playerIds]),
    pool.query(
      `select p.id as player_id, p.current_ship_id as ship_id, p.credits, p.turns,
          round(extract(epoch from p.last_turn_regeneration) * 1000)::float8 as anchor_ms,
          coalesce(jsonb_object_agg(c.commodity, c.quantity) filter (where c.quantity > 0), '{}') as cargo
        from players p left join ship_cargo c on c.ship_id = p.current_ship_id
        where p.id = any($1) group by p.id`,
      [playerIds],
    ),
  ]);
  const eventsOf = Map.groupBy(z.array(eventSchema).parse(events.rows), (row) => row.player_id);
  const requestsOf = Map.groupBy(z.array(requestSchema).parse(requests.rows), (row) => row.player_id);
  const shipOf = new Map(
    z
      .array(shipSchema)
      .parse(ships.rows)
      .map((row) => [row.player_id, row]),
  );
  return new Map(
    playerIds.map((id) => [
      id,
      {
        events: eventsOf.get(id) ?? [],
        requests: new Map((requestsOf.get(id) ?? []).map((row) => [row.request_id, row])),
        ship: shipOf.get(id) ?? null,
      },
    ]),
  );
}

/** For people: a line for each kind of finding, and the first few findings themselves. */
export function describeTruth(report: TruthReport, shownMax: number): string[] {
  const { checked, vanished } = report;
  const lists = [
    ["told but not there", report.toldNotThere],
    ["there but not told", report.thereNotTold],
    ["told twice", report.toldTwice],
    ["invariants broken", report.breaches.map(({ invariant, what }) => `${invariant}: ${what}`)],
  ] as const;
  const lines = [
    `${checked.answers} answers and ${checked.events} events of ${checked.pilots} pilots, held against Postgres:`,
  ];
  for (const [name, list] of lists) {
    lines.push(`  ${name.padEnd(20)} ${list.length}`);
    for (const what of list.slice(0, shownMax)) lines.push(`    ${what}`);
    if (list.length > shownMax) lines.push(`    … and ${list.length - shownMax} more`);
  }
  if (vanished > 0) lines.push(`  accepted, not ended  ${vanished}`);
  return lines;
}
