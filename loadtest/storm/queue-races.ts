/**
 * The same request many times at once: by two commit queues on one database, as if two processes both held every
 * sector, with lost replies among them. Each request must have one effect, and everybody the same answer.
 */
import { setTimeout as pause } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type pg from "pg";
import { z } from "zod";
import { DatabaseClock } from "../../src/clock.ts";
import { CommitQueue } from "../../src/persistence/commit-queue.ts";
import { connect } from "../../src/persistence/database.ts";
import { findBreaches } from "../../src/persistence/invariants.ts";
import { openLease } from "../../src/persistence/leases.ts";
import { migrate } from "../../src/persistence/migrate.ts";
import { dockWork, type Mover, undockWork } from "../../src/persistence/movement.ts";
import type { Lease, Settlement, Work } from "../../src/persistence/work.ts";
import { insertGalaxy } from "../../src/persistence/world.ts";
import { Prng } from "../../src/rules/galaxy/prng.ts";
import { fieldIds, loadGalaxy, TURNS_PER_DAY } from "../world.ts";
import { type CrewMember, makeCrew } from "./crew.ts";
import { PostgresProxy } from "./postgres-proxy.ts";
import { COPIES, REPLY_LOST_ONE_IN } from "./repeats.ts";

const QUEUES = 2;
const SECTORS = 20;
/** Each of them one request at a time. */
const PILOTS_MAX = 200;
const REQUESTS_PER_PILOT_MIN = 5;
/** Within this time all copies of a request have been submitted: some before it is settled, some beside, some after. */
const SPREAD_MS = 20;
/** More than all copies that can be under way at once. */
const ITEMS_MAX = 100_000;

export interface QueueRaceOptions {
  /** Of an empty Postgres database. */
  readonly databaseUrl: string;
  readonly seed: number;
  readonly requests: number;
}

export interface QueueRaceReport {
  readonly requests: number;
  readonly submissions: number;
  readonly repliesLost: number;
  /** What the database has of them: each of these should be `requests`. */
  readonly effects: { readonly answers: number; readonly moves: number; readonly turnsSpent: number };
  /** What should not have been. */
  readonly findings: readonly string[];
}

const effectsSchema = z.object({ answers: z.int(), moves: z.int(), turns_spent: z.int() });
const stationSchema = z.object({ id: z.string(), sector_id: z.int() });

/** @throws what the database throws */
export async function runQueueRaces(options: QueueRaceOptions): Promise<QueueRaceReport> {
  await migrate(options.databaseUrl);
  const { pool } = connect(options.databaseUrl, { max: 2, applicationName: "storm" });
  const proxy = await PostgresProxy.before(options.databaseUrl);
  const prng = new Prng(`${options.seed}/queues`);
  let losing = true;
  proxy.loseCommits((name) => losing && name === "queue" && prng.int(1, REPLY_LOST_ONE_IN) === 1);
  const clock = await DatabaseClock.start(pool, 60_000, () => {});
  const findings: string[] = [];
  const queues = Array.from({ length: QUEUES }, () => {
    const connected = connect(proxy.url, {
      max: 3,
      applicationName: "queue",
      onIdleError: () => {},
      byKey: true,
    });
    const onFailure = () => {};
    const limits = { turnsPerDay: TURNS_PER_DAY, itemsMax: ITEMS_MAX };
    return {
      pool: connected.pool,
      queue: new CommitQueue({ ...limits, pool: connected.pool, clock, onFailure }),
    };
  });
  try {
    const submitters = await makeSubmitters(
      pool,
      options,
      prng,
      queues.map(({ queue }) => queue),
      findings,
    );
    const left = { requests: options.requests };
    await Promise.all(submitters.map((submitter) => submitter.work(left)));
    losing = false;
    const breaches = await findBreaches(pool);
    findings.push(...breaches.map(({ invariant, what }) => `${invariant}: ${what}`));
    const effects = await readEffects(pool);
    for (const [what, count] of Object.entries(effects)) {
      if (count !== options.requests) findings.push(`${what}: ${count} for ${options.requests} requests`);
    }
    const submissions = submitters.reduce((sum, { submissions: each }) => sum + each, 0);
    return { requests: options.requests, submissions, repliesLost: proxy.commitsLost, effects, findings };
  } finally {
    for (const { queue, pool: each } of queues) {
      queue.stop();
      await each.end();
    }
    await clock.stop();
    await pool.end();
    await proxy.close();
  }
}

