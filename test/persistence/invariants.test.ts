import { strict as assert } from "node:assert";
import type pg from "pg";
import { CommitQueue } from "../../src/persistence/commit-queue.ts";
import { connect } from "../../src/persistence/database.ts";
import { findBreaches, INVARIANT_TEXTS } from "../../src/persistence/invariants.ts";
import { Bench } from "../durability/bench.ts";
import { makeHistory } from "../durability/history.ts";
import { Backup } from "../support/backup.ts";
import { ManualClock } from "../support/clock.ts";
import { useDatabase } from "../support/database.ts";
import { seededDice } from "../support/dice.ts";

interface Corruption {
  readonly what: string;
  /** Changes some row, or rows, behind the server's back. */
  readonly sql: string;
  /** Every invariant that must be found broken, and no other. */
  readonly breaks: readonly string[];
}

/** The pilots hear of the standing that was changed; beside a `changed` with id and am_rep_delta of harvests. */
const TOLD_OF_CHANGED = `told as (
    update events e set payload = e.payload || jsonb_build_object('amRepDelta', changed.am_rep_delta) from changed
    where e.type = 'mining_harvest_completed' and e.payload ->> 'harvestId' = changed.id::text
  )`;
/** The level that such a change brings is kept and told; beside the same `changed`. */
const withLevel = (level: string) => `levelled as (
    update players set event_seq = event_seq + 1 where id = (select player_id from changed limit 1) returning id, event_seq
  ), said as (
    insert into events select id, event_seq, 'reputation_changed', jsonb_build_object('faction', 'astral_mining_consortium',
      'oldLevel', 'NEUTRAL', 'newLevel', '${level}'), '2130-01-01Z' from levelled
  )`;
const A_FIGHT_TOLD = `(player_id, seq) in (select player_id, seq from events where type = 'combat_resolved' limit 1)`;
/** Not the first one: whether that was told cannot be known, since events are not kept for ever. */
const ANY_HARVEST =
  "(select id from mining_harvests where status = 'COMPLETED' order by resolved_at offset 2 limit 1)";
const ITS_PILOT = `(select player_id from mining_harvests where id = ${ANY_HARVEST})`;
/** A run of ITS_PILOT, completed, in a later time than everything else: beside it, its product events. */
const COMPLETED_RUN = `run as (
    insert into expedition_runs (id, user_id, player_id, mission_id, surface, entry_point, sector_id, richness_tier,
        loadout, seed, status, token_jti, issued_at, started_at, objectives, expires_at, ended_at, metrics, objective_score,
        elapsed_sec, roll_quality, roll_clue, roll_anomaly, ore_quality, ore_grade, narrative, am_rep_delta, written_seq)
      select gen_random_uuid(), user_id, id, 'belt_survey', 'web', 'test', 1, 1, '{}', 1, 'completed', gen_random_uuid(),
        '2130-01-01Z', '2130-01-01Z', '[]', '2130-01-02Z', '2130-01-01Z', '{}', 1, 1, 1, 1, 1, 50, 'fair', 'text', 0,
        nextval('outcome_order') from players where id = ${ITS_PILOT}
      returning *
  ), measured as (
    insert into product_events (id, name, user_id, properties, occurred_at, next_attempt_at)
      select gen_random_uuid(), 'ecosystem_mission_' || what, user_id, jsonb_build_object('run_id', id), ended_at, ended_at
      from run, unnest(array['started', 'completed']) what
  )`;
/** Metals in ANY_HARVEST, told with it, but for the hold that they belong into and an event of their own. */
const A_RARE_FIND = `found as (update mining_harvests set precious_metals_yield = 2 where id = ${ANY_HARVEST} returning *),
  told as (update events set payload = payload || '{"preciousMetals": 2}'
    where type = 'mining_harvest_completed' and payload ->> 'harvestId' = ${ANY_HARVEST}::text)`;
const IDLE_PILOT = "(select id from players where lifetime_turns_spent = 0 and event_seq = 0)";
const A_WRECK = "(select destroyed_ship_id from combat_logs where destroyed_ship_id is not null limit 1)";

