import { Dispatcher } from "@colyseus/command";
import { type Client, Deferred, type MessageContext, matchMaker } from "@colyseus/core";
import { z } from "zod";
import { COMMANDS } from "../commands/catalogue.ts";
import type { ServerNotice } from "../commands/events.ts";
import type { SectorRoomLike } from "../commands/order.ts";
import type { Pilot } from "../commands/pilot.ts";
import { Sector, type SectorHost } from "../commands/sector.ts";
import { Refusal } from "../errors.ts";
import { openSector } from "../persistence/sectors.ts";
import { CLOSE } from "./close-codes.ts";
import { ControlDesk } from "./control.ts";
import type { Beating } from "./heartbeat.ts";
import { watchJoinAck } from "./join-ack.ts";
import { fitJoinFrame, fitJoinFrameAgain } from "./join-frame.ts";
import { Messages } from "./messages.ts";
import { Patrols } from "./patrols.ts";
import type { RoomServices } from "./room-services.ts";
import { joinOptionsSchema, type SeatAuth, seatAuthSchema } from "./seat-auth.ts";
import { SeatedRoom } from "./seated-room.ts";
import { fitBuffers } from "./state-buffer.ts";

/** A room that nobody is in ends after this; long enough for a reserved seat to arrive without opening it anew. */
const QUIET_MS = 2_000;
/** A room rests when nothing has happened for so long: whatever Colyseus counts by the second is over by then. */
const REST_AFTER_MS = 2_000;
/** How long a client whose ship has gone through a warp may take to follow it. */
export const FOLLOW_MS = 5_000;

const createOptions = z.object({ sectorId: z.int().positive() });

/** The one id that a sector's room can have. */
export function sectorRoomId(sectorId: number): string {
  return `sector-${sectorId}`;
}

/** The Colyseus side of a sector: clients in, messages in, state out. What happens is decided in `commands/`. */
export abstract class SectorRoom extends SeatedRoom implements Beating, SectorRoomLike {
  protected abstract readonly services: RoomServices;
  override autoDispose = false;
  #sectorId = 0;
  #sector: Sector | null = null;
  #desk: ControlDesk | null = null;
  #opening: Promise<{ sector: Sector; desk: ControlDesk }> | null = null;
  #ended = false;
  readonly #gone = Promise.withResolvers<void>();
  #quietSinceMs = 0;
  #stirredAtMs = 0;
  readonly #dispatcher = new Dispatcher<SectorRoomLike>(this);

  get sector(): Sector {
    if (this.#sector === null) throw new Error(`${this.roomId} has not been opened`);
    return this.#sector;
  }

  /** The sector, if it has been opened and this room still holds it. */
  get live(): Sector | null {
    return this.#ended ? null : this.#sector;
  }

  override async onCreate(options: unknown): Promise<void> {
    const { sectorId } = createOptions.parse(options);
    this.#refuseWhileEnding();
    this.#sectorId = sectorId;
    // One id for one sector: the directory keeps the room that was there first, whatever the joins looked like.
    this.roomId = sectorRoomId(sectorId);
    this.maxMessagesPerSecond = this.services.limits.messagesPerSecondMax;
    this.stopOwnTimers();
    this.#listen();
    await this.#afterPredecessor();
  }

  /** The directory has this room, and joins find it. A duplicate that the directory turned down never gets here. */
  started(): void {
    this.#quietSinceMs = this.services.clock.monotonicMs();
    this.services.heartbeat.add(this);
  }

  override async onJoin(client: Client, options: unknown, auth: unknown): Promise<void> {
    this.#attend(client);
    const seat = seatAuthSchema.parse(auth);
    const { sector, desk } = await this.#open(seat);
    await desk.seat(client, options, seat);
    this.#fitBuffers(sector);
    sector.stampClock();
    sector.showRegrown();
    fitJoinFrame(client, joinOptionsSchema.parse(options).sdk);
    watchJoinAck(client, this.clock, this.services.limits.joinAckSeconds);
  }

  override onDrop(client: Client): void {
    this.#stir();
    if (this.#ended || this.#desk?.holdsControl(client) !== true) return;
    const seat = this.allowReconnection(client, this.services.limits.reconnectSeconds);
    // Its end arrives through onLeave or onReconnect.
    seat.catch(() => {});
    // A client that never acknowledged its join has no seat to keep: it is refused at once.
    if (!(seat instanceof Deferred)) return;
    this.#desk.dropped(client, () => {
      this.stopSeatTimer(client.sessionId);
      seat.reject(new Error("given up"));
    });
  }

