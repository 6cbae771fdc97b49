/** What must hold of the product events: they tell of runs and rewards, all of them, once, and of nothing else. */
import type { Invariant } from "./invariant.ts";

export const PRODUCT_EVENT_INVARIANTS: readonly Invariant[] = [
  {
    name: "product_events_recorded",
    says: "Each run that began or was completed and each reward that was given, since the oldest event that feeds keep, has its product event, with the same value; and no product event tells of another run or reward.",
    // Of a user who was erased only the product events are left.
    breaches: `
      with happened as (
        select 'ecosystem_mission_started' as name, user_id, id::text as key, null::int as value, started_at as at
          from expedition_runs where started_at is not null
        union all select 'ecosystem_mission_completed', user_id, id::text, null, ended_at
          from expedition_runs where status = 'completed'
        union all select 'ecosystem_mission_started', p.user_id, r.run_id::text, null, r.started_at
          from incident_reactions r join players p on p.id = r.player_id
        union all select 'ecosystem_mission_completed', p.user_id, r.run_id::text, null, r.responded_at
          from incident_responses r join players p on p.id = r.player_id where r.mode = 'reaction'
        union all select 'ecosystem_reward_granted', user_id, reward_key, reward_value, granted_at from reward_ledger
      ), recorded as (
        select name, user_id, (properties ->> 'reward_value')::int as value, occurred_at as at,
          coalesce(properties ->> 'reward_key', properties ->> 'run_id') as key
        from product_events where name <> 'ecosystem_state_changed'
      )
      select format('%s of user %s, %s, at %s: happened %s times, recorded %s times', name, user_id, key, min(at),
        count(*) filter (where is_row), count(*) filter (where not is_row)) as what
      from (
        select *, true as is_row from happened
        union all select name, user_id, key, value, at, false from recorded
      ) both_sides
      where user_id in (select id from users)
      group by name, user_id, key, value
      having min(at) > (select coalesce(min(created_at), 'infinity') from events)
        and (count(*) filter (where is_row) <> 1 or count(*) filter (where not is_row) <> 1)`,
  },
];
