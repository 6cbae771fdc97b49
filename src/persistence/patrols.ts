import type pg from "pg";
import { z } from "zod";
import { HULLS } from "../rules/ships.ts";
import { uuidOf } from "../uuid.ts";
import type { Queryable } from "./flight.ts";
import type { PilotRecord } from "./pilots.ts";
import { PLAYER_COLUMNS, playerSchema, SHIP_COLUMNS, shipSchema } from "./rows.ts";
import { withTransaction } from "./sqlstate.ts";

const PATROL_HULL = "NPC_MARSHAL_INTERDICTOR";
const PATROL_NAME = "AM Patrol";

/** A patrol as the harvest that was one too many orders it. */
export interface PatrolRow {
  readonly id: string;
  readonly factionCode: string;
  readonly sectorId: number;
  readonly targetPlayerId: string;
  readonly orderedAtMs: number;
  readonly untilMs: number;
}

/** A patrol with work undone, its ship in the sector. */
export interface LaunchedPatrol {
  readonly id: string;
  readonly targetPlayerId: string;
  readonly untilMs: number;
  /** It has had its fight; only going home is left. */
  readonly hasFought: boolean;
  readonly record: PilotRecord;
}

const patrolSchema = z.object({
  id: z.string(),
  target_player_id: z.string(),
  until_at: z.date(),
});

const awaitedSchema = z.tuple([z.object({ awaited: z.boolean() })]);

/** Whether the sector has patrols with work undone. */
export async function hasPatrols(db: Queryable, sectorId: number): Promise<boolean> {
  const { rows } = await db.query({
    name: "has_patrols",
    text: "select exists (select from npc_patrols where sector_id = $1 and done_at is null) as awaited",
    values: [String(sectorId)],
  });
  return awaitedSchema.parse(rows)[0].awaited;
}

/** The patrols that are to be in the sector now and are not: their players and ships are made if need be. */
export async function launchPatrols(
  pool: pg.Pool,
  sectorId: number,
  presentIds: readonly string[],
  nowMs: number,
): Promise<LaunchedPatrol[]> {
  const { rows } = await pool.query({
    name: "read_patrols",
    text: `select id, target_player_id, until_at from npc_patrols
      where sector_id = $1 and done_at is null and id <> all($2::uuid[]) order by ordered_at`,
    values: [sectorId, presentIds],
  });
  const patrols: LaunchedPatrol[] = [];
  for (const row of z.array(patrolSchema).parse(rows)) {
    const record = await launch(pool, row.id, sectorId, nowMs);
    const fights = await pool.query("select from combat_logs where attacker_id = $1 limit 1", [
      record.player.id,
    ]);
    patrols.push({
      id: row.id,
      targetPlayerId: row.target_player_id,
      untilMs: row.until_at.getTime(),
      hasFought: fights.rows.length > 0,
      record,
    });
  }
  return patrols;
}

const regionSchema = z.object({ region_id: z.string() });

async function launch(
  pool: pg.Pool,
  patrolId: string,
  sectorId: number,
  nowMs: number,
): Promise<PilotRecord> {
  const playerId = uuidOf("patrol-pilot", patrolId);
  const { hullMax, shieldMax, cargoUnits } = HULLS[PATROL_HULL];
  const now = new Date(nowMs);
  return withTransaction(pool, async (client) => {
    const made = await client.query(
      `insert into players (id, nickname, credits, starting_credits, last_turn_regeneration, created_at)
        values ($1, $2, 0, 0, $3, $3) on conflict do nothing`,
      [playerId, PATROL_NAME, now],
    );
    if (made.rowCount === 1) {
      const shipId = uuidOf("patrol-ship", patrolId);
      await client.query(
        `insert into ships (id, owner_id, is_npc, type, name, sector_id, hull, hull_max, shield, shield_max,
            shield_anchor_at, cargo_capacity, created_at)
          values ($1, $2, true, $3, $4, $5, $6, $6, $7, $7, $8, $9, $8)`,
        [shipId, playerId, PATROL_HULL, PATROL_NAME, sectorId, hullMax, shieldMax, now, cargoUnits],
      );
      await client.query("update players set current_ship_id = $2 where id = $1", [playerId, shipId]);
    }
    const players = await client.query(`select ${PLAYER_COLUMNS} from players where id = $1`, [playerId]);
    const player = playerSchema.parse(players.rows[0]);
    const ships = await client.query(`select ${SHIP_COLUMNS} from ships where id = $1`, [
      player.currentShipId,
    ]);
    const regions = await client.query("select region_id from sectors where sector_id = $1", [sectorId]);
    return {
      player,
      ship: shipSchema.parse(ships.rows[0]),
      name: PATROL_NAME,
      homeRegionId: regionSchema.parse(regions.rows[0]).region_id,
      color: "#8B5A2B",
      teamId: null,
      isNpc: true,
      isCitizen: false,
      isFlagged: true,
      standings: new Map(),
      lastCompletedHarvestMs: null,
      startingHull: { hullType: PATROL_HULL, equipment: {} },
      licenseExpiresMs: null,
      hasEngineers: false,
      hasTradeSpecialists: false,
    };
  });
}

/** The patrol's work is done: its ship is laid up for good, out of everybody's way. */
export async function finishPatrol(pool: pg.Pool, patrolId: string, nowMs: number): Promise<void> {
  await withTransaction(pool, async (client) => {
    await client.query(
      `update ships set status = 'MAINTENANCE' where status = 'IN_SPACE'
        and id = (select current_ship_id from players where id = $1)`,
      [uuidOf("patrol-pilot", patrolId)],
    );
    await client.query("update npc_patrols set done_at = $2 where id = $1 and done_at is null", [
      patrolId,
      new Date(nowMs),
    ]);
  });
}
