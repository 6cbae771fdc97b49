/** A pilot who plays by itself: mines, raids, and gets back up. Speaks the wire protocol through the official SDK. */
import { randomUUID } from "node:crypto";
import { Client, type Room } from "@colyseus/sdk";
import { z } from "zod";
import { Prng } from "../src/rules/galaxy/prng.ts";
import type { SectorState, Ship } from "../src/schema/sector.ts";
import { APP, APP_REQUEST_HEADERS } from "./app.ts";
import { Charts } from "./fleet/charts.ts";
import { Errands } from "./fleet/errands.ts";
import { HttpClient } from "./fleet/http.ts";
import { type EconomyLedger, newLedger } from "./fleet/ledger.ts";
import { Measure } from "./fleet/measure.ts";

export type Role = "miner" | "raider";

const guestSchema = z.object({ token: z.string(), userId: z.uuid() });
const meSchema = z.object({ sectorId: z.int() });
const sectorSchema = z.object({ type: z.string(), warps: z.array(z.object({ sectorId: z.int() })) });
const snapshotSchema = z.object({
  shipId: z.string(),
  turns: z.int(),
  cargoFree: z.int(),
  equipment: z.record(z.string(), z.unknown()),
});
/** A seat as the SDK consumes it. */
const seatSchema = z.object({
  name: z.string(),
  sessionId: z.string(),
  roomId: z.string(),
  processId: z.string(),
  publicAddress: z.string().exactOptional(),
});
const acceptedSchema = z.looseObject({ requestId: z.string() });
const refusedSchema = z.object({ requestId: z.string(), code: z.string() });

type Answer = { ok: true; body: Record<string, unknown> } | { ok: false; code: string };

/** How long a bot thinks between two things it does, in ms. */
const THINK_MS_MIN = 400;
const THINK_MS_MAX = 1_600;
const ANSWER_MS_MAX = 10_000;
/** A raider leaves this many turns for mining and going home. */
const TURNS_KEPT = 40;
/** A raider who sees prey mines on all the same this often, or nobody would ever finish a harvest. */
const PATIENCE = 0.6;
/** How often a bot thinks of an expedition, and of its guild contract, before it does anything else. */
const EXPEDITION_SHARE = 0.1;
const CONTRACT_SHARE = 0.1;

/** One pilot: `play` until `stop`. What happens to it is told in lines for people. */
export class Bot {
  readonly name: string;
  readonly #role: Role;
  readonly #url: string;
  readonly #tell: (line: string) => void;
  readonly #fields = new Map<number, boolean>();
  readonly #answers = new Map<string, (answer: Answer) => void>();
  #client: Client;
  #room: Room<unknown, SectorState> | null = null;
  #snapshot: z.output<typeof snapshotSchema> | null = null;
  #errands: Errands | null = null;
  #economy: EconomyLedger | null = null;
  #cursor = 0;
  #stopped = false;

  constructor(url: string, name: string, role: Role, tell: (line: string) => void) {
    this.#url = url;
    this.name = name;
    this.#role = role;
    this.#tell = (line) => tell(`${name} ${line}`);
    this.#client = new Client(url);
  }

