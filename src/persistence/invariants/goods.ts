/** What must hold of goods: every unit came from somewhere into the holds of that pilot, and stations remember what they bought. */
import type { Invariant } from "./invariant.ts";

export const GOODS_INVARIANTS: readonly Invariant[] = [
  {
    name: "cargo_conserved",
    says: "What ore, metals and shards the ships of a pilot carry together, their wrecks included, is exactly what the pilot's harvests gave, expeditions delivered and fights took from others, less what was sold and what fights lost to others.",
    // By pilot and not by ship: which units went along when a pilot changed ships is in no row.
    breaches: `
      with looted as (
        select case destroyed_ship_id when attacker_ship_id then defender_id else attacker_id end as winner_id,
          case destroyed_ship_id when attacker_ship_id then attacker_id else defender_id end as loser_id,
          l.key as commodity, l.value::int as units
        from combat_logs cross join lateral jsonb_each_text(loot) l
      ), moved as (
        select player_id, 'ore' as commodity, ore_yield as units from mining_harvests
        union all select player_id, 'precious_metals', precious_metals_yield from mining_harvests
        union all select player_id, 'quantum_shards', quantum_shards_yield from mining_harvests
        union all select player_id, commodity, case kind when 'sell' then -quantity else quantity end from deals
          where kind in ('sell', 'deliver_ore')
        union all select winner_id, commodity, units from looted
        union all select loser_id, commodity, -units from looted
      ), due as (
        select player_id, commodity, sum(units) as units from moved group by player_id, commodity
      ), held as (
        select s.owner_id as player_id, c.commodity, sum(c.quantity) as units
        from ship_cargo c join ships s on s.id = c.ship_id group by s.owner_id, c.commodity
      )
      select format('ships of player %s carry %s %s; harvests, deals and fights lead to %s', player_id,
        coalesce(held.units, 0), commodity, coalesce(due.units, 0)) as what
      from due full join held using (player_id, commodity)
      where commodity in ('ore', 'precious_metals', 'quantum_shards')
        and coalesce(due.units, 0) <> coalesce(held.units, 0)`,
  },
  {
    name: "sales_fill_stores",
    says: "A station that still stands remembers its last sale of each commodity: of what pilots brought it has that sale at least, all of them at most, as of less than the day before it in which a store is used up.",
    breaches: `
      with sold as (
        select station_id, commodity, sum(quantity) as units, max(written_seq) as last_seq from deals
        where kind = 'sell' group by station_id, commodity
      )
      select format('station %s holds %s %s as of %s, its last sale brought %s at %s, all together %s', s.station_id, u.units,
        s.commodity, u.as_of, d.quantity, d.at, s.units) as what
      from sold s
      join stations on stations.id = s.station_id
      join deals d on d.written_seq = s.last_seq
      left join station_surplus u on u.station_id = s.station_id and u.commodity = s.commodity
      where u.units is null or u.units not between d.quantity and s.units
        or u.as_of > d.at or u.as_of <= d.at - interval '1 day'`,
  },
];
