import type { ClientBase } from "pg";
import { standingLevel } from "../rules/standing.ts";
import { fullAtMs } from "../rules/turns.ts";
import type { Books, PlayerRow, ShipRow } from "./books.ts";
import type { HarvestRow } from "./mining.ts";
import type { Answer, RequestKey } from "./work.ts";

/** A request that this batch answers: kept, so that its repeat gets the same. */
export interface AnsweredRequest extends RequestKey {
  readonly answer: Answer;
}

type Column<Row> = readonly [type: string, value: (row: Row) => unknown];

const moment = (atMs: number | null) => (atMs === null ? null : new Date(atMs));

/** One array a column, for `unnest`: a statement takes any number of rows and is planned once. */
function arrays<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): unknown[] {
  return columns.map(([, value]) => rows.map(value));
}

function unnest<Row>(columns: readonly Column<Row>[]): string {
  return `unnest(${columns.map(([type], index) => `$${index + 1}::${type}[]`).join(", ")})`;
}

const playerColumns = (turnsPerDay: number, nowMs: number): readonly Column<PlayerRow>[] => [
  ["uuid", (row) => row.id],
  ["int", (row) => row.turns],
  ["int", (row) => row.lifetimeTurnsRegenerated],
  ["int", (row) => row.lifetimeTurnsSpent],
  ["timestamptz", (row) => moment(row.turnsAnchorMs)],
  [
    "timestamptz",
    (row) =>
      moment(
        fullAtMs(
          {
            turns: row.turns,
            anchorMs: row.turnsAnchorMs,
            maxTurns: row.maxTurns,
            multiplierBps: row.ariaBonusBps,
            turnsPerDay,
          },
          nowMs,
        ),
      ),
  ],
  ["int", (row) => row.attackDrones],
  ["int", (row) => row.defenseDrones],
  ["int", (row) => row.quantumShards],
  ["int", (row) => row.quantumCrystals],
  ["uuid", (row) => row.currentShipId],
  ["timestamptz", (row) => moment(row.hullClaimedAtMs)],
  ["int", (row) => row.eventSeq],
];

const shipColumns = (nowMs: number): readonly Column<ShipRow>[] => [
  ["uuid", (row) => row.id],
  ["uuid", (row) => row.ownerId],
  ["text", (row) => row.type],
  ["text", (row) => row.name],
  ["int", (row) => row.sectorId],
  ["text", (row) => row.status],
  ["uuid", (row) => row.dockedStationId],
  ["int", (row) => row.hull],
  ["int", (row) => row.hullMax],
  ["int", (row) => row.shield],
  ["int", (row) => row.shieldMax],
  ["timestamptz", (row) => moment(row.shieldAnchorMs)],
  ["int", (row) => row.cargoCapacity],
  ["jsonb", (row) => JSON.stringify(row.equipment)],
  ["int", (row) => row.purchaseValue],
  ["timestamptz", (row) => moment(row.destroyedAtMs)],
  ["timestamptz", () => moment(nowMs)],
];

const harvestColumns: readonly Column<HarvestRow>[] = [
  ["uuid", (row) => row.id],
  ["uuid", (row) => row.playerId],
  ["uuid", (row) => row.shipId],
  ["int", (row) => row.sectorId],
  ["uuid", (row) => row.regionId],
  ["text", (row) => row.status],
  ["text", (row) => row.terminalReason],
  ["int", (row) => row.turnsSpent],
  ["int", (row) => row.refundTurns],
  ["timestamptz", (row) => moment(row.startedAtMs)],
  ["timestamptz", (row) => moment(row.resolvesAtMs)],
  ["timestamptz", (row) => moment(row.resolvedAtMs)],
  ["int", (row) => row.laserLevel],
  ["int", (row) => row.richnessTier],
  ["boolean", (row) => row.amClaimed],
  ["int", (row) => row.yieldBonusBps],
  ["boolean", (row) => row.hasDeepAsteroids],
  ["int", (row) => row.poolBefore],
  ["int", (row) => row.poolDrawn],
  ["int", (row) => row.cargoFreeBefore],
  ["bigint", (row) => row.rolls?.ore ?? null],
  ["bigint", (row) => row.rolls?.preciousChance ?? null],
  ["bigint", (row) => row.rolls?.preciousQuantity ?? null],
  ["bigint", (row) => row.rolls?.shardChance ?? null],
  ["int", (row) => row.oreRolled],
  ["int", (row) => row.oreYield],
  ["int", (row) => row.preciousMetalsYield],
  ["int", (row) => row.quantumShardsYield],
  ["boolean", (row) => row.floored],
  ["int", (row) => row.amRepDelta],
  ["text", (row) => row.depletionStateBefore],
  ["text", (row) => row.depletionStateAfter],
];

