import type { Dispatcher } from "@colyseus/command";
import type { Client, MessageContext } from "@colyseus/core";
import type { CommandSpec, SectorRoomLike } from "../commands/order.ts";
import { Pilot } from "../commands/pilot.ts";
import { type ErrorCode, Refusal } from "../errors.ts";
import type { Seat } from "./control.ts";
import { ackBody } from "./envelopes.ts";
import { type Reply, refusedReply, requestIdOf } from "./inbox.ts";
import type { RoomServices } from "./room-services.ts";

/** What a room tells of itself to who answers its messages. */
export interface Addressee {
  readonly sectorId: number;
  readonly services: RoomServices;
  readonly dispatcher: Dispatcher<SectorRoomLike>;
  /** Null for a client that has lost control of its ship: whatever it sends is not heard. */
  seatOf(client: Client): Seat | null;
  hasEnded(): boolean;
}

/** What clients send to a sector: who is heard, what they are answered, and under which id it is found again. */
export class Messages {
  readonly #room: Addressee;

  constructor(room: Addressee) {
    this.#room = room;
  }

  /** @returns the answer to who asked as a request; messages are answered by a message */
  async receive(
    spec: CommandSpec,
    client: Client,
    payload: unknown,
    context: MessageContext,
  ): Promise<unknown> {
    const arrivedMs = performance.now();
    const seat = this.#room.seatOf(client);
    if (seat === null) return undefined;
    const reply = await this.#reply(spec, seat, payload);
    // Meanwhile another client may have taken the ship over, and then the answer is for that one.
    const asker = seat instanceof Pilot && !this.#room.hasEnded() ? seat.client : client;
    const isMessage = context.id === undefined || asker !== client;
    if (isMessage) asker?.send(reply.type, reply.body);
    this.#account(spec, seat, reply, performance.now() - arrivedMs);
    if (isMessage) return undefined;
    return reply.type === "refused" ? context.reject(reply.body) : reply.body;
  }

  receiveUnknown(client: Client, type: string | number, payload: unknown): void {
    const refusal = new Refusal("unknown_message", { type });
    this.#room.services.meter.answered("unknown", refusal.code, 0);
    client.send("refused", refusedReply(requestIdOf(payload), refusal).body);
  }

  /** A pilot has seen their events up to this one. */
  acknowledge(client: Client, payload: unknown): void {
    const seat = this.#room.seatOf(client);
    const parsed = ackBody.safeParse(payload);
    if (!(seat instanceof Pilot) || !parsed.success) return;
    const { eventId } = parsed.data;
    if (eventId > seat.ackedSeq && eventId <= seat.sentSeq) seat.ackedSeq = eventId;
  }

  async #reply(spec: CommandSpec, seat: Seat, payload: unknown): Promise<Reply> {
    const { services, dispatcher } = this.#room;
    const refuse = (code: ErrorCode) => refusedReply(requestIdOf(payload), new Refusal(code));
    if (seat === "spectator") return refuse("spectators_cannot_act");
    if (seat === "departed") return refuse("not_in_sector");
    const ending = { hasEnded: () => this.#room.hasEnded(), isDraining: services.isDraining };
    return services.inbox.receive(spec, payload, seat, dispatcher, ending);
  }

  #account(spec: CommandSpec, seat: Seat, { type, body }: Reply, ms: number): void {
    const { services, sectorId } = this.#room;
    const code = type === "refused" ? body.code : null;
    services.meter.answered(spec.name, code, ms);
    const playerId = seat instanceof Pilot ? seat.id : null;
    const { requestId } = body;
    services.log.debug(
      { requestId, command: spec.name, playerId, sectorId, code, ms },
      "A request was answered.",
    );
  }
}
