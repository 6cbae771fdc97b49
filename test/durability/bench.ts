/** Plays the rooms' part before a commit queue: it knows pilots as the queue left them, and makes the outcomes of what they do. */
import { strict as assert } from "node:assert";
import { randomUUID } from "node:crypto";
import type pg from "pg";
import { z } from "zod";
import type { Clock } from "../../src/clock.ts";
import type { Dice } from "../../src/dice.ts";
import type { PlayerRow, ShipRow } from "../../src/persistence/books.ts";
import { type Fighter, fightWork } from "../../src/persistence/combat.ts";
import { type Dealer, sellWork } from "../../src/persistence/deals.ts";
import { openLease } from "../../src/persistence/leases.ts";
import { buyLicenseWork } from "../../src/persistence/licenses.ts";
import { type HarvestEnd, harvestWork } from "../../src/persistence/mining.ts";
import { claimHullWork, dockWork, type Mover, undockWork, warpWork } from "../../src/persistence/movement.ts";
import { PilotReader } from "../../src/persistence/pilots.ts";
import type { Lease, Settlement, Work } from "../../src/persistence/work.ts";
import { attackTurns, type Fight, type FightSide, fightRound, LOOT_ROLLS } from "../../src/rules/combat.ts";
import { AM_FACTION } from "../../src/rules/factions.ts";
import { uuidOf } from "../../src/uuid.ts";
import {
  type MadePilot,
  makePilot,
  makeSector,
  makeStation,
  makeWorld,
  type PilotOptions,
  type SectorOptions,
  type World,
} from "../support/fixtures.ts";

export const TURNS_PER_DAY = 1000;

/** A sector as the room that holds it knows it. */
export interface BenchSector {
  readonly lease: Lease;
  readonly stationId: string;
}

/** A pilot as a room knows them: made at first, then as the last settlement left them. */
export interface BenchPilot extends MadePilot {
  player: PlayerRow;
  ship: ShipRow;
}

export class Bench {
  readonly #pool: pg.Pool;
  readonly #clock: Clock;
  readonly #dice: Dice;
  #world: World | null = null;
  #making: Promise<World> | null = null;
  #nextSectorId = 1;

  constructor(pool: pg.Pool, clock: Clock, dice: Dice) {
    this.#pool = pool;
    this.#clock = clock;
    this.#dice = dice;
  }

