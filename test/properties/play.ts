/** A few pilots in a small world, played over real sockets, beside a model that says what must come of it. */
import { strict as assert } from "node:assert";
import { randomUUID } from "node:crypto";
import { z } from "zod";
import { attackTurns, COMBAT_ROUNDS_MAX } from "../../src/rules/combat.ts";
import { type Cargo, COMMODITIES } from "../../src/rules/commodities.ts";
import { HARVEST_TURNS, INTERRUPT_REFUND_TURNS } from "../../src/rules/mining.ts";
import { HULL_TYPES, HULLS, type HullType } from "../../src/rules/ships.ts";
import { type MadePilot, makeSector, makeStation, makeWarp } from "../support/fixtures.ts";
import type { GameUnderTest } from "../support/game.ts";
import type { Answer, PilotClient } from "../support/pilot-client.ts";
import { reconnect } from "../support/presence.ts";
import { until } from "../support/until.ts";

export const HARVEST_TICKS = 5;
export const PILOTS = 4;
/** Of the small world: two fields, and a junction whose station nobody guards. */
export const PLACES = 3;
const FIELDS = 2;

/** What a pilot can ask for, with places and others named by their number. */
export type Request =
  | { readonly type: "harvest" | "flee" | "undock" | "claim_hull" | "dock" }
  | { readonly type: "warp"; readonly to: number }
  | { readonly type: "attack"; readonly other: number };

/** A request that was accepted, and can be repeated. */
interface Kept {
  readonly by: number;
  readonly type: string;
  readonly body: Record<string, unknown>;
  readonly answer: Record<string, unknown>;
}

interface Mining {
  readonly harvestId: string;
  readonly dueTick: number;
}

interface Fighting {
  readonly fightId: string;
  readonly attacker: number;
  readonly defender: number;
  readonly cost: number;
}

/** What the model knows of a pilot. */
export interface ModelPilot {
  readonly made: MadePilot;
  place: number;
  docked: boolean;
  shipId: string;
  hull: HullType;
  hasLaser: boolean;
  cargo: Cargo;
  readonly startTurns: number;
  spent: number;
  claimed: boolean;
  mining: Mining | null;
  fight: Fighting | null;
  /** Whether a client has control, or is expected back. */
  presence: "connected" | "dropped" | "gone";
  /** Types of the events in the feed so far. */
  readonly feed: string[];
}

const yieldSchema = z.object({
  id: z.string(),
  status: z.string(),
  ore: z.int().nullable(),
  metals: z.int().nullable(),
  shards: z.int().nullable(),
  turns_spent: z.int(),
});
const fightSchema = z.object({
  id: z.string(),
  destroyed: z.string().nullable(),
  pod: z.string().nullable(),
  loot: z.partialRecord(z.enum(COMMODITIES), z.int()),
});
const truthSchema = z.object({
  turns: z.int(),
  spent: z.int(),
  sectorId: z.int(),
  docked: z.boolean(),
  shipId: z.string(),
  hull: z.enum(HULL_TYPES),
  cargo: z.partialRecord(z.enum(COMMODITIES), z.int()),
  feed: z.array(z.string()),
});

export class Play {
  readonly #game: GameUnderTest;
  readonly #sectors: readonly number[];
  readonly #stations: readonly string[];
  readonly pilots: readonly ModelPilot[];
  readonly #clients: (PilotClient | null)[];
  /** Every event that a pilot's clients have heard, by its number. */
  readonly #heard: Map<number, string>[];
  /** How much of what a client was told has been looked at. */
  readonly #lookedAt = new Map<PilotClient, number>();
  readonly kept: Kept[] = [];
  #tick = 0;

  private constructor(
    game: GameUnderTest,
    sectors: readonly number[],
    stations: readonly string[],
    pilots: readonly ModelPilot[],
  ) {
    this.#game = game;
    this.#sectors = sectors;
    this.#stations = stations;
    this.pilots = pilots;
    this.#clients = pilots.map(() => null);
    this.#heard = pilots.map(() => new Map());
  }

