import type { Client, Room } from "@colyseus/sdk";
import type { z } from "zod";
import type { SectorState } from "../../src/schema/sector.ts";
import { type SectorView, viewOfState, viewOfStored } from "../model/sector.ts";
import { ApiError, asApiError } from "./api.ts";
import { JOIN } from "./app.ts";
import { Connection, type Status } from "./connection.ts";
import type { GalaxyFeed } from "./galaxy-feed.ts";
import { ONLY_WATCHES, type Session } from "./session.ts";
import { noticeSchema, seatSchema, storedSectorSchema, welcomeSchema } from "./wire.ts";

/** How often the stored view of a sleeping sector is read again. */
const STORED_MS = 5_000;
/** Of a room that has just ended or begun the galaxy knows a second later: nobody asks for it more often than this. */
const WAKE_MS = 1_500;

export type Presence =
  | { readonly kind: "loading" }
  /** In its room, as a pilot or to watch. */
  | {
      readonly kind: "live";
      readonly flying: boolean;
      /** What has taken the ship from this page; null while nothing has. */
      readonly lost: ApiError | null;
    }
  /** Nobody is there: what is stored is shown. */
  | { readonly kind: "asleep" }
  /** Shown as it was, or as stored, until the room can be had. */
  | { readonly kind: "waiting"; readonly error: ApiError; readonly atMs: number }
  | { readonly kind: "closed"; readonly error: ApiError };

interface Options {
  readonly sectorId: number;
  readonly session: Session;
  readonly galaxy: GalaxyFeed;
  readonly onView: (view: SectorView) => void;
  readonly onMessage: (type: string, payload: unknown) => void;
  readonly onPresence: (presence: Presence) => void;
  /** In a room, perhaps again: what has not been answered is to be sent once more. */
  readonly onJoin: () => void;
  /** The ship turns out to be in another sector. */
  readonly onElsewhere: (sectorId: number) => void;
}

/** A sector, whether it is awake or not: notices when it wakes, falls asleep, or cannot be reached. */
export class SectorFeed {
  readonly #options: Options;
  readonly #stopGalaxy: () => void;
  #connection: Connection<SectorState> | null = null;
  #presence: Presence = { kind: "loading" };
  #timer = 0;
  #wokeAtMs = 0;
  #asPilot = false;
  #lost: ApiError | null = null;
  /** What an operator said before ending the session. */
  #farewell: z.output<typeof noticeSchema> | null = null;
  #closed = false;

  constructor(options: Options) {
    this.#options = options;
    this.#stopGalaxy = options.galaxy.listen(() => this.#lookWhetherAwake());
    this.#connect();
  }

  get presence(): Presence {
    return this.#presence;
  }

  send(type: string, payload: unknown): boolean {
    return this.#connection?.send(type, payload) ?? false;
  }

  close(): void {
    this.#closed = true;
    this.#stopGalaxy();
    clearTimeout(this.#timer);
    this.#connection?.close();
  }

  get #flying(): boolean {
    const { session, sectorId } = this.#options;
    return session.flying && session.shipSectorId === sectorId;
  }

