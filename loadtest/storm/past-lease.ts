/**
 * Whether a server that was stopped writes anything once another one has taken its sectors over: of what it had promised
 * nothing may end there any more. Its clients are gone, so nobody else would notice.
 */
import type pg from "pg";
import { z } from "zod";
import type { Ledger } from "../fleet/ledger.ts";
import { outcomesOf, promisesTo } from "../truth-promises.ts";

const leasesSchema = z.array(z.object({ sectorId: z.int(), epoch: z.int() }));

/** What had been promised by the moment when it was stopped, and the leases of then. */
interface Stopped {
  readonly promised: ReadonlyMap<string, string>;
  readonly epochs: ReadonlyMap<number, number>;
}

/** What it still has to write when it wakes up, and the sectors that are another's by then. */
interface Waking {
  readonly open: ReadonlyMap<string, string>;
  readonly taken: ReadonlySet<number>;
}

async function readEpochs(pool: pg.Pool): Promise<ReadonlyMap<number, number>> {
  const { rows } = await pool.query(`select sector_id as "sectorId", epoch::int from sector_leases`);
  return new Map(leasesSchema.parse(rows).map(({ sectorId, epoch }) => [sectorId, epoch]));
}

/** To be called when it has just been stopped, before anybody takes over. @throws what the database throws */
export async function whenStopped(pool: pg.Pool, ledgers: readonly Ledger[]): Promise<Stopped> {
  const promised = new Map(ledgers.flatMap(promisesTo).map(({ id, what }) => [id, what]));
  return { promised, epochs: await readEpochs(pool) };
}

/** To be called before it is woken up. @throws what the database throws */
export async function beforeWaking(pool: pg.Pool, { promised, epochs }: Stopped): Promise<Waking> {
  const now = await readEpochs(pool);
  const taken = new Set([...now].filter(([id, epoch]) => epoch > (epochs.get(id) ?? 0)).map(([id]) => id));
  const ended = await outcomesOf(pool, [...promised.keys()]);
  return { open: new Map([...promised].filter(([id]) => !ended.has(id))), taken };
}

/** @returns what it has written since in sectors that are another's @throws what the database throws */
export async function writtenPastLease(pool: pg.Pool, { open, taken }: Waking): Promise<string[]> {
  const ended = await outcomesOf(pool, [...open.keys()]);
  return [...ended].flatMap(([id, sectorId]) =>
    sectorId !== null && taken.has(sectorId) ? [`${open.get(id)}, in sector ${sectorId}`] : [],
  );
}
