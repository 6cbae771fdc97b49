import { z } from "zod";
import type { Context } from "../app.ts";
import type { LaserOffer } from "../model/dealings.ts";
import { OnceAtATime } from "../model/presses.ts";
import type { ShipView } from "../model/sector.ts";
import { asApiError, ask } from "../net/api.ts";
import { PilotDesk } from "../net/pilot-desk.ts";
import {
  type HarvestPreview,
  type Licenses,
  licensesSchema,
  type PilotSnapshot,
  pilotEventSchemas,
  pilotSchema,
  previewSchema,
} from "../net/wire.ts";
import { balancesSchema } from "../net/wire-economy.ts";
import type { PilotActs } from "../ui/pilot-panel.ts";
import { openRefineryDialog } from "../ui/refinery-dialog.ts";
import type { StationActs } from "../ui/station-panel.ts";

const warpedSchema = z.object({ sectorId: z.int(), seat: z.unknown() });
const numberedSchema = z.looseObject({ eventId: z.int() });
const retrySchema = z.object({ retryAtMs: z.number() });
const soldSchema = z.object({ quantity: z.int(), unitPriceCr: z.int(), totalCr: z.int() });
/** What changes together is asked about once. */
const LOOK_AGAIN_MS = 120;

interface Options {
  readonly context: Context;
  readonly sectorId: number;
  send(type: string, payload: unknown): boolean;
  notice(text: string): void;
  /** Something that is shown has become known. */
  changed(): void;
}

/** What the pilot of this page asks for, and what comes of it. */
export class PilotControl implements PilotActs, StationActs {
  /** Until when this field may not be mined again. */
  cooldownUntilMs = 0;
  /** What a harvest would bring now; null until the server has said. */
  preview: HarvestPreview | null = null;
  licenses: Licenses = [];
  /** Ore that expeditions brought and that is in no hold yet. */
  oreUnits = 0;
  readonly #options: Options;
  readonly #desk: PilotDesk;
  readonly #acts = new OnceAtATime();
  #timer = 0;

  constructor(options: Options) {
    this.#options = options;
    this.#desk = new PilotDesk((type, payload) => options.send(type, payload));
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

  laser(act: LaserOffer["act"]): void {
    void this.#ask(act);
  }

  async sell(commodity: string, quantity: number): Promise<void> {
    const sold = soldSchema.safeParse(await this.#ask("sell", { commodity, quantity }));
    if (!sold.success) return;
    const { unitPriceCr, totalCr } = sold.data;
    this.#options.notice(
      `Sold ${quantity.toLocaleString("en")} for ${totalCr.toLocaleString("en")} cr, ${unitPriceCr} cr each.`,
    );
  }

  async deliverOre(quantity: number): Promise<void> {
    if ((await this.#ask("deliver_ore", { quantity })) === null) return;
    this.#options.notice(`${quantity.toLocaleString("en")} ore of your expeditions is aboard.`);
    void this.readOreUnits();
  }

  async buyLicense(sectorId: number): Promise<void> {
    if ((await this.#ask("buy_license", { sectorId })) !== null) void this.readLicenses();
  }

  seekLicense(): void {
    openRefineryDialog(this.#options.context, this.#options.sectorId);
  }

  async warp(sectorId: number): Promise<void> {
    const answer = await this.#ask("warp", { sectorId });
    const warped = warpedSchema.safeParse(answer);
    if (!warped.success) return;
    const { session, go } = this.#options.context;
    session.giveSeat(warped.data.seat);
    session.moved(warped.data.sectorId);
    go(`/sector/${warped.data.sectorId}`);
  }

  /** What has not been answered is asked again. */
  sendAgain(): void {
    this.#desk.sendAgain();
  }

  /** Asks anew what a harvest would bring: something has changed that it depends on. */
  lookAgain(): void {
    if (this.#timer === 0) this.#timer = window.setTimeout(() => void this.#readPreview(), LOOK_AGAIN_MS);
  }

  async readLicenses(): Promise<void> {
    const { token } = this.#options.context.session;
    const panel = await ask("/me/licenses", licensesSchema, { token }).catch(() => null);
    // Without an answer what was known stays.
    if (panel !== null) this.licenses = panel.licenses;
    this.#options.changed();
  }

  async readOreUnits(): Promise<void> {
    const { session } = this.#options.context;
    const answer = await session.ask("/me/balances", balancesSchema).catch(() => null);
    // Without an answer what was known stays.
    if (answer !== null) this.oreUnits = answer.balances.ore_units ?? 0;
    this.#options.changed();
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  /** @returns the pilot's own numbers when the message tells them */
  hear(type: string, payload: unknown): PilotSnapshot | null {
    if (this.#desk.hear(type, payload)) return null;
    const { session } = this.#options.context;
    if (type === "expedition_completed") void this.readOreUnits();
    const numbered = numberedSchema.safeParse(payload);
    if (numbered.success && numbered.data.eventId > (session.cursor ?? 0)) {
      session.cursor = numbered.data.eventId;
      this.#options.send("ack", { eventId: numbered.data.eventId });
      const harvest = pilotEventSchemas.mining_harvest_completed.safeParse(payload);
      if (type === "mining_harvest_completed" && harvest.success)
        session.harvestIds.unshift(harvest.data.harvestId);
    }
    return type === "pilot" ? (pilotSchema.safeParse(payload).data ?? null) : null;
  }

  async #readPreview(): Promise<void> {
    this.#timer = 0;
    const answer = await this.#desk.request("preview_harvest").catch(() => null);
    const preview = previewSchema.safeParse(answer);
    if (!preview.success) return;
    this.preview = preview.data;
    const cooldown = preview.data.obstacles.find(({ code }) => code === "sector_on_cooldown");
    this.cooldownUntilMs = retrySchema.safeParse(cooldown?.detail).data?.retryAtMs ?? 0;
    this.#options.changed();
  }

  /** @returns the answer; null when it is refused, or when the same is being asked already */
  #ask(type: string, body: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    return this.#acts.run(JSON.stringify([type, body]), () => this.#request(type, body));
  }

  async #request(type: string, body: Readonly<Record<string, unknown>>): Promise<unknown> {
    this.#options.notice("");
    try {
      return await this.#desk.request(type, body);
    } catch (error) {
      const refusal = asApiError(error);
      if (typeof refusal.detail.retryAtMs === "number") this.cooldownUntilMs = refusal.detail.retryAtMs;
      this.#options.notice(refusal.message);
      return null;
    }
  }
}
