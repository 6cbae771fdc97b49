/** What must hold of what pilots were told and answered: all of it, once, and nothing else. */
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
    says: "Each event that is kept of a harvest or a fight tells what its row says: how it ended, what it gave or gave back, what it left and who lost what; a harvest of that pilot, a fight that pilot was in.",
    breaches: `
      with untrue as (
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
];
