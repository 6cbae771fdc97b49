import type { Client } from "@colyseus/core";
import type { ServerNotice } from "../commands/events.ts";
import { Pilot } from "../commands/pilot.ts";
import { type Sector, TICK_MS } from "../commands/sector.ts";
import { Refusal } from "../errors.ts";
import { CLOSE } from "./close-codes.ts";
import type { RoomServices } from "./room-services.ts";
import { joinOptionsSchema, PROTOCOL, type SeatAuth } from "./seat-auth.ts";

/** What a program shows its user: also the message of the error if its own join had not ended yet. */
const SUPERSEDED_TEXT = "Another client has taken control of this ship.";

/** Who a client is in the room: a pilot, somebody who only watches, or a pilot whose ship has gone ahead. */
export type Seat = Pilot | "spectator" | "departed";

/** A pilot's place in the room: which of their sessions has control, and how to let go of a seat that is kept. */
interface Control {
  readonly pilot: Pilot;
  client: Client;
  /** Gives up the seat kept for a client that dropped out; null while it is connected. */
  giveUp: (() => void) | null;
  /** Reconnection token of the client that had control before, if this one has taken over from it. */
  readonly ousted: string | null;
}

/** Who has control of which ship, and who only watches. One control a ship: joining again takes it over. */
export class ControlDesk {
  readonly #sector: Sector;
  readonly #services: RoomServices;
  readonly #clients: () => Iterable<Client>;
  /** By session: a session is a client through all its reconnections. */
  readonly #controls = new Map<string, Control>();
  /** By session: the user of the token that came with it, if one did. */
  readonly #spectators = new Map<string, string | null>();
  /** Sessions whose ship has gone through a warp and who have not followed it yet. */
  readonly #departed = new Set<string>();
  /** Pilots who have gone, with a ship that something still binds. */
  readonly #leavers = new Set<Pilot>();
  /** Joins of one user come one after the other. */
  readonly #joining = new Map<string, Promise<unknown>>();

  constructor(sector: Sector, services: RoomServices, clients: () => Iterable<Client>) {
    this.#sector = sector;
    this.#services = services;
    this.#clients = clients;
  }

