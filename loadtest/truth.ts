/**
 * Holds what pilots were told against what Postgres has: nothing told that is not there, nothing there that was not
 * told, nothing told twice, nothing shown that is not so. To be called when nobody plays any more and everybody has heard the rest of their feed.
 */
import { isDeepStrictEqual } from "node:util";
import type pg from "pg";
import { z } from "zod";
import { type Breach, findBreaches } from "../src/persistence/invariants.ts";
import { replayAll } from "../src/persistence/replay.ts";
import type { Ledger, RequestRecord } from "./fleet/ledger.ts";
import { holdEconomy } from "./truth-economy.ts";
import { holdEvents, type StoredEvent } from "./truth-feed.ts";
import { holdPromises, type MayVanish, PROMISES } from "./truth-promises.ts";
import { holdShip, readShips, type StoredShip } from "./truth-ship.ts";
import { holdShown } from "./truth-shown.ts";

/** Players read at a time. */
const PLAYERS_PER_QUERY = 500;
/** Answers that nothing durable stands behind: they cost nothing. */
const FREE: ReadonlySet<string> = new Set(["flee"]);

export interface TruthOptions {
  /** Whether the server may have died with what it had accepted and not resolved: then it may be gone. */
  readonly mayVanish: MayVanish;
  /**
   * Whether server and database may have been away, and clocks may have been set: what has to be read to be told, and
   * what is shown, then comes when they are back.
   */
  readonly mayBeLate?: boolean;
}

export interface TruthReport {
  /** Told as having happened, and not in the database, or not like that. */
  readonly toldNotThere: readonly string[];
  /** In the database, and its pilot never heard of it. */
  readonly thereNotTold: readonly string[];
  readonly toldTwice: readonly string[];
  /** Shown to everybody in a sector, and not so. */
  readonly shownWrong: readonly string[];
  /** What the invariants and the replay found. */
  readonly breaches: readonly Breach[];
  /** Harvests and fights that were accepted and have no outcome. A breach unless it `mayVanish`; counted here if so. */
  readonly vanished: number;
  /** How much was held against each other. */
  readonly checked: {
    readonly pilots: number;
    readonly answers: number;
    readonly events: number;
    /** At a whole sector, when nothing ran any more. */
    readonly looks: number;
  };
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
type StoredRequest = z.output<typeof requestSchema>;

/** What the database has of one pilot. */
interface Stored {
  readonly events: readonly StoredEvent[];
  readonly requests: ReadonlyMap<string, StoredRequest>;
  readonly ship: StoredShip | null;
}

class Findings {
  readonly toldNotThere: string[] = [];
  readonly thereNotTold: string[] = [];
  readonly toldTwice: string[] = [];
  readonly shownWrong: string[] = [];
  vanished = 0;
  answers = 0;
  events = 0;
  looks = 0;
}

/** @throws what the database throws */
export async function holdAgainstDatabase(
  pool: pg.Pool,
  ledgers: readonly Ledger[],
  options: TruthOptions,
): Promise<TruthReport> {
  const findings = new Findings();
  for (let from = 0; from < ledgers.length; from += PLAYERS_PER_QUERY) {
    await holdSome(pool, ledgers.slice(from, from + PLAYERS_PER_QUERY), options, findings);
  }
  await holdShown(pool, ledgers, { hasClockJumped: options.mayBeLate === true }, findings);
  const replay = await replayAll(pool);
  const breaches = [...(await findBreaches(pool)), ...replay.breaches];
  const { toldNotThere, thereNotTold, toldTwice, shownWrong, vanished, answers, events, looks } = findings;
  return {
    toldNotThere,
    thereNotTold,
    toldTwice,
    shownWrong,
    breaches,
    vanished,
    checked: { pilots: ledgers.length, answers, events, looks },
    holds: [toldNotThere, thereNotTold, toldTwice, shownWrong, breaches].every((list) => list.length === 0),
  };
}

async function holdSome(
  pool: pg.Pool,
  ledgers: readonly Ledger[],
  { mayVanish, mayBeLate = false }: TruthOptions,
  findings: Findings,
): Promise<void> {
  const stored = await readStored(
    pool,
    ledgers.flatMap(({ playerId }) => playerId ?? []),
  );
  const leftOut = new Map<Ledger, ReadonlySet<string>>();
  for (const ledger of ledgers) {
    findings.toldTwice.push(...ledger.toldTwice.map((what) => `${ledger.name}: ${what}`));
    findings.thereNotTold.push(...ledger.outOfOrder.map((what) => `${ledger.name}: ${what}`));
    if (!mayBeLate) {
      findings.thereNotTold.push(...ledger.notToldInTime.map((what) => `${ledger.name}: ${what}`));
      findings.shownWrong.push(...ledger.shownWrong.map((what) => `${ledger.name}: ${what}`));
    }
    if (ledger.playerId === null) continue;
    const theirs = stored.get(ledger.playerId) ?? { events: [], requests: new Map(), ship: null };
    leftOut.set(ledger, holdEvents(ledger, theirs.events, findings));
    holdAnswers(ledger, theirs, findings);
    holdShip(ledger, theirs.ship, findings);
  }
  await holdPromises(pool, ledgers, { mayVanish, leftOut }, findings);
  await holdEconomy(pool, ledgers, findings);
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

async function readStored(pool: pg.Pool, playerIds: readonly string[]): Promise<Map<string, Stored>> {
  const [events, requests, ships] = await Promise.all([
    pool.query("select player_id, seq, type, payload from events where player_id = any($1) order by seq", [
      playerIds,
    ]),
    pool.query("select player_id, request_id, answer from requests where player_id = any($1)", [playerIds]),
    readShips(pool, playerIds),
  ]);
  const eventsOf = Map.groupBy(z.array(eventSchema).parse(events.rows), (row) => row.player_id);
  const requestsOf = Map.groupBy(z.array(requestSchema).parse(requests.rows), (row) => row.player_id);
  return new Map(
    playerIds.map((id) => [
      id,
      {
        events: eventsOf.get(id) ?? [],
        requests: new Map((requestsOf.get(id) ?? []).map((row) => [row.request_id, row])),
        ship: ships.get(id) ?? null,
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
    ["shown wrongly", report.shownWrong],
    ["invariants broken", report.breaches.map(({ invariant, what }) => `${invariant}: ${what}`)],
  ] as const;
  const lines = [
    `${checked.answers} answers, ${checked.events} events and ${checked.looks} looks at a sector of ${checked.pilots} pilots, held against Postgres:`,
  ];
  for (const [name, list] of lists) {
    lines.push(`  ${name.padEnd(20)} ${list.length}`);
    for (const what of list.slice(0, shownMax)) lines.push(`    ${what}`);
    if (list.length > shownMax) lines.push(`    … and ${list.length - shownMax} more`);
  }
  if (vanished > 0) lines.push(`  accepted, not ended  ${vanished}`);
  return lines;
}
