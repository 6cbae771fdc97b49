import { Dispatcher } from "@colyseus/command";
import { type Client, type MessageContext, Room } from "@colyseus/core";
import { z } from "zod";
import { COMMANDS } from "../commands/catalogue.ts";
import type { CommandSpec, SectorRoomLike } from "../commands/order.ts";
import type { Pilot } from "../commands/pilot.ts";
import { Sector, type SectorHost } from "../commands/sector.ts";
import { Refusal } from "../errors.ts";
import { openSector } from "../persistence/sectors.ts";
import type { SectorState } from "../schema/sector.ts";
import { watchJoinAck } from "../transport.ts";
import { CLOSE } from "./close-codes.ts";
import { ControlDesk } from "./control.ts";
import type { Beating } from "./heartbeat.ts";
import { type Reply, refusedReply, requestIdOf } from "./inbox.ts";
import type { RoomServices } from "./room-services.ts";
import { seatAuthSchema } from "./seat-auth.ts";

/** A room that nobody is in ends after this; long enough for a reserved seat to arrive without opening it anew. */
const QUIET_MS = 2_000;
/** How long a client whose ship has gone through a warp may take to follow it. */
const FOLLOW_MS = 5_000;

const createOptions = z.object({ sectorId: z.int().positive() });
const ackBody = z.object({ eventId: z.int().nonnegative() });

export function sectorRoomId(sectorId: number): string {
  return `sector-${sectorId}`;
}

/** The Colyseus side of a sector: clients in, messages in, state out. What happens is decided in `commands/`. */
export abstract class SectorRoom extends Room<{ state: SectorState }> implements Beating, SectorRoomLike {
  protected abstract readonly services: RoomServices;
  override autoDispose = false;
  #sectorId = 0;
  #sector: Sector | null = null;
  #opening: Promise<Sector> | null = null;
  #ended = false;
  #quietSinceMs = performance.now();
  readonly #dispatcher = new Dispatcher<SectorRoomLike>(this);
  #desk: ControlDesk | null = null;