  #connect(): void {
    clearTimeout(this.#timer);
    this.#connection?.close();
    const { session } = this.#options;
    this.#connection = new Connection<SectorState>({
      asker: session,
      join: (client) => {
        this.#asPilot = this.#flying;
        return this.#join(client, this.#asPilot);
      },
      onJoin: () => this.#options.onJoin(),
      onState: (state) => {
        // Until the first state there is only the schema's defaults.
        if (state.sectorId !== 0) this.#options.onView(viewOfState(state));
      },
      onMessage: (type, payload) => {
        const notice = type === "server_notice" ? noticeSchema.safeParse(payload).data : undefined;
        if (notice !== undefined && notice.kind !== "broadcast") this.#farewell = notice;
        const welcome = type === "welcome" ? welcomeSchema.safeParse(payload).data : undefined;
        if (welcome !== undefined) session.joined(welcome.playerId, welcome.cursor);
        this.#options.onMessage(type, payload);
      },
      onStatus: (status) => this.#onStatus(status),
      isFinal: ({ code }) => FINAL.has(code),
    });
  }

  async #join(client: Client, flying: boolean): Promise<Room<unknown, SectorState>> {
    const { sectorId, session } = this.#options;
    if (!flying) return client.joinOrCreate<SectorState>("sector", { sectorId, spectate: true, ...JOIN });
    const seat = seatSchema.safeParse(session.takeSeat());
    if (seat.success) {
      try {
        return await client.consumeSeatReservation<SectorState>(seat.data);
      } catch {
        // It has run out: the ship is there all the same, so an ordinary join does it.
      }
    }
    const cursor = session.cursor === null ? {} : { cursor: session.cursor };
    return client.joinOrCreate<SectorState>("sector", { sectorId, ...JOIN, ...cursor });
  }

  #onStatus(status: Status): void {
    if (status.kind === "live") this.#tell({ kind: "live", flying: this.#asPilot, lost: this.#lost });
    else if (status.kind === "retrying") {
      this.#tell({ kind: "waiting", error: status.error, atMs: status.atMs });
      // Meanwhile at least what is stored; a sector whose view is up already keeps it.
      if (status.error.code !== "offline") void this.#readStored();
    } else if (status.kind === "ended") this.#ended(status.error);
  }

  #ended(error: ApiError): void {
    if (error.code === "sector_asleep") void this.#sleep();
    else if (error.code === "not_in_sector" && typeof error.detail.sectorId === "number") {
      this.#options.session.moved(error.detail.sectorId);
      this.#options.onElsewhere(error.detail.sectorId);
    } else if (error.code === "superseded") {
      this.#letGo(error);
      // The other window flies; this one goes on watching.
      this.#lost = error;
      this.#connect();
    } else if (error.code === "kicked") this.#sentAway(error);
    else this.#tell({ kind: "closed", error: this.#lost ?? error });
  }

  #sentAway(error: ApiError): void {
    const { kind = "", text = "", untilMs = null } = this.#farewell ?? {};
    if (kind === "banned") {
      // With no token there is nothing to be sent away from.
      this.#options.session.reject(new ApiError("banned", error.message, { reason: text, untilMs }));
      this.#connect();
    } else
      this.#letGo(new ApiError("kicked", text === "" ? error.message : `${error.message} They say: ${text}`));
  }

  /** This page does not fly any more. */
  #letGo(error: ApiError): void {
    this.#tell({ kind: "closed", error });
    this.#options.session.land();
  }

  async #sleep(): Promise<void> {
    const connection = this.#connection;
    if (await this.#readStored()) this.#tell({ kind: "asleep" });
    // A slow answer may come after the sector has woken, and this page is in its room or on its way there.
    if (this.#closed || connection !== this.#connection) return;
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => void this.#sleep(), STORED_MS);
  }

  /** @returns whether it is shown now */
  async #readStored(): Promise<boolean> {
    const { sectorId, session, onView } = this.#options;
    const connection = this.#connection;
    const isLate = () => this.#closed || connection !== this.#connection;
    try {
      const stored = await session.ask(`/sectors/${sectorId}`, storedSectorSchema);
      if (isLate() || this.#presence.kind === "live") return false;
      onView(viewOfStored(stored));
      return true;
    } catch (error) {
      const refusal = asApiError(error);
      if (isLate()) return false;
      // The session has let go of the token; who only watches needs none.
      if (ONLY_WATCHES.has(refusal.code)) return this.#readStored();
      if (NOTHING_TO_READ.has(refusal.code)) {
        this.close();
        this.#tell({ kind: "closed", error: refusal });
      } else if (this.#presence.kind !== "live") {
        this.#tell({ kind: "waiting", error: refusal, atMs: performance.now() + STORED_MS });
      }
      return false;
    }
  }

  /** Somebody has come into the sleeping sector: the galaxy says so, and the page goes and looks. */
  #lookWhetherAwake(): void {
    const asleep = this.#presence.kind === "asleep";
    if (
      !asleep ||
      this.#closed ||
      this.#options.galaxy.activities.get(this.#options.sectorId)?.awake !== true
    )
      return;
    if (performance.now() - this.#wokeAtMs < WAKE_MS) return;
    this.#wokeAtMs = performance.now();
    this.#connect();
  }

  #tell(presence: Presence): void {
    this.#presence = presence;
    this.#options.onPresence(presence);
  }
}

/** Refusals of what is stored that asking again does not change. */
const NOTHING_TO_READ: ReadonlySet<string> = new Set(["sector_not_found", "spectators_off", "token_missing"]);

/** Refusals of a join that trying again at once does not change. */
const FINAL = new Set([
  "sector_asleep",
  "not_in_sector",
  "superseded",
  "spectators_off",
  "token_missing",
  "token_invalid",
  "token_expired",
  "client_too_old",
  "banned",
  "sector_not_found",
]);
