import type pg from "pg";
import { z } from "zod";
import { EXTRACTIONS_FOR_ENFORCEMENT } from "../rules/enforcement.ts";
import { AM_FACTION, FRONTIER_FACTION } from "../rules/factions.ts";
import { STANDING_MAX } from "../rules/standing.ts";

/** What an audit holds against the database, in words. */
export interface InvariantText {
  readonly name: string;
  readonly says: string;
}

/** Something that must hold whatever happened. `breaches` finds the rows that break it, a text for each. */
interface Invariant extends InvariantText {
  readonly breaches: string;
}

export interface Breach {
  readonly invariant: string;
  readonly what: string;
}

/** Enough to see what is wrong; a broken table would otherwise print itself. */
const BREACHES_SHOWN_MAX = 20;

/**
 * Each harvest with the life of its field that it belongs to: from full to full again. Within a life the pool only
 * falls, and by that its harvests are put in order: the time of day may have been set back between two of them.
 */
const FIELD_LIVES = `
      turns as (
        select *, pool_before - pool_drawn as pool_left, richness_tier * 100 as pool_size,
          max(resolved_at) filter (where pool_drawn > 0)
            over (turn rows between unbounded preceding and 1 preceding) as last_drawn_at
        from mining_harvests
        window turn as (partition by sector_id order by resolved_at, pool_before desc, pool_drawn)
      ), lives as (
        select *, count(*) filter (where pool_before = pool_size and resolved_at - last_drawn_at >= interval '24 hours')
            over (partition by sector_id order by resolved_at, pool_before desc, pool_drawn rows unbounded preceding)
            as life
        from turns
      )`;