type Send = (name: string, text: string, values: unknown[]) => void;

/** Ships before players: a player may point at a ship made in this very batch. */
function writeShips(send: Send, books: Books, nowMs: number): void {
  const ships = books.ships.changed();
  if (ships.length === 0) return;
  const columns = shipColumns(nowMs);
  send(
    "write_ships",
    `insert into ships (id, owner_id, type, name, sector_id, status, docked_station_id, hull, hull_max, shield,
        shield_max, shield_anchor_at, cargo_capacity, equipment_slots, purchase_value, destroyed_at, created_at)
      select * from ${unnest(columns)}
      on conflict (id) do update set sector_id = excluded.sector_id, status = excluded.status,
        docked_station_id = excluded.docked_station_id, hull = excluded.hull, shield = excluded.shield,
        shield_anchor_at = excluded.shield_anchor_at, destroyed_at = excluded.destroyed_at`,
    arrays(ships, columns),
  );
  const holds = ships.flatMap((ship) =>
    Object.entries(ship.cargo).map(([commodity, quantity]) => ({ shipId: ship.id, commodity, quantity })),
  );
  if (holds.length === 0) return;
  send(
    "write_cargo",
    `insert into ship_cargo (ship_id, commodity, quantity) select * from unnest($1::uuid[], $2::text[], $3::int[])
      on conflict (ship_id, commodity) do update set quantity = excluded.quantity
      where ship_cargo.quantity <> excluded.quantity`,
    [holds.map((row) => row.shipId), holds.map((row) => row.commodity), holds.map((row) => row.quantity)],
  );
}

function writePlayers(send: Send, books: Books, turnsPerDay: number, nowMs: number): void {
  const players = books.players.changed();
  if (players.length === 0) return;
  const columns = playerColumns(turnsPerDay, nowMs);
  send(
    "write_players",
    `update players p set turns = u.turns, lifetime_turns_regenerated = u.regenerated,
        lifetime_turns_spent = u.spent, last_turn_regeneration = u.anchor, turn_reset_at = u.full_at,
        attack_drones = u.attack_drones, defense_drones = u.defense_drones, quantum_shards = u.shards,
        quantum_crystals = u.crystals, current_ship_id = u.ship_id, hull_claimed_at = u.hull_claimed_at,
        event_seq = u.event_seq
      from ${unnest(columns)} as u(id, turns, regenerated, spent, anchor, full_at, attack_drones, defense_drones,
        shards, crystals, ship_id, hull_claimed_at, event_seq)
      where p.id = u.id`,
    arrays(players, columns),
  );
}

function writeFields(send: Send, books: Books): void {
  const fields = books.fields.changed();
  if (fields.length === 0) return;
  send(
    "write_fields",
    `update asteroid_fields f set pool_remaining = u.pool, last_depleting_harvest_at = u.last, replenish_due_at = u.due
      from unnest($1::int[], $2::int[], $3::timestamptz[], $4::timestamptz[]) as u(sector_id, pool, last, due)
      where f.sector_id = u.sector_id`,
    [
      fields.map((row) => row.sectorId),
      fields.map((row) => row.poolRemaining),
      fields.map((row) => moment(row.lastDepletingHarvestMs)),
      fields.map((row) => moment(row.replenishDueMs)),
    ],
  );
}

function writeStandings(send: Send, books: Books): void {
  const standings = books.standings.changed();
  if (standings.length === 0) return;
  send(
    "write_standings",
    `insert into reputations (player_id, faction_id, current_value, current_level)
      select u.player_id, f.id, u.value, u.level
      from unnest($1::uuid[], $2::text[], $3::int[], $4::text[]) as u(player_id, code, value, level)
      join factions f on f.code = u.code
      on conflict (player_id, faction_id) do update set current_value = excluded.current_value,
        current_level = excluded.current_level`,
    [
      standings.map((row) => row.playerId),
      standings.map((row) => row.factionCode),
      standings.map((row) => row.value),
      standings.map((row) => standingLevel(row.value).level),
    ],
  );
}

