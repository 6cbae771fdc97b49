import type pg from "pg";
import { z } from "zod";
import { Refusal } from "../errors.ts";
import type { DepletionState } from "../rules/mining.ts";
import type { Database } from "./database.ts";
import { depletionOf } from "./fields.ts";
import { lockPlayer } from "./player-lock.ts";
import { FIELD_COLUMNS, fieldSchema } from "./rows.ts";
import { ensureField } from "./sectors.ts";
import { eachAlone, withTransaction } from "./sqlstate.ts";

/** As many as a page shows; each costs a look a minute. */
const BOOKMARKS_MAX = 50;

/** A sector that a player keeps an eye on; the last two are null for one that is no asteroid field. */
export interface Bookmark {
  readonly sectorId: number;
  readonly name: string;
  readonly depletion: DepletionState | null;
  readonly replenishesAtMs: number | null;
}

const bookmarkSchema = z.object({ sector_id: z.int(), name: z.string() });

/** The user's bookmarks, with their fields as they are at `nowMs`. */
export async function readBookmarks(
  { pool }: Pick<Database, "pool">,
  userId: string,
  nowMs: number,
): Promise<Bookmark[]> {
  const { rows } = await pool.query({
    name: "read_bookmarks",
    text: `select b.sector_id, s.name from sector_bookmarks b
      join players p on p.id = b.player_id join sectors s on s.sector_id = b.sector_id
      where p.user_id = $1 order by b.sector_id`,
    values: [userId],
  });
  const bookmarks = z.array(bookmarkSchema).parse(rows);
  const fields = await readFields(
    pool,
    bookmarks.map((row) => row.sector_id),
  );
  return bookmarks.map(({ sector_id: sectorId, name }) => {
    const field = fields.get(sectorId);
    const { state, dueMs } = field === undefined ? { state: null, dueMs: null } : depletionOf(field, nowMs);
    return { sectorId, name, depletion: state, replenishesAtMs: dueMs };
  });
}

async function readFields(db: Pick<pg.ClientBase, "query">, sectorIds: readonly number[]) {
  const { rows } = await db.query({
    name: "read_fields",
    text: `select ${FIELD_COLUMNS} from asteroid_fields where sector_id = any($1::int[])`,
    values: [sectorIds],
  });
  return new Map(
    z
      .array(fieldSchema)
      .parse(rows)
      .map((field) => [field.sectorId, field]),
  );
}

/**
 * Sets or removes a bookmark; asking for what is already so changes nothing. A field without a richness gets one (domain
 * §23.2), so that its changes can be told.
 * @throws Refusal not_joined_yet, sector_not_found, too_many_bookmarks
 */
export async function setBookmark(
  { pool }: Pick<Database, "pool">,
  userId: string,
  { sectorId, bookmarked }: { sectorId: number; bookmarked: boolean },
  nowMs: number,
): Promise<void> {
  await withTransaction(pool, async (client) => {
    const player = await lockPlayer(client, "user_id", userId);
    if (player === null) throw new Refusal("not_joined_yet");
    if (!bookmarked) {
      const gone = "delete from sector_bookmarks where player_id = $1 and sector_id = $2";
      await client.query(gone, [player.id, sectorId]);
      return;
    }
    const { rowCount } = await client.query("select from sectors where sector_id = $1", [sectorId]);
    if (rowCount === 0) throw new Refusal("sector_not_found", { sectorId });
    await ensureField(client, sectorId);
    const field = (await readFields(client, [sectorId])).get(sectorId);
    await client.query(
      `insert into sector_bookmarks (player_id, sector_id, depletion_told, created_at) values ($1, $2, $3, $4)
        on conflict do nothing`,
      [player.id, sectorId, field === undefined ? null : depletionOf(field, nowMs).state, new Date(nowMs)],
    );
    const { rows } = await client.query(
      "select count(*)::int as count from sector_bookmarks where player_id = $1",
      [player.id],
    );
    if (z.object({ count: z.int() }).parse(rows[0]).count > BOOKMARKS_MAX) {
      throw new Refusal("too_many_bookmarks", { bookmarksMax: BOOKMARKS_MAX });
    }
  });
}

/** Of a field that had no row yet when it was bookmarked nothing was told; nobody had mined it. */
const TOLD = `coalesce(b.depletion_told, 'fresh')`;

const toldSchema = z.object({ player_id: z.string(), sector_id: z.int(), depletion_told: z.string() });

/** The fields of whose state somebody may have to be told, as they are at `nowMs`: of the others all bookmarks are right. */
async function readBookmarkedFields(pool: pg.Pool, nowMs: number) {
  const { rows } = await pool.query({
    name: "read_bookmarked_fields",
    text: `select ${FIELD_COLUMNS} from asteroid_fields f where exists (select from sector_bookmarks b
      where b.sector_id = f.sector_id and (${TOLD} <> 'fresh' or f.pool_remaining < f.pool_size))`,
  });
  const fields = z.array(fieldSchema).parse(rows);
  return new Map(fields.map((field) => [field.sectorId, depletionOf(field, nowMs)]));
}

/**
 * Tells the holders of bookmarks of every field whose state is no longer the one they know of: it was mined, or is full
 * again. One notice, one transaction. Of all bookmarks only those to be told leave the database: there may be fifty for
 * each player, and rooms run in this process.
 * @throws what kept one from being told; the others have been
 */
export async function tellDepletionChanges(
  pool: pg.Pool,
  nowMs: number,
  ending?: AbortSignal,
): Promise<void> {
  const fields = await readBookmarkedFields(pool, nowMs);
  const { rows } = await pool.query({
    name: "read_bookmarks_to_tell",
    text: `select b.player_id, b.sector_id, ${TOLD} as depletion_told from sector_bookmarks b
      join unnest($1::int[], $2::text[]) as f (sector_id, state) on f.sector_id = b.sector_id
      where ${TOLD} <> f.state order by b.player_id, b.sector_id`,
    values: [[...fields.keys()], [...fields.values()].map(({ state }) => state)],
  });
  const changed = z
    .array(toldSchema)
    .parse(rows)
    .flatMap(({ player_id: playerId, sector_id: sectorId, depletion_told: from }) => {
      const field = fields.get(sectorId);
      return field === undefined ? [] : [{ playerId, sectorId, from, to: field.state, dueMs: field.dueMs }];
    });
  const tell = ({ playerId, sectorId, from, to, dueMs }: (typeof changed)[number]) =>
    withTransaction(pool, async (client) => {
      const player = await lockPlayer(client, "id", playerId);
      const { rowCount } = await client.query(
        `update sector_bookmarks b set depletion_told = $3
          where player_id = $1 and sector_id = $2 and ${TOLD} = $4`,
        [playerId, sectorId, to, from],
      );
      if (player === null || rowCount === 0) return;
      await player.tell("sector_depletion_changed", { sectorId, from, to, replenishesAtMs: dueMs }, nowMs);
    });
  await eachAlone(changed, tell, ending);
}
