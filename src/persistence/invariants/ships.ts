/** What must hold of ships: each is where its moves led, whole or a wreck for a cause, as its fights left it. */
import type { Invariant } from "./invariant.ts";

/** Each fight twice: for either ship what it came with, and who fired at it. */
const SIDES = `
      sides as (
        select attacker_ship_id as ship_id, ended_at, log -> 'attacker' as entered, 'defender' as foe, log from combat_logs
        union all select defender_ship_id, ended_at, log -> 'defender', 'attacker', log from combat_logs
      )`;

/** What the rounds of a side's fight took of one of its numbers. */
function taken(what: "hull" | "shield"): string {
  return `select coalesce(sum((hit ->> '${what}')::int), 0) as points
          from jsonb_path_query(log, '$.rounds[*][*] ? (@.kind == "damage")') hit where hit ->> 'by' = foe`;
}

export const SHIP_INVARIANTS: readonly Invariant[] = [
  {
    name: "ships_where_warps_led",
    says: "A ship that has moved is where its warps led: it left each sector as often as it came to it, but for the one it began in and the one it is in.",
    // No order is needed for this, and the time of day gives none where a clock was set back.
    breaches: `
      with steps as (
        select ship_id, to_sector_id as sector_id, case kind when 'warp' then 1 else 0 end as step from movements
        union all select ship_id, from_sector_id, -1 from movements where kind = 'warp'
      ), net as (
        select ship_id, sector_id, sum(step) as times from steps group by ship_id, sector_id
      ), led as (
        select ship_id, coalesce(sum(times) filter (where times > 0), 0) as ends,
          coalesce(array_agg(sector_id) filter (where times > 0), array_agg(sector_id)) as possible
        from net group by ship_id
      )
      select format('ship %s is in sector %s, its warps led to %s', s.id, s.sector_id, l.possible) as what
      from ships s join led l on l.ship_id = s.id
      where l.ends > 1 or s.sector_id <> all (l.possible)`,
  },
  {
    name: "berths_have_causes",
    says: "A ship is docked where it has docked once more than it undocked, or was claimed or bought and has not left since, and nowhere else.",
    breaches: `
      with berths as (
        select ship_id, station_id, case kind when 'undock' then -1 else 1 end as step from movements where station_id is not null
        union all select ship_id, station_id, 1 from deals where kind = 'buy_hull'
      ), led as (
        select ship_id, station_id, sum(step) as times from berths group by ship_id, station_id
      ), lies as (
        select id as ship_id, docked_station_id as station_id, 1 as times from ships where docked_station_id is not null
      )
      select format('ship %s is %s at %s; it came to station %s %s times more often than it left', s.id, s.status,
        s.docked_station_id, station_id, coalesce(led.times, 0)) as what
      from led full join lies using (ship_id, station_id)
      join ships s on s.id = ship_id
      where s.status <> 'DESTROYED' and coalesce(led.times, 0) <> coalesce(lies.times, 0)`,
  },
  {
    name: "wrecks_have_causes",
    says: "A ship is destroyed for exactly one cause, a fight that destroyed it, its sale or, for a pod, its owner's change to another ship of that moment; no other ship has one.",
    breaches: `
      with causes as (
        select destroyed_ship_id as ship_id, 1 as fights, 0 as trades from combat_logs where destroyed_ship_id is not null
        union all select ship_id, 0, 1 from deals where kind = 'sell_hull'
        union all select s.id, 0, 1 from ships s
          join movements m on m.player_id = s.owner_id and m.at = s.destroyed_at and m.kind = 'claim_hull'
          where s.type = 'ESCAPE_POD'
        union all select s.id, 0, 1 from ships s
          join deals d on d.player_id = s.owner_id and d.at = s.destroyed_at and d.kind in ('buy_hull', 'board_ship')
          where s.type = 'ESCAPE_POD'
      ), caused as (select ship_id, sum(fights) as fights, sum(trades) as trades from causes group by ship_id)
      select format('ship %s of %s is %s; %s fights destroyed it, %s claims or deals traded it in', s.id, s.owner_id,
        s.status, coalesce(c.fights, 0), coalesce(c.trades, 0)) as what
      from ships s left join caused c on c.ship_id = s.id
      where coalesce(c.fights + c.trades, 0) <> case s.status when 'DESTROYED' then 1 else 0 end`,
  },
  {
    name: "hulls_have_causes",
    says: "The hull of a ship that has fought is what it brought to its first fight, less what the rounds of its fights took: nothing mends it.",
    // It only falls, so it was never more than before the first.
    breaches: `
      with ${SIDES}, fought as (
        select ship_id, max((entered ->> 'hull')::int) as first, sum(t.points) as taken
        from sides cross join lateral (${taken("hull")}) t group by ship_id
      )
      select format('ship %s has %s hull, of %s its fights took %s', s.id, s.hull, f.first, f.taken) as what
      from ships s join fought f on f.ship_id = s.id where s.hull <> f.first - f.taken`,
  },
  {
    name: "shields_have_causes",
    says: "The shield of a ship that has fought is what the fight left of it at whose end it began to regrow.",
    breaches: `
      with ${SIDES}, fought as (
        select s.id, s.shield, s.shield_anchor_at, array_agg((sides.entered ->> 'shield')::int - t.points)
          filter (where sides.ended_at = s.shield_anchor_at) as left_by_fights
        from ships s join sides on sides.ship_id = s.id cross join lateral (${taken("shield")}) t
        group by s.id
      )
      select format('ship %s has %s shield as of %s, of which its fight then left %s', id, shield, shield_anchor_at,
        left_by_fights) as what
      from fought where (shield = any (left_by_fights)) is not true`,
  },
];
