import { type Client, Room } from "@colyseus/core";
import { z } from "zod";
import type { Clock } from "../clock.ts";
import type { ServerNotice } from "../commands/events.ts";
import { invalidMessage, Refusal } from "../errors.ts";
import type { BanList } from "../persistence/bans.ts";
import { readConditions } from "../persistence/conditions.ts";
import { type Contract, readActiveContracts } from "../persistence/contracts.ts";
import type { Database } from "../persistence/database.ts";
import { type DrawnField, readDrawnFields } from "../persistence/galaxy-map.ts";
import { readOpenIncidents } from "../persistence/incidents.ts";
import { hasReached, type Phase } from "../rules/phases.ts";
import { ContractSummary, GalaxyState, SectorSummary } from "../schema/galaxy.ts";
import type { Log } from "../telemetry/log.ts";
import { CLOSE } from "./close-codes.ts";
import {
  CHANNEL,
  conditionsText,
  findingSchema,
  foundPilot,
  type LiveSummary,
  LOOK_MS,
  reportSchema,
  SILENCE_MS_MAX,
} from "./galaxy-watch.ts";
import { refusedReply, requestIdOf } from "./inbox.ts";
import { watchJoinAck } from "./join-ack.ts";
import { fitJoinFrame } from "./join-frame.ts";
import { galaxyJoinSchema, seatAuthSchema } from "./seat-auth.ts";

/** How often the fields of sleeping sectors are read: they only fill up, over hours, or are left by the last pilot. */
const FIELDS_MS = 10_000;
/** How often the week's contracts are read: two small queries, whatever the processes that contributions come to. */
const CONTRACTS_MS = 1_000;
/** A search goes to every process, so nobody needs more of them than they can type. */
export const MESSAGES_PER_SECOND_MAX = 8;

export const findBody = z.strictObject({
  requestId: z.string().min(1).max(64),
  name: z.string().trim().min(2).max(50).describe("Part of a pilot's name, in any case."),
});
export const foundMessage = z.object({
  requestId: z.string(),
  pilots: z.array(foundPilot).describe("Those of one process; there may be more such messages, or none."),
});

export interface GalaxyServices {
  readonly clock: Clock;
  readonly database: Database;
  readonly log: Log;
  readonly bans: BanList;
  /** The rooms of this process: one once somebody has watched. Those that are open add themselves. */
  readonly galaxies: Set<GalaxyRoom>;
  readonly spectatorsMax: number;
  readonly joinAckSeconds: number;
  readonly phase: Phase;
}

export function galaxyRoomId(processId: string): string {
  return `galaxy-${processId}`;
}

/**
 * What goes on in the galaxy, for those who watch it from afar: a summary of each sector where something does. Each
 * process has one such room for its own clients. It only listens: no sector knows of it, and none is opened for it.
 */
export abstract class GalaxyRoom extends Room<{ state: GalaxyState }> {
  protected abstract readonly services: GalaxyServices;
  override autoDispose = false;
  override state = new GalaxyState();
  override maxMessagesPerSecond = MESSAGES_PER_SECOND_MAX;
  readonly #reports = new Map<string, { sectors: readonly LiveSummary[]; atMs: number }>();
  #fields: readonly DrawnField[] = [];
  /** What incidents do to sectors, as stored. */
  #befallen: ReadonlyMap<number, Pick<LiveSummary, "conditions" | "incident">> = new Map();
  #reading = false;
  #readingContracts = false;
  #clockTimer: NodeJS.Timeout | null = null;

