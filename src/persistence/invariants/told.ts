/** What must hold of what pilots were told and answered: all of it, once, and nothing else. */
import { AM_FACTION, FRONTIER_FACTION } from "../../rules/factions.ts";
import type { Invariant } from "./invariant.ts";

export const TOLD_INVARIANTS: readonly Invariant[] = [
  {
    name: "feed_without_gaps",
    says: "The events that are kept of a player have no gaps, and the newest of them is the one the player row names.",
    breaches: `
      select format('player %s: %s events from %s to %s, the player row says %s', p.id, e.count, e.first, e.last,
        p.event_seq) as what
      from players p
      join (select player_id, count(*) as count, min(seq) as first, max(seq) as last from events group by player_id) e
        on e.player_id = p.id
      where e.last <> p.event_seq or e.count <> e.last - e.first + 1`,
  },
  {
    name: "harvests_told_once",
    says: "Every harvest that ended after the oldest event that is kept has exactly one event, which tells its pilot how.",
    breaches: `
      select format('harvest %s (%s) was told %s times: %s', h.id, h.status, count(e.seq), array_agg(e.type)) as what
      from mining_harvests h
      left join events e on e.player_id = h.player_id and e.type like 'mining_harvest_%'
        and e.payload ->> 'harvestId' = h.id::text
      where h.resolved_at > (select coalesce(min(created_at), 'infinity') from events)
      group by h.id, h.status
      having count(e.seq) <> 1 or min(e.type) <> 'mining_harvest_' || lower(h.status)`,
  },
  {
    name: "rare_finds_told_once",
    says: "Every rare find of a harvest that ended after the oldest event that is kept has exactly one event of its own.",
    breaches: `
      select format('harvest %s gave %s %s, told %s times', h.id, y.units, y.commodity, count(e.seq)) as what
      from mining_harvests h
      cross join lateral (
        values ('precious_metals', h.precious_metals_yield), ('quantum_shards', h.quantum_shards_yield)
      ) y (commodity, units)
      left join events e on e.player_id = h.player_id and e.type = 'mining_rare_drop'
        and e.payload ->> 'harvestId' = h.id::text and e.payload ->> 'commodity' = y.commodity
      where y.units > 0 and h.resolved_at > (select coalesce(min(created_at), 'infinity') from events)
      group by h.id, y.commodity, y.units having count(e.seq) <> 1`,
  },
  {
    name: "runs_told_once",
    says: "Every run that was completed after the oldest event that is kept has exactly one event, which tells its pilot.",
    breaches: `
      select format('run %s was told %s times', r.id, count(e.seq)) as what
      from expedition_runs r
      left join events e on e.player_id = r.player_id and e.type = 'expedition_completed'
        and e.payload ->> 'runId' = r.id::text
      where r.status = 'completed' and r.ended_at > (select coalesce(min(created_at), 'infinity') from events)
      group by r.id having count(e.seq) <> 1`,
  },
  {
    name: "levels_told",
    says: "Each level that a player's standing with the Astral Mining Consortium or the Frontier Coalition reaches is told: of those that are kept each goes on from the one before, and the newest is the one it has.",
    // By the feed's own order. Of a feed that is whole, the first goes on from the level that everybody begins at.
    breaches: `
      with feeds as (
        select p.id as player_id, case when coalesce(e.first_seq, p.event_seq + 1) = 1 then 'NEUTRAL' end as began
        from players p
        left join (select player_id, min(seq) as first_seq from events group by player_id) e on e.player_id = p.id
      ), told as (
        select player_id, seq, payload ->> 'faction' as code, payload ->> 'oldLevel' as was, payload ->> 'newLevel' as level,
          lag(payload ->> 'newLevel') over feed as before, lead(seq) over feed is null as is_newest
        from events where type = 'reputation_changed'
        window feed as (partition by player_id, payload ->> 'faction' order by seq)
      )
      select format('event %s tells player %s of %s with %s after %s, where %s went before', seq, player_id, level, code,
        was, coalesce(before, began)) as what
      from told join feeds using (player_id)
      where code in ('${AM_FACTION}', '${FRONTIER_FACTION}') and was <> coalesce(before, began)
      union all
      select format('player %s is %s with %s and was told %s last', feeds.player_id, coalesce(r.current_level, 'NEUTRAL'), f.code,
        coalesce(t.level, began))
      from feeds
      join factions f on f.code in ('${AM_FACTION}', '${FRONTIER_FACTION}')
      left join reputations r on r.player_id = feeds.player_id and r.faction_id = f.id
      left join told t on t.player_id = feeds.player_id and t.code = f.code and t.is_newest
      where coalesce(r.current_level, 'NEUTRAL') <> coalesce(t.level, began)`,
  },
  {
    name: "fights_told_once",
    says: "Every fight that ended after the oldest event that is kept has exactly one event for each of its two pilots.",
    breaches: `
      select format('fight %s was told to player %s %s times', f.id, f.player_id, count(e.seq)) as what
      from (
        select id, attacker_id as player_id, ended_at from combat_logs
        union all select id, defender_id, ended_at from combat_logs
      ) f
      left join events e on e.player_id = f.player_id and e.type = 'combat_resolved'
        and e.payload ->> 'fightId' = f.id::text
      where f.ended_at > (select coalesce(min(created_at), 'infinity') from events)
      group by f.id, f.player_id having count(e.seq) <> 1`,
  },
  {
    name: "told_is_true",
    says: "Each event that is kept of a harvest, a fight or a completed run tells what its row says: how it ended, what it gave or gave back, what it left and who lost what; a harvest or run of that pilot, a fight with another that pilot was in.",
    breaches: `
      with named as (
        select p.id as player_id, coalesce(nullif(p.nickname, ''), u.username) as name
        from players p left join users u on u.id = p.user_id
      ), untrue as (
        select e.* from events e
        left join mining_harvests h on h.id::text = e.payload ->> 'harvestId'
        where e.type like 'mining_harvest_%' and (h.player_id is distinct from e.player_id or not e.payload @> case h.status
          when 'COMPLETED' then jsonb_build_object('sectorId', h.sector_id, 'ore', h.ore_yield,
            'preciousMetals', h.precious_metals_yield, 'quantumShards', h.quantum_shards_yield, 'floored', h.floored,
            'licensed', h.has_license, 'amRepDelta', h.am_rep_delta, 'fcRepDelta', coalesce(h.fc_rep_delta, 0),
            'depletion', jsonb_build_object('state', h.depletion_state_after,
              'poolRemaining', h.pool_before - h.pool_drawn, 'poolSize', h.richness_tier * 100))
          else jsonb_build_object('reason', h.terminal_reason, 'turnsRefunded', h.refund_turns) end)
        union all
        select e.* from events e
        left join mining_harvests h on h.id::text = e.payload ->> 'harvestId'
        where e.type = 'mining_rare_drop' and (h.player_id is distinct from e.player_id
          or (e.payload ->> 'quantity')::int is distinct from case e.payload ->> 'commodity'
            when 'precious_metals' then h.precious_metals_yield when 'quantum_shards' then h.quantum_shards_yield end)
        union all
        select e.* from events e
        left join combat_logs c on c.id::text = e.payload ->> 'fightId'
        where e.type = 'combat_resolved' and (e.player_id in (c.attacker_id, c.defender_id) is not true
          or e.payload -> 'loot' is distinct from c.loot
          or not e.payload @> jsonb_build_object('outcome', c.result, 'rounds', c.rounds,
            'destroyedShipId', c.destroyed_ship_id,
            'role', case e.player_id when c.attacker_id then 'attacker' else 'defender' end))
        union all
        -- Whoever runs a game may name pilots anew: all that is known of the opponent's name is whose it is not.
        select e.* from events e
        join combat_logs c on c.id::text = e.payload ->> 'fightId'
        join named self on self.player_id = e.player_id
        join named foe on foe.player_id = case e.player_id when c.attacker_id then c.defender_id else c.attacker_id end
        where e.type = 'combat_resolved' and e.payload ->> 'opponent' = self.name and foe.name <> self.name
        union all
        select e.* from events e
        left join expedition_runs r on r.id::text = e.payload ->> 'runId' and r.status = 'completed'
        left join anomaly_clues a on a.run_id = r.id
        left join reward_ledger l on l.source = 'run' and l.reward_type = 'ore_units' and l.run_id = r.id::text
          and l.user_id = r.user_id and l.surface = r.surface
        where e.type = 'expedition_completed' and (r.player_id is distinct from e.player_id
          or not e.payload @> jsonb_build_object('missionId', r.mission_id, 'sectorId', r.sector_id,
            'oreUnits', coalesce(l.reward_value, 0), 'amRepDelta', r.am_rep_delta, 'oreQuality', r.ore_quality,
            'oreGrade', r.ore_grade, 'anomaly', a.anomaly))
      )
      select format('event %s of player %s tells of %s', seq, player_id, payload) as what from untrue`,
  },
  {
    name: "requests_match_outcomes",
    says: "Each player has as many answers kept as harvests, attacks, movements and deals since the oldest answer that is kept.",
    breaches: `
      select format('player %s: %s outcomes since the oldest request, %s requests',
        coalesce(o.player_id, r.player_id), coalesce(o.count, 0), coalesce(r.count, 0)) as what
      from (
        select player_id, count(*) from (
          select player_id, resolved_at as at from mining_harvests
          union all select attacker_id, ended_at from combat_logs
          union all select player_id, at from movements
          union all select player_id, at from deals
        ) outcomes
        where at >= (select coalesce(min(created_at), 'infinity') from requests)
        group by player_id
      ) o
      full join (select player_id, count(*) from requests group by player_id) r on r.player_id = o.player_id
      where coalesce(o.count, 0) <> coalesce(r.count, 0)`,
  },
  {
    name: "answers_are_true",
    says: "Each answer that is kept tells what an outcome of that player at that moment says: which one it was, where it led, what it cost or brought.",
    // What else answers tell (ticks, a seat, what was there before) is in no row.
    breaches: `
      with outcomes as (
        select player_id, resolved_at as at, jsonb_build_object('harvestId', id) as answer from mining_harvests
        union all select attacker_id, ended_at, jsonb_build_object('fightId', id) from combat_logs
        union all select player_id, at, case kind
          when 'warp' then jsonb_build_object('sectorId', to_sector_id, 'turnsSpent', turns_spent)
          when 'claim_hull' then jsonb_build_object('shipId', ship_id)
          else jsonb_build_object('stationId', station_id, 'turnsSpent', turns_spent) end
          from movements
        union all select player_id, at, case kind
          when 'sell' then jsonb_build_object('commodity', commodity, 'quantity', quantity, 'unitPriceCr', unit_price_cr,
            'totalCr', credits, 'amRepDelta', am_rep_delta)
          when 'deliver_ore' then jsonb_build_object('quantity', quantity)
          when 'remove_laser' then jsonb_build_object('level', laser_level, 'refundCr', credits)
          when 'buy_license' then jsonb_build_object('licenseId', license_id, 'costPaidCr', -credits,
            'amRepDelta', am_rep_delta)
          when 'buy_hull' then jsonb_build_object('shipId', ship_id, 'costCr', -credits)
          when 'board_ship' then jsonb_build_object('shipId', ship_id)
          when 'sell_hull' then jsonb_build_object('shipId', ship_id, 'refundCr', credits)
          else jsonb_build_object('level', laser_level, 'costCr', -credits) end
          from deals
      )
      select format('request %s of player %s at %s was answered %s', r.request_id, r.player_id, r.created_at, r.answer) as what
      from requests r
      where not exists (
        select from outcomes o where o.player_id = r.player_id and o.at = r.created_at and r.answer @> o.answer)`,
  },
];
