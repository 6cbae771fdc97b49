/**
 * Every request many times, to a real server: over sockets by `requestId`, over HTTP by Idempotency-Key, with several
 * servers also to the other one, while replies to COMMITs are lost. Each id must have one effect, and all its copies one
 * answer.
 */
import type pg from "pg";
import { z } from "zod";
import { AM_FACTION } from "../../src/rules/factions.ts";
import { Prng } from "../../src/rules/galaxy/prng.ts";
import { type Arena, startArena } from "../arena.ts";
import { HttpClient } from "../fleet/http.ts";
import { Measure } from "../fleet/measure.ts";
import { noTraffic, WireConnector } from "../fleet/wire-line.ts";
import { holdAgainstDatabase, type TruthReport } from "../truth.ts";
import { makeRunsOld } from "./old-runs.ts";
import { PostgresProxy } from "./postgres-proxy.ts";
import { RepeatingPilot } from "./repeating-pilot.ts";
import { fingerprintOfRepeats, REPLY_LOST_ONE_IN, repeatsOf } from "./repeats.ts";
import { Tally } from "./tally.ts";

const SECTORS_MAX = 20;
const PILOTS_PER_SECTOR = 10;
/** Each of them one request at a time; fewer would not get round to everything. */
const REQUESTS_PER_PILOT_MIN = 20;
const PROGRESS_MS = 5_000;

/** What stands in the way of a storm from one address, with all copies of a request at once. */
const SETTINGS = {
  MESSAGES_PER_SECOND_MAX: "1000",
  SOCKETS_PER_ADDRESS_MAX: "100000",
  RECONNECT_SECONDS: "5",
  // That is what a server says of each line to Postgres that we cut.
  LOG_LEVEL: "fatal",
} as const;

export interface IdempotencyOptions {
  /** Of a Postgres in which a database of our own is made. */
  readonly databaseUrl: string;
  readonly seed: number;
  readonly requests: number;
  /** More than one need Redis. */
  readonly processes: number;
  readonly tell: (line: string) => void;
}

/** Of one kind of request. */
export interface Effects {
  readonly kind: string;
  readonly accepted: number;
  /** What the database has of them: each of these should be as many. */
  readonly effects: number;
}

export interface IdempotencyReport {
  readonly requests: number;
  readonly pilots: number;
  readonly processes: number;
  readonly fingerprint: string;
  readonly submissions: number;
  readonly putOff: number;
  readonly repliesLost: number;
  readonly effects: readonly Effects[];
  readonly refusals: ReadonlyMap<string, number>;
  readonly truth: TruthReport;
  /** What should not have been. */
  readonly findings: readonly string[];
}

/** @throws what the database throws, and whoever cannot join */
export async function runIdempotency(options: IdempotencyOptions): Promise<IdempotencyReport> {
  const { databaseUrl, seed, requests, processes, tell } = options;
  const count = Math.max(
    1,
    Math.min(SECTORS_MAX * PILOTS_PER_SECTOR, Math.floor(requests / REQUESTS_PER_PILOT_MIN)),
  );
  const proxy = await PostgresProxy.before(databaseUrl);
  const tally = new Tally();
  let arena: Arena | null = null;
  try {
    arena = await startArena({
      bots: count,
      sectors: Math.max(2, Math.ceil(count / PILOTS_PER_SECTOR)),
      processes,
      harvestSeconds: 1,
      seed,
      databaseUrl: proxy.url,
      settings: SETTINGS,
      onTrouble: (line) => tally.findings.push(line),
    });
    const { database, homeSectorIds } = arena;
    // Where there is nothing to be licensed nobody could buy a licence.
    await database.pool.query("update sectors set controlling_faction = $1 where sector_id = any($2)", [
      AM_FACTION,
      homeSectorIds,
    ]);
    await makeRunsOld(database.pool);
    const repeats = repeatsOf(seed, requests, count);
    const pilots = await joinAll(arena, { seed, tally, repeats });
    const prng = new Prng(`${seed}/commits`);
    let losing = true;
    proxy.loseCommits((name) => losing && isServers(name) && prng.int(1, REPLY_LOST_ONE_IN) === 1);
    const progress = setInterval(
      () => tell(`  ${tally.settled} of ${requests} requests settled, sent ${tally.submissions} times`),
      PROGRESS_MS,
    );
    await Promise.all(pilots.map((pilot) => pilot.play())).finally(() => clearInterval(progress));
    losing = false;
    await Promise.all(pilots.map((pilot) => pilot.end()));
    await arena.stopServers();
    const ledgers = pilots.map(({ ledger }) => ledger);
    const truth = await holdAgainstDatabase(database.pool, ledgers, { mayVanish: () => false });
    const effects = await effectsOf(database.pool, tally.accepted);
    return {
      ...{ requests, pilots: count, processes, fingerprint: fingerprintOfRepeats(repeats) },
      ...{ submissions: tally.submissions, putOff: tally.putOff, repliesLost: proxy.commitsLost },
      ...{ effects, refusals: tally.refusals, truth },
      findings: [...tally.findings, ...findingsOf(effects, requests, truth)],
    };
  } finally {
    await arena?.stop();
    await proxy.close();
  }
}

