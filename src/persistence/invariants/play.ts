/** What must hold of players, fields and stations: every turn, unit, credit and point of standing has its cause. */
import { EXTRACTIONS_FOR_ENFORCEMENT } from "../../rules/enforcement.ts";
import { AM_FACTION, FRONTIER_FACTION } from "../../rules/factions.ts";
import { STANDING_LEVELS, STANDING_MAX } from "../../rules/standing.ts";
import { MULTIPLIER_MAX_BPS } from "../../rules/turns.ts";
import type { Invariant } from "./invariant.ts";

/** A quarter of an hour's: a clock may be set back and forward again while nobody mines, deals or comes back from a run. */
const UNSEEN_TURNS_MAX = 10;

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

/** What counts towards enforcement; a partial index has these, by player and time. */
const EXTRACTIONS =
  "(select * from mining_harvests where am_claimed and not has_license and status = 'COMPLETED')";

/** The level of a standing's value. */
const LEVEL = `case ${STANDING_LEVELS.map(({ level, min }) => `when r.current_value >= ${min} then '${level}'`).join(" ")} end`;

export const PLAY_INVARIANTS: readonly Invariant[] = [
  {
    name: "turns_accounted",
    says: "The turns that a player has spent are those of their harvests, attacks and movements together.",
    breaches: `
      select format('player %s spent %s turns, rows say %s', p.id, p.lifetime_turns_spent, coalesce(s.spent, 0)) as what
      from players p
      left join (
        select player_id, sum(turns_spent) as spent from (
          select player_id, turns_spent from mining_harvests
          union all select attacker_id, turns_spent from combat_logs
          union all select player_id, turns_spent from movements
        ) outcomes group by player_id
      ) s on s.player_id = p.id
      where coalesce(s.spent, 0) <> p.lifetime_turns_spent`,
  },
  {
    name: "turns_balance",
    says: "A player's turns are those they began with, plus what came back, less what they spent; no more came back than their time allows.",
    // A clock that was set back credits those hours twice. How far it was, all in all, is seen where an outcome that was
    // written later says that it was earlier; the margin is for what no outcome saw. Nobody's rate is above the highest.
    breaches: `
      with set_back as (
        select coalesce(sum(greatest(before_at - at, interval '0')), interval '0') as total from (
          select at, lag(at) over (order by written_seq) as before_at from (
            select written_seq, resolved_at as at from mining_harvests
            union all select written_seq, at from deals
            union all select written_seq, ended_at from expedition_runs where written_seq is not null
          ) outcomes
        ) steps
      )
      select format('player %s has %s turns: %s, %s came back, %s spent; from %s to %s, clock set back by %s', p.id, p.turns,
        p.starting_turns, p.lifetime_turns_regenerated, p.lifetime_turns_spent, p.created_at, p.last_turn_regeneration,
        b.total) as what
      from players p cross join galaxies g cross join set_back b
      where p.turns <> p.starting_turns + p.lifetime_turns_regenerated - p.lifetime_turns_spent
        or p.lifetime_turns_regenerated > ${UNSEEN_TURNS_MAX}
          + greatest(extract(epoch from p.last_turn_regeneration - p.created_at + b.total), 0) / 86400
            * g.default_turns_per_day * ${MULTIPLIER_MAX_BPS} / 10000`,
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
    name: "credits_accounted",
    says: "A player's credits are those they began with and what their deals changed.",
    breaches: `
      select format('player %s has %s credits, deals lead from %s to %s', p.id, p.credits, p.starting_credits,
        p.starting_credits + coalesce(d.credits, 0)) as what
      from players p
      left join (select player_id, sum(credits) as credits from deals group by player_id) d on d.player_id = p.id
      where p.credits <> p.starting_credits + coalesce(d.credits, 0)`,
  },
  {
    name: "licenses_paid",
    says: "Each claim licence was paid by exactly one deal of its holder, at its price, and of each place the one bought last is current.",
    // Bought last by the order of the deals: the time of day may have been set back between two of them.
    breaches: `
      with bought as (
        select l.*, count(d.id) as deals,
          bool_and(d.player_id = l.player_id and d.credits = -l.cost_paid_cr and d.at = l.purchased_at) as is_as_paid,
          row_number() over (
            partition by l.player_id, l.region_id, l.sector_number order by max(d.written_seq) desc nulls last) = 1 as is_last
        from claim_licenses l
        left join deals d on d.license_id = l.id
        group by l.id
      )
      select format('licence %s of player %s: %s deals, as paid: %s, current: %s', id, player_id, deals, is_as_paid, is_current)
        as what
      from bought where deals <> 1 or not is_as_paid or is_current <> is_last
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
      with caused as (
        select player_id, '${AM_FACTION}' as code, written_seq, am_rep_delta as delta
          from mining_harvests where status = 'COMPLETED'
        union all select player_id, '${FRONTIER_FACTION}', written_seq, fc_rep_delta
          from mining_harvests where status = 'COMPLETED'
        union all select player_id, '${AM_FACTION}', written_seq, am_rep_delta from deals
        union all select player_id, '${AM_FACTION}', written_seq, am_rep_delta
          from expedition_runs where status = 'completed'
      ), changes as (
        select player_id, code, array_agg(coalesce(delta, 0) order by written_seq) as deltas from caused
        group by player_id, code
      )
      select format('player %s has %s with %s, harvests, deals and expeditions lead to %s', p.id, coalesce(r.current_value, 0),
        f.code, h.standing) as what
      from players p
      join factions f on f.code in ('${AM_FACTION}', '${FRONTIER_FACTION}')
      left join reputations r on r.player_id = p.id and r.faction_id = f.id
      left join changes c on c.player_id = p.id and c.code = f.code
      join lateral (
        with recursive walk as (
          select 0 as done, 0 as standing
          union all
          select done + 1, least(greatest(standing + c.deltas[done + 1], -${STANDING_MAX}), ${STANDING_MAX})
          from walk where done < cardinality(c.deltas)
        )
        select standing from walk order by done desc limit 1
      ) h on true
      where coalesce(r.current_value, 0) <> h.standing`,
  },
  {
    name: "standing_has_its_level",
    says: "The level of a player's standing with the Astral Mining Consortium and the Frontier Coalition is the one its value is in.",
    breaches: `
      select format('player %s is %s with %s at %s', r.player_id, r.current_level, f.code, r.current_value) as what
      from reputations r join factions f on f.id = r.faction_id
      where f.code in ('${AM_FACTION}', '${FRONTIER_FACTION}') and r.current_level is distinct from ${LEVEL}`,
  },
  {
    name: "enforcement_has_causes",
    says: "Who is or was flagged by the Consortium, or had a patrol sent after them, had extracted at least three times without a licence in the 24 h up to that moment.",
    breaches: `
      with sent as (
        select format('player %s is flagged until %s', id, am_enforcement_until) as what, id as player_id,
          am_enforcement_until - interval '24 hours' as at, null as sector_id
        from players where am_enforcement_until is not null
        union all
        select format('patrol %s was sent after player %s', id, target_player_id), target_player_id, ordered_at, sector_id
        from npc_patrols
      )
      select what from sent where not exists (
        select from ${EXTRACTIONS} h
        where h.player_id = sent.player_id and h.resolved_at = sent.at
          and h.sector_id = coalesce(sent.sector_id, h.sector_id)
          and ${EXTRACTIONS_FOR_ENFORCEMENT} = (select count(*) from (
            select from ${EXTRACTIONS} e
            where e.player_id = h.player_id and e.written_seq <= h.written_seq
              and e.resolved_at > h.resolved_at - interval '24 hours'
            order by e.resolved_at limit ${EXTRACTIONS_FOR_ENFORCEMENT}) enough))`,
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
];
