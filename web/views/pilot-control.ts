import { z } from "zod";
import type { Context } from "../app.ts";
import type { ShipView } from "../model/sector.ts";
import { asApiError } from "../net/api.ts";
import { PilotDesk } from "../net/pilot-desk.ts";
import { type PilotSnapshot, pilotSchema } from "../net/wire.ts";
import type { PilotActs } from "../ui/pilot-panel.ts";

const warpedSchema = z.object({ sectorId: z.int(), seat: z.unknown() });
const numberedSchema = z.looseObject({ eventId: z.int() });

/** What the pilot of this page asks for, and what comes of it. */
export class PilotControl implements PilotActs {
  /** Until when this field may not be mined again, as a refusal said. */
  cooldownUntilMs = 0;
  readonly #context: Context;
  readonly #send: (type: string, payload: unknown) => boolean;
  readonly #desk: PilotDesk;
  readonly #notice: (text: string) => void;

  constructor(
    context: Context,
    send: (type: string, payload: unknown) => boolean,
    notice: (text: string) => void,
  ) {
    this.#context = context;
    this.#send = send;
    this.#desk = new PilotDesk(send);
    this.#notice = notice;
  }

  harvest(): void {
    void this.#ask("harvest");
  }

  flee(): void {
    void this.#ask("flee");
  }

  undock(): void {
    void this.#ask("undock");
  }

  claimHull(): void {
    void this.#ask("claim_hull");
  }

  dock(stationId: string): void {
    void this.#ask("dock", { stationId });
  }

  attack({ shipId }: ShipView): void {
    void this.#ask("attack", { targetId: shipId });
  }

  async warp(sectorId: number): Promise<void> {
    const answer = await this.#ask("warp", { sectorId });
    const warped = warpedSchema.safeParse(answer);
    if (!warped.success) return;
    const { session } = this.#context;
    session.giveSeat(warped.data.seat);
    session.moved(warped.data.sectorId);
    this.#context.go(`/sector/${warped.data.sectorId}`);
  }

  /** What has not been answered is asked again. */
  sendAgain(): void {
    this.#desk.sendAgain();
  }

  /** @returns the pilot's own numbers when the message tells them */
  hear(type: string, payload: unknown): PilotSnapshot | null {
    if (this.#desk.hear(type, payload)) return null;
    const numbered = numberedSchema.safeParse(payload);
    if (numbered.success && numbered.data.eventId > this.#context.session.cursor) {
      this.#context.session.cursor = numbered.data.eventId;
      this.#send("ack", { eventId: numbered.data.eventId });
    }
    return type === "pilot" ? (pilotSchema.safeParse(payload).data ?? null) : null;
  }

  async #ask(type: string, body: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    this.#notice("");
    try {
      return await this.#desk.request(type, body);
    } catch (error) {
      const refusal = asApiError(error);
      if (typeof refusal.detail.retryAtMs === "number") this.cooldownUntilMs = refusal.detail.retryAtMs;
      this.#notice(refusal.message);
      return null;
    }
  }
}