async function makeSubmitters(
  pool: pg.Pool,
  { seed, requests }: QueueRaceOptions,
  prng: Prng,
  queues: readonly CommitQueue[],
  findings: string[],
): Promise<Submitter[]> {
  const sectorIds = fieldIds(SECTORS);
  await insertGalaxy({ pool }, loadGalaxy(seed, SECTORS), { now: new Date() });
  const pilots = Math.min(PILOTS_MAX, Math.ceil(requests / REQUESTS_PER_PILOT_MIN));
  const crew = await makeCrew(pool, "Again", sectorIds, pilots);
  const { rows } = await pool.query("select id, sector_id from stations");
  const stations = new Map(
    z
      .array(stationSchema)
      .parse(rows)
      .map((row) => [row.sector_id, row.id]),
  );
  const leases = new Map<number, Lease>();
  const client = await pool.connect();
  try {
    for (const sectorId of sectorIds) leases.set(sectorId, await openLease(client, sectorId));
  } finally {
    client.release();
  }
  return crew.map((member) => {
    const [lease, stationId] = [leases.get(member.sectorId), stations.get(member.sectorId)];
    if (lease === undefined || stationId === undefined)
      throw new Error(`sector ${member.sectorId} is no field`);
    return new Submitter(member, { lease, stationId, prng, queues, findings });
  });
}

interface Means {
  readonly lease: Lease;
  readonly stationId: string;
  readonly prng: Prng;
  readonly queues: readonly CommitQueue[];
  readonly findings: string[];
}

/** A pilot who docks and undocks in turn, and asks for each of it many times. */
class Submitter {
  submissions = 0;
  readonly #member: CrewMember;
  readonly #means: Means;
  #isDocked = false;

  constructor(member: CrewMember, means: Means) {
    this.#member = member;
    this.#means = means;
  }

  /** Takes requests from what is left, until nothing is. */
  async work(left: { requests: number }): Promise<void> {
    while (left.requests > 0) {
      const requestId = `request ${left.requests--}`;
      const work = this.#workOf(requestId);
      const copies = this.#means.prng.int(...COPIES);
      this.submissions += copies;
      this.#judge(requestId, await Promise.all(Array.from({ length: copies }, () => this.#submit(work))));
      this.#isDocked = !this.#isDocked;
    }
  }

  #workOf(requestId: string): Work {
    const { playerId, shipId } = this.#member;
    const { lease, stationId } = this.#means;
    const key = { playerId, requestId, fingerprint: this.#isDocked ? "undock" : "dock" };
    const mover: Mover = { key, lease, playerId, shipId };
    return this.#isDocked ? undockWork(mover, TURNS_PER_DAY) : dockWork(mover, stationId, TURNS_PER_DAY);
  }

  async #submit(work: Work): Promise<Settlement> {
    const { prng, queues } = this.#means;
    const queue = prng.one(queues);
    await pause(prng.int(0, SPREAD_MS));
    return queue.submit(work);
  }

  #judge(requestId: string, settlements: readonly Settlement[]): void {
    const { findings } = this.#means;
    const applied = settlements.filter(({ kind }) => kind === "applied").length;
    if (applied > 1) findings.push(`${requestId} was applied ${applied} times`);
    const answers = settlements.map((settlement) => {
      if (settlement.kind === "applied" || settlement.kind === "repeated") return settlement.answer;
      findings.push(`${requestId} ended as ${settlement.kind}`);
      return null;
    });
    if (answers.some((answer) => !isDeepStrictEqual(answer, answers[0]))) {
      findings.push(`${requestId} has several answers: ${JSON.stringify(answers)}`);
    }
  }
}

async function readEffects(pool: pg.Pool): Promise<QueueRaceReport["effects"]> {
  const { rows } = await pool.query(
    `select (select count(*)::int from requests) as answers, (select count(*)::int from movements) as moves,
      (select sum(lifetime_turns_spent)::int from players) as turns_spent`,
  );
  const { answers, moves, turns_spent: turnsSpent } = effectsSchema.parse(rows[0]);
  return { answers, moves, turnsSpent };
}
