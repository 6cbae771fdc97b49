import type { Clock } from "../clock.ts";
import type { Surface } from "../rules/surfaces.ts";
import { utcDay } from "../rules/utc.ts";
import { uuidOf } from "../uuid.ts";
import type { Database } from "./database.ts";
import type { Queryable } from "./flight.ts";
import { inOneFlight } from "./sqlstate.ts";

/** Who plays: as their token names them. */
interface User {
  readonly userId: string;
  readonly name: string;
}

/** Through what. */
interface Context {
  readonly appSurface: Surface;
  readonly appVersion: string | null;
  readonly missionId: string | null;
}

/** Most sessions of a day that a process remembers having written; past it, it begins to write them again, in vain. */
const REMEMBERED_MAX = 50_000;

/** Rows of one user and UTC day: each surface in a few versions, each mission. Versions are the client's own words. */
const SESSIONS_PER_DAY_MAX = 40;

/** Makes sure that the user has a row, as the owner of rewards and sessions; the first join makes their player. */
export async function ensureUser(db: Queryable, { userId, name }: User, nowMs: number): Promise<void> {
  await db.query({
    name: "ensure_user",
    text: "insert into users (id, username, created_at) values ($1, $2, $3) on conflict (id) do nothing",
    values: [userId, name, new Date(nowMs).toISOString()],
  });
}

/** Writes down who used what on which day, once each, as far as a day has room for one user. */
export class SessionLog {
  readonly #database: Pick<Database, "pool">;
  readonly #clock: Pick<Clock, "nowMs">;
  readonly #written = new Set<string>();
  #day = "";

  constructor(database: Pick<Database, "pool">, clock: Pick<Clock, "nowMs">) {
    this.#database = database;
    this.#clock = clock;
  }

  /** @param context null from a client that does not say what it is: nothing can be counted of it */
  async note(user: User, context: Context | null): Promise<void> {
    if (context === null) return;
    const nowMs = this.#clock.nowMs();
    const day = utcDay(nowMs);
    const { appSurface, appVersion, missionId } = context;
    const id = uuidOf("session", user.userId, day, appSurface, appVersion ?? "", missionId ?? "");
    if (day !== this.#day || this.#written.size >= REMEMBERED_MAX) this.#written.clear();
    this.#day = day;
    if (this.#written.has(id)) return;
    await inOneFlight(this.#database.pool, (flight) =>
      Promise.all([
        ensureUser(flight, user, nowMs),
        // A user's sessions are counted one after the other, or the day's most would not hold.
        flight.query({
          name: "lock_user",
          text: "select from users where id = $1 for no key update",
          values: [user.userId],
        }),
        flight.query({
          name: "note_session",
          text: `insert into sessions (id, user_id, day, app_surface, app_version, mission_id, started_at)
            select $1, $2, $3, $4, $5, $6, $7
            where (select count(*) from sessions where user_id = $2 and started_at >= $8) < ${SESSIONS_PER_DAY_MAX}
            on conflict (id) do nothing`,
          values: [
            ...[id, user.userId, day, appSurface, appVersion, missionId],
            ...[new Date(nowMs).toISOString(), new Date(day).toISOString()],
          ],
        }),
      ]),
    );
    this.#written.add(id);
  }
}
