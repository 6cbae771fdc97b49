/** The yardstick of a commit without a game server: pgbench, 16 clients, a transaction for each harvest. */
import { spawn } from "node:child_process";
import { access, constants, glob, writeFile } from "node:fs/promises";
import path from "node:path";
import { type CommitWorld, type Crowd, firstPilot, sectorSql, uuidSql } from "./commit-world.ts";

const CLIENTS = 16;
const THREADS = 2;
/** Debian keeps it out of the PATH unless its wrapper is installed. */
const DEBIAN = "/usr/lib/postgresql/*/bin/pgbench";

/** @throws with what to install when there is none */
export async function findPgbench(): Promise<string> {
  const places = (process.env.PATH ?? "").split(path.delimiter).map((folder) => path.join(folder, "pgbench"));
  for await (const place of glob(DEBIAN)) places.push(place);
  for (const place of places) {
    const isThere = await access(place, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return place;
  }
  throw new Error("pgbench is missing: it comes with Postgres (Debian: apt-get install postgresql-contrib).");
}

/**
 * What `src/persistence` does for one harvest, on the same tables: the same rows locked in the same order, the same rows
 * read, the same rows written. The decision itself (dice, yield, standing) is left out; it costs pgbench nothing. In its
 * JSON a blank follows each colon: pgbench would take `:5` for a variable.
 */
function scriptOf(world: CommitWorld, crowd: Crowd): string {
  const first = firstPilot(world, crowd);
  const [player, ship] = [uuidSql("b", ":n"), uuidSql("c", ":n")];
  const faction = "'astral_mining_consortium'";
  return `\\set n random(${first}, ${first + world.pilots - 1})
\\set sector ${sectorSql(world, ":n").replaceAll(/\s+/g, " ")}
begin;
select sector_id, epoch from sector_leases where sector_id = :sector for share;
select id, credits, turns, max_turns, lifetime_turns_regenerated, lifetime_turns_spent, last_turn_regeneration,
  aria_bonus_bps, attack_drones, defense_drones, quantum_shards, quantum_crystals, current_ship_id, hull_claimed_at,
  event_seq from players where id = ${player} for no key update \\gset p_
select id, owner_id, type, name, sector_id, status, docked_station_id, hull, hull_max, shield, shield_max,
  shield_anchor_at, cargo_capacity, equipment_slots, purchase_value, created_at, destroyed_at
  from ships where id = ${ship} for no key update;
select sector_id, richness_tier, pool_size, pool_remaining, last_depleting_harvest_at, replenish_due_at,
  has_deep_asteroids, cooldown_hours from asteroid_fields where sector_id = :sector for no key update \\gset f_
select r.player_id, f.code, r.current_value from factions f join reputations r on r.faction_id = f.id
  where f.code = ${faction} and r.player_id = ${player};
select ship_id, commodity, quantity from ship_cargo where ship_id = ${ship} and quantity > 0;
select player_id, request_id, fingerprint, answer from requests
  where player_id = ${player} and request_id = gen_random_uuid()::text;
\\set drawn least(:f_pool_remaining, 3)
update ship_cargo set quantity = quantity + 3 where ship_id = ${ship} and commodity = 'ore';
update players set turns = turns - 5, lifetime_turns_spent = lifetime_turns_spent + 5, event_seq = event_seq + 1,
  turn_reset_at = now() where id = ${player};
update asteroid_fields set pool_remaining = pool_remaining - :drawn, last_depleting_harvest_at = now(),
  replenish_due_at = now() where sector_id = :sector;
update reputations set current_value = least(800, current_value + 1), current_level = 'RECOGNIZED'
  where player_id = ${player} and faction_id = (select id from factions where code = ${faction});
insert into mining_harvests (id, player_id, ship_id, sector_id, region_id, status, turns_spent, refund_turns,
    started_at, resolves_at, resolved_at, laser_level, richness_tier, am_claimed, yield_bonus_bps, has_deep_asteroids,
    pool_before, pool_drawn, cargo_free_before, roll_ore, roll_precious_chance, roll_precious_quantity,
    roll_shard_chance, ore_rolled, ore_yield, precious_metals_yield, quantum_shards_yield, floored, am_rep_delta,
    depletion_state_before, depletion_state_after)
  values (gen_random_uuid(), ${player}, ${ship}, :sector, '${world.regionId}', 'COMPLETED', 5, 0, now(), now(), now(),
    0, 5, false, 10000, false, :f_pool_remaining, :drawn, 1000000, 1, 2, 3, 4, 3, 3, 0, 0, false, 1, 'FRESH', 'FRESH');
insert into events (player_id, seq, type, payload, created_at)
  values (${player}, :p_event_seq + 1, 'mining_harvest_completed',
    '{"harvestId": "00000000-0000-4000-8000-000000000000","sectorId": 1,"ore": 3,"preciousMetals": 0,"quantumShards": 0,"floored": false,"amRepDelta": 1,"depletion": {"state": "FRESH","poolRemaining": 497,"poolSize": 500,"replenishesAtMs": 4165646400000}}',
    now());
insert into requests (player_id, request_id, fingerprint, answer, created_at)
  values (${player}, gen_random_uuid()::text, 'harvest',
    '{"harvestId": "00000000-0000-4000-8000-000000000000","startTick": 0,"endTick": 100}', now());
commit;
`;
}

export interface PgbenchOptions {
  readonly program: string;
  readonly url: string;
  readonly folder: string;
  readonly world: CommitWorld;
  readonly crowd: Crowd;
  readonly seconds: number;
}

/** @returns harvests a second @throws with what pgbench said, when it did not finish all it began */
export async function runPgbench(options: PgbenchOptions): Promise<number> {
  const script = path.join(options.folder, `harvest-${options.crowd}.sql`);
  await writeFile(script, scriptOf(options.world, options.crowd));
  const output = await outputOf(options.program, [
    "--no-vacuum",
    "--protocol=prepared",
    `--client=${CLIENTS}`,
    `--jobs=${THREADS}`,
    `--time=${options.seconds}`,
    `--file=${script}`,
    options.url,
  ]);
  const rate = /^tps = ([\d.]+)/m.exec(output)?.[1];
  const failed = /number of failed transactions: (\d+)/.exec(output)?.[1] ?? "0";
  if (rate === undefined || failed !== "0") throw new Error(`pgbench said:\n${output}`);
  return Number(rate);
}

async function outputOf(program: string, args: readonly string[]): Promise<string> {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    output += chunk.toString();
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code !== 0) throw new Error(`pgbench ended with ${code}:\n${output}`);
  return output;
}