  override async onReconnect(client: Client): Promise<void> {
    this.#attend(client);
    if (this.#desk === null || !(await this.#desk.reconnected(client))) {
      client.leave(CLOSE.joinAgain);
      return;
    }
    fitJoinFrameAgain(client);
    watchJoinAck(client, this.clock, this.services.limits.joinAckSeconds);
  }

  override onLeave(client: Client): void {
    this.#stir();
    this.#desk?.left(client);
  }

  override onDispose(): void {
    this.#ended = true;
    this.#dispatcher.stop();
    this.services.heartbeat.remove(this);
    this.services.sectors.delete(this);
    this.#gone.resolve();
  }

  /** Colyseus asks this of rooms that nobody has drained: those that were made and not opened yet. */
  override onBeforeShutdown(): void {
    void this.#end();
  }

  /** No seats in a room that is ending: whoever asks is sent to its successor. */
  override hasReachedMaxClients(): boolean {
    return this.#ended || super.hasReachedMaxClients();
  }

  /** Ships that are here, and those whose pilots have a seat to come with them. */
  get shipsExpected(): number {
    const coming = new Set(this.pilotSeats().filter((userId) => this.#sector?.pilotOfUser(userId) == null));
    return (this.#sector?.pilotCount ?? 0) + coming.size;
  }

  /** Asked by whatever process a reconnection came to. */
  wasOusted(reconnectionToken: string): boolean {
    return this.#desk?.wasOusted(reconnectionToken) ?? false;
  }

  nextDueTick(): number {
    return this.#sector?.schedule.nextTick ?? Number.POSITIVE_INFINITY;
  }

  hasChanged(): boolean {
    return this.#sector?.hasChanged ?? false;
  }

  beat(tick: number, sendsPatch: boolean): void {
    if (this.#ended || this.#sector === null) return;
    this.#sector.step(tick);
    if (!sendsPatch || !this.#sector.takeChanged()) return;
    this.#fitBuffers(this.#sector);
    this.broadcastPatch();
  }

  moveClock(): void {
    this.clock.tick();
    if (this.#ended) return;
    this.#desk?.releaseLeavers();
    this.#sector?.showRefill();
    this.#endIfQuiet();
  }

  restsUntilMs(): number | null {
    const stirred = this.services.clock.monotonicMs() - this.#stirredAtMs < REST_AFTER_MS;
    if (this.#ended || stirred || this.#isQuiet()) return null;
    if (this.#desk?.hasLeavers !== false || this.clock.delayed.length > 0) return null;
    return this.#sector?.restsUntilMs ?? null;
  }

  /** Before anybody counts on the clock that has stood still. */
  woken(): void {
    this.clock.tick();
  }

  failed(error: unknown): void {
    this.services.log.error({ err: error, sectorId: this.#sectorId }, "A sector failed; it is opened anew.");
    this.services.meter.sectorLost("failed");
    void this.#end();
  }

  /** Sends a user's clients away, telling them why. */
  dismiss(userId: string, notice: ServerNotice): void {
    this.#desk?.dismiss(userId, notice);
  }

  /** How many are connected: pilots' clients, with or without a ship here, and spectators. */
  get clientCounts(): { pilots: number; spectators: number } {
    const pilots = this.#desk?.pilotClients ?? 0;
    return { pilots, spectators: this.clients.length - pilots };
  }

  /** The lease is another room's: nothing more runs here, and everybody is sent to look where their ship is. */
  lost(): void {
    void this.giveWay();
  }

  /** The same, @returns when this room is gone */
  async giveWay(): Promise<void> {
    if (!this.#ended) {
      this.services.log.warn({ sectorId: this.#sectorId }, "Another room has taken this sector over.");
      this.services.meter.sectorLost("fenced");
    }
    await this.#end();
  }

  /**
   * Lets running commands end until the deadline, and closes. New ones are refused already: the process is draining.
   * @param deadlineMs a moment of `performance.now()`
   */
  async drain(deadlineMs: number): Promise<void> {
    const sector = this.#sector;
    while (sector !== null && !sector.isSettled && !this.#ended && performance.now() < deadlineMs) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await this.#end();
  }

  /** Closes everybody and goes. @returns when the room is gone */
  async #end(): Promise<void> {
    if (!this.#ended) {
      this.#ended = true;
      this.#sector?.schedule.clear();
      this.#desk?.forgetAll();
      this.withdrawSeats();
      // The seats just given up are dealt with first: Colyseus would hold the room open for another second for them.
      await new Promise((resolve) => setImmediate(resolve));
      await this.disconnect(CLOSE.joinAgain);
    }
    await this.#gone.promise;
  }

  #listen(): void {
    const messages = new Messages({
      ...{ sectorId: this.#sectorId, services: this.services, dispatcher: this.#dispatcher },
      seatOf: (client) => this.#desk?.seatOf(client) ?? null,
      hasEnded: () => this.#ended,
    });
    for (const spec of COMMANDS) {
      this.onMessage(spec.name, (client: Client, payload: unknown, context: MessageContext) =>
        messages.receive(spec, client, payload, context),
      );
    }
    this.onMessage("ack", (client: Client, payload: unknown) => messages.acknowledge(client, payload));
    this.onMessage("*", (client, type, payload) => messages.receiveUnknown(client, type, payload));
  }

  /**
   * A room of this process that is on its way out takes its id from the process' own list when it goes, whoever has that
   * id by then: its successor waits until it has gone.
   */
  async #afterPredecessor(): Promise<void> {
    const before = matchMaker.getLocalRoomById(this.roomId);
    if (before instanceof SectorRoom && before.#ended) await before.#gone.promise;
  }

  /**
   * The first pilot opens the sector; who only watches does not wake it. One that is open lets people in while it drains:
   * until its commands have ended nobody else can open it, and its pilots have nowhere else to go.
   */
  #open(seat: SeatAuth): Promise<{ sector: Sector; desk: ControlDesk }> {
    if (this.#ended) throw new Refusal("draining");
    if (this.#opening === null) {
      this.#refuseWhileEnding();
      if (seat.kind === "spectator") throw new Refusal("sector_asleep", { sectorId: this.#sectorId });
    }
    this.#opening ??= this.#openSector().catch((error: unknown) => {
      this.#opening = null;
      throw error;
    });
    return this.#opening;
  }

  #refuseWhileEnding(): void {
    if (this.#ended || this.services.isDraining()) throw new Refusal("draining");
  }

  async #openSector(): Promise<{ sector: Sector; desk: ControlDesk }> {
    const { services } = this;
    const opened = await openSector(services.database.pool, this.#sectorId, services.clock.nowMs());
    this.#refuseWhileEnding();
    const host: SectorHost = {
      broadcast: (type, payload) => {
        this.broadcast(type, payload, { afterNextPatch: true });
        this.#sector?.touch();
      },
      stirred: () => this.#stir(),
      lost: () => this.lost(),
      failed: (error) => this.failed(error),
      patrolOrdered: () => sector.background(patrols.load()),
      departed: (pilot) => this.#departed(pilot),
    };
    const sector = new Sector(opened, services, host, () => services.heartbeat.tick);
    const patrols = new Patrols(sector, this.#dispatcher, () => this.#ended || services.isDraining());
    const desk = new ControlDesk(sector, services, () => this.clients);
    this.#sector = sector;
    this.#desk = desk;
    this.setState(sector.state);
    services.sectors.add(this);
    if (opened.hasPatrols) await patrols.load();
    return { sector, desk };
  }

  #fitBuffers({ pilotCount, state }: Sector): void {
    fitBuffers(this["_serializer"], pilotCount, state.warps.size);
  }

  /** Somebody does something here: from now on the room's clock goes. */
  #stir(): void {
    this.#stirredAtMs = this.services.clock.monotonicMs();
    this.services.heartbeat.wake(this);
  }

  /** Notices whatever a client sends, before Colyseus counts it on the room's clock. */
  #attend(client: Client): void {
    this.#stir();
    client.ref.on("message", () => this.#stir());
  }

  #departed(pilot: Pilot): void {
    const client = this.#desk?.departed(pilot);
    if (client !== undefined) this.clock.setTimeout(() => client.leave(CLOSE.joinAgain), FOLLOW_MS);
  }

  #endIfQuiet(): void {
    const nowMs = this.services.clock.monotonicMs();
    if (!this.#isQuiet()) this.#quietSinceMs = nowMs;
    else if (nowMs - this.#quietSinceMs >= QUIET_MS) void this.#end();
  }

  /** Nothing runs, and nobody but spectators is here or has a seat. */
  #isQuiet(): boolean {
    const pilots = this.#desk?.pilotClients ?? this.clients.length;
    return (this.#sector?.isQuiet ?? true) && pilots === 0 && this.pilotSeats().length === 0;
  }
}

/** The room class of a server: Colyseus constructs rooms by itself, so what they work with comes with the class. */
export function sectorRoomOf(services: RoomServices): new () => SectorRoom {
  return class extends SectorRoom {
    protected override readonly services = services;
  };
}
