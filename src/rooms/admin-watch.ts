import type pg from "pg";
import type { Clock } from "../clock.ts";
import type { ServerNotice } from "../commands/events.ts";
import { type AdminOrder, readActionsAfter, readNewestActionId } from "../persistence/admin.ts";
import { type BanList, readBans } from "../persistence/bans.ts";
import type { Log } from "../telemetry/log.ts";
import type { GalaxyRoom } from "./galaxy-room.ts";
import type { SectorRoom } from "./sector-room.ts";
import { type StopWatch, startWatch } from "./watch.ts";

/** Operators are promised that what they do takes effect within a second; half of it is for a busy process. */
const WATCH_MS = 500;

export interface AdminWatchOptions {
  readonly pool: pg.Pool;
  readonly clock: Pick<Clock, "nowMs">;
  readonly processId: string;
  readonly bans: BanList;
  readonly sectors: ReadonlySet<SectorRoom>;
  readonly galaxies: ReadonlySet<GalaxyRoom>;
  /** An operator wants this process to end. @param deadlineSeconds null: in the time it gives itself */
  readonly onDrain: (deadlineSeconds: number | null) => void;
  readonly log: Log;
}

/** Carries out in this process what operators do to the installation, whichever machine they do it on. */
export class AdminWatch {
  readonly #options: AdminWatchOptions;
  #seenId = 0;
  #stopWatch: StopWatch = async () => {};
  #isLost = false;

  constructor(options: AdminWatchOptions) {
    this.#options = options;
  }

  /**
   * Reads the bans, then watches for what is done from now on.
   * @throws what the database threw: who is banned must be known before anybody is let in
   */
  async start(): Promise<void> {
    this.#seenId = await readNewestActionId(this.#options.pool);
    await this.#readBans();
    this.#stopWatch = startWatch(WATCH_MS, () => this.look());
  }

  async stop(): Promise<void> {
    await this.#stopWatch();
  }

  /** Carries out what has been done since the last look. Never throws: the next look makes up for it. */
  async look(): Promise<void> {
    const { pool, log } = this.#options;
    try {
      const actions = await readActionsAfter(pool, this.#seenId);
      this.#isLost = false;
      // Before anybody is sent away: they might be back at once.
      if (actions.some(({ order }) => order?.kind === "ban" || order?.kind === "unban"))
        await this.#readBans();
      for (const { id, operator, kind, order } of actions) {
        this.#seenId = id;
        if (order === null) {
          log.warn(
            { actionId: id, operator, kind },
            "An operator's order of another version, which this one does not know: it is left to processes that do.",
          );
          continue;
        }
        log.info({ actionId: id, operator, ...order }, "An operator's order.");
        this.#carryOut(order);
      }
    } catch (error) {
      // Said once: the database is away, and everything else says so too.
      if (!this.#isLost)
        log.warn({ err: error }, "Operators' orders could not be read; they are read again.");
      this.#isLost = true;
    }
  }

  async #readBans(): Promise<void> {
    const { pool, bans, clock } = this.#options;
    bans.replace(await readBans(pool, clock.nowMs()));
  }

  #carryOut(order: AdminOrder): void {
    switch (order.kind) {
      case "ban":
        this.#dismiss(order.userId, { kind: "banned", text: order.reason, untilMs: order.untilMs });
        break;
      case "kick":
        this.#dismiss(order.userId, { kind: "kicked", text: order.reason, untilMs: null });
        break;
      case "broadcast":
        for (const room of this.#rooms)
          room.broadcast("server_notice", { kind: "broadcast", text: order.text, untilMs: null });
        break;
      case "drain":
        if (order.processId === null || order.processId === this.#options.processId)
          this.#options.onDrain(order.deadlineSeconds);
        break;
      case "unban":
      case "incident":
        break;
    }
  }

  #dismiss(userId: string, notice: ServerNotice): void {
    for (const room of this.#rooms) room.dismiss(userId, notice);
  }

  get #rooms(): readonly (SectorRoom | GalaxyRoom)[] {
    return [...this.#options.sectors, ...this.#options.galaxies];
  }
}