  async #inWorld(): Promise<World> {
    this.#making ??= makeWorld(this.#pool);
    this.#world = await this.#making;
    return this.#world;
  }

  /** A new sector with a station, opened. */
  async sector(options: SectorOptions = { tier: 5 }): Promise<BenchSector> {
    const world = await this.#inWorld();
    const sectorId = await makeSector(this.#pool, world, this.#nextSectorId++, options);
    const stationId = await makeStation(this.#pool, world, sectorId);
    return { lease: await this.open(sectorId), stationId };
  }

  async open(sectorId: number): Promise<Lease> {
    const client = await this.#pool.connect();
    try {
      return await openLease(client, sectorId);
    } finally {
      client.release();
    }
  }

  async pilot({ lease: { sectorId } }: BenchSector, options: PilotOptions = {}): Promise<BenchPilot> {
    const at = new Date(this.#clock.nowMs());
    const made = await makePilot(this.#pool, await this.#inWorld(), sectorId, { at, ...options });
    return { ...made, ...(await this.read(made)) };
  }

  /** The pilot's rows as they are in the database. */
  async read({ userId }: MadePilot): Promise<{ player: PlayerRow; ship: ShipRow }> {
    const record = await new PilotReader({ pool: this.#pool }, this.#clock).read(userId, 1);
    assert.ok(record !== null);
    return { player: record.player, ship: record.ship };
  }

  /** Takes over what a settlement left of a pilot's rows, as a room does. */
  absorb({ rows }: Settlement & { kind: "applied" | "repeated" }, pilots: readonly BenchPilot[]): void {
    for (const pilot of pilots) {
      const player = rows.players.find((row) => row.id === pilot.playerId);
      const ship = rows.ships.find((row) => row.id === player?.currentShipId);
      assert.ok(player !== undefined && ship !== undefined, "a settlement says what its pilots fly");
      pilot.player = player;
      pilot.ship = ship;
    }
  }

  dueEnd(): HarvestEnd {
    const roll = () => this.#dice.u32();
    return {
      kind: "due",
      rolls: { ore: roll(), preciousChance: roll(), preciousQuantity: roll(), shardChance: roll() },
    };
  }

  harvest(pilot: BenchPilot, { lease }: BenchSector, end: HarvestEnd = this.dueEnd()): Work {
    const requestId = randomUUID();
    const harvestId = uuidOf("harvest", pilot.playerId, requestId);
    return harvestWork(
      {
        harvestId,
        key: { playerId: pilot.playerId, requestId, fingerprint: "harvest" },
        lease,
        playerId: pilot.playerId,
        shipId: pilot.ship.id,
        regionId: this.#regionId,
        amClaimed: false,
        isFrontier: false,
        sectorNumber: lease.sectorId,
        yieldBonusBps: 10_000,
        startedAtMs: this.#clock.nowMs() - 10_000,
        resolvesAtMs: this.#clock.nowMs(),
        answer: { harvestId, startTick: 0, endTick: 100 },
      },
      end,
      TURNS_PER_DAY,
    );
  }

  warp(pilot: BenchPilot, sector: BenchSector, to: BenchSector): Work {
    return warpWork(this.#mover(pilot, sector, "warp"), to.lease.sectorId, 1, TURNS_PER_DAY);
  }

  dock(pilot: BenchPilot, sector: BenchSector): Work {
    return dockWork(this.#mover(pilot, sector, "dock"), sector.stationId, TURNS_PER_DAY);
  }

  undock(pilot: BenchPilot, sector: BenchSector): Work {
    return undockWork(this.#mover(pilot, sector, "undock"), TURNS_PER_DAY);
  }

  claimHull(pilot: BenchPilot, sector: BenchSector, requestId: string = randomUUID()): Work {
    const equipment = { mining_laser: { level: 0 } } as const;
    return claimHullWork(
      this.#mover(pilot, sector, "claim_hull", requestId),
      { hullType: "CARGO_HAULER", equipment },
      TURNS_PER_DAY,
    );
  }

  /** Sells ore to the sector's station, where the pilot is docked. */
  sellOre(pilot: BenchPilot, sector: BenchSector, quantity: number): Work {
    const offer = { commodity: "ore", quantity, bonusBps: 10_000 } as const;
    return sellWork(this.#dealer(pilot, sector, "sell"), offer, TURNS_PER_DAY);
  }

  /** Buys 24 h of mining in the sector that the pilot is docked in. */
  buyLicense(pilot: BenchPilot, sector: BenchSector): Work {
    const { sectorId } = sector.lease;
    const claimed = { sectorId, regionId: this.#regionId, sectorNumber: sectorId, richnessTier: 5 } as const;
    return buyLicenseWork(this.#dealer(pilot, sector, "buy_license"), claimed, TURNS_PER_DAY);
  }

  #dealer(pilot: BenchPilot, sector: BenchSector, command: string): Dealer {
    const station = {
      id: sector.stationId,
      name: "Port",
      stationClass: 1,
      faction: AM_FACTION,
      basePricingBps: 10_000,
      stock: {},
      security: "basic",
    } as const;
    return { ...this.#mover(pilot, sector, command), station };
  }

  /** A whole fight between two pilots as they are now, from the first shot to the last. */
  fight(attacker: BenchPilot, defender: BenchPilot, { lease }: BenchSector): Work {
    const requestId = randomUUID();
    const fightId = uuidOf("fight", attacker.playerId, requestId);
    const entered = { attacker: sideOf(attacker), defender: sideOf(defender) };
    const draws: number[] = [];
    const log: unknown[] = [];
    let now: Fight = { ...entered, roundsFought: 0, damageScale: "playable", inNebula: false };
    for (;;) {
      const round = fightRound(now, () => {
        draws.push(this.#dice.u32());
        return draws.at(-1) ?? 0;
      });
      now = round.fight;
      log.push(round.events);
      if (round.outcome === null) continue;
      const fighter = (pilot: BenchPilot, name: "attacker" | "defender"): Fighter => ({
        playerId: pilot.playerId,
        shipId: pilot.ship.id,
        name: pilot.userId,
        entered: entered[name],
        left: now[name],
      });
      return fightWork(
        {
          fightId,
          key: { playerId: attacker.playerId, requestId, fingerprint: "attack" },
          lease,
          regionId: this.#regionId,
          attacker: fighter(attacker, "attacker"),
          defender: fighter(defender, "defender"),
          outcome: round.outcome,
          rounds: now.roundsFought,
          turnsSpent: attackTurns(defender.ship.type),
          damageScale: "playable",
          inNebula: false,
          draws,
          fleeingFrom: { attacker: null, defender: null },
          lootRolls: Array.from({ length: LOOT_ROLLS }, () => this.#dice.u32()),
          log,
          startedAtMs: this.#clock.nowMs() - 1_000,
          answer: { fightId, startTick: 0, endTick: 100 },
        },
        TURNS_PER_DAY,
      );
    }
  }

  #mover(
    pilot: BenchPilot,
    { lease }: BenchSector,
    command: string,
    requestId: string = randomUUID(),
  ): Mover {
    const key = { playerId: pilot.playerId, requestId, fingerprint: command };
    return { key, lease, playerId: pilot.playerId, shipId: pilot.ship.id };
  }

  get #regionId(): string {
    assert.ok(this.#world !== null, "make a sector first");
    return this.#world.regionId;
  }
}

function sideOf({ ship, player }: BenchPilot): FightSide {
  return {
    hullType: ship.type,
    hull: ship.hull,
    maxHull: ship.hullMax,
    shield: ship.shield,
    maxShield: ship.shieldMax,
    attackDrones: player.attackDrones,
    defenseDrones: player.defenseDrones,
    rankCombatBps: 0,
    ecm: false,
    tractorBeam: false,
    fleeing: false,
  };
}

const OUTCOME_TABLES = {
  harvest: "mining_harvests",
  fight: "combat_logs",
  move: "movements",
  deal: "deals",
} as const;

const countSchema = z.array(z.object({ count: z.int() }));

/** How many outcomes and stored answers the database holds in all. */
export async function countEffects(pool: pg.Pool): Promise<{ outcomes: number; requests: number }> {
  const count = async (table: string) => {
    const { rows } = await pool.query(`select count(*)::int as count from ${table}`);
    return countSchema.parse(rows)[0]?.count ?? 0;
  };
  const outcomes = await Promise.all(Object.values(OUTCOME_TABLES).map(count));
  return { outcomes: outcomes.reduce((sum, rows) => sum + rows, 0), requests: await count("requests") };
}

const answerSchema = z.array(z.object({ answer: z.record(z.string(), z.unknown()) }));

/** What the database would answer to the request of a work, if it were repeated; null if it knows nothing of it. */
export async function storedAnswer(pool: pg.Pool, { key }: Work): Promise<unknown> {
  const { rows } = await pool.query("select answer from requests where player_id = $1 and request_id = $2", [
    key.playerId,
    key.requestId,
  ]);
  return answerSchema.parse(rows)[0]?.answer ?? null;
}

/** The work, with a turn balance that breaks a CHECK of the database, which nobody else knows of. */
export function poisoned(work: Work): Work {
  return {
    ...work,
    settle(books, nowMs) {
      const answer = work.settle(books, nowMs);
      for (const id of work.playerIds) {
        const player = books.players.get(id);
        if (player !== undefined) books.players.put(id, { ...player, turns: player.turns - 1 });
      }
      return answer;
    },
  };
}
