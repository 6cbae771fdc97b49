/**
 * The yardstick of the rooms: a bare Colyseus room with the sector's state, that answers every message with as many
 * messages and patches as a sector does, and has no rules, no limits and no identity. Nor a database, unless it is given
 * one: then each request is looked up in it, and what a sector makes durable is kept in it, a row each. A process of its
 * own; started by `bare-room.ts`.
 */
import "../../src/colyseus-settings.ts";
import { randomUUID } from "node:crypto";
import { createInterface } from "node:readline";
import { type Client, defineRoom, defineServer, Room } from "@colyseus/core";
import { Encoder } from "@colyseus/schema";
import { WebSocketTransport } from "@colyseus/ws-transport";
import { z } from "zod";
import { Action, SectorState, Ship, Station, Warp } from "../../src/schema/sector.ts";
import { LoadMeter } from "../../src/telemetry/load.ts";
import { BareBooks } from "./bare-books.ts";

// Fifty ships are more than the 16 KB that it begins with.
Encoder.BUFFER_SIZE = 32 * 1024;

const settings = z
  .object({ port: z.int(), harvestMs: z.int(), patchMs: z.int(), databaseUrl: z.string().nullable() })
  .parse(JSON.parse(process.argv[2] ?? ""));
const books = settings.databaseUrl === null ? null : await BareBooks.open(settings.databaseUrl);
const load = new LoadMeter();
/** Of a fight: as many as two Cargo Haulers have before it is a draw. */
const ROUNDS = 10;
const ROUND_MS = 1_000;

const numbersOf = (shipId: string) => ({
  ...{ playerId: shipId, shipId, credits: 10_000, turns: 995, turnsReserved: 5, maxTurns: 1_000 },
  ...{ nextTurnAtMs: Date.now(), cargo: { ore: 25 }, cargoFree: 475, cargoCapacity: 500 },
  ...{ equipment: { mining_laser: { level: 0 } }, standing: { astral_mining_consortium: 25 } },
  ...{ attackDrones: 0, defenseDrones: 0, quantumShards: 0, quantumCrystals: 0 },
});

class BareRoom extends Room<{ state: SectorState }> {
  override maxClients = 100_000;
  override patchRate = settings.patchMs;

  override onCreate({ sectorId }: { sectorId: number }): void {
    const state = new SectorState();
    state.sectorId = sectorId;
    for (let warp = 1; warp <= 4; warp++) state.warps.set(String(warp), new Warp({ sectorId: warp }));
    state.stations.set("1", new Station({ stationId: randomUUID(), name: "Port" }));
    this.setState(state);
    this.#answer("harvest", false, (client, requestId) => this.#harvest(client, requestId));
    this.#answer("attack", false, (client, requestId) => this.#attack(client, requestId));
    this.#answer("dock", true, (client, requestId) => this.#dock(client, requestId));
    this.#answer("warp", true, (client, requestId) => client.send("accepted", { requestId }));
  }

