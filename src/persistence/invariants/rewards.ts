/** What must hold of the reward ledger and of what earns rewards: runs, claims, contracts, incidents. */
import type { Invariant } from "./invariant.ts";

export const REWARD_INVARIANTS: readonly Invariant[] = [
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
