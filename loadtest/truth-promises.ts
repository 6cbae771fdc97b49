/** Holds harvests and fights that were accepted against their ends: each has one in the database, and was told it. */
import type pg from "pg";
import { z } from "zod";
import type { Ledger } from "./fleet/ledger.ts";

/** Requests whose answer tells of something that runs, whose outcome becomes durable later. */
export const PROMISES: ReadonlySet<string> = new Set(["harvest", "attack"]);

/** What was accepted, and is to end. */
export interface Promised {
  /** The harvest's, or the fight's. */
  readonly id: string;
  /** For people. */
  readonly what: string;
  /** Of `performance.now()` where its pilot plays. */
  readonly acceptedMs: number;
  /** From then to its last tick. */
  readonly ticks: number;
}

/** Whether a promise that has no outcome may have died with the server that made it. */
export type MayVanish = (promised: Promised) => boolean;

export interface PromiseOptions {
  readonly mayVanish: MayVanish;
  /** Harvests and fights whose end a pilot was not told, and need not be. */
  readonly leftOut: ReadonlyMap<Ledger, ReadonlySet<string>>;
}

/** Where it is written what does not fit. */
export interface PromiseFindings {
  readonly toldNotThere: string[];
  readonly thereNotTold: string[];
  vanished: number;
}

const answerSchema = z
  .object({
    harvestId: z.uuid().optional(),
    fightId: z.uuid().optional(),
    startTick: z.int(),
    endTick: z.int(),
  })
  .transform(({ harvestId, fightId, startTick, endTick }) => ({
    id: z.uuid().parse(harvestId ?? fightId),
    ticks: endTick - startTick,
  }));
const outcomesSchema = z.array(z.object({ id: z.uuid(), sectorId: z.int().nullable() }));

/** What the pilot's server has promised. */
export function promisesTo({ name, requests }: Ledger): Promised[] {
  return requests.flatMap(({ kind, reply, acceptedMs }) => {
    if (!PROMISES.has(kind) || reply === null || "refused" in reply || acceptedMs === null) return [];
    const { id, ticks } = answerSchema.parse(reply.accepted);
    return [{ id, what: `${name}: ${kind} ${id}`, acceptedMs, ticks }];
  });
}

/** Those of `ids` that have ended, with the sector it was in. @throws what the database throws */
export async function outcomesOf(
  pool: pg.Pool,
  ids: readonly string[],
): Promise<ReadonlyMap<string, number | null>> {
  const { rows } = await pool.query(
    `select id, sector_id as "sectorId" from mining_harvests where id = any($1::uuid[])
      union all select id, sector_id from combat_logs where id = any($1::uuid[])`,
    [ids],
  );
  return new Map(outcomesSchema.parse(rows).map(({ id, sectorId }) => [id, sectorId]));
}

/** @param findings added to @throws what the database throws */
export async function holdPromises(
  pool: pg.Pool,
  ledgers: readonly Ledger[],
  { mayVanish, leftOut }: PromiseOptions,
  findings: PromiseFindings,
): Promise<void> {
  const promised = ledgers.map((ledger) => ({ ledger, promises: promisesTo(ledger) }));
  const ended = await outcomesOf(
    pool,
    promised.flatMap(({ promises }) => promises.map(({ id }) => id)),
  );
  for (const { ledger, promises } of promised) {
    const told = new Set(ledger.events.map(({ payload }) => payload.harvestId ?? payload.fightId));
    for (const promise of promises) {
      if (!ended.has(promise.id)) {
        if (mayVanish(promise)) findings.vanished++;
        else findings.toldNotThere.push(`${promise.what} was accepted and has no outcome`);
      } else if (!told.has(promise.id) && leftOut.get(ledger)?.has(promise.id) !== true) {
        findings.thereNotTold.push(`${promise.what} has ended, and its end was not told`);
      }
    }
  }
}
