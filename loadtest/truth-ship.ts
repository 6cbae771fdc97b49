/** Holds the numbers that a pilot was shown last against what Postgres has of the pilot and the ship. */
import { isDeepStrictEqual } from "node:util";
import type pg from "pg";
import { z } from "zod";
import type { Ledger, ToldPilot } from "./fleet/ledger.ts";

const storedSchema = z.object({
  player_id: z.string(),
  turns: z.int(),
  anchor_ms: z.number(),
  capacity: z.int(),
  cargo: z.record(z.string(), z.int()),
  standing: z.record(z.string(), z.int()),
  /** As the pilot is told them. */
  same: z.object({
    shipId: z.string(),
    credits: z.int(),
    equipment: z.record(z.string(), z.unknown()),
    attackDrones: z.int(),
    defenseDrones: z.int(),
    quantumShards: z.int(),
    quantumCrystals: z.int(),
  }),
});
export type StoredShip = z.output<typeof storedSchema>;

/** By player; those without a ship are left out. @throws what the database throws */
export async function readShips(
  pool: pg.Pool,
  playerIds: readonly string[],
): Promise<ReadonlyMap<string, StoredShip>> {
  const { rows } = await pool.query(
    `select p.id as player_id, p.turns, s.cargo_capacity as capacity,
        round(extract(epoch from p.last_turn_regeneration) * 1000)::float8 as anchor_ms,
        coalesce((select jsonb_object_agg(commodity, quantity) from ship_cargo
          where ship_id = s.id and quantity > 0), '{}') as cargo,
        coalesce((select jsonb_object_agg(f.code, r.current_value) from reputations r
          join factions f on f.id = r.faction_id where r.player_id = p.id), '{}') as standing,
        jsonb_build_object('shipId', s.id, 'credits', p.credits, 'equipment', s.equipment_slots,
          'attackDrones', p.attack_drones, 'defenseDrones', p.defense_drones,
          'quantumShards', p.quantum_shards, 'quantumCrystals', p.quantum_crystals) as same
      from players p join ships s on s.id = p.current_ship_id where p.id = any($1)`,
    [playerIds],
  );
  return new Map(
    z
      .array(storedSchema)
      .parse(rows)
      .map((row) => [row.player_id, row]),
  );
}

/** What came with the last join is what the database has; and so is what was told last before it, since nothing ran any more. */
export function holdShip(
  { name, pilot, pilotBefore }: Ledger,
  stored: StoredShip | null,
  findings: { readonly toldNotThere: string[] },
): void {
  if (stored === null) return;
  if (pilot !== null) hold(name, pilot, stored, findings);
  // What expeditions have moved of the standing is shown a moment after they end: the room has to read it.
  if (pilotBefore !== null) {
    hold(`${name}, while playing`, { ...pilotBefore, standing: stored.standing }, stored, findings);
  }
}

function hold(
  who: string,
  pilot: ToldPilot,
  stored: StoredShip,
  { toldNotThere }: { readonly toldNotThere: string[] },
): void {
  const { cargo, standing, capacity } = stored;
  const cargoFree = Object.values(cargo).reduce((free, units) => free - units, capacity);
  const there = { ...stored.same, cargo, cargoFree, standing };
  const { turns, nextTurnAtMs, msPerTurn, ...numbers } = pilot;
  const told = {
    ...numbers,
    cargo: Object.fromEntries(Object.entries(numbers.cargo).filter(([, units]) => units !== 0)),
  };
  const others = new Map<string, unknown>(Object.entries(there));
  const wrong = Object.entries(told).filter(([name, value]) => !isDeepStrictEqual(value, others.get(name)));
  if (wrong.length > 0) {
    const right = Object.fromEntries(wrong.map(([name]) => [name, others.get(name)]));
    toldNotThere.push(
      `${who}: has ${JSON.stringify(Object.fromEntries(wrong))}; stored is ${JSON.stringify(right)}`,
    );
  }
  if (!turnsFit(pilot, stored)) {
    const next = `the next at ${nextTurnAtMs}, one each ${msPerTurn} ms`;
    toldNotThere.push(
      `${who}: has ${turns} turns, ${next}; stored are ${stored.turns} turns of ${stored.anchor_ms}`,
    );
  }
}

/**
 * What is told is what is stored, with the turns that time has added since: those come at their times alone. While none
 * has come, the next one's time says nothing: a clock that was set back has not reached the stored time yet.
 */
function turnsFit(told: ToldPilot, stored: StoredShip): boolean {
  const added = told.turns - stored.turns;
  if (added <= 0 || told.nextTurnAtMs === null) return added >= 0;
  return told.nextTurnAtMs === stored.anchor_ms + (added + 1) * told.msPerTurn;
}