const CORRUPTIONS: readonly Corruption[] = [
  {
    what: "a turn too many",
    sql: `update players set turns = turns + 1 where id = ${ITS_PILOT}`,
    breaks: ["turns_balance"],
  },
  {
    what: "turns that no time brought back",
    sql: `update players set turns = turns + 50, lifetime_turns_regenerated = lifetime_turns_regenerated + 50
      where id = ${ITS_PILOT}`,
    breaks: ["turns_balance"],
  },
  {
    what: "a credit out of nowhere",
    sql: `update players set credits = credits + 1 where id = ${ITS_PILOT}`,
    breaks: ["credits_accounted"],
  },
  {
    what: "a sale that has been forgotten",
    sql: "delete from deals where kind = 'sell'",
    breaks: ["cargo_conserved", "credits_accounted", "requests_match_outcomes", "answers_are_true"],
  },
  {
    what: "a licence that nobody paid for",
    sql: "update claim_licenses set cost_paid_cr = cost_paid_cr + 1 where is_current",
    breaks: ["licenses_paid"],
  },
  {
    what: "a licence that was charged twice",
    sql: `insert into deals (id, player_id, ship_id, kind, station_id, sector_id, credits, license_id, at)
      select gen_random_uuid(), player_id, ship_id, kind, station_id, sector_id, credits - 1, license_id, at + interval '1 second'
      from deals where license_id is not null limit 1`,
    breaks: ["credits_accounted", "licenses_paid", "requests_match_outcomes"],
  },
  {
    what: "a newest licence that is not current",
    sql: "update claim_licenses set is_current = false",
    breaks: ["licenses_paid"],
  },
  {
    what: "standing by a deal that gave none",
    sql: "update deals set am_rep_delta = 2 where kind = 'sell'",
    breaks: ["standing_has_causes", "answers_are_true"],
  },
  {
    what: "a turn spent on nothing",
    sql: `update players set turns = turns - 1, lifetime_turns_spent = lifetime_turns_spent + 1 where id = ${ITS_PILOT}`,
    breaks: ["turns_accounted"],
  },
  {
    what: "a harvest that has been forgotten",
    sql: `delete from mining_harvests where id = ${ANY_HARVEST}`,
    breaks: [
      "turns_accounted",
      "pool_drawn",
      "cargo_conserved",
      "standing_has_causes",
      "told_is_true",
      "requests_match_outcomes",
      "answers_are_true",
    ],
  },
  {
    what: "a harvest that found another pool than the one before it left",
    sql: `update mining_harvests set pool_before = pool_before - 1 where id = ${ANY_HARVEST}`,
    breaks: ["pool_drawn", "told_is_true"],
  },
  {
    what: "a field that was emptied by nobody",
    sql: "update asteroid_fields set pool_remaining = 1 where pool_remaining < pool_size",
    breaks: ["pool_remaining"],
  },
  {
    what: "ore that has vanished",
    sql: "update ship_cargo set quantity = quantity - 1 where commodity = 'ore'",
    breaks: ["cargo_conserved"],
  },
  {
    what: "precious metals that nobody mined",
    sql: `insert into ship_cargo select current_ship_id, 'precious_metals', 7 from players where id = ${IDLE_PILOT}`,
    breaks: ["cargo_conserved"],
  },
  {
    what: "ore in somebody else's hold",
    sql: `update ship_cargo c set quantity = quantity + case c.ship_id when m.id then -1 else 1 end
      from (select current_ship_id as id from players where id = ${ITS_PILOT}) m
      where c.commodity = 'ore' and c.ship_id in (m.id, (select ship_id from ship_cargo
        where commodity = 'ore' and ship_id <> m.id and ship_id in (select id from ships where type = 'CARGO_HAULER' and status <> 'DESTROYED') limit 1))`,
    breaks: ["cargo_conserved"],
  },
  {
    what: "loot that nobody has",
    sql: `with taken as (update combat_logs set loot = loot || '{"ore": 1000}' where destroyed_ship_id is not null returning id)
      update events set payload = jsonb_set(payload, '{loot,ore}', '1000') from taken
      where payload ->> 'fightId' = taken.id::text`,
    breaks: ["cargo_conserved"],
  },
  {
    what: "a sale that its station knows nothing of",
    sql: "delete from station_surplus",
    breaks: ["sales_fill_stores"],
  },
  {
    what: "a store with more than was ever brought",
    sql: "update station_surplus set units = units + 1",
    breaks: ["sales_fill_stores"],
  },
  {
    what: "a hold that has vanished",
    sql: "delete from ship_cargo",
    breaks: ["cargo_conserved"],
  },
  {
    what: "more cargo than fits",
    sql: "update ships set cargo_capacity = 0",
    breaks: ["holds_not_overfull"],
  },
  {
    what: "a standing that nothing brought",
    sql: `update reputations set current_value = current_value + 1 where player_id = ${ITS_PILOT}`,
    breaks: ["standing_has_causes"],
  },
  {
    what: "a standing that was lost",
    sql: `delete from reputations where player_id = ${ITS_PILOT}`,
    breaks: ["standing_has_causes"],
  },
  {
    what: "a standing past its limit that was not held there",
    sql: `with first as (update mining_harvests set am_rep_delta = 800 where id = ${ANY_HARVEST} returning player_id)
      update reputations set current_value = current_value + 799 from first where first.player_id = reputations.player_id`,
    breaks: ["standing_has_causes", "standing_has_its_level", "told_is_true"],
  },
  {
    what: "a reward that is in no ledger",
    sql: `insert into user_balances (user_id, reward_type, amount) select user_id, 'ore_units', 1 from players
      where id = ${ITS_PILOT}`,
    breaks: ["rewards_make_balances"],
  },
  {
    what: "an incident with points that no answer brought",
    sql: `insert into sector_incidents (id, sector_id, type, severity, status, threshold, score, seed, readings, opens_at, closes_at)
      select gen_random_uuid(), sector_id, 'storm', 1, 'responding', 100, 40, 1, '[]', '2030-01-01', '2030-01-02'
      from sectors limit 1`,
    breaks: ["incidents_add_up"],
  },
  {
    what: "an incident that has ended and left nothing",
    sql: `insert into sector_incidents (id, sector_id, type, severity, status, threshold, seed, readings, opens_at, closes_at, resolved_at)
      select gen_random_uuid(), sector_id, 'storm', 1, 'expired', 100, 1, '[]', '2030-01-01', '2030-01-02', '2030-01-02'
      from sectors limit 1`,
    breaks: ["incidents_add_up"],
  },
  {
    what: "a boost that nobody was given",
    sql: `insert into incident_boons (incident_id, player_id, kind, starts_at, ends_at)
      select gen_random_uuid(), ${ITS_PILOT}, 'boost', '2030-01-01', '2030-01-02'`,
    breaks: ["incident_rewards_earned"],
  },
  {
    what: "an expedition that ended after its time was up",
    sql: `insert into expedition_runs (id, user_id, player_id, mission_id, surface, entry_point, sector_id, richness_tier,
        loadout, seed, status, token_jti, issued_at, expires_at, ended_at, reject_reason)
      select gen_random_uuid(), user_id, id, 'belt_survey', 'web', 'test', 1, 1, '{}', 1, 'rejected', gen_random_uuid(),
        '2030-01-01Z', '2030-01-01Z', '2030-01-02Z', 'metrics_mismatch' from players where id = ${ITS_PILOT}`,
    breaks: ["runs_paid_once"],
  },
  {
    what: "an expedition that began and was not recorded",
    sql: `insert into expedition_runs (id, user_id, player_id, mission_id, surface, entry_point, sector_id, richness_tier,
        loadout, seed, status, token_jti, issued_at, started_at, objectives, expires_at)
      select gen_random_uuid(), user_id, id, 'belt_survey', 'web', 'test', 1, 1, '{}', 1, 'started', gen_random_uuid(),
        '2130-01-01Z', '2130-01-01Z', '[]', '2130-01-02Z' from players where id = ${ITS_PILOT}`,
    breaks: ["product_events_recorded"],
  },
  {
    what: "a product event of a reward that nobody was given",
    sql: `insert into product_events (id, name, user_id, properties, occurred_at, next_attempt_at)
      select gen_random_uuid(), 'ecosystem_reward_granted', user_id, '{"reward_key": "none", "reward_value": 1}',
        '2130-01-01Z', '2130-01-01Z' from players where id = ${ITS_PILOT}`,
    breaks: ["product_events_recorded"],
  },
  {
    what: "ore taken from a balance that came aboard nowhere",
    sql: `insert into reward_spendings (id, user_id, reward_type, amount, purpose, reference, at)
      select gen_random_uuid(), user_id, 'ore_units', 1, 'deliver_ore', 'nowhere', '2030-01-01Z' from players
      where id = ${ITS_PILOT}`,
    breaks: ["rewards_make_balances", "deliveries_paid"],
  },
  {
    what: "a contract with points that nobody brought",
    sql: `insert into guild_contracts (id, theme, iso_week, starts_at, ends_at, total)
      values (gen_random_uuid(), 'solar', '2030-W02', '2030-01-07Z', '2030-01-14Z', 5)`,
    breaks: ["contracts_add_up"],
  },
  {
    what: "a tier that nobody unlocked",
    sql: `with contract as (insert into guild_contracts (id, theme, iso_week, starts_at, ends_at)
        values (gen_random_uuid(), 'solar', '2030-W02', '2030-01-07Z', '2030-01-14Z') returning id)
      insert into contract_tiers (contract_id, tier, threshold, cosmetic, stardust, unlocked_at, unlocked_by)
        select id, 1, 5, 'solar.bronze', 2, '2030-01-08Z', id from contract`,
    breaks: ["contracts_add_up"],
  },
  {
    what: "a contribution of nothing",
    sql: `with contract as (insert into guild_contracts (id, theme, iso_week, starts_at, ends_at, total)
        values (gen_random_uuid(), 'solar', '2030-W02', '2030-01-07Z', '2030-01-14Z', 2) returning id
      ), member as (insert into contract_members (contract_id, user_id, joined_at, joined_total)
        select contract.id, user_id, '2030-01-08Z', 0 from contract, players where players.id = ${ITS_PILOT} returning *)
      insert into contract_contributions (id, contract_id, user_id, surface, source_type, source_id, points, day, contributed_at)
        select gen_random_uuid(), contract_id, user_id, 'web', 'harvest', contract_id, 2, '2030-01-08', '2030-01-08Z' from member`,
    breaks: ["contributions_have_sources"],
  },
  {
    what: "a tier that somebody was given before it was reached",
    sql: `with contract as (insert into guild_contracts (id, theme, iso_week, starts_at, ends_at)
        values (gen_random_uuid(), 'solar', '2030-W02', '2030-01-07Z', '2030-01-14Z') returning id
      ), tier as (insert into contract_tiers (contract_id, tier, threshold, cosmetic, stardust)
        select id, 1, 5, 'solar.bronze', 2 from contract
      ), member as (insert into contract_members (contract_id, user_id, joined_at, joined_total)
        select contract.id, user_id, '2030-01-08Z', 0 from contract, players where players.id = ${ITS_PILOT} returning *)
      insert into contract_tier_grants (contract_id, tier, user_id, surface, granted_at)
        select contract_id, 1, user_id, 'web', '2030-01-08Z' from member`,
    breaks: ["contract_rewards_paid_once"],
  },
  {
    what: "a flag that no extraction brought",
    sql: `update players set am_enforcement_until = '2030-01-01Z' where id = ${ITS_PILOT}`,
    breaks: ["enforcement_has_causes"],
  },
  {
    what: "a patrol sent for nothing",
    sql: `insert into npc_patrols (id, faction_code, sector_id, target_player_id, ordered_at, until_at)
      select gen_random_uuid(), 'astral_mining_consortium', sector_id, player_id, resolved_at, resolved_at + interval '24 hours'
      from mining_harvests where id = ${ANY_HARVEST}`,
    breaks: ["enforcement_has_causes"],
  },
  {
    what: "an event lost in the middle of a feed",
    sql: "delete from events where seq = 2 and player_id in (select player_id from events where seq = 3)",
    breaks: ["feed_without_gaps", "harvests_told_once"],
  },
  {
    what: "the newest event lost",
    sql: `delete from events e where player_id = ${ITS_PILOT}
      and seq = (select max(seq) from events where player_id = e.player_id)`,
    breaks: ["feed_without_gaps", "fights_told_once"],
  },
  {
    what: "a whole feed lost",
    sql: `delete from events e where player_id = ${ITS_PILOT}`,
    breaks: ["fights_told_once"],
  },
  {
    what: "an event that the player row does not know of",
    sql: `update players set event_seq = event_seq - 1 where id = ${ITS_PILOT}`,
    breaks: ["feed_without_gaps"],
  },
  {
    what: "a harvest told twice",
    sql: `with again as (
        update players set event_seq = event_seq + 1 where id = ${ITS_PILOT} returning id, event_seq
      )
      insert into events select player_id, event_seq, type, payload, created_at from events
        join again on again.id = events.player_id and payload ->> 'harvestId' = ${ANY_HARVEST}::text`,
    breaks: ["harvests_told_once"],
  },
  {
    what: "a harvest told as another outcome than it had",
    sql: `update events set type = 'mining_harvest_interrupted' where payload ->> 'harvestId' = ${ANY_HARVEST}::text`,
    breaks: ["harvests_told_once"],
  },
  {
    what: "a fight told to one side only",
    sql: "update events set type = 'something_else' where type = 'combat_resolved' and payload ->> 'role' = 'defender'",
    breaks: ["fights_told_once"],
  },
  {
    what: "a harvest told that never was",
    sql: `update events set payload = payload || '{"harvestId": "none"}' where payload ->> 'harvestId' = ${ANY_HARVEST}::text`,
    breaks: ["harvests_told_once", "told_is_true"],
  },
  ...["ore", "preciousMetals", "quantumShards"].map((number) => ({
    what: `another ${number} told than a harvest had`,
    sql: `update events set payload = payload || jsonb_build_object('${number}', (payload ->> '${number}')::int + 1)
      where payload ->> 'harvestId' = ${ANY_HARVEST}::text`,
    breaks: ["told_is_true"],
  })),
  {
    what: "another pool told than a harvest left",
    sql: `update events set payload = jsonb_set(payload, '{depletion,poolRemaining}', '1')
      where payload ->> 'harvestId' = ${ANY_HARVEST}::text`,
    breaks: ["told_is_true"],
  },
  {
    what: "other turns told than came back",
    sql: `update events set payload = payload || '{"turnsRefunded": 4}' where type = 'mining_harvest_interrupted'`,
    breaks: ["told_is_true"],
  },
  {
    what: "a rare find told that was none",
    sql: `with more as (update players set event_seq = event_seq + 1 where id = ${ITS_PILOT} returning id, event_seq)
      insert into events select id, event_seq, 'mining_rare_drop', jsonb_build_object('harvestId', ${ANY_HARVEST},
        'commodity', 'precious_metals', 'quantity', 4), '2030-01-01Z' from more`,
    breaks: ["told_is_true"],
  },
  ...[
    '{"outcome": "attacker_fled"}',
    '{"loot": {"ore": 1000}}',
    '{"destroyedShipId": "none"}',
    '{"role": "none"}',
  ].map((lie) => ({
    what: `a fight told with ${lie}`,
    sql: `update events set payload = payload || '${lie}' where (player_id, seq) in
        (select player_id, seq from events where type = 'combat_resolved' limit 1)`,
    breaks: ["told_is_true"],
  })),
  {
    what: "somebody else's harvest told",
    sql: `update events set payload = payload || jsonb_build_object('harvestId',
        (select id from mining_harvests where player_id <> ${ITS_PILOT} order by resolved_at desc limit 1))
      where payload ->> 'harvestId' = ${ANY_HARVEST}::text`,
    breaks: ["harvests_told_once", "told_is_true"],
  },
  {
    what: "a fight told that never was",
    sql: `update events set payload = payload || '{"fightId": "none"}'
      where type = 'combat_resolved' and payload ->> 'role' = 'attacker'`,
    breaks: ["fights_told_once", "told_is_true"],
  },
  {
    what: "a pilot without a ship",
    sql: `update players set current_ship_id = null where id = ${ITS_PILOT}`,
    breaks: ["players_fly"],
  },
  {
    what: "a pilot in somebody else's ship",
    sql: `update players p set current_ship_id = (select id from ships where owner_id <> p.id and status <> 'DESTROYED' limit 1)
      where id = ${ITS_PILOT}`,
    breaks: ["players_fly"],
  },
  {
    what: "a pilot in a wreck",
    sql: `update players set current_ship_id = ${A_WRECK} from ships s
      where s.id = ${A_WRECK} and players.id = s.owner_id`,
    breaks: ["players_fly"],
  },
  {
    what: "a ship that was destroyed by nothing",
    sql: `update ships set status = 'DESTROYED' where owner_id = ${ITS_PILOT} and status <> 'DESTROYED'`,
    breaks: ["players_fly", "wrecks_have_causes"],
  },
  {
    what: "a pod that was traded for nothing",
    sql: "update movements set at = at + interval '1 second' where kind = 'claim_hull'",
    breaks: ["wrecks_have_causes", "answers_are_true"],
  },
  {
    what: "a pod that flies on after it was traded",
    sql: "update ships set status = 'IN_SPACE' where type = 'ESCAPE_POD'",
    breaks: ["wrecks_have_causes", "berths_have_causes"],
  },
  {
    what: "a ship that two fights destroyed",
    sql: `update combat_logs set destroyed_ship_id = ${A_WRECK} where id =
      (select id from combat_logs where destroyed_ship_id is null limit 1)`,
    breaks: ["wrecks_have_causes", "told_is_true"],
  },
  {
    what: "a hull that mended itself",
    sql: `update ships set hull = hull + 1 where id in (select defender_ship_id from combat_logs)`,
    breaks: ["hulls_have_causes"],
  },
  {
    what: "a wreck that flies again",
    sql: `update ships set status = 'IN_SPACE' where id = ${A_WRECK}`,
    breaks: ["wrecks_have_causes"],
  },
  {
    what: "a shield that a fight did not bring down",
    sql: `update ships set shield = shield + 1 where id in (select defender_ship_id from combat_logs)`,
    breaks: ["shields_have_causes"],
  },
  {
    what: "a shield that began to grow again when nothing had happened",
    sql: `update ships set shield_anchor_at = shield_anchor_at + interval '1 second'
      where id in (select attacker_ship_id from combat_logs)`,
    breaks: ["shields_have_causes"],
  },
  {
    what: "a ship that did not come to where it warped",
    sql: `update ships s set sector_id = m.from_sector_id from movements m where m.ship_id = s.id and m.kind = 'warp'`,
    breaks: ["ships_where_warps_led"],
  },
  {
    what: "a ship that warped from where it was not any more",
    sql: `insert into movements (id, player_id, ship_id, kind, from_sector_id, to_sector_id, turns_spent, at)
      select gen_random_uuid(), player_id, ship_id, kind, from_sector_id, 100, 0, '2000-01-01' from movements
      where kind = 'warp'`,
    breaks: ["ships_where_warps_led"],
  },
  {
    what: "a ship that is not where it docked",
    sql: "update ships set sector_id = (select max(sector_id) from sectors) where status = 'DOCKED'",
    breaks: ["ships_where_warps_led"],
  },
  {
    what: "a ship that did not dock where it had paid to",
    sql: "update ships set status = 'IN_SPACE', docked_station_id = null where status = 'DOCKED'",
    breaks: ["berths_have_causes"],
  },
  {
    what: "a ship that did not undock",
    sql: `update ships s set status = 'DOCKED', docked_station_id = m.station_id from movements m
      where m.ship_id = s.id and m.kind = 'undock'`,
    breaks: ["berths_have_causes"],
  },
  {
    what: "a ship at a berth that it never came to",
    sql: `update ships s set status = 'DOCKED', docked_station_id = (select id from stations limit 1)
      from players p where p.id = ${IDLE_PILOT} and s.id = p.current_ship_id`,
    breaks: ["berths_have_causes"],
  },
  {
    what: "a standing at a level that it has not reached",
    sql: `with first as (select player_id, faction_id from reputations where current_level = 'NEUTRAL' limit 1),
        told as (update players set event_seq = event_seq + 1 where id = (select player_id from first) returning id, event_seq),
        said as (insert into events select id, event_seq, 'reputation_changed', jsonb_build_object('faction',
          'astral_mining_consortium', 'oldLevel', 'NEUTRAL', 'newLevel', 'EXALTED'), '2130-01-01Z' from told)
      update reputations r set current_level = 'EXALTED' from first
      where r.player_id = first.player_id and r.faction_id = first.faction_id`,
    breaks: ["standing_has_its_level"],
  },
  {
    what: "a level reached that nobody was told of",
    sql: `with changed as (
        update mining_harvests set am_rep_delta = am_rep_delta + 50 where id = ${ANY_HARVEST} returning *
      ), ${TOLD_OF_CHANGED}
      update reputations r set current_value = current_value + 50, current_level = 'RECOGNIZED' from changed
      where r.player_id = changed.player_id`,
    breaks: ["levels_told"],
  },
  {
    what: "a level told that goes on from another than the one before",
    sql: `with more as (update players set event_seq = event_seq + 1 where id = ${ITS_PILOT} returning id, event_seq)
      insert into events select id, event_seq, 'reputation_changed', jsonb_build_object('faction',
        'astral_mining_consortium', 'oldLevel', 'RECOGNIZED', 'newLevel', 'NEUTRAL'), '2130-01-01Z' from more`,
    breaks: ["levels_told"],
  },
  {
    what: "a rare find that nobody was told of",
    sql: `with ${A_RARE_FIND} insert into ship_cargo select ship_id, 'precious_metals', 2 from found`,
    breaks: ["rare_finds_told_once"],
  },
  {
    what: "a rare find told twice",
    sql: `with ${A_RARE_FIND}, stored as (insert into ship_cargo select ship_id, 'precious_metals', 2 from found),
        more as (update players set event_seq = event_seq + 2 where id = ${ITS_PILOT} returning id, event_seq)
      insert into events select more.id, event_seq - nth, 'mining_rare_drop', jsonb_build_object('harvestId', found.id,
        'commodity', 'precious_metals', 'quantity', 2), found.resolved_at from found, more, unnest(array[1, 0]) nth`,
    breaks: ["rare_finds_told_once"],
  },
  {
    what: "a completed run that nobody was told of",
    sql: `with ${COMPLETED_RUN} update players set settings = '{}' where id = (select player_id from run)`,
    breaks: ["runs_told_once"],
  },
  {
    what: "a run told with ore that the ledger did not give for it",
    sql: `with ${COMPLETED_RUN}, more as (
        update players set event_seq = event_seq + 1 where id = (select player_id from run) returning id, event_seq
      )
      insert into events select more.id, event_seq, 'expedition_completed', jsonb_build_object('runId', run.id,
        'missionId', mission_id, 'sectorId', sector_id, 'oreUnits', 3, 'amRepDelta', 0, 'oreQuality', 50, 'oreGrade', 'fair',
        'anomaly', null), ended_at from run, more`,
    breaks: ["told_is_true"],
  },
  {
    what: "a pilot told of a fight with themselves",
    sql: `update events set payload = payload || jsonb_build_object('opponent', (select username from users u
        join players p on p.user_id = u.id where p.id = events.player_id)) where ${A_FIGHT_TOLD}`,
    breaks: ["told_is_true"],
  },
  ...[
    ["harvestId", "harvestId"],
    ["fightId", "fightId"],
    ["turnsSpent", "seat"],
    ["turnsSpent", "stationId"],
    ["totalCr", "totalCr"],
    ["quantity", "quantity"],
    ["amRepDelta", "totalCr"],
    ["costPaidCr", "licenseId"],
    ["shipId", "shipId"],
  ].map(([number, kind]) => ({
    what: `another ${number} answered than its row has, beside ${kind}`,
    sql: `update requests set answer = answer || '{"${number}": 77}' where answer ? '${number}' and answer ? '${kind}'`,
    breaks: ["answers_are_true"],
  })),
  {
    what: "an outcome whose request has no answer",
    sql: `delete from requests where (player_id, request_id) in
      (select player_id, request_id from requests order by created_at desc limit 1)`,
    breaks: ["requests_match_outcomes"],
  },
  {
    what: "an answer to a request without an outcome",
    sql: `insert into requests select player_id, 'another', fingerprint, answer, created_at from requests
      order by created_at desc limit 1`,
    breaks: ["requests_match_outcomes"],
  },
  {
    what: "an answer for a pilot who has done nothing",
    sql: `insert into requests select ${IDLE_PILOT},
      'another', fingerprint, answer, created_at from requests order by created_at desc limit 1`,
    breaks: ["requests_match_outcomes", "answers_are_true"],
  },
];