  /** A world of its own in the game's database, from sector `firstSectorId` on, with everybody in the first field. */
  static async begin(game: GameUnderTest, firstSectorId: number): Promise<Play> {
    const sectors = Array.from({ length: PLACES }, (_, place) => firstSectorId + place);
    const stations: string[] = [];
    for (const [place, sectorId] of sectors.entries()) {
      const type = place < FIELDS ? "ASTEROID_FIELD" : "STANDARD";
      await makeSector(game.pool, game.world, sectorId, { type, tier: 1 });
      stations.push(await makeStation(game.pool, game.world, sectorId, place < FIELDS ? "basic" : "none"));
    }
    const [first = 0, second = 0, junction = 0] = sectors;
    await makeWarp(game.pool, first, second);
    await makeWarp(game.pool, second, junction, 2);
    // Strong, ordinary, nearly wrecked, and nearly without turns.
    const kinds = [
      { hull: "DEFENDER" },
      { hull: "CARGO_HAULER" },
      { hull: "CARGO_HAULER", hullPoints: 3, shield: 0 },
      { hull: "COLONY_SHIP", turns: 14 },
    ] as const;
    const pilots = await Promise.all(
      kinds.map(async (kind): Promise<ModelPilot> => {
        const made = await game.pilot(first, kind);
        return {
          made,
          place: 0,
          docked: false,
          shipId: made.shipId,
          hull: kind.hull,
          hasLaser: true,
          cargo: {},
          startTurns: "turns" in kind ? kind.turns : 1000,
          spent: 0,
          claimed: false,
          mining: null,
          fight: null,
          presence: "gone",
          feed: [],
        };
      }),
    );
    const play = new Play(game, sectors, stations, pilots);
    for (let index = 0; index < PILOTS; index++) await play.join(index);
    return play;
  }

  pilot(index: number): ModelPilot {
    const pilot = this.pilots[index];
    assert.ok(pilot !== undefined);
    return pilot;
  }

  /** Whether the pilot's ship is in its sector's room. */
  isPresent(pilot: ModelPilot): boolean {
    return pilot.presence !== "gone" || pilot.mining !== null || pilot.fight !== null;
  }