/** The servers' own lines to Postgres, those of their commit queues and those of their routes. */
function isServers(applicationName: string): boolean {
  return applicationName.startsWith("sectorkeep ") && applicationName !== "sectorkeep load test";
}

function joinAll(
  { urls, homeSectorIds }: Arena,
  { seed, tally, repeats }: { seed: number; tally: Tally; repeats: ReturnType<typeof repeatsOf> },
): Promise<RepeatingPilot[]> {
  const measure = new Measure();
  return Promise.all(
    repeats.map((own, index) => {
      const first = new HttpClient(urls, index);
      const others = urls.slice(1).map((_, other) => new HttpClient(urls, index + other + 1));
      const connector = new WireConnector(first, noTraffic());
      const homeSectorId = homeSectorIds[index % homeSectorIds.length] ?? 0;
      return RepeatingPilot.join(
        { servers: [first, ...others], connector, measure, tally, seed },
        { name: `Again ${index}`, homeSectorId, repeats: own, isPatient: index % 2 === 0 },
      );
    }),
  );
}

const effectSchema = z.object({ kind: z.string(), effects: z.int() });

/** Each row that a request leaves, by the request's kind: nobody else has been there. */
const EFFECTS = `
  select kind, count(*)::int as effects from (
    select kind from movements
    union all select kind from deals
    union all select 'harvest' from mining_harvests
    union all select 'join_contract' from contract_members
    union all select 'classify' from classifications
    union all select 'contribute' from contract_contributions
    union all select 'create_run' from expedition_runs
    union all select 'start_run' from expedition_runs where started_at is not null
    union all select 'cancel_run' from expedition_runs where status = 'cancelled'
    union all select 'complete_run' from expedition_runs where status = 'completed'
  ) of_requests group by kind`;

async function effectsOf(pool: pg.Pool, accepted: ReadonlyMap<string, number>): Promise<Effects[]> {
  const { rows } = await pool.query(EFFECTS);
  const found = new Map(
    z
      .array(effectSchema)
      .parse(rows)
      .map(({ kind, effects }) => [kind, effects]),
  );
  return [...new Set([...accepted.keys(), ...found.keys()])].sort().map((kind) => ({
    kind,
    accepted: accepted.get(kind) ?? 0,
    effects: found.get(kind) ?? 0,
  }));
}

function findingsOf(effects: readonly Effects[], requests: number, truth: TruthReport): string[] {
  const wrong = effects.filter((of) => of.accepted !== of.effects);
  const sum = effects.reduce((total, of) => total + of.effects, 0);
  return [
    ...wrong.map((of) => `${of.kind}: ${of.effects} effects of ${of.accepted} requests`),
    ...(sum === requests ? [] : [`${sum} effects of ${requests} requests`]),
    ...(truth.holds ? [] : ["what the pilots were told is not what Postgres has"]),
  ];
}