  /** Clients of pilots, with or without a ship here, that are still connected. */
  get pilotClients(): number {
    let count = 0;
    for (const client of this.#clients()) if (!this.#spectators.has(client.sessionId)) count++;
    return count;
  }

  /** Ships wait here for something to end before they go. */
  get hasLeavers(): boolean {
    return this.#leavers.size > 0;
  }

  /** The pilot that a client speaks for; null once another client has control of the ship. */
  seatOf(client: Client): Seat | null {
    if (this.#spectators.has(client.sessionId)) return "spectator";
    if (this.#departed.has(client.sessionId)) return "departed";
    return this.#controls.get(client.sessionId)?.pilot ?? null;
  }

  /** Whether the client of this reconnection token has lost its ship to one that still has control of it. */
  wasOusted(reconnectionToken: string): boolean {
    return [...this.#controls.values()].some(({ ousted }) => ousted === reconnectionToken);
  }

  holdsControl(client: Client): boolean {
    return this.#controls.has(client.sessionId);
  }

  /** @throws Refusal when there is no place for a spectator, or the ship is elsewhere */
  async seat(client: Client, options: unknown, auth: SeatAuth): Promise<void> {
    const { cursor, appSurface = null } = joinOptionsSchema.parse(options);
    if (auth.kind === "spectator") {
      this.#watch(client, auth.userId);
      return;
    }
    const before = this.#joining.get(auth.userId) ?? Promise.resolve();
    const mine = before.then(() => this.#takeControl(client, auth.userId, cursor, appSurface));
    const settled = mine.catch(() => {});
    this.#joining.set(auth.userId, settled);
    try {
      await mine;
    } finally {
      if (this.#joining.get(auth.userId) === settled) this.#joining.delete(auth.userId);
    }
  }

  #watch(client: Client, userId: string | null): void {
    if (userId !== null) this.#services.bans.check(userId);
    if (this.#spectators.size >= this.#services.limits.spectatorsPerSectorMax) {
      throw new Refusal("too_many_spectators");
    }
    this.#spectators.set(client.sessionId, userId);
    this.#services.meter.joined("spectator");
    client.send("welcome", { protocol: PROTOCOL, sectorId: this.#sector.record.sectorId, tickMs: TICK_MS });
  }

  async #takeControl(
    client: Client,
    userId: string,
    cursor: number | undefined,
    surface: Pilot["surface"],
  ): Promise<void> {
    // The seat may be older than the ban.
    this.#services.bans.check(userId);
    const present = this.#sector.pilotOfUser(userId);
    const pilot = present ?? (await this.#enter(userId));
    this.#services.meter.joined(present === null ? "pilot" : "takeover");
    const ousted = this.#dismissOthers(pilot);
    pilot.surface = surface;
    this.#leavers.delete(pilot);
    const newest = pilot.newestSeq;
    await this.#attach(
      { pilot, client, giveUp: null, ousted },
      Math.min(cursor ?? newest, newest),
      present === null,
    );
  }

  /** Whoever's ship is in the sector is let in, however full it is: the limit is for those who want to warp here. */
  async #enter(userId: string): Promise<Pilot> {
    const { sectorId } = this.#sector.record;
    const record = await this.#services.pilots.read(userId, sectorId);
    if (record === null) throw new Refusal("no_active_ship");
    if (record.ship.sectorId !== sectorId) {
      throw new Refusal("not_in_sector", { sectorId: record.ship.sectorId });
    }
    // They may have been banned meanwhile.
    this.#services.bans.check(userId);
    const pilot = new Pilot(userId, record);
    this.#sector.enter(pilot);
    return pilot;
  }

  /**
   * The client that had control before is not heard from this moment on, whatever it does with the close frame.
   * @returns its reconnection token
   */
  #dismissOthers(pilot: Pilot): string | null {
    let ousted: string | null = null;
    for (const [sessionId, control] of this.#controls) {
      if (control.pilot !== pilot) continue;
      this.#controls.delete(sessionId);
      if (control.giveUp === null) control.client.leave(CLOSE.superseded, SUPERSEDED_TEXT);
      else control.giveUp();
      ousted = control.client.reconnectionToken;
    }
    return ousted;
  }

  /** What the pilot missed comes first, then what is live. */
  async #attach(control: Control, cursor: number, isFresh: boolean): Promise<void> {
    const { pilot, client } = control;
    const { services } = this.#sector;
    this.#controls.set(client.sessionId, control);
    pilot.client = client;
    pilot.ackedSeq = cursor;
    pilot.sentSeq = cursor;
    client.send("welcome", {
      protocol: PROTOCOL,
      sectorId: this.#sector.record.sectorId,
      tickMs: TICK_MS,
      playerId: pilot.id,
      shipId: pilot.ship.id,
      cursor,
      serverMs: services.clock.nowMs(),
    });
    this.#sector.sendSnapshot(pilot);
    await this.#services.feed.catchUp(pilot, isFresh);
  }

  /** The client is gone, its seat is kept: the ship stays where it is. */
  dropped(client: Client, giveUp: () => void): void {
    const control = this.#controls.get(client.sessionId);
    if (control === undefined) return;
    control.giveUp = giveUp;
    control.pilot.client = null;
  }

  /**
   * @returns false when the client has nothing to come back to
   * @throws Refusal banned; then nothing is kept for it any more
   */
  async reconnected(client: Client): Promise<boolean> {
    const control = this.#controls.get(client.sessionId);
    if (control === undefined) return false;
    const { bans, meter } = this.#services;
    if (bans.of(control.pilot.userId) !== null) this.left(client);
    bans.check(control.pilot.userId);
    meter.joined("reconnect");
    await this.#attach({ ...control, client, giveUp: null }, control.pilot.ackedSeq, false);
    return true;
  }

  /** The client is gone for good. Its ship goes too, as soon as nothing binds it. */
  left(client: Client): void {
    this.#spectators.delete(client.sessionId);
    this.#departed.delete(client.sessionId);
    const control = this.#controls.get(client.sessionId);
    if (control === undefined) return;
    this.#controls.delete(client.sessionId);
    control.pilot.client = null;
    this.#leavers.add(control.pilot);
    this.releaseLeavers();
  }

  /**
   * Sends a user's clients away, telling them why. They are not heard from this moment on; a seat that is kept for one who
   * dropped out is not touched. The ship goes as soon as nothing binds it.
   */
  dismiss(userId: string, notice: ServerNotice): void {
    for (const client of [...this.#clients()]) {
      const control = this.#controls.get(client.sessionId);
      const user = control?.pilot.userId ?? this.#spectators.get(client.sessionId);
      if (user !== userId || (control !== undefined && control.client !== client)) continue;
      client.send("server_notice", notice);
      this.left(client);
      client.leave(CLOSE.kicked, notice.kind);
    }
  }

  /** Lets the ships go whose pilots have left and which nothing binds any more. */
  releaseLeavers(): void {
    for (const pilot of this.#leavers) {
      if (pilot.isBound) continue;
      this.#leavers.delete(pilot);
      this.#sector.leave(pilot);
    }
  }

  /** The pilot's ship has left the sector. @returns the client that should follow it */
  departed(pilot: Pilot): Client | undefined {
    this.#leavers.delete(pilot);
    for (const [sessionId, control] of this.#controls) {
      if (control.pilot !== pilot) continue;
      this.#controls.delete(sessionId);
      control.giveUp?.();
      if (control.giveUp === null) this.#departed.add(sessionId);
      return control.client;
    }
    return undefined;
  }

  /** Nothing is kept for anybody: the room ends. */
  forgetAll(): void {
    const controls = [...this.#controls.values()];
    this.#controls.clear();
    this.#leavers.clear();
    for (const { pilot, giveUp } of controls) {
      pilot.client = null;
      giveUp?.();
    }
  }
}
