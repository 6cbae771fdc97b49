/** Holds harvests and fights that were accepted against their outcomes: each has one, and its pilot was told of it. */
import type pg from "pg";
import { z } from "zod";
import { TICK_MS } from "../src/commands/sector.ts";
import type { Ledger, RequestRecord } from "./fleet/ledger.ts";

/** Answers that tell of something that runs, whose outcome becomes durable later. */
export const PROMISES: ReadonlySet<string> = new Set(["harvest", "attack"]);

/** Something that was accepted and runs: from when to when, by `performance.now()`. */
export interface Promised {
  readonly id: string;
  readonly acceptedMs: number;
  /** A fight can be over before. */
  readonly dueMs: number;
}

/** Where it is written what does not fit. */
interface PromiseFindings {
  readonly toldNotThere: string[];
  readonly thereNotTold: string[];
  vanished: number;
}

const promiseSchema = z.object({
  harvestId: z.string().optional(),
  fightId: z.string().optional(),
  startTick: z.int(),
  endTick: z.int(),
});
const outcomeSchema = z.object({ id: z.string() });

/** @returns what a request was promised; null where it was none, or of another kind */
export function promisedBy({ kind, reply, acceptedMs }: RequestRecord): Promised | null {
  if (!PROMISES.has(kind) || reply === null || "refused" in reply || acceptedMs === null) return null;
  const { harvestId, fightId, startTick, endTick } = promiseSchema.parse(reply.accepted);
  const id = harvestId ?? fightId;
  return id === undefined ? null : { id, acceptedMs, dueMs: acceptedMs + (endTick - startTick) * TICK_MS };
}

/** @param findings added to @throws what the database throws */
export async function holdPromises(
  pool: pg.Pool,
  ledgers: readonly Ledger[],
  mayVanish: (promised: Promised) => boolean,
  findings: PromiseFindings,
): Promise<void> {
  const promises = ledgers.flatMap((ledger) => {
    const heard = new Set(ledger.events.map(({ payload }) => payload.harvestId ?? payload.fightId));
    return ledger.requests.flatMap((request) => {
      const promised = promisedBy(request);
      if (promised === null) return [];
      const isTold = heard.has(promised.id) || ledger.truncatedTo > 0;
      return [{ promised, isTold, what: `${ledger.name}: ${request.kind} ${promised.id} was accepted` }];
    });
  });
  const { rows } = await pool.query(
    `select id from mining_harvests where id = any($1::uuid[])
      union all select id from combat_logs where id = any($1::uuid[])`,
    [promises.map(({ promised }) => promised.id)],
  );
  const ended = new Set(
    z
      .array(outcomeSchema)
      .parse(rows)
      .map(({ id }) => id),
  );
  for (const { promised, isTold, what } of promises) {
    if (ended.has(promised.id)) {
      if (!isTold) findings.thereNotTold.push(`${what}, and its end was not told`);
      continue;
    }
    findings.vanished++;
    if (!mayVanish(promised)) findings.toldNotThere.push(`${what} and has no outcome`);
  }
}