  /** Plays until `stop`. After an error it may be called again: the bot goes on as the pilot it was. */
  async play(): Promise<void> {
    await this.#leave();
    if (this.#client.auth.token == null) {
      const { token, userId } = guestSchema.parse(await this.#post("/auth/guest", { name: this.name }));
      this.#client.auth.token = token;
      const http = new HttpClient([this.#url]);
      const ledger = newLedger(this.name, userId);
      const parts = { http, measure: new Measure(), charts: new Charts(http), random: new Prng(userId) };
      this.#errands = new Errands({ ...parts, hastyOneIn: 0 }, { token, ledger });
      this.#economy = ledger.economy;
    }
    await this.#join();
    while (!this.#stopped) {
      await new Promise((resolve) =>
        setTimeout(resolve, THINK_MS_MIN + Math.random() * (THINK_MS_MAX - THINK_MS_MIN)),
      );
      if (this.#stopped) break;
      if (this.#room === null) await this.#join();
      else {
        await this.#runErrands(this.#room.state);
        await this.#act();
      }
    }
    await this.#leave();
  }

  stop(): void {
    this.#stopped = true;
    this.#errands?.giveUp();
  }

  async #leave(): Promise<void> {
    const room = this.#room;
    this.#room = null;
    await room?.leave();
  }

  async #join(): Promise<void> {
    const { sectorId } = meSchema.parse(await this.#get("/me"));
    const options = { sectorId, protocol: 1, ...APP, ...(this.#cursor > 0 && { cursor: this.#cursor }) };
    this.#enter(await this.#client.joinOrCreate<SectorState>("sector", options));
  }

  #enter(room: Room<unknown, SectorState>): void {
    this.#room = room;
    room.reconnection.enabled = false;
    room.onMessage("*", (type, payload) => this.#hear(String(type), payload));
    room.onLeave(() => {
      if (this.#room === room) this.#room = null;
      for (const answer of this.#answers.values()) answer({ ok: false, code: "left" });
      this.#answers.clear();
    });
  }

  #hear(type: string, payload: unknown): void {
    if (type === "pilot") this.#snapshot = snapshotSchema.parse(payload);
    if (type === "accepted") {
      const body = acceptedSchema.parse(payload);
      this.#settle(body.requestId, { ok: true, body });
    }
    if (type === "refused") {
      const { requestId, code } = refusedSchema.parse(payload);
      this.#settle(requestId, { ok: false, code });
    }
    const event = z.looseObject({ eventId: z.int() }).safeParse(payload);
    if (!event.success) return;
    this.#cursor = Math.max(this.#cursor, event.data.eventId);
    this.#room?.send("ack", { eventId: this.#cursor });
    this.#report(type, event.data);
  }

  #report(type: string, event: Record<string, unknown>): void {
    this.#errands?.told(type, event);
    if (type === "expedition_completed") this.#tell(`is back from an expedition with ${event.oreUnits} ore`);
    if (type === "contract_tier_unlocked")
      this.#tell(`is rewarded: ${event.theme} has reached tier ${event.tier}`);
    if (type === "mining_harvest_completed") this.#tell(`mines ${event.ore} ore in sector ${event.sectorId}`);
    if (type === "mining_harvest_interrupted") {
      this.#tell(`is interrupted (${event.reason}); ${event.turnsRefunded} turns come back`);
    }
    if (type === "combat_resolved" && event.role === "attacker") {
      this.#tell(`fought ${event.opponent}: ${event.outcome} after ${event.rounds} rounds`);
    }
  }

  #settle(requestId: string, answer: Answer): void {
    this.#answers.get(requestId)?.(answer);
    this.#answers.delete(requestId);
  }

  #ask(type: string, body: Record<string, unknown> = {}): Promise<Answer> {
    const requestId = randomUUID();
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#settle(requestId, { ok: false, code: "timeout" }), ANSWER_MS_MAX);
      this.#answers.set(requestId, (answer) => {
        clearTimeout(timer);
        resolve(answer);
      });
      this.#room?.send(type, { ...body, requestId });
    });
  }

  /** Beside the rooms: what the ship does goes on meanwhile. */
  async #runErrands(state: SectorState): Promise<void> {
    if (this.#errands === null || this.#economy === null) return;
    const { runs, memberships } = this.#economy;
    const before = { runs: runs.length, memberships: memberships.length };
    if (state.type === "ASTEROID_FIELD" && Math.random() < EXPEDITION_SHARE)
      await this.#errands.goOnExpedition(state.sectorId, performance.now());
    if (Math.random() < CONTRACT_SHARE) await this.#errands.contribute(performance.now());
    if (runs.length > before.runs) this.#tell(`sets out on an expedition in sector ${state.sectorId}`);
    if (memberships.length > before.memberships) this.#tell("joins a guild contract");
  }

