import type pg from "pg";
import { z } from "zod";
import { Refusal } from "../errors.ts";
import { AM_FACTION } from "../rules/factions.ts";
import { isRenewable, LICENSE_MS, licenseFeeCr, licenseHolds } from "../rules/licenses.ts";
import type { RichnessTier } from "../rules/mining.ts";
import { LICENCE_PURCHASE_STANDING } from "../rules/standing.ts";
import type { Books } from "./books.ts";
import { type Dealer, dealWork, paid } from "./deals.ts";
import { idOf } from "./movement.ts";
import { fieldSchema } from "./rows.ts";
import { ensureField } from "./sectors.ts";
import { withTransaction } from "./sqlstate.ts";
import { changeStanding } from "./standing.ts";
import type { Work } from "./work.ts";

/** A sector as a licence names it (C-05): by its place in its region. */
export interface ClaimPlace {
  readonly regionId: string;
  readonly sectorNumber: number;
}

export interface LicenseRow extends ClaimPlace {
  readonly id: string;
  readonly playerId: string;
  readonly purchasedAtMs: number;
  readonly expiresAtMs: number;
  readonly costPaidCr: number;
  readonly isCurrent: boolean;
  readonly renewalOf: string | null;
  readonly issuerStationId: string;
}

/** A sector that a licence can be had for. */
export interface ClaimedSector extends ClaimPlace {
  readonly sectorId: number;
  readonly richnessTier: RichnessTier;
}

const sectorSchema = z.object({
  region_id: z.string(),
  sector_number: z.int(),
  type: z.string(),
  controlling_faction: z.string().nullable(),
});

/**
 * Reads a sector as somebody who sells its licences sees it; a field without a richness gets one (domain §23.2).
 * @throws Refusal sector_not_found, license_sector_not_asteroid, sector_not_am_claimed
 */
export async function readClaimedSector(pool: pg.Pool, sectorId: number): Promise<ClaimedSector> {
  return withTransaction(pool, async (client) => {
    const { rows } = await client.query(
      "select region_id, sector_number, type, controlling_faction from sectors where sector_id = $1",
      [sectorId],
    );
    const [sector] = z.array(sectorSchema).parse(rows);
    if (sector === undefined) throw new Refusal("sector_not_found", { sectorId });
    if (sector.type !== "ASTEROID_FIELD") throw new Refusal("license_sector_not_asteroid", { sectorId });
    if (sector.controlling_faction !== AM_FACTION) throw new Refusal("sector_not_am_claimed", { sectorId });
    await ensureField(client, sectorId);
    const fields = await client.query("select richness_tier from asteroid_fields where sector_id = $1", [
      sectorId,
    ]);
    return {
      sectorId,
      regionId: sector.region_id,
      sectorNumber: sector.sector_number,
      richnessTier: tierSchema.parse(fields.rows[0]).richness_tier,
    };
  });
}

const tierSchema = z.object({ richness_tier: fieldSchema.in.shape.richness_tier });

export function licenseKey(playerId: string, { regionId, sectorNumber }: ClaimPlace): string {
  return `${playerId}/${regionId}/${sectorNumber}`;
}

/** Whether the player held a licence for the place at a moment, on the rows that the batch has locked. */
export function wasLicensed(books: Books, playerId: string, place: ClaimPlace, atMs: number): boolean {
  const held = books.licenses.get(licenseKey(playerId, place)) ?? [];
  return held.some((license) => licenseHolds(license, atMs));
}

/**
 * Buys 24 h for one sector, cheaper when it renews a licence that is active or ended at most 24 h ago. Each purchase is
 * a row of its own. Mining seed, "License model"; C-05…C-07, C-09.
 */
export function buyLicenseWork(dealer: Dealer, sector: ClaimedSector, turnsPerDay: number): Work {
  const { playerId, station } = dealer;
  const { sectorId, regionId, sectorNumber } = sector;
  const needs = { kind: "buy_license", standingCodes: [AM_FACTION], claim: sector } as const;
  return dealWork(dealer, needs, turnsPerDay, (books, { player }, nowMs) => {
    const key = licenseKey(playerId, sector);
    const before = books.licenses.get(key) ?? [];
    const current = before.find((license) => license.isCurrent) ?? null;
    const renewed = current !== null && isRenewable(current.expiresAtMs, nowMs) ? current : null;
    const costCr = licenseFeeCr(sector.richnessTier, renewed !== null);
    const license: LicenseRow = {
      id: idOf("license", dealer, nowMs),
      playerId,
      regionId,
      sectorNumber,
      purchasedAtMs: nowMs,
      expiresAtMs: nowMs + LICENSE_MS,
      costPaidCr: costCr,
      isCurrent: true,
      renewalOf: renewed?.id ?? null,
      issuerStationId: station.id,
    };
    books.players.put(playerId, paid(player, costCr));
    books.licenses.put(key, [...before.map((each) => ({ ...each, isCurrent: false })), license]);
    const sold = {
      licenseId: license.id,
      sectorId,
      costPaidCr: costCr,
      expiresAtMs: license.expiresAtMs,
      renewal: renewed !== null,
    };
    books.tell(playerId, "claim_license_purchased", sold);
    changeStanding(books, playerId, AM_FACTION, LICENCE_PURCHASE_STANDING);
    const amRepDelta = LICENCE_PURCHASE_STANDING;
    return { row: { credits: -costCr, amRepDelta, licenseId: license.id }, answer: { ...sold, amRepDelta } };
  });
}
