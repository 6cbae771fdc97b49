import type pg from "pg";
import { z } from "zod";
import { LICENSE_WARNING_MS, licenseFeeCr } from "../rules/licenses.ts";
import { RICHNESS_TIERS } from "../rules/mining.ts";
import { lockPlayer } from "./player-lock.ts";
import { eachAlone, withTransaction } from "./sqlstate.ts";

const dueSchema = z.object({
  id: z.string(),
  player_id: z.string(),
  sector_id: z.int(),
  richness_tier: z.literal(RICHNESS_TIERS),
  expires_at: z.date(),
  warned: z.boolean(),
});

/** What a licence's holder is told, and how that is remembered. Who hears that it has ended is not warned any more. */
const NOTICES = {
  expiring: {
    type: "claim_license_expiring",
    remember: `update claim_licenses set expiry_warned_at = $2
      where id = $1 and is_current and expiry_warned_at is null`,
  },
  expired: {
    type: "claim_license_expired",
    remember: `update claim_licenses set expiry_told_at = $2, expiry_warned_at = coalesce(expiry_warned_at, $2)
      where id = $1 and is_current and expiry_told_at is null`,
  },
} as const;

/**
 * Tells holders once that their licence ends within the hour, and once that it has ended. A licence that was renewed
 * meanwhile is no longer current and says nothing. One licence, one transaction.
 * @throws what kept one from being told; the others have been
 */
export async function tellLicenseExpiry(pool: pg.Pool, nowMs: number, ending?: AbortSignal): Promise<void> {
  const { rows } = await pool.query({
    name: "read_expiring_licenses",
    text: `select l.id, l.player_id, s.sector_id, f.richness_tier, l.expires_at, l.expiry_warned_at is not null as warned
      from claim_licenses l
      join sectors s on s.region_id = l.region_id and s.sector_number = l.sector_number
      join asteroid_fields f on f.sector_id = s.sector_id
      where l.is_current and l.expiry_told_at is null and l.expires_at <= $1
      order by l.expires_at`,
    values: [new Date(nowMs + LICENSE_WARNING_MS)],
  });
  const tell = async (license: z.output<typeof dueSchema>) => {
    const ended = license.expires_at.getTime() <= nowMs;
    if (!ended && license.warned) return;
    await tellOne(pool, license, ended ? NOTICES.expired : NOTICES.expiring, nowMs);
  };
  await eachAlone(z.array(dueSchema).parse(rows), tell, ending);
}

async function tellOne(
  pool: pg.Pool,
  license: z.output<typeof dueSchema>,
  { type, remember }: (typeof NOTICES)[keyof typeof NOTICES],
  nowMs: number,
): Promise<void> {
  await withTransaction(pool, async (client) => {
    const player = await lockPlayer(client, "id", license.player_id);
    if (player === null) return;
    const { rowCount } = await client.query(remember, [license.id, new Date(nowMs)]);
    if (rowCount === 0) return;
    await player.tell(
      type,
      {
        licenseId: license.id,
        sectorId: license.sector_id,
        expiresAtMs: license.expires_at.getTime(),
        renewalPriceCr: licenseFeeCr(license.richness_tier, true),
      },
      nowMs,
    );
  });
}