  async #act(): Promise<void> {
    const state = this.#room?.state;
    const ship = this.#snapshot === null ? undefined : state?.ships?.get(this.#snapshot.shipId);
    if (state === undefined || ship === undefined || this.#snapshot === null) return;
    if (ship.status === "MINING" || ship.status === "IN_COMBAT") return;
    if (ship.hullType === "ESCAPE_POD") return this.#recover(state, ship);
    if (ship.status === "DOCKED") {
      await this.#ask("undock");
      return;
    }
    const prey = this.#role === "raider" ? this.#findPrey(state) : undefined;
    if (prey !== undefined) {
      const { ok } = await this.#ask("attack", { targetId: prey.shipId });
      if (ok) this.#tell(`attacks ${prey.pilotName}, who is mining in sector ${state.sectorId}`);
      return;
    }
    const canMine = this.#snapshot.equipment.mining_laser !== undefined && this.#snapshot.cargoFree > 0;
    if (state.type === "ASTEROID_FIELD" && canMine) await this.#ask("harvest");
    else await this.#travel(state);
  }

  #findPrey(state: SectorState): Ship | undefined {
    if (this.#snapshot === null || this.#snapshot.turns < TURNS_KEPT || Math.random() < PATIENCE)
      return undefined;
    const mining = [...state.ships.values()].filter(
      (ship) => ship.status === "MINING" && ship.shipId !== this.#snapshot?.shipId,
    );
    return mining[Math.floor(Math.random() * mining.length)];
  }

  /** In an escape pod: to the next station, and a new hull. */
  async #recover(state: SectorState, ship: Ship): Promise<void> {
    const [station] = state.stations.values();
    if (ship.status === "DOCKED") {
      const { ok } = await this.#ask("claim_hull");
      if (ok) this.#tell("lost the ship and claims a new one");
    } else if (station !== undefined) await this.#ask("dock", { stationId: station.stationId });
    else await this.#travel(state);
  }

  async #travel(state: SectorState): Promise<void> {
    const ways = [...state.warps.values()].map((warp) => warp.sectorId);
    const fields: number[] = [];
    for (const sectorId of ways) if (await this.#isField(sectorId)) fields.push(sectorId);
    const choices = fields.length > 0 ? fields : ways;
    const sectorId = choices[Math.floor(Math.random() * choices.length)];
    if (sectorId === undefined) return;
    const answer = await this.#ask("warp", { sectorId });
    if (!answer.ok) return;
    await this.#leave();
    const seat = seatSchema.safeParse(answer.body.seat);
    if (seat.success) this.#enter(await this.#client.consumeSeatReservation<SectorState>(seat.data));
    else await this.#join();
  }

  async #isField(sectorId: number): Promise<boolean> {
    const known = this.#fields.get(sectorId);
    if (known !== undefined) return known;
    const { type } = sectorSchema.parse(await this.#get(`/sectors/${sectorId}`));
    this.#fields.set(sectorId, type === "ASTEROID_FIELD");
    return type === "ASTEROID_FIELD";
  }

  async #get(path: string): Promise<unknown> {
    return this.#fetch(path, {});
  }

  async #post(path: string, body: unknown): Promise<unknown> {
    return this.#fetch(path, { method: "POST", body: JSON.stringify(body) });
  }

  async #fetch(path: string, init: RequestInit): Promise<unknown> {
    const { token } = this.#client.auth;
    const headers = {
      ...APP_REQUEST_HEADERS,
      "content-type": "application/json",
      ...(token != null && { authorization: `Bearer ${token}` }),
    };
    const response = await fetch(new URL(path, this.#url.replace(/^ws/, "http")), { ...init, headers });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return response.json();
  }
}
