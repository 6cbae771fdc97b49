/** Holds what sectors showed of their ships, when nothing ran any more, against what Postgres has of them. */
import type pg from "pg";
import { z } from "zod";
import { HULL_TYPES, regenerateShield } from "../src/rules/ships.ts";
import type { Ledger } from "./fleet/ledger.ts";
import type { Look, ShownShip } from "./fleet/shown.ts";

/** The server's clock is the database's, and this one is ours: a shield may have regrown by so much more. */
const CLOCKS_DIFFER_MS_MAX = 60_000;

const liveSchema = z.object({
  sectorId: z.int(),
  /** As it is shown. */
  same: z.object({
    shipId: z.string(),
    pilotId: z.string(),
    name: z.string(),
    hullType: z.enum(HULL_TYPES),
    status: z.string(),
    stationId: z.string(),
    hull: z.int(),
    hullMax: z.int(),
    shieldMax: z.int(),
  }),
  shield: z.int(),
  shieldAnchorMs: z.number(),
});
/** A ship that somebody flies. */
export type LiveShip = z.output<typeof liveSchema>;

export interface ShownOptions {
  /** Of the server's clock; null when it may have been set to anything: then a shield may have regrown. */
  readonly nowMs: number | null;
}

/** Where it is written what does not fit. */
export interface ShownFindings {
  readonly shownWrong: string[];
  looks: number;
}

/** @param findings added to @throws what the database throws */
export async function holdShown(
  pool: pg.Pool,
  ledgers: readonly Ledger[],
  { hasClockJumped }: { hasClockJumped: boolean },
  findings: ShownFindings,
): Promise<void> {
  if (ledgers.every(({ looks }) => looks.length === 0)) return;
  const live = await readLive(pool);
  const options = { nowMs: hasClockJumped ? null : Date.now() + CLOCKS_DIFFER_MS_MAX };
  for (const { name, looks } of ledgers) {
    for (const look of looks) {
      findings.looks++;
      findings.shownWrong.push(...wrongIn(look, live, options).map((what) => `${name} saw ${what}`));
    }
  }
}

/** What a look shows of the ships of those who were in, and is not so; and which of them it does not show. */
export function wrongIn(look: Look, live: readonly LiveShip[], options: ShownOptions): string[] {
  const here = new Map(
    live.filter(({ sectorId }) => sectorId === look.sectorId).map((ship) => [ship.same.shipId, ship]),
  );
  const playersIn = new Set(look.playersIn);
  const wrong: string[] = [];
  for (const shown of look.ships) {
    // Strangers, and other threads' pilots, may go on playing.
    if (!playersIn.has(shown.pilotId)) continue;
    const stored = here.get(shown.shipId);
    here.delete(shown.shipId);
    const what = `ship ${shown.shipId} in sector ${look.sectorId}`;
    if (stored === undefined) wrong.push(`${what}, and nobody flies it there`);
    else
      wrong.push(...differencesOf(shown, stored, options).map((difference) => `${what} with ${difference}`));
  }
  const unseen = [...here.values()].filter(({ same }) => playersIn.has(same.pilotId));
  return [...wrong, ...unseen.map(({ same }) => `no ship ${same.shipId} in sector ${look.sectorId}`)];
}

function differencesOf(shown: ShownShip, stored: LiveShip, { nowMs }: ShownOptions): string[] {
  const { shield, action, ...told } = shown;
  const there = new Map<string, unknown>(Object.entries(stored.same));
  const wrong = Object.entries(told).filter(([field, value]) => there.get(field) !== value);
  const lines = wrong.map(([field, value]) => `${field} ${value}; stored is ${there.get(field)}`);
  if (action !== "") lines.push(`${action}, though nothing ran`);
  const { hullType, shieldMax: maxShield } = stored.same;
  const shieldNow =
    nowMs === null
      ? maxShield
      : regenerateShield(
          { hullType, shield: stored.shield, maxShield, anchorMs: stored.shieldAnchorMs },
          nowMs,
        ).shield;
  if (shield < stored.shield || shield > shieldNow)
    lines.push(`shield ${shield}; stored is ${stored.shield}, regrown at most ${shieldNow}`);
  return lines;
}

async function readLive(pool: pg.Pool): Promise<LiveShip[]> {
  const { rows } = await pool.query(
    `select s.sector_id as "sectorId", s.shield,
        round(extract(epoch from s.shield_anchor_at) * 1000)::float8 as "shieldAnchorMs",
        jsonb_build_object('shipId', s.id, 'pilotId', p.id, 'name', s.name, 'hullType', s.type, 'status', s.status,
          'stationId', coalesce(s.docked_station_id::text, ''), 'hull', s.hull, 'hullMax', s.hull_max,
          'shieldMax', s.shield_max) as same
      from ships s join players p on p.current_ship_id = s.id`,
  );
  return z.array(liveSchema).parse(rows);
}