  /** @param isKept whether a sector answers only once it is durable */
  #answer(type: string, isKept: boolean, act: (client: Client, requestId: string) => void): void {
    this.onMessage(type, async (client, { requestId }: { requestId: string }) => {
      const arrivedMs = performance.now();
      await books?.lookUp(requestId);
      if (isKept) await books?.keep(requestId);
      act(client, requestId);
      load.answered(type, null, performance.now() - arrivedMs);
    });
  }

  override onJoin(client: Client): void {
    const id = randomUUID();
    const ship = new Ship({
      shipId: id,
      pilotId: id,
      pilotName: id.slice(0, 8),
      name: "Hauler",
      hullType: "CARGO_HAULER",
    });
    this.state.ships.set(client.sessionId, ship);
    client.send("welcome", {
      protocol: 1,
      sectorId: 1,
      tickMs: 100,
      playerId: id,
      shipId: id,
      cursor: 0,
      serverMs: Date.now(),
    });
    client.send("pilot", numbersOf(id));
  }

  override onLeave(client: Client): void {
    this.state.ships.delete(client.sessionId);
  }

  #harvest(client: Client, requestId: string): void {
    const ship = this.state.ships.get(client.sessionId);
    if (ship === undefined) return;
    const harvestId = randomUUID();
    ship.status = "MINING";
    ship.action.kind = "harvest";
    ship.action.startTick = 1_000;
    ship.action.endTick = 1_030;
    client.send("accepted", { requestId, harvestId, startTick: 1_000, endTick: 1_030 });
    client.send("pilot", numbersOf(ship.shipId));
    this.broadcast("mining_harvest_started", { shipId: ship.shipId, startTick: 1_000, endTick: 1_030 });
    this.clock.setTimeout(async () => {
      await books?.keep(harvestId);
      ship.status = "IN_SPACE";
      ship.action = new Action();
      this.broadcast("mining_harvest_stopped", { shipId: ship.shipId, outcome: "COMPLETED" });
      client.send("pilot", numbersOf(ship.shipId));
      client.send("mining_harvest_completed", {
        ...{
          eventId: 1,
          atMs: Date.now(),
          harvestId,
          sectorId: 1,
          ore: 6,
          preciousMetals: 0,
          quantumShards: 0,
        },
        ...{ floored: false, amRepDelta: 1 },
        depletion: { state: "light", poolRemaining: 300, poolSize: 500, replenishesAtMs: Date.now() },
      });
    }, settings.harvestMs);
  }

  #attack(client: Client, requestId: string): void {
    const ship = this.state.ships.get(client.sessionId);
    const others = this.clients.filter((other) => other !== client);
    const target = others[Math.floor(Math.random() * others.length)];
    const other = target === undefined ? undefined : this.state.ships.get(target.sessionId);
    if (
      ship === undefined ||
      other === undefined ||
      ship.status !== "IN_SPACE" ||
      other.status !== "IN_SPACE"
    ) {
      client.send("refused", {
        requestId,
        code: "target_in_combat",
        message: "That ship is in a fight.",
        detail: {},
      });
      return;
    }
    for (const one of [ship, other]) one.status = "IN_COMBAT";
    const fightId = randomUUID();
    client.send("accepted", { requestId, fightId, startTick: 1_000, endTick: 1_100 });
    this.#round({ fightId, client, target, ship, other }, 1);
  }

  #round(
    fight: { fightId: string; client: Client; target: Client | undefined; ship: Ship; other: Ship },
    round: number,
  ): void {
    const { fightId, client, target, ship, other } = fight;
    this.clock.setTimeout(() => {
      ship.shield = 100 - round;
      other.shield = 100 - round;
      const events = [
        { kind: "damage", by: "attacker", shield: 1, hull: 0, crit: false },
        { kind: "damage", by: "defender", shield: 1, hull: 0, crit: false },
      ];
      this.broadcast("combat_update", {
        fightId,
        round,
        attackerShipId: ship.shipId,
        defenderShipId: other.shipId,
        events,
      });
      if (round < ROUNDS) {
        this.#round(fight, round + 1);
        return;
      }
      for (const one of [ship, other]) one.status = "IN_SPACE";
      for (const one of [client, target]) {
        one?.send("pilot", numbersOf(ship.shipId));
        one?.send("combat_resolved", {
          eventId: 1,
          atMs: Date.now(),
          fightId,
          outcome: "draw",
          rounds: ROUNDS,
          loot: {},
          turnsSpent: 15,
        });
      }
    }, ROUND_MS);
  }

  #dock(client: Client, requestId: string): void {
    const ship = this.state.ships.get(client.sessionId);
    if (ship === undefined) return;
    ship.status = ship.status === "DOCKED" ? "IN_SPACE" : "DOCKED";
    ship.stationId = ship.status === "DOCKED" ? ship.shipId : "";
    client.send("accepted", { requestId });
    client.send("pilot", numbersOf(ship.shipId));
  }
}

const transport = new WebSocketTransport();
// Node's own five seconds end just when a client that acts every five seconds asks again.
if (transport.server !== undefined) transport.server.keepAliveTimeout = 60_000;
const server = defineServer({
  rooms: { bare: defineRoom(BareRoom).filterBy(["sectorId"]) },
  transport,
  gracefullyShutdown: false,
  greet: false,
});
await server.listen(settings.port);
console.log("listening");
// Each line asks how long answers took since the last one.
createInterface({ input: process.stdin }).on("line", () => console.log(JSON.stringify(load.take().answers)));
