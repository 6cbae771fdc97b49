/** Pilots who fill a galaxy with life for pictures: spread over its fields, they mine and fight. */
import pg from "pg";
import { z } from "zod";
import { AM_FACTION } from "../../src/rules/factions.ts";
import { HULLS, type HullType } from "../../src/rules/ships.ts";
import { PilotClient } from "../support/pilot-client.ts";

const NAMES =
  "Mira Rook Ilya Sable Juno Brand Teo Wren Orla Kestrel Anouk Bram Cato Dara Emre Faye Goro Hale Imke Jett Kaya Lior Maud Nilo Oda Piet Quin Rhea Sten Tove Ugo Vega Wim Xan Yara Zeno".split(
    " ",
  );
const COLORS = "#F28B6B #6BC5F2 #F2D16B #A78BFA #7BD88F #F29BC1 #9AD1C9 #D6DEE8 #E7A35A".split(" ");
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
/** So many miners would have emptied each field before it is looked at. */
const REFILL_MS = 4_000;

const guestSchema = z.object({ token: z.string(), userId: z.string() });

interface Member {
  readonly client: PilotClient;
  readonly raids: boolean;
}

export class Crew {
  readonly #base: string;
  readonly #pool: pg.Pool;
  readonly #port: number;
  readonly #members: Member[] = [];
  #mined: readonly number[] = [];
  #timer: NodeJS.Timeout | undefined;
  #tides: NodeJS.Timeout | undefined;

  constructor(base: string, databaseUrl: string) {
    this.#base = base;
    this.#port = Number(new URL(base).port);
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
    this.#mined = fields.slice(0, 9);
    const others = [...fields.slice(1, 9), ...lanes];
    let at = 0;
    for (const name of NAMES) {
      const sectorId = at < BUSY_SHIPS ? busiest : (others[at % others.length] ?? busiest);
      await this.#add(name, sectorId, at);
      at++;
    }
    this.#timer = setInterval(() => this.#act(), ACT_MS);
    this.#tides = setInterval(() => void this.#refill(), REFILL_MS);
    // A field that has seen better days.
    await this.#pool.query(
      `update asteroid_fields set pool_remaining = pool_size / 5, last_depleting_harvest_at = now(),
        replenish_due_at = now() + interval '7 days' where sector_id = $1`,
      [fields.at(-1)],
    );
    return { busiest, quiet: fields.at(-1) ?? 1 };
  }

  async leave(): Promise<void> {
    clearInterval(this.#timer);
    clearInterval(this.#tides);
    await Promise.all(this.#members.map(({ client }) => client.leave()));
    await this.#pool.end();
  }

  /** A pilot for the page to fly: where licences are sold, with something to sell. @returns their token */
  async trader(name: string): Promise<string> {
    const { rows } = await this.#pool.query(
      `select sector_id as "sectorId" from stations
        where faction_affiliation = $1 and station_class in (1, 5) order by sector_id limit 1`,
      [AM_FACTION],
    );
    const [refinery] = z.array(z.object({ sectorId: z.int() })).parse(rows);
    const { token, userId } = await this.#settle(name, refinery?.sectorId ?? 1, "CARGO_HAULER");
    await this.#pool.query(
      `insert into ship_cargo (ship_id, commodity, quantity)
        select p.current_ship_id, goods.name, goods.units from players p,
          (values ('ore', 412), ('precious_metals', 7), ('fuel', 30)) as goods (name, units)
        where p.user_id = $1`,
      [userId],
    );
    return token;
  }

  async #refill(): Promise<void> {
    await this.#pool.query(
      "update asteroid_fields set pool_remaining = pool_size * 7 / 10 where pool_remaining < pool_size / 2 and sector_id = any ($1)",
      [this.#mined],
    );
  }

  async #add(name: string, sectorId: number, index: number): Promise<void> {
    const { token, userId } = await this.#settle(
      ...([name, sectorId, FLEET[index % FLEET.length] ?? "CARGO_HAULER"] as const),
    );
    const color = COLORS[index % COLORS.length];
    await this.#pool.query("update players set name_color = $2 where user_id = $1", [userId, color]);
    const client = await PilotClient.join(this.#port, token, { sectorId, protocol: 1 });
    this.#members.push({ client, raids: index % 6 === 5 });
  }

  /** A guest with a hull of this type, who is not connected. */
  async #settle(name: string, sectorId: number, type: HullType): Promise<{ token: string; userId: string }> {
    const response = await fetch(`${this.#base}/auth/guest`, {
      method: "POST",
      body: JSON.stringify({ name }),
    });
    const { token, userId } = guestSchema.parse(await response.json());
    // The first join makes the player; then the ship is put where the picture wants it.
    const start = await this.#pool.query(
      "select r.capital_sector_id as id from galaxies g join regions r on r.id = g.start_region_id",
    );
    const first = await PilotClient.join(this.#port, token, {
      sectorId: Number(start.rows[0].id),
      protocol: 1,
    });
    await first.leave();
    const { hullMax, shieldMax, cargoUnits } = HULLS[type];
    await this.#pool.query(
      `update ships s set sector_id = $2, type = $3, hull = $4, hull_max = $4, shield = $5, shield_max = $5,
          cargo_capacity = $6
        from players p where p.user_id = $1 and s.id = p.current_ship_id`,
      [userId, sectorId, type, hullMax, shieldMax, cargoUnits],
    );
    return { token, userId };
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
      if (raids && ship.hullType !== "ESCAPE_POD" && prey !== undefined && Math.random() < 0.7) {
        void client.ask("attack", { targetId: prey.shipId }).catch(() => {});
      } else if (client.state.type === "ASTEROID_FIELD") void client.ask("harvest").catch(() => {});
    }
  }
}
