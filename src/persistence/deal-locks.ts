/** What a batch locks for deals and licences alone: one without them asks nothing here. */
import { z } from "zod";
import { COMMODITIES } from "../rules/commodities.ts";
import { EXTRACTIONS_FOR_ENFORCEMENT } from "../rules/enforcement.ts";
import { REWARD_TYPES, type RewardType } from "../rules/rewards.ts";
import { binaryArray } from "./binary-arrays.ts";
import { type BalanceRow, balanceKey, type MarketRow, marketKey } from "./books.ts";
import type { Queryable } from "./flight.ts";
import { type ClaimPlace, type LicenseRow, licenseKey } from "./licenses.ts";

const idSchema = z.object({ id: z.string() });
const marketSchema = z.object({
  station_id: z.string(),
  commodity: z.enum(COMMODITIES),
  units: z.int(),
  as_of: z.date(),
});

/** Locks the stations, without waiting, and reads what pilots have brought them. */
export async function lockMarkets(
  db: Queryable,
  markets: readonly { stationId: string; commodity: string }[],
): Promise<{ stations: Set<string>; markets: Map<string, MarketRow> }> {
  if (markets.length === 0) return { stations: new Set(), markets: new Map() };
  const [locked, surplus] = await Promise.all([
    db.query({
      name: "lock_stations",
      text: "select id from stations where id = any($1::uuid[]) order by id for no key update skip locked",
      values: [binaryArray("uuid", [...new Set(markets.map((market) => market.stationId))])],
    }),
    db.query({
      name: "read_surplus",
      text: `select s.station_id, s.commodity, s.units, s.as_of
        from unnest($1::uuid[], $2::text[]) as k(station_id, commodity)
        join station_surplus s on s.station_id = k.station_id and s.commodity = k.commodity`,
      values: [
        binaryArray(
          "uuid",
          markets.map((market) => market.stationId),
        ),
        binaryArray(
          "text",
          markets.map((market) => market.commodity),
        ),
      ],
    }),
  ]);
  const rows = surplus.rows.map((row) => marketSchema.parse(row));
  return {
    stations: new Set(locked.rows.map((row) => idSchema.parse(row).id)),
    markets: new Map(
      rows.map((row) => [
        marketKey(row.station_id, row.commodity),
        {
          stationId: row.station_id,
          commodity: row.commodity,
          units: row.units,
          asOfMs: row.as_of.getTime(),
        },
      ]),
    ),
  };
}

const licenseSchema = z.object({
  id: z.string(),
  player_id: z.string(),
  region_id: z.string(),
  sector_number: z.int(),
  purchased_at: z.date(),
  expires_at: z.date(),
  cost_paid_cr: z.int(),
  is_current: z.boolean(),
  renewal_of: z.string().nullable(),
  issuer_station_id: z.string(),
});
/** Never `*`: a column that a migration adds would break what is prepared. */
const LICENSE_COLUMNS = Object.keys(licenseSchema.shape)
  .map((name) => `l.${name}`)
  .join(", ");

/** Of each holder and place the two last: the one before, which may overlap, and then the current one. */
export async function lockLicenses(
  db: Queryable,
  claims: readonly (ClaimPlace & { playerId: string })[],
): Promise<Map<string, LicenseRow[]>> {
  if (claims.length === 0) return new Map();
  const { rows } = await db.query({
    name: "lock_licenses",
    text: `select ${LICENSE_COLUMNS} from unnest($1::uuid[], $2::uuid[], $3::int[]) as k(player_id, region_id, sector_number)
      cross join lateral (
        select * from claim_licenses c
        where c.player_id = k.player_id and c.region_id = k.region_id and c.sector_number = k.sector_number
        order by c.is_current desc, c.purchased_at desc limit 2 for share
      ) l order by l.purchased_at, l.is_current`,
    values: [
      binaryArray(
        "uuid",
        claims.map((claim) => claim.playerId),
      ),
      binaryArray(
        "uuid",
        claims.map((claim) => claim.regionId),
      ),
      binaryArray(
        "int",
        claims.map((claim) => claim.sectorNumber),
      ),
    ],
  });
  const licenses = rows
    .map((row) => licenseSchema.parse(row))
    .map(
      (row): LicenseRow => ({
        id: row.id,
        playerId: row.player_id,
        regionId: row.region_id,
        sectorNumber: row.sector_number,
        purchasedAtMs: row.purchased_at.getTime(),
        expiresAtMs: row.expires_at.getTime(),
        costPaidCr: row.cost_paid_cr,
        isCurrent: row.is_current,
        renewalOf: row.renewal_of,
        issuerStationId: row.issuer_station_id,
      }),
    );
  return Map.groupBy(licenses, (license) => licenseKey(license.playerId, license));
}

const extractionSchema = z.object({ player_id: z.string(), resolved_at: z.date() });

/** When players of items with a claim last extracted without a licence: as many as enforcement counts. */
export async function readExtractions(
  db: Queryable,
  claims: readonly { playerId: string }[],
): Promise<Map<string, number[]>> {
  if (claims.length === 0) return new Map();
  const { rows } = await db.query({
    name: "read_extractions",
    text: `select h.player_id, h.resolved_at from unnest($1::uuid[]) as k(player_id)
      cross join lateral (
        select player_id, resolved_at from mining_harvests
        where player_id = k.player_id and am_claimed and not has_license and status = 'COMPLETED'
        order by resolved_at desc limit ${EXTRACTIONS_FOR_ENFORCEMENT - 1}
      ) h`,
    values: [binaryArray("uuid", [...new Set(claims.map((claim) => claim.playerId))])],
  });
  const times = new Map<string, number[]>();
  for (const row of rows) {
    const { player_id, resolved_at } = extractionSchema.parse(row);
    times.set(player_id, [...(times.get(player_id) ?? []), resolved_at.getTime()]);
  }
  return times;
}

const balanceSchema = z.object({ user_id: z.string(), reward_type: z.enum(REWARD_TYPES), amount: z.int() });

/** Locks the balances that items spend; last of all, as whoever gives rewards does (domain §17). */
export async function lockBalances(
  db: Queryable,
  balances: readonly { userId: string; rewardType: RewardType }[],
): Promise<Map<string, BalanceRow>> {
  if (balances.length === 0) return new Map();
  const { rows } = await db.query({
    name: "lock_balances",
    text: `select b.user_id, b.reward_type, b.amount from user_balances b
      join (select distinct u.user_id, u.reward_type from unnest($1::uuid[], $2::text[]) as u(user_id, reward_type)) k
        on b.user_id = k.user_id and b.reward_type = k.reward_type
      order by b.user_id, b.reward_type for no key update of b`,
    values: [
      binaryArray(
        "uuid",
        balances.map(({ userId }) => userId),
      ),
      binaryArray(
        "text",
        balances.map(({ rewardType }) => rewardType),
      ),
    ],
  });
  return new Map(
    rows
      .map((row) => balanceSchema.parse(row))
      .map((row) => [
        balanceKey(row.user_id, row.reward_type),
        { userId: row.user_id, rewardType: row.reward_type, amount: row.amount },
      ]),
  );
}
