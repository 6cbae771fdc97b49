import type pg from "pg";
import { z } from "zod";
import { binaryArray } from "./binary-arrays.ts";
import type { Queryable } from "./flight.ts";
import type { Lease } from "./work.ts";

/**
 * Takes the right to write a sector: from here on every batch with an older epoch is refused. Waits for batches in
 * flight (they hold the row FOR SHARE), so what is loaded afterwards is final.
 * @throws a foreign-key error when there is no such sector
 */
export async function openLease(db: Queryable, sectorId: number): Promise<Lease> {
  const { rows } = await db.query({
    name: "open_lease",
    text: `insert into sector_leases as held (sector_id, epoch) values ($1, 1)
      on conflict (sector_id) do update set epoch = held.epoch + 1 returning epoch`,
    values: [String(sectorId)],
  });
  const [row] = z.array(z.object({ epoch: z.int() })).parse(rows);
  if (row === undefined) throw new Error(`no lease for sector ${sectorId}`);
  return { sectorId, epoch: row.epoch };
}

/** The sectors among `leases` that another room has opened since. One statement for all rooms of a process. */
export async function readLostLeases(pool: pg.Pool, leases: readonly Lease[]): Promise<ReadonlySet<number>> {
  if (leases.length === 0) return new Set();
  const { rows } = await pool.query({
    name: "lost_leases",
    text: `select ours.sector_id from unnest($1::int[], $2::bigint[]) as ours(sector_id, epoch)
      left join sector_leases now on now.sector_id = ours.sector_id
      where now.epoch is distinct from ours.epoch`,
    values: [
      binaryArray(
        "int",
        leases.map((lease) => lease.sectorId),
      ),
      binaryArray(
        "bigint",
        leases.map((lease) => lease.epoch),
      ),
    ],
  });
  return new Set(
    z
      .array(z.object({ sector_id: z.int() }))
      .parse(rows)
      .map((row) => row.sector_id),
  );
}
