/** Pilots who fill a galaxy with life for pictures: spread over its fields, they mine and fight. */
import pg from "pg";
import { z } from "zod";
import { HULLS, type HullType } from "../../src/rules/ships.ts";
import { PilotClient } from "../support/pilot-client.ts";

const NAMES = [
  ...[
    "Mira",
    "Rook",
    "Ilya",
    "Sable",
    "Juno",
    "Brand",
    "Teo",
    "Wren",
    "Orla",
    "Kestrel",
    "Anouk",
    "Bram",
    "Cato",
  ],
  ...[
    "Dara",
    "Emre",
    "Faye",
    "Goro",
    "Hale",
    "Imke",
    "Jett",
    "Kaya",
    "Lior",
    "Maud",
    "Nilo",
    "Oda",
    "Piet",
    "Quin",
  ],
  ...["Rhea", "Sten", "Tove", "Ugo", "Vega", "Wim", "Xan", "Yara", "Zeno"],
];
const COLORS = [
  "#F28B6B",
  "#6BC5F2",
  "#F2D16B",
  "#A78BFA",
  "#7BD88F",
  "#F29BC1",
  "#9AD1C9",
  "#D6DEE8",
  "#E7A35A",
];
const FLEET: readonly HullType[] = [
  "CARGO_HAULER",
  "CARGO_HAULER",
  "DEFENDER",
  "CARGO_HAULER",
  "COLONY_SHIP",
  "DEFENDER",
];
/** In the sector that is shown. */
const BUSY_SHIPS = 16;
const ACT_MS = 900;

const guestSchema = z.object({ token: z.string(), userId: z.string() });

interface Member {
  readonly client: PilotClient;
  readonly raids: boolean;
}

export class Crew {
  readonly #base: string;
  readonly #pool: pg.Pool;
  readonly #members: Member[] = [];
  #timer: NodeJS.Timeout | null = null;

  constructor(base: string, databaseUrl: string) {
    this.#base = base;
    this.#pool = new pg.Pool({ connectionString: databaseUrl, max: 4 });
  }

  /** @returns the sector where most goes on, and a field where nobody is */
  async populate(): Promise<{ busiest: number; quiet: number }> {
    const { rows } = await this.#pool.query(
      "select sector_id as id from sectors where type = 'ASTEROID_FIELD' order by sector_id",
    );
    const fields = z
      .array(z.object({ id: z.int() }))
      .parse(rows)
      .map(({ id }) => id);
    const open = await this.#pool.query(
      `select sector_id as id from sectors where type <> 'ASTEROID_FIELD' and sector_id % 19 = 3 order by sector_id limit 6`,
    );
    const lanes = z
      .array(z.object({ id: z.int() }))
      .parse(open.rows)
      .map(({ id }) => id);
    const busiest = fields[0] ?? 1;
    const others = [...fields.slice(1, 9), ...lanes];
    let at = 0;
    for (const name of NAMES) {
      const sectorId = at < BUSY_SHIPS ? busiest : (others[at % others.length] ?? busiest);
      await this.#add(name, sectorId, at);
      at++;
    }
    this.#timer = setInterval(() => this.#act(), ACT_MS);
    // A field that has seen better days.
    await this.#pool.query(
      `update asteroid_fields set pool_remaining = pool_size / 5, last_depleting_harvest_at = now(),
        replenish_due_at = now() + interval '7 days' where sector_id = $1`,
      [fields.at(-1)],
    );
    return { busiest, quiet: fields.at(-1) ?? 1 };
  }

  async leave(): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    await Promise.all(this.#members.map(({ client }) => client.leave()));
    await this.#pool.end();
  }

  async #add(name: string, sectorId: number, index: number): Promise<void> {
    const response = await fetch(`${this.#base}/auth/guest`, {
      method: "POST",
      body: JSON.stringify({ name }),
    });
    const { token, userId } = guestSchema.parse(await response.json());
    const port = Number(new URL(this.#base).port);
    // The first join makes the player; then the ship is put where the picture wants it.
    const start = await this.#pool.query(
      "select r.capital_sector_id as id from galaxies g join regions r on r.id = g.start_region_id",
    );
    const first = await PilotClient.join(port, token, { sectorId: Number(start.rows[0].id), protocol: 1 });
    await first.leave();
    const type = FLEET[index % FLEET.length] ?? "CARGO_HAULER";
    const { hullMax, shieldMax, cargoUnits } = HULLS[type];
    await this.#pool.query(
      `update ships s set sector_id = $2, type = $3, hull = $4, hull_max = $4, shield = $5, shield_max = $5,
          cargo_capacity = $6
        from players p where p.user_id = $1 and s.id = p.current_ship_id`,
      [userId, sectorId, type, hullMax, shieldMax, cargoUnits],
    );
    const color = COLORS[index % COLORS.length];
    await this.#pool.query("update players set name_color = $2 where user_id = $1", [userId, color]);
    const client = await PilotClient.join(port, token, { sectorId, protocol: 1 });
    this.#members.push({ client, raids: index % 6 === 5 });
  }

  /** Everybody who is free does something, or waits a little. */
  #act(): void {
    for (const { client, raids } of this.#members) {
      if (client.closed !== null || Math.random() < 0.55) continue;
      const own = client.told.findLast(({ type }) => type === "pilot")?.payload.shipId;
      const ship = client.state.ships.get(String(own));
      if (ship === undefined || ship.status !== "IN_SPACE") continue;
      const prey = [...client.state.ships.values()].find(
        (other) => other.status === "MINING" && other.shipId !== own && other.hullType !== "ESCAPE_POD",
      );
      if (raids && prey !== undefined && Math.random() < 0.7) {
        void client.ask("attack", { targetId: prey.shipId }).catch(() => {});
      } else if (client.state.type === "ASTEROID_FIELD") void client.ask("harvest").catch(() => {});
    }
  }
}