  /** What the rules say of a request: null if it is to be accepted, or the code of its refusal. */
  expected(index: number, request: Request): string | null {
    const pilot = this.pilot(index);
    switch (request.type) {
      case "harvest":
        return this.#refusesHarvest(pilot);
      case "attack":
        return this.#refusesAttack(pilot, this.pilot(request.other));
      case "flee":
        return pilot.fight === null ? "not_in_combat" : null;
      case "warp": {
        const bound = refusesMove(pilot);
        if (bound !== null) return bound;
        if (pilot.docked) return "must_be_undocked";
        if (request.to === pilot.place) return null;
        if (Math.abs(request.to - pilot.place) !== 1) return "no_such_warp";
        return this.turns(pilot) < warpCost(pilot.place, request.to) ? "insufficient_turns" : null;
      }
      case "dock":
        return refusesMove(pilot) ?? (pilot.docked ? "already_docked" : this.#refusesTurns(pilot, 1));
      case "undock":
        return refusesMove(pilot) ?? (pilot.docked ? this.#refusesTurns(pilot, 1) : "not_docked");
      case "claim_hull":
        if (refusesMove(pilot) !== null) return refusesMove(pilot);
        if (pilot.hull !== "ESCAPE_POD") return "ship_not_lost";
        return pilot.docked ? null : "must_be_docked";
    }
  }

  /** Everything the pilot could ask for now that the rules allow. */
  allowed(index: number): Request[] {
    const { place } = this.pilot(index);
    const moves = Array.from({ length: PLACES }, (_, to) => ({ type: "warp", to }) as const).filter(
      // Allowed, too, but it leads nowhere.
      ({ to }) => to !== place,
    );
    const attacks = this.pilots.map((_, other) => ({ type: "attack", other }) as const);
    const plain = (["harvest", "flee", "dock", "undock"] as const).map((type) => ({ type }));
    // The way out of a pod is long; whoever is at its end takes it more often than not.
    const claims = Array.from({ length: PLACES }, () => ({ type: "claim_hull" }) as const);
    return [...moves, ...attacks, ...plain, ...claims].filter(
      (request) => this.expected(index, request) === null,
    );
  }

  turns(pilot: ModelPilot): number {
    const mining = pilot.mining === null ? 0 : HARVEST_TURNS;
    const { fight } = pilot;
    const fighting = fight !== null && this.pilot(fight.attacker) === pilot ? fight.cost : 0;
    return pilot.startTurns - pilot.spent - mining - fighting;
  }

  #refusesTurns(pilot: ModelPilot, needed: number): string | null {
    return this.turns(pilot) < needed ? "insufficient_turns" : null;
  }

  #refusesHarvest(pilot: ModelPilot): string | null {
    if (pilot.mining !== null) return "already_mining";
    if (pilot.place >= FIELDS) return "not_an_asteroid_field";
    if (!pilot.hasLaser) return "no_mining_laser";
    if (pilot.docked) return "must_be_undocked";
    if (this.#free(pilot) < 1) return "cargo_full";
    return this.#refusesTurns(pilot, HARVEST_TURNS) ?? (pilot.fight === null ? null : "ship_in_combat");
  }

  #refusesAttack(pilot: ModelPilot, target: ModelPilot): string | null {
    if (target === pilot) return "cannot_attack_self";
    if (target.place !== pilot.place || !this.isPresent(target)) return "not_in_your_sector";
    if (target.hull === "ESCAPE_POD") return "escape_pods_are_indestructible";
    if (pilot.hull === "ESCAPE_POD") return "escape_pods_cannot_attack";
    if (target.docked && target.place < FIELDS) return "ERR_DOCKED_SHIP_PROTECTED";
    const turns = this.#refusesTurns(pilot, attackTurns(target.hull));
    if (turns !== null) return turns;
    if (pilot.docked) return "must_be_undocked";
    if (pilot.mining !== null || pilot.fight !== null) return "ship_busy";
    return target.fight === null ? null : "target_in_combat";
  }

