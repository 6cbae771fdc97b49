/** The steps of a join, one by one, over bare frames. */
import { z } from "zod";
import type { Arena } from "../arena.ts";
import { HttpClient } from "../fleet/http.ts";
import { type Line, type Seat, seatSchema } from "../fleet/line.ts";
import { noTraffic, WireConnector } from "../fleet/wire-line.ts";

const guestSchema = z.object({ token: z.string(), userId: z.uuid() });
const meSchema = z.object({ sectorId: z.int() });
const LEAVE_LOOK_MS = 20;
/** Of the rate, until a server has compiled what a join takes. */
export const WARM_UP_SHARE = 0.25;
/** A newcomer looks around for so long; all of them begin in one sector. */
export const NEWCOMER_STAY_MS = 250;

/** A pilot on the way in: what each step has given. */
export interface Newcomer {
  readonly token: string;
  readonly userId: string;
  sectorId: number;
  taken: Seat | null;
}

export class Joiner {
  readonly #http: HttpClient;
  readonly #wire: WireConnector;
  readonly #lines = new Set<Line>();

  constructor(urls: readonly string[]) {
    this.#http = new HttpClient(urls);
    this.#wire = new WireConnector(this.#http, noTraffic());
  }

  async guest(): Promise<Newcomer> {
    const { token, userId } = guestSchema.parse(await this.#http.post("/auth/guest", {}));
    return { token, userId, sectorId: 0, taken: null };
  }

  async me(pilot: Newcomer): Promise<void> {
    pilot.sectorId = meSchema.parse(await this.#http.get("/me", pilot.token)).sectorId;
  }

  async seat(pilot: Newcomer): Promise<void> {
    const { sectorId, token } = pilot;
    const seat = await this.#http.post("/matchmake/joinOrCreate/sector", { sectorId, protocol: 1 }, token);
    pilot.taken = seatSchema.parse(seat);
  }

  /** Resolves with the first state. @param stayMs leaves after this; null: stays until `leaveAll` */
  async socket(pilot: Newcomer, stayMs: number | null = null): Promise<void> {
    if (pilot.taken === null) throw new Error("a socket needs a seat");
    const line = await this.#wire.consume(pilot.taken, {
      onMessage: () => {},
      onClosed: () => this.#lines.delete(line),
    });
    this.#lines.add(line);
    if (stayMs !== null) setTimeout(() => line.leave(), stayMs);
  }

  async enter(pilot: Newcomer, stayMs: number | null): Promise<void> {
    await this.me(pilot);
    await this.seat(pilot);
    await this.socket(pilot, stayMs);
  }

  /** @returns when everybody has left */
  async leaveAll(): Promise<void> {
    for (const line of this.#lines) line.leave();
    while (this.#lines.size > 0) await new Promise((resolve) => setTimeout(resolve, LEAVE_LOOK_MS));
  }
}

/** Moves pilots who are away: evenly into these sectors. */
export async function placeIn(
  { database }: Arena,
  pilots: readonly Newcomer[],
  sectorIds: readonly number[],
): Promise<void> {
  await database.pool.query(
    `update ships set sector_id = ($2::int[])[1 + (at.index - 1) % cardinality($2::int[])]
      from unnest($1::uuid[]) with ordinality as at(user_id, index)
      join players on players.user_id = at.user_id where ships.id = players.current_ship_id`,
    [pilots.map(({ userId }) => userId), sectorIds],
  );
}