function writeJournals(send: Send, books: Books, nowMs: number): void {
  const harvests = books.harvests.rows();
  if (harvests.length > 0) {
    send(
      "insert_harvests",
      `insert into mining_harvests (id, player_id, ship_id, sector_id, region_id, status, terminal_reason, turns_spent,
          refund_turns, started_at, resolves_at, resolved_at, laser_level, richness_tier, am_claimed, yield_bonus_bps,
          has_deep_asteroids, pool_before, pool_drawn, cargo_free_before, roll_ore, roll_precious_chance,
          roll_precious_quantity, roll_shard_chance, ore_rolled, ore_yield, precious_metals_yield,
          quantum_shards_yield, floored, am_rep_delta, depletion_state_before, depletion_state_after)
        select * from ${unnest(harvestColumns)}`,
      arrays(harvests, harvestColumns),
    );
  }
  for (const row of books.combatLogs.rows()) {
    send(
      "insert_combat_log",
      `insert into combat_logs (id, attacker_id, defender_id, attacker_ship_id, defender_ship_id, sector_id,
          region_id_snapshot, result, destroyed_ship_id, rounds, turns_spent, damage_to_attacker, damage_to_defender,
          attacker_drones_lost, defender_drones_lost, loot, log, started_at, ended_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)`,
      [
        row.id,
        row.attackerId,
        row.defenderId,
        row.attackerShipId,
        row.defenderShipId,
        row.sectorId,
        row.regionIdSnapshot,
        row.result,
        row.destroyedShipId,
        row.rounds,
        row.turnsSpent,
        row.damageToAttacker,
        row.damageToDefender,
        row.attackerDronesLost,
        row.defenderDronesLost,
        JSON.stringify(row.loot),
        JSON.stringify(row.log),
        moment(row.startedAtMs),
        moment(row.endedAtMs),
      ],
    );
    send("touch_sector", "update sectors set last_combat_at = $2 where sector_id = $1", [
      row.sectorId,
      moment(row.endedAtMs),
    ]);
  }
  const movements = books.movements.rows();
  if (movements.length > 0) {
    send(
      "insert_movements",
      `insert into movements (id, player_id, ship_id, kind, from_sector_id, to_sector_id, station_id, turns_spent, at)
        select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::int[], $6::int[], $7::uuid[],
          $8::int[], $9::timestamptz[])`,
      [
        movements.map((row) => row.id),
        movements.map((row) => row.playerId),
        movements.map((row) => row.shipId),
        movements.map((row) => row.kind),
        movements.map((row) => row.fromSectorId),
        movements.map((row) => row.toSectorId),
        movements.map((row) => row.stationId),
        movements.map((row) => row.turnsSpent),
        movements.map((row) => moment(row.atMs)),
      ],
    );
  }
  const events = books.events.rows();
  if (events.length > 0) {
    send(
      "insert_events",
      `insert into events (player_id, seq, type, payload, created_at)
        select u.*, $5::timestamptz from unnest($1::uuid[], $2::int[], $3::text[], $4::jsonb[]) as u`,
      [
        events.map((row) => row.playerId),
        events.map((row) => row.seq),
        events.map((row) => row.type),
        events.map((row) => JSON.stringify(row.payload)),
        moment(nowMs),
      ],
    );
  }
}

function writeRequests(send: Send, requests: readonly AnsweredRequest[], nowMs: number): void {
  if (requests.length === 0) return;
  send(
    "insert_requests",
    `insert into requests (player_id, request_id, fingerprint, answer, created_at)
      select u.*, $5::timestamptz from unnest($1::uuid[], $2::text[], $3::text[], $4::jsonb[]) as u`,
    [
      requests.map((row) => row.playerId),
      requests.map((row) => row.requestId),
      requests.map((row) => row.fingerprint),
      requests.map((row) => JSON.stringify(row.answer)),
      moment(nowMs),
    ],
  );
}

/**
 * Writes what the batch changed, one statement a table, and commits: everything is on the wire before the first
 * answer is awaited.
 * @throws the first statement's error; nothing is committed then
 */
export async function writeBatch(
  client: ClientBase,
  books: Books,
  requests: readonly AnsweredRequest[],
  turnsPerDay: number,
  nowMs: number,
): Promise<void> {
  const sent: Promise<unknown>[] = [];
  const send: Send = (name, text, values) => sent.push(client.query({ name, text, values }));
  writeShips(send, books, nowMs);
  writePlayers(send, books, turnsPerDay, nowMs);
  writeFields(send, books);
  writeStandings(send, books);
  writeJournals(send, books, nowMs);
  writeRequests(send, requests, nowMs);
  const commit = client.query("commit");
  // COMMIT of a failed transaction answers without an error, so the statements' own answers decide. Awaited in
  // order: the first failure is the cause, those after it only say that the transaction is aborted.
  const results = await Promise.allSettled([...sent, commit]);
  for (const result of results) {
    if (result.status === "rejected") throw result.reason;
  }
}