  get sector(): Sector {
    if (this.#sector === null) throw new Error(`${this.roomId} has not been opened`);
    return this.#sector;
  }

  /** The sector, if it has been opened and this room still holds it. */
  get live(): Sector | null {
    return this.#ended ? null : this.#sector;
  }

  override onCreate(options: unknown): void {
    const { sectorId } = createOptions.parse(options);
    this.#sectorId = sectorId;
    // One id for one sector: the directory keeps the room that was there first, whatever the joins looked like.
    this.roomId = sectorRoomId(sectorId);
    this.maxMessagesPerSecond = this.services.limits.messagesPerSecondMax;
    this.#stopOwnTimers();
    for (const spec of COMMANDS) {
      this.onMessage(spec.name, (client: Client, payload: unknown, context: MessageContext) =>
        this.#receive(spec, client, payload, context),
      );
    }
    this.onMessage("ack", (client: Client, payload: unknown) => this.#acknowledge(client, payload));
    this.onMessage("*", (client, type, payload) => {
      client.send(
        "refused",
        refusedReply(requestIdOf(payload), new Refusal("unknown_message", { type })).body,
      );
    });
    this.services.heartbeat.add(this);
  }

  override async onJoin(client: Client, options: unknown, auth: unknown): Promise<void> {
    const seat = seatAuthSchema.parse(auth);
    const sector = await this.#open();
    await this.#desk?.seat(client, options, seat);
    this.#quietSinceMs = performance.now();
    sector.stampClock();
    watchJoinAck(client, this.clock);
  }

  override onDrop(client: Client): void {
    if (this.#ended || this.#desk?.holdsControl(client) !== true) return;
    const seat = this.allowReconnection(client, this.services.limits.reconnectSeconds);
    // Its end arrives through onLeave or onReconnect; a client that never acknowledged its join has no seat to keep.
    seat.catch(() => {});
    this.#desk.dropped(client, () => seat.reject(new Error("superseded")));
  }

  override async onReconnect(client: Client): Promise<void> {
    if (this.#desk === null || !(await this.#desk.reconnected(client))) {
      client.leave(CLOSE.joinAgain);
      return;
    }
    watchJoinAck(client, this.clock);
  }

  override onLeave(client: Client): void {
    this.#desk?.left(client);
  }

  override onDispose(): void {
    this.#ended = true;
    this.#dispatcher.stop();
    this.services.heartbeat.remove(this);
    this.services.sectors.delete(this);
  }

  nextDueTick(): number {
    return this.#sector?.schedule.nextTick ?? Number.POSITIVE_INFINITY;
  }

  hasChanged(): boolean {
    return this.#sector?.hasChanged ?? false;
  }

  beat(tick: number): void {
    if (this.#ended || this.#sector === null) return;
    this.#sector.step(tick);
    if (this.#sector.takeChanged()) this.broadcastPatch();
  }

  moveClock(): void {
    this.clock.tick();
    if (this.#ended) return;
    this.#desk?.releaseLeavers();
    this.#endIfQuiet();
  }

  /** The lease is another room's: nothing more runs here, and everybody is sent to look where their ship is. */
  lost(): void {
    if (this.#ended) return;
    this.services.log.warn({ sectorId: this.#sectorId }, "Another room has taken this sector over.");
    void this.#end();
  }

  /** Refuses new commands, lets running ones end until the deadline, and closes. */
  async drain(deadlineMs: number): Promise<void> {
    const sector = this.#sector;
    sector?.drain();
    while (sector !== null && !sector.isSettled && !this.#ended && performance.now() < deadlineMs) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await this.#end();
  }

  async #end(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    this.#sector?.schedule.clear();
    this.#desk?.forgetAll();
    await this.disconnect(CLOSE.joinAgain);
  }

  /** The heartbeat of the process does the ticking; Colyseus' two timers a room would cost more than the game. */
  #stopOwnTimers(): void {
    // In this order: with a timestep set, a null patch rate starts no timer; without a callback the timestep ends.
    this.setTimestep(() => {}, 60_000);
    this.patchRate = null;
    this.setTimestep();
  }

  #open(): Promise<Sector> {
    if (this.#ended) throw new Refusal("draining");
    this.#opening ??= this.#openSector().catch((error: unknown) => {
      this.#opening = null;
      throw error;
    });
    return this.#opening;
  }

  async #openSector(): Promise<Sector> {
    const { services } = this;
    const opened = await openSector(services.database.pool, this.#sectorId);
    const host: SectorHost = {
      broadcast: (type, payload) => {
        this.broadcast(type, payload, { afterNextPatch: true });
        this.#sector?.touch();
      },
      lost: () => this.lost(),
      departed: (pilot) => this.#departed(pilot),
    };
    const sector = new Sector(opened, services, host, () => services.heartbeat.tick);
    this.#sector = sector;
    this.#desk = new ControlDesk(sector, services, () => this.clients);
    this.setState(sector.state);
    services.sectors.add(this);
    return sector;
  }

  #departed(pilot: Pilot): void {
    const client = this.#desk?.departed(pilot);
    if (client !== undefined) this.clock.setTimeout(() => client.leave(CLOSE.joinAgain), FOLLOW_MS);
  }

  #endIfQuiet(): void {
    const reserved = Object.keys(this["_reservedSeats"]).length;
    const pilots = this.#desk?.pilotClients ?? this.clients.length;
    const quiet = (this.#sector?.isQuiet ?? true) && reserved === 0 && pilots === 0;
    const nowMs = performance.now();
    if (!quiet) this.#quietSinceMs = nowMs;
    else if (nowMs - this.#quietSinceMs >= QUIET_MS) void this.#end();
  }

  async #receive(
    spec: CommandSpec,
    client: Client,
    payload: unknown,
    context: MessageContext,
  ): Promise<unknown> {
    const reply = await this.#reply(spec, client, payload);
    if (reply === null) return undefined;
    if (context.id === undefined) client.send(reply.type, reply.body);
    else if (reply.type === "refused") return context.reject(reply.body);
    return reply.body;
  }

  /** @returns null for a client that has lost control of its ship: whatever it sends is not heard */
  async #reply(spec: CommandSpec, client: Client, payload: unknown): Promise<Reply | null> {
    const seat = this.#desk?.seatOf(client) ?? null;
    if (seat === null || this.#sector === null) return null;
    if (seat === "spectator") return refusedReply(requestIdOf(payload), new Refusal("spectators_cannot_act"));
    if (seat === "departed") return refusedReply(requestIdOf(payload), new Refusal("not_in_sector"));
    const sector = this.#sector;
    return this.services.inbox.receive(spec, payload, seat, this.#dispatcher, () => sector.draining);
  }

  #acknowledge(client: Client, payload: unknown): void {
    const seat = this.#desk?.seatOf(client) ?? null;
    const parsed = ackBody.safeParse(payload);
    if (seat === null || typeof seat === "string" || !parsed.success) return;
    const { eventId } = parsed.data;
    if (eventId > seat.ackedSeq && eventId <= seat.sentSeq) seat.ackedSeq = eventId;
  }
}

/** The room class of a server: Colyseus constructs rooms by itself, so what they work with comes with the class. */
export function sectorRoomOf(services: RoomServices): new () => SectorRoom {
  return class extends SectorRoom {
    protected override readonly services = services;
  };
}