  #free(pilot: ModelPilot): number {
    const used = Object.values(pilot.cargo).reduce((sum, units) => sum + units, 0);
    return HULLS[pilot.hull].cargoUnits - used;
  }

  #body(request: Request, by: ModelPilot): Record<string, unknown> {
    const requestId = randomUUID();
    if (request.type === "warp") return { requestId, sectorId: this.#sectors[request.to] };
    if (request.type === "attack") return { requestId, targetId: this.pilot(request.other).shipId };
    if (request.type === "dock") return { requestId, stationId: this.#stations[by.place] };
    return { requestId };
  }

  /** Asks, holds the answer to what the rules say, and takes over what comes of it. */
  async ask(index: number, request: Request): Promise<void> {
    const expected = this.expected(index, request);
    const answer = await this.#send(index, request);
    assert.equal("refused" in answer.answer ? answer.answer.refused : null, expected);
    await this.#takeOver(index, request, answer);
  }

  /** Several pilots ask at the same moment. Who is first is open; that it comes to the same for everybody is not. */
  async askTogether(requests: readonly { index: number; request: Request }[]): Promise<void> {
    const answers = await Promise.all(
      requests.map(async ({ index, request }) => ({
        index,
        request,
        sent: await this.#send(index, request),
      })),
    );
    for (const { sent } of answers) {
      if ("refused" in sent.answer) assert.notEqual(sent.answer.refused, "internal");
    }
    // A move or a harvest that was accepted beside an attack on the same pilot came before it.
    const ordered = [
      ...answers.filter(({ request }) => request.type !== "attack"),
      ...answers.filter(({ request }) => request.type === "attack"),
    ];
    for (const { index, request, sent } of ordered) await this.#takeOver(index, request, sent);
  }

  async #send(index: number, request: Request): Promise<{ body: Record<string, unknown>; answer: Answer }> {
    const body = this.#body(request, this.pilot(index));
    const answer = await this.#client(index).ask(request.type, body);
    return { body, answer };
  }

  #client(index: number): PilotClient {
    const client = this.#clients[index] ?? null;
    assert.ok(client !== null, "only a connected pilot can ask");
    return client;
  }

  async #takeOver(
    index: number,
    request: Request,
    { body, answer }: { body: Record<string, unknown>; answer: Answer },
  ): Promise<void> {
    if ("refused" in answer) return;
    const pilot = this.pilot(index);
    if (request.type !== "flee") {
      this.kept.push({ by: index, type: request.type, body, answer: answer.accepted });
    }
    switch (request.type) {
      case "harvest":
        pilot.mining = {
          harvestId: String(answer.accepted.harvestId),
          dueTick: this.#tick + HARVEST_TICKS,
        };
        break;
      case "attack":
        await this.#fightBegins(index, request.other, String(answer.accepted.fightId));
        break;
      case "warp":
        if (request.to === pilot.place) break;
        pilot.spent += warpCost(pilot.place, request.to);
        pilot.place = request.to;
        await this.#follow(index);
        break;
      case "dock":
      case "undock":
        pilot.spent += 1;
        pilot.docked = request.type === "dock";
        break;
      case "claim_hull":
        pilot.shipId = String(answer.accepted.shipId);
        pilot.hull = pilot.claimed ? "SCOUT_SHIP" : "CARGO_HAULER";
        pilot.hasLaser = !pilot.claimed;
        pilot.claimed = true;
        break;
    }
  }

  async #fightBegins(attacker: number, defender: number, fightId: string): Promise<void> {
    const target = this.pilot(defender);
    const fight = { fightId, attacker, defender, cost: attackTurns(target.hull) };
    this.pilot(attacker).fight = fight;
    target.fight = fight;
    if (target.mining === null) return;
    target.mining = null;
    target.spent += HARVEST_TURNS - INTERRUPT_REFUND_TURNS;
    target.feed.push("mining_harvest_interrupted");
  }

  /** The ship is in another room now: its pilot leaves the one it was in and joins that. */
  async #follow(index: number): Promise<void> {
    const before = this.#client(index);
    this.#look(index, before);
    await before.leave();
    await this.join(index);
  }

  /** Joins, also from a second tab while a first one is open. */
  async join(index: number): Promise<void> {
    const pilot = this.pilot(index);
    const before = this.#clients[index] ?? null;
    if (before !== null) this.#look(index, before);
    const cursor = Math.max(0, ...(this.#heard[index]?.keys() ?? []));
    this.#clients[index] = await this.#game.join(pilot.made, this.#sectors[pilot.place], { cursor });
    pilot.presence = "connected";
    if (before !== null && before.closed === null) await before.heard("(closed)");
  }

  async leave(index: number): Promise<void> {
    const client = this.#client(index);
    await client.leave();
    this.#look(index, client);
    this.#clients[index] = null;
    this.pilot(index).presence = "gone";
    await this.#serverSees(index, (live) => live === null);
  }

  async drop(index: number): Promise<void> {
    const client = this.#client(index);
    client.drop();
    await client.heard("(closed)");
    this.#look(index, client);
    this.pilot(index).presence = "dropped";
    await this.#serverSees(index, (live) => live === null);
  }

  async reconnect(index: number): Promise<void> {
    this.#clients[index] = await reconnect(this.#game, this.#client(index));
    this.pilot(index).presence = "connected";
  }

  /** Resolves when the pilot's connection is, or is not, known to the pilot's room. */
  async #serverSees(index: number, holds: (client: unknown) => boolean): Promise<void> {
    const { playerId } = this.pilot(index).made;
    await until("the room has noticed", () => {
      for (const { live } of this.#game.server.sectors) {
        const pilot = live?.pilot(playerId) ?? null;
        if (pilot !== null) return holds(pilot.client);
      }
      return holds(null);
    });
  }

  /** Sends a request again that was accepted once: the same answer, and nothing happens. */
  async repeat(number: number): Promise<void> {
    const kept = this.kept[number % this.kept.length];
    assert.ok(kept !== undefined);
    const answer = await this.#client(kept.by).ask(kept.type, kept.body);
    assert.ok("accepted" in answer, JSON.stringify(answer));
    const { seat: _, ...first } = kept.answer;
    const { seat: __, ...again } = answer.accepted;
    assert.deepEqual(again, { ...first, repeated: true });
  }

  /** Uses the id of an accepted request for something else. */
  async reuse(number: number): Promise<void> {
    const kept = this.kept[number % this.kept.length];
    assert.ok(kept !== undefined);
    const body = { requestId: kept.body.requestId, sectorId: 999 };
    const answer = await this.#client(kept.by).ask("warp", body);
    assert.equal("refused" in answer ? answer.refused : "accepted", "request_id_reused");
  }

  canRepeat(number: number): boolean {
    const kept = this.kept[number % Math.max(1, this.kept.length)];
    return kept !== undefined && this.pilot(kept.by).presence === "connected";
  }

  /** Lets ticks go by, and more of them while a ship is still about to leave whose pilot has left before. */
  async ticks(count: number): Promise<void> {
    for (let ticks = 0; ticks < count || this.pilots.some((pilot) => this.#lingers(pilot)); ticks++) {
      await this.#tickOnce();
    }
  }

  #lingers(pilot: ModelPilot): boolean {
    if (this.isPresent(pilot)) return false;
    const { playerId } = pilot.made;
    return [...this.#game.server.sectors].some(({ live }) => (live?.pilot(playerId) ?? null) !== null);
  }

  /** Takes over what a tick has brought. */
  async #tickOnce(): Promise<void> {
    this.#tick++;
    this.#game.tick();
    await this.#game.server.queue.drained();
    for (const pilot of this.pilots) {
      if (pilot.mining !== null && pilot.mining.dueTick <= this.#tick)
        await this.#harvestEnds(pilot, pilot.mining);
    }
    for (const { fight } of this.pilots) if (fight !== null) await this.#lookAtFight(fight);
  }

  async #harvestEnds(pilot: ModelPilot, { harvestId }: Mining): Promise<void> {
    const { rows } = await this.#game.pool.query(
      `select id, status, ore_yield as ore, precious_metals_yield as metals, quantum_shards_yield as shards, turns_spent
        from mining_harvests where id = $1`,
      [harvestId],
    );
    const [row] = z.array(yieldSchema).parse(rows);
    assert.ok(row !== undefined, "a harvest that is due has ended");
    const wasFull = this.#free(pilot) < 1;
    assert.equal(row.status, wasFull ? "CANCELLED" : "COMPLETED");
    pilot.mining = null;
    pilot.spent += row.turns_spent;
    assert.equal(row.turns_spent, wasFull ? HARVEST_TURNS - INTERRUPT_REFUND_TURNS : HARVEST_TURNS);
    pilot.cargo = merged(pilot.cargo, {
      ore: row.ore ?? 0,
      precious_metals: row.metals ?? 0,
      quantum_shards: row.shards ?? 0,
    });
    pilot.feed.push(`mining_harvest_${row.status.toLowerCase()}`);
    for (const drop of [row.metals ?? 0, row.shards ?? 0]) if (drop > 0) pilot.feed.push("mining_rare_drop");
  }

  async #lookAtFight(fight: Fighting): Promise<void> {
    const { rows } = await this.#game.pool.query(
      `select c.id, c.destroyed_ship_id as destroyed, c.loot,
          (select p.current_ship_id from ships s join players p on p.id = s.owner_id where s.id = c.destroyed_ship_id) as pod
        from combat_logs c where c.id = $1`,
      [fight.fightId],
    );
    const [row] = z.array(fightSchema).parse(rows);
    if (row === undefined) return;
    const [attacker, defender] = [this.pilot(fight.attacker), this.pilot(fight.defender)];
    attacker.spent += fight.cost;
    for (const pilot of [attacker, defender]) {
      pilot.fight = null;
      pilot.feed.push("combat_resolved");
    }
    if (row.destroyed === null || row.pod === null) return;
    const [loser, winner] = row.destroyed === defender.shipId ? [defender, attacker] : [attacker, defender];
    assert.equal(row.destroyed, loser.shipId);
    winner.cargo = merged(winner.cargo, row.loot);
    Object.assign(loser, { shipId: row.pod, hull: "ESCAPE_POD", hasLaser: false, docked: false, cargo: {} });
  }

  /** Reads what a client has been told since it was looked at last. Its events come in order, without a gap. */
  #look(index: number, client: PilotClient): void {
    const heard = this.#heard[index];
    assert.ok(heard !== undefined);
    const from = this.#lookedAt.get(client) ?? 0;
    this.#lookedAt.set(client, client.told.length);
    for (const { type, payload } of client.told.slice(from)) {
      if (typeof payload?.eventId !== "number") continue;
      const known = heard.get(payload.eventId);
      // After a reconnection what was not acknowledged comes again.
      if (known !== undefined) assert.equal(type, known);
      else assert.equal(payload.eventId, heard.size + 1, "no event is skipped");
      heard.set(payload.eventId, type);
    }
  }

  /** Lets everything end that runs, and holds the database and what everybody heard to the model. */
  async end(): Promise<void> {
    while (this.pilots.some(({ mining, fight }) => mining !== null || fight !== null)) await this.ticks(1);
    for (const [index, pilot] of this.pilots.entries()) {
      const expected = {
        turns: this.turns(pilot),
        spent: pilot.spent,
        sectorId: this.#sectors[pilot.place],
        docked: pilot.docked,
        shipId: pilot.shipId,
        hull: pilot.hull,
        cargo: merged(pilot.cargo, {}),
        feed: pilot.feed,
      };
      assert.deepEqual(await this.#truthOf(pilot), expected, `pilot ${index}`);
      if (pilot.presence !== "connected") await this.join(index);
      const client = this.#client(index);
      await until("everything has been heard", () => {
        this.#look(index, client);
        return this.#heard[index]?.size === pilot.feed.length;
      });
      assert.deepEqual([...(this.#heard[index]?.values() ?? [])], pilot.feed);
    }
  }

  /** Closes every client and lets everything end that still runs, whatever has gone wrong. */
  async breakOff(): Promise<void> {
    await this.#game.leaveAll();
    this.#game.tick(Math.max(HARVEST_TICKS, COMBAT_ROUNDS_MAX));
    await this.#game.server.queue.drained();
  }

  async #truthOf({ made }: ModelPilot): Promise<z.output<typeof truthSchema>> {
    const { rows } = await this.#game.pool.query(
      `select p.turns, p.lifetime_turns_spent as spent, s.sector_id as "sectorId", s.status = 'DOCKED' as docked,
          s.id as "shipId", s.type as hull,
          (select coalesce(jsonb_object_agg(commodity, quantity), '{}') from ship_cargo
            where ship_id = s.id and quantity > 0) as cargo,
          array(select type from events e where e.player_id = p.id order by seq) as feed
        from players p join ships s on s.id = p.current_ship_id where p.id = $1`,
      [made.playerId],
    );
    return truthSchema.parse(rows[0]);
  }
}

function refusesMove(pilot: ModelPilot): string | null {
  if (pilot.mining !== null) return "ship_mining";
  return pilot.fight === null ? null : "ship_in_combat";
}

function warpCost(from: number, to: number): number {
  return from + to === 1 ? 1 : 2;
}

/** The sum of two holds, without what is not there. */
function merged(cargo: Cargo, more: Cargo): Cargo {
  const sum: Cargo = {};
  for (const commodity of COMMODITIES) {
    const units = (cargo[commodity] ?? 0) + (more[commodity] ?? 0);
    if (units > 0) sum[commodity] = units;
  }
  return sum;
}