  override async onCreate(options: unknown): Promise<void> {
    const { processId } = z.object({ processId: z.string() }).parse(options);
    this.roomId = galaxyRoomId(processId);
    // Patches go out when something has been heard; two timers are all it has.
    this.setTimestep(() => {}, 60_000);
    this.patchRate = null;
    this.setTimestep();
    this.onMessage("find", (client: Client, payload: unknown) => void this.#find(client, payload));
    this.onMessage("*", (client, type, payload) =>
      client.send(
        "refused",
        refusedReply(requestIdOf(payload), new Refusal("unknown_message", { type })).body,
      ),
    );
    await this.presence.subscribe(CHANNEL.summaries, this.#hear);
    await this.presence.subscribe(CHANNEL.found, this.#found);
    this.clock.setInterval(() => this.#forgetSilent(), LOOK_MS);
    this.clock.setInterval(() => void this.#readFields(), FIELDS_MS);
    this.clock.setInterval(() => void this.#readContracts(), CONTRACTS_MS);
    this.#clockTimer = setInterval(() => this.clock.tick(), LOOK_MS / 2);
    this.services.galaxies.add(this);
  }

  override async onJoin(client: Client, options: unknown, auth: unknown): Promise<void> {
    if (this.clients.length > this.services.spectatorsMax) throw new Refusal("too_many_spectators");
    const { userId } = seatAuthSchema.parse(auth);
    // They may have been banned since the seat was theirs.
    if (userId !== null) this.services.bans.check(userId);
    fitJoinFrame(client, galaxyJoinSchema.parse(options).sdk);
    watchJoinAck(client, this.clock, this.services.joinAckSeconds);
    // Whoever comes into an empty room finds what was true when the last one left it.
    if (this.clients.length === 1) await Promise.all([this.#readFields(), this.#readContracts()]);
  }

  /** Sends a user's clients away, telling them why. */
  dismiss(userId: string, notice: ServerNotice): void {
    for (const client of [...this.clients]) {
      if (seatAuthSchema.safeParse(client.auth).data?.userId !== userId) continue;
      client.send("server_notice", notice);
      client.leave(CLOSE.kicked, notice.kind);
    }
  }

  override async onDispose(): Promise<void> {
    this.services.galaxies.delete(this);
    if (this.#clockTimer !== null) clearInterval(this.#clockTimer);
    await this.presence.unsubscribe(CHANNEL.summaries, this.#hear);
    await this.presence.unsubscribe(CHANNEL.found, this.#found);
  }

  readonly #hear = (report: unknown): void => {
    const { processId, sectors } = reportSchema.parse(report);
    this.#reports.set(processId, { sectors, atMs: performance.now() });
    this.#show();
  };

  readonly #found = (finding: unknown): void => {
    const { sessionId, requestId, pilots } = findingSchema.parse(finding);
    this.clients.find((client) => client.sessionId === sessionId)?.send("found", { requestId, pilots });
  };

  async #find(client: Client, payload: unknown): Promise<void> {
    const parsed = findBody.safeParse(payload);
    if (!parsed.success) {
      client.send("refused", refusedReply(requestIdOf(payload), invalidMessage(parsed.error)).body);
      return;
    }
    await this.presence.publish(CHANNEL.find, { ...parsed.data, sessionId: client.sessionId });
  }

  #forgetSilent(): void {
    const nowMs = performance.now();
    for (const [processId, { atMs }] of this.#reports) {
      if (nowMs - atMs > SILENCE_MS_MAX) this.#reports.delete(processId);
    }
    this.#show();
  }

  async #readFields(): Promise<void> {
    if (this.clients.length === 0 || this.#reading) return;
    this.#reading = true;
    try {
      const { database, clock } = this.services;
      this.#fields = await readDrawnFields(database, clock.nowMs());
      this.#befallen = await readBefallen(database, clock.nowMs());
      this.#show();
    } catch (error) {
      this.services.log.warn(
        { err: error },
        "The galaxy's fields could not be read; they are read again soon.",
      );
    } finally {
      this.#reading = false;
    }
  }

  async #readContracts(): Promise<void> {
    const { database, clock, phase } = this.services;
    if (this.clients.length === 0 || this.#readingContracts || !hasReached(phase, "expand")) return;
    this.#readingContracts = true;
    try {
      showContracts(this.state, await readActiveContracts(database.pool, clock.nowMs()));
      this.broadcastPatch();
    } catch (error) {
      this.services.log.warn({ err: error }, "Guild contracts could not be read; they are read again soon.");
    } finally {
      this.#readingContracts = false;
    }
  }

  /** Brings the state up to date with what is known, and sends what has changed. */
  #show(): void {
    const wanted = new Map<string, LiveSummary & { awake: boolean }>();
    const quiet = { ships: 0, miners: 0, fights: 0, depletion: "", replenishesAtMs: 0, claimedBy: "" };
    const asleep = { awake: false, ...quiet, conditions: "", incident: "" };
    for (const [sectorId, of] of this.#befallen) wanted.set(String(sectorId), { ...asleep, sectorId, ...of });
    for (const field of this.#fields)
      wanted.set(String(field.sectorId), { ...asleep, ...this.#befallen.get(field.sectorId), ...field });
    // What a live room says is newer than what is stored.
    for (const { sectors } of this.#reports.values()) {
      for (const summary of sectors) wanted.set(String(summary.sectorId), { ...summary, awake: true });
    }
    const { sectors } = this.state;
    for (const key of [...sectors.keys()]) if (!wanted.has(key)) sectors.delete(key);
    for (const [key, values] of wanted) {
      const known = sectors.get(key);
      // Colyseus leaves out what is assigned the value it has.
      if (known !== undefined) Object.assign(known, values);
      else sectors.set(key, Object.assign(new SectorSummary(), values));
    }
    this.broadcastPatch();
  }
}

function showContracts({ contracts }: GalaxyState, active: readonly Contract[]): void {
  const themes = new Set<string>(active.map(({ theme }) => theme));
  for (const key of [...contracts.keys()]) if (!themes.has(key)) contracts.delete(key);
  for (const { contractId, theme, isoWeek, endsAtMs, members, total, tiers } of active) {
    const tier = Math.max(0, ...tiers.filter((one) => one.unlockedAtMs !== null).map((one) => one.tier));
    const nextThreshold = tiers.find((one) => one.unlockedAtMs === null)?.threshold ?? 0;
    const values = { contractId, theme, isoWeek, endsAtMs, members, total, tier, nextThreshold };
    const known = contracts.get(theme);
    if (known !== undefined) Object.assign(known, values);
    else contracts.set(theme, Object.assign(new ContractSummary(), values));
  }
}

async function readBefallen({ pool }: Database, nowMs: number) {
  const conditions = Map.groupBy(await readConditions(pool, null, nowMs), ({ sectorId }) => sectorId);
  const open = new Map((await readOpenIncidents(pool, null, nowMs)).map((one) => [one.sectorId, one.type]));
  return new Map(
    [...conditions.keys(), ...open.keys()].map((sectorId) => {
      const types = (conditions.get(sectorId) ?? []).map(({ type }) => type);
      return [sectorId, { conditions: conditionsText(types), incident: open.get(sectorId) ?? "" }] as const;
    }),
  );
}

/** The room class of a server: Colyseus constructs rooms by itself, so what they work with comes with the class. */
export function galaxyRoomOf(services: GalaxyServices): new () => GalaxyRoom {
  return class extends GalaxyRoom {
    protected override readonly services = services;
  };
}