describe("the invariants", () => {
  after(() => pipelined.end());
  const test = useDatabase();
  const clock = new ManualClock(Date.now());
  let pipelined: pg.Pool;
  let backup: Backup;

  before(async () => {
    pipelined = connect(test.url, { max: 3, applicationName: "queue" }).pool;
    const bench = new Bench(test.pool, clock, seededDice(99));
    const queue = new CommitQueue({
      pool: pipelined,
      clock,
      turnsPerDay: 1000,
      itemsMax: 100,
      onFailure: (message, error) => assert.fail(`${message}: ${error}`),
    });
    await makeHistory(bench, queue, clock);
    backup = await Backup.of(test.pool);
  });

  it("hold for a history in which everything happens that can", async () => {
    assert.deepEqual(await findBreaches(test.pool), []);
    const { rows } = await test.pool.query(
      `select array(select distinct status from mining_harvests order by status) as harvests,
        array(select distinct kind from movements order by kind) as movements,
        exists (select from combat_logs where destroyed_ship_id is not null) as losses`,
    );
    assert.deepEqual(rows, [
      {
        harvests: ["CANCELLED", "COMPLETED", "INTERRUPTED"],
        movements: ["claim_hull", "dock", "undock", "warp"],
        losses: true,
      },
    ]);
  });

  for (const { what, sql, breaks } of CORRUPTIONS) {
    it(`find ${what}`, async () => {
      await backup.corrupt(sql);
      try {
        const found = await findBreaches(test.pool);
        assert.deepEqual([...new Set(found.map(({ invariant }) => invariant))].sort(), [...breaks].sort());
      } finally {
        await backup.restore();
      }
    });
  }

  it("hold for a standing that a limit held on its way", async () => {
    // Up past 800, then down by 10: 790, although the changes add up to more.
    await backup.corrupt(
      `with turned as (
        select id, player_id, row_number() over (partition by player_id order by resolved_at) as nth,
          count(*) over (partition by player_id) as count
        from mining_harvests where status = 'COMPLETED' and player_id = ${ITS_PILOT}
      ), changed as (
        update mining_harvests h set am_rep_delta = case when nth = count then -10 else 500 end
        from turned where turned.id = h.id returning h.id, h.player_id, h.am_rep_delta
      ), ${TOLD_OF_CHANGED}, ${withLevel("EXALTED")}
      update reputations set current_value = 790, current_level = 'EXALTED' where player_id = (select player_id from changed limit 1)`,
    );
    try {
      assert.deepEqual(await findBreaches(test.pool), []);
    } finally {
      await backup.restore();
    }
  });

  it("hold for such a standing whose changes were written in another order than the clock says", async () => {
    // The clock was set back after the fifth: by the time of day, the next three came before it.
    await backup.corrupt(
      `with turned as (
        select id, row_number() over (order by written_seq) as nth from mining_harvests
        where status = 'COMPLETED' and player_id = ${ITS_PILOT}
      ), changed as (
        update mining_harvests h set am_rep_delta = case when nth = 5 then -10 when nth <= 8 then 500 else 0 end
        from turned where turned.id = h.id returning h.id, h.player_id, h.am_rep_delta
      ), ${TOLD_OF_CHANGED}, ${withLevel("EXALTED")}
      update reputations set current_value = 800, current_level = 'EXALTED' where player_id = (select player_id from changed limit 1)`,
    );
    try {
      assert.deepEqual(await findBreaches(test.pool), []);
    } finally {
      await backup.restore();
    }
  });

  it("are each broken by one of these at least", () => {
    const broken = new Set(CORRUPTIONS.flatMap(({ breaks }) => breaks));
    assert.deepEqual(
      INVARIANT_TEXTS.map(({ name }) => name).filter((name) => !broken.has(name)),
      [],
    );
  });

  it("leave no transaction behind when they cannot be held against the database", async () => {
    const { pool } = connect(test.url, { max: 1, applicationName: "audit" });
    await backup.corrupt("alter table events rename to lost");
    try {
      await assert.rejects(findBreaches(pool), { code: "42P01" });
    } finally {
      await backup.corrupt("alter table lost rename to events");
    }
    assert.deepEqual(await findBreaches(pool), []);
    await pool.end();
  });
});