const INVARIANTS: readonly Invariant[] = [
  {
    name: "turns_accounted",
    says: "The turns that a player has spent are those of their harvests, attacks and movements together.",
    breaches: `
      select format('player %s spent %s turns, rows say %s', p.id, p.lifetime_turns_spent, s.spent) as what
      from players p
      join lateral (
        select (select coalesce(sum(turns_spent), 0) from mining_harvests where player_id = p.id)
          + (select coalesce(sum(turns_spent), 0) from combat_logs where attacker_id = p.id)
          + (select coalesce(sum(turns_spent), 0) from movements where player_id = p.id) as spent
      ) s on true
      where s.spent <> p.lifetime_turns_spent`,
  },
  {
    name: "turns_balance",
    says: "A player's turns are those they began with, plus what came back, less what they spent.",
    breaches: `
      select format('player %s has %s turns', id, turns) as what from players
      where turns <> starting_turns + lifetime_turns_regenerated - lifetime_turns_spent`,
  },
  {
    name: "pool_drawn",
    says: "A field's first harvest finds it full, each later one what the one before left, or a full field 24 h or more after the last that drew from it.",
    breaches: `
      with ${FIELD_LIVES}, chain as (
        select *, lag(pool_left) over (partition by sector_id, life order by pool_before desc, pool_drawn) as pool_then
        from lives
      )
      select format('harvest %s in sector %s found %s units, %s were left', id, sector_id, pool_before, pool_then)
        as what
      from chain where pool_before <> coalesce(pool_then, pool_size)`,
  },
  {
    name: "pool_remaining",
    says: "What is left in a field that was harvested is what its last harvest left, or it is full again.",
    breaches: `
      with ${FIELD_LIVES}, last as (
        select distinct on (sector_id) sector_id, pool_left from lives
        order by sector_id, life desc, pool_left
      )
      select format('sector %s holds %s units, its last harvest left %s', f.sector_id, f.pool_remaining, l.pool_left)
        as what
      from asteroid_fields f join last l using (sector_id)
      where l.pool_left <> f.pool_remaining and f.pool_remaining <> f.pool_size`,
  },
  {
    name: "cargo_conserved",
    says: "The ore, the metals and the shards in all holds together, wrecks included, are exactly what harvests gave and expeditions delivered, less what was sold.",
    breaches: `
      select format('harvests gave %s %s, %s were sold, ships hold %s', mined.units, mined.commodity,
        coalesce(sold.units, 0), coalesce(held.units, 0)) as what
      from (
        select 'ore' as commodity, coalesce(sum(ore_yield), 0)
          + (select coalesce(sum(quantity), 0) from deals where kind = 'deliver_ore') as units from mining_harvests
        union all select 'precious_metals', coalesce(sum(precious_metals_yield), 0) from mining_harvests
        union all select 'quantum_shards', coalesce(sum(quantum_shards_yield), 0) from mining_harvests
      ) mined
      left join (select commodity, sum(quantity) as units from ship_cargo group by commodity) held
        on held.commodity = mined.commodity
      left join (
        select commodity, sum(quantity) as units from deals where kind = 'sell' group by commodity
      ) sold on sold.commodity = mined.commodity
      where mined.units - coalesce(sold.units, 0) <> coalesce(held.units, 0)`,
  },
  {
    name: "credits_accounted",
    says: "A player's credits are those they began with and what their deals changed.",
    breaches: `
      select format('player %s has %s credits, deals lead from %s to %s', p.id, p.credits, p.starting_credits,
        p.starting_credits + d.credits) as what
      from players p
      join lateral (select coalesce(sum(credits), 0) as credits from deals where player_id = p.id) d on true
      where p.credits <> p.starting_credits + d.credits`,
  },
  {
    name: "rewards_make_balances",
    says: "What users have of each kind of reward is what the ledger gave them, less what they spent.",
    breaches: `
      select format('user %s has %s %s, was given %s and spent %s', user_id, coalesce(b.amount, 0), reward_type,
        coalesce(g.given, 0), coalesce(s.spent, 0)) as what
      from (select user_id, reward_type, sum(reward_value) as given from reward_ledger group by 1, 2) g
      full join (select user_id, reward_type, sum(amount) as spent from reward_spendings group by 1, 2) s
        using (user_id, reward_type)
      full join user_balances b using (user_id, reward_type)
      where coalesce(g.given, 0) - coalesce(s.spent, 0) <> coalesce(b.amount, 0)`,
  },
  {
    name: "deliveries_paid",
    says: "Ore that was put aboard from the reward ledger was taken out of its user's balance, unit by unit, and only such ore was.",
    breaches: `
      select format('delivery %s of %s ore and spending %s of %s', d.id, d.quantity, s.id, s.amount) as what
      from (
        select d.id, d.quantity, p.user_id from deals d join players p on p.id = d.player_id where kind = 'deliver_ore'
      ) d
      full join (select * from reward_spendings where purpose = 'deliver_ore') s
        on s.reference = d.id::text and s.user_id = d.user_id
      where d.quantity is distinct from s.amount or s.reward_type <> 'ore_units'`,
  },
  {
    name: "runs_paid_once",
    says: "Rewards of runs belong to runs that were completed in time, by that user, on that surface and at that moment; each claim of a day and each referral was rewarded once.",
    breaches: `
      select format('reward %s of a run that is %s', l.reward_key, coalesce(r.status, 'not there')) as what
      from reward_ledger l
      left join expedition_runs r on r.id::text = l.run_id and r.user_id = l.user_id and r.surface = l.surface
      where l.source = 'run' and (r.id is null or r.status <> 'completed' or l.granted_at <> r.ended_at)
      union all
      select format('run %s ended %s after its time', id, ended_at - expires_at) from expedition_runs
      where status in ('completed', 'rejected') and ended_at >= expires_at
      union all
      select format('user %s was paid %s claims of %s on %s', user_id, count(*), meta ->> 'template', meta ->> 'day')
      from reward_ledger where source = 'daily_claim'
      group by user_id, meta ->> 'template', meta ->> 'day' having count(*) > 1
      union all
      select format('%s rewards for bringing along %s', count(*), run_id) from reward_ledger
      where source = 'referral' group by run_id having count(*) > 1`,
  },
  {
    name: "contracts_add_up",
    says: "A contract's points are those of its contributions, and exactly the tiers that they reach are unlocked, each by one of them.",
    breaches: `
      select format('contract %s has %s points, its contributions bring %s', c.id, c.total, k.points) as what
      from guild_contracts c
      join lateral (
        select coalesce(sum(points), 0) as points from contract_contributions where contract_id = c.id
      ) k on true
      where c.total <> k.points
      union all
      select format('tier %s of contract %s at %s of %s points is unlocked: %s, by %s', t.tier, c.id, c.total,
        t.threshold, t.unlocked_at is not null, t.unlocked_by)
      from contract_tiers t
      join guild_contracts c on c.id = t.contract_id
      left join contract_contributions k on k.id = t.unlocked_by and k.contract_id = t.contract_id
        and k.contributed_at = t.unlocked_at
      where (t.unlocked_at is not null) <> (c.total >= t.threshold) or (t.unlocked_at is not null and k.id is null)`,
  },
  {
    name: "contributions_have_sources",
    says: "Each contribution is of the contract's week, and counts a completed harvest or run, or a classification that was not wrong, of the user who brought it.",
    breaches: `
      select format('contribution %s of user %s counts %s %s', k.id, k.user_id, k.source_type, k.source_id) as what
      from contract_contributions k
      join guild_contracts c on c.id = k.contract_id
      where k.contributed_at < c.starts_at or k.contributed_at >= c.ends_at or not case k.source_type
        when 'harvest' then exists (select from mining_harvests h join players p on p.id = h.player_id
          where h.id = k.source_id and p.user_id = k.user_id and h.status = 'COMPLETED')
        when 'run' then exists (select from expedition_runs r
          where r.id = k.source_id and r.user_id = k.user_id and r.surface = k.surface and r.status = 'completed')
        else exists (select from classifications l where l.id = k.source_id and l.user_id = k.user_id
          and l.contract_id = k.contract_id and l.surface = k.surface and l.is_right is distinct from false) end`,
  },
  {
    name: "contract_rewards_paid_once",
    says: "Each reward of a contract belongs to a tier that is unlocked, of a member who had joined below it and has contributed; whoever was given a tier has all of its rewards in the ledger, once.",
    breaches: `
      with earned as (
        select g.user_id, g.surface, g.granted_at, 'contract.' || g.contract_id || '.tier' || g.tier as run_id,
          t.stardust, t.multiplier_bps,
          t.unlocked_at is not null and m.joined_total < t.threshold and exists (
            select from contract_contributions k where k.contract_id = g.contract_id and k.user_id = g.user_id
          ) as is_due
        from contract_tier_grants g
        join contract_tiers t on t.contract_id = g.contract_id and t.tier = g.tier
        join contract_members m on m.contract_id = g.contract_id and m.user_id = g.user_id
      ), expected as (
        select *, 'cosmetic_unlock' as reward_type, 1 as value from earned
        union all select *, 'stardust_bonus', stardust from earned where stardust > 0
        union all select *, 'stardust_multiplier', 1 from earned where multiplier_bps is not null
      )
      select format('user %s was given %s, which is not due', user_id, run_id) as what from earned where not is_due
      union all
      select format('user %s: %s of %s is %s, the ledger says %s', coalesce(e.user_id, l.user_id),
        coalesce(e.reward_type, l.reward_type), coalesce(e.run_id, l.run_id), e.value, l.reward_value)
      from expected e
      full join (select * from reward_ledger where source = 'contract') l on l.user_id = e.user_id
        and l.surface = e.surface and l.run_id = e.run_id and l.reward_type = e.reward_type
      where e.value is distinct from l.reward_value or e.granted_at is distinct from l.granted_at`,
  },
  {
    name: "licenses_paid",
    says: "Each claim licence was paid by exactly one deal of its holder, at its price, and of each place the newest is current.",
    breaches: `
      select format('licence %s of player %s: %s deals, current: %s', l.id, l.player_id, count(d.id), l.is_current)
        as what
      from claim_licenses l
      left join deals d on d.license_id = l.id and d.player_id = l.player_id and d.credits = -l.cost_paid_cr
        and d.at = l.purchased_at
      group by l.id
      having count(d.id) <> 1 or l.is_current = exists (
        select from claim_licenses n where n.player_id = l.player_id and n.sector_number = l.sector_number
          and n.region_id is not distinct from l.region_id and n.id <> l.id
          and (n.purchased_at > l.purchased_at or n.is_current and n.purchased_at = l.purchased_at))
      union all
      select format('deal %s bought licence %s, which is not there', d.id, d.license_id) from deals d
      where d.license_id is not null and not exists (select from claim_licenses l where l.id = d.license_id)`,
  },
  {
    name: "holds_not_overfull",
    says: "No ship carries more than it can.",
    breaches: `
      select format('ship %s carries %s of %s', s.id, c.units, s.cargo_capacity) as what
      from ships s join (select ship_id, sum(quantity) as units from ship_cargo group by ship_id) c on c.ship_id = s.id
      where c.units > s.cargo_capacity`,
  },
  {
    name: "standing_has_causes",
    says: `A player's standing with the Astral Mining Consortium and the Frontier Coalition is what their harvests, deals and expeditions changed, one after the other from 0, each time held within ±${STANDING_MAX}.`,
    // Not a sum: what a limit cut off is lost, so each change is applied to what the one before left.
    breaches: `
      select format('player %s has %s with %s, harvests, deals and expeditions lead to %s', p.id, coalesce(r.current_value, 0),
        f.code, h.standing) as what
      from players p
      join factions f on f.code in ('${AM_FACTION}', '${FRONTIER_FACTION}')
      left join reputations r on r.player_id = p.id and r.faction_id = f.id
      join lateral (
        with recursive changes as (
          select array_agg(delta order by written_seq) as deltas from (
            select written_seq, case f.code when '${AM_FACTION}' then am_rep_delta else fc_rep_delta end as delta
              from mining_harvests where player_id = p.id and status = 'COMPLETED'
            union all select written_seq, am_rep_delta from deals where player_id = p.id and f.code = '${AM_FACTION}'
            union all select written_seq, am_rep_delta from expedition_runs
              where player_id = p.id and status = 'completed' and f.code = '${AM_FACTION}'
          ) caused
        ), walk as (
          select 0 as done, 0 as standing, deltas from changes
          union all
          select done + 1, least(greatest(standing + coalesce(deltas[done + 1], 0), -${STANDING_MAX}), ${STANDING_MAX}), deltas
          from walk where done < cardinality(deltas)
        )
        select standing from walk order by done desc limit 1
      ) h on true
      where coalesce(r.current_value, 0) <> h.standing`,
  },
  {
    name: "enforcement_has_causes",
    says: "Who is or was flagged by the Consortium, or had a patrol sent after them, had extracted at least three times without a licence in the 24 h up to that moment.",
    breaches: `
      with extractions as (
        select * from mining_harvests where am_claimed and not has_license and status = 'COMPLETED'
      ), caused as (
        select player_id, sector_id, resolved_at from extractions h
        where ${EXTRACTIONS_FOR_ENFORCEMENT} <= (select count(*) from extractions e
          where e.player_id = h.player_id and e.written_seq <= h.written_seq
            and e.resolved_at > h.resolved_at - interval '24 hours')
      )
      select format('player %s is flagged until %s', id, am_enforcement_until) as what from players p
      where am_enforcement_until is not null and not exists (
        select from caused c where c.player_id = p.id and c.resolved_at + interval '24 hours' = p.am_enforcement_until)
      union all
      select format('patrol %s was sent after player %s', id, target_player_id) from npc_patrols n
      where not exists (select from caused c where c.player_id = n.target_player_id
        and c.sector_id = n.sector_id and c.resolved_at = n.ordered_at)`,
  },
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
    says: "Each event that is kept of a harvest or a fight has its row: a harvest of that pilot, a fight that pilot was in.",
    breaches: `
      select format('event %s of player %s tells of %s', e.seq, e.player_id, e.payload) as what
      from events e
      where (e.type like 'mining_harvest_%'
          and not exists (select from mining_harvests h
            where h.id::text = e.payload ->> 'harvestId' and h.player_id = e.player_id))
        or (e.type = 'combat_resolved'
          and not exists (select from combat_logs c
            where c.id::text = e.payload ->> 'fightId' and e.player_id in (c.attacker_id, c.defender_id)))`,
  },
  {
    name: "players_fly",
    says: "Every player with a user flies a ship of their own that is not destroyed.",
    breaches: `
      select format('player %s flies ship %s of %s, which is %s', p.id, p.current_ship_id, s.owner_id, s.status) as what
      from players p
      left join ships s on s.id = p.current_ship_id
      where p.user_id is not null and (s.id is null or s.owner_id is distinct from p.id or s.status = 'DESTROYED')`,
  },
  {
    name: "wrecks_have_causes",
    says: "A ship is destroyed for exactly one cause, a fight that destroyed it, its sale or, for a pod, its owner's change to another ship of that moment; no other ship has one.",
    breaches: `
      select format('ship %s of %s is %s; %s fights destroyed it, %s claims or deals traded it in', s.id, s.owner_id,
        s.status, fights.count, claims.count + deals.count) as what
      from ships s
      join lateral (select count(*) from combat_logs where destroyed_ship_id = s.id) fights on true
      join lateral (
        select count(*) from movements
        where s.type = 'ESCAPE_POD' and kind = 'claim_hull' and player_id = s.owner_id and at = s.destroyed_at
      ) claims on true
      join lateral (
        select count(*) from deals where kind = 'sell_hull' and ship_id = s.id
          or s.type = 'ESCAPE_POD' and kind in ('buy_hull', 'board_ship') and player_id = s.owner_id
            and at = s.destroyed_at
      ) deals on true
      where fights.count + claims.count + deals.count <> case s.status when 'DESTROYED' then 1 else 0 end`,
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
    name: "incidents_add_up",
    says: "An incident's points are those of its answers together (one that a contract brought comes with its threshold reached), and one that has ended has left exactly one state, in its own sector and of its own type.",
    breaches: `
      select format('incident %s has %s points, its answers %s; %s, states: %s', i.id, i.score, r.score, i.status, t.count)
        as what
      from sector_incidents i
      join lateral (
        select coalesce(sum(score), 0) as score from incident_responses where incident_id = i.id
      ) r on true
      join lateral (
        select count(*) as count from sector_states
        where incident_id = i.id and sector_id = i.sector_id and state_type = i.type
      ) t on true
      where i.score <> r.score + case when exists (select from contract_tiers where incident_id = i.id) then i.threshold else 0 end
        or t.count <> case when i.resolved_at is null then 0 else 1 end`,
  },
  {
    name: "incident_rewards_earned",
    says: "Each reward of an incident is its answerer's, who was rewarded for it, and each boon has its reward.",
    breaches: `
      select format('reward %s of user %s names no rewarded answer', l.reward_key, l.user_id) as what
      from reward_ledger l
      where l.source = 'incident' and not exists (
        select from incident_responses r join players p on p.id = r.player_id
        where p.user_id = l.user_id and l.run_id = 'incident.' || r.incident_id and r.rewarded_at is not null)
      union all
      select format('boon %s of player %s for incident %s was never given', b.kind, b.player_id, b.incident_id)
      from incident_boons b join players p on p.id = b.player_id
      where not exists (
        select from reward_ledger l where l.user_id = p.user_id and l.run_id = 'incident.' || b.incident_id
          and l.reward_type = case b.kind when 'boost' then 'efficiency_boost' else 'anomaly_access' end)`,
  },
];

/** What `findBreaches` looks for, in words. */
export const INVARIANT_TEXTS: readonly InvariantText[] = INVARIANTS;

/** Holds every invariant against the database as it is, in one snapshot. @returns what breaks them */
export async function findBreaches(pool: pg.Pool): Promise<Breach[]> {
  const client = await pool.connect();
  // Closed rather than returned unless everything went well: its transaction ends with it.
  let finished = false;
  try {
    // One snapshot: what is written meanwhile is seen by all or by none of the queries.
    await client.query("begin isolation level repeatable read read only");
    // The largest of these reads whole tables; a game's batch never does.
    await client.query("set local statement_timeout = '10min'");
    const found: Breach[] = [];
    for (const { name, breaches } of INVARIANTS) {
      const { rows } = await client.query(`select what from (${breaches}) b limit ${BREACHES_SHOWN_MAX}`);
      for (const { what } of z.array(z.object({ what: z.string() })).parse(rows)) {
        found.push({ invariant: name, what });
      }
    }
    await client.query("commit");
    finished = true;
    return found;
  } finally {
    client.release(!finished);
  }
}
