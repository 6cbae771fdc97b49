/** The yardstick of the ordinary way: each harvest a drizzle transaction of its own, over a pool of 16. */
import { randomUUID } from "node:crypto";
import { and, eq, gt, sql } from "drizzle-orm";
import { connect } from "../../src/persistence/database.ts";
import { type Drizzle, drizzleOn } from "../../src/persistence/drizzle.ts";
import * as tables from "../../src/persistence/tables/index.ts";
import { AM_FACTION } from "../../src/rules/factions.ts";
import { resolveHarvest } from "../../src/rules/mining.ts";
import { type CommitWorld, type Crowd, firstPilot, type NumberedPilot, pilotOf } from "./commit-world.ts";

const CONNECTIONS = 16;
const HARVEST_TURNS = 5;

export interface DrizzleOptions {
  readonly url: string;
  readonly world: CommitWorld;
  readonly crowd: Crowd;
  readonly seconds: number;
}

/** @returns harvests a second */
export async function runDrizzle({ url, world, crowd, seconds }: DrizzleOptions): Promise<number> {
  const { pool } = connect(url, { max: CONNECTIONS, applicationName: "sectorkeep bench drizzle" });
  const drizzle = drizzleOn(pool);
  const first = firstPilot(world, crowd);
  const startedMs = performance.now();
  const endMs = startedMs + seconds * 1000;
  let done = 0;
  let next = 0;
  const worker = async () => {
    while (performance.now() < endMs) {
      // A stride without a common divisor visits everybody, neighbours far apart.
      const index = (next++ * 7919) % world.pilots;
      await harvest(drizzle, world, pilotOf(world, first + index));
      done++;
    }
  };
  try {
    await Promise.all(Array.from({ length: CONNECTIONS }, worker));
    return done / ((performance.now() - startedMs) / 1000);
  } finally {
    await pool.end();
  }
}

function only<Row>(rows: readonly Row[]): Row {
  const [row] = rows;
  if (row === undefined) throw new Error("a row of the benchmark's world is missing");
  return row;
}

/** The same locks, reads, decision and writes as the commit queue's, a statement at a time. */
async function harvest(drizzle: Drizzle, world: CommitWorld, pilot: NumberedPilot): Promise<void> {
  const requestId = randomUUID();
  await drizzle.transaction(async (tx) => {
    const { players, ships, asteroidFields, sectorLeases, factions, reputations, shipCargo, requests } =
      tables;
    await tx.select().from(sectorLeases).where(eq(sectorLeases.sectorId, pilot.sectorId)).for("share");
    const player = only(
      await tx.select().from(players).where(eq(players.id, pilot.playerId)).for("no key update"),
    );
    await tx.select().from(ships).where(eq(ships.id, pilot.shipId)).for("no key update");
    const field = only(
      await tx
        .select()
        .from(asteroidFields)
        .where(eq(asteroidFields.sectorId, pilot.sectorId))
        .for("no key update"),
    );
    const standing = only(
      await tx
        .select({ factionId: factions.id, value: reputations.currentValue })
        .from(reputations)
        .innerJoin(factions, eq(reputations.factionId, factions.id))
        .where(and(eq(factions.code, AM_FACTION), eq(reputations.playerId, pilot.playerId))),
    );
    const hold = await tx
      .select()
      .from(shipCargo)
      .where(and(eq(shipCargo.shipId, pilot.shipId), gt(shipCargo.quantity, 0)));
    await tx
      .select()
      .from(requests)
      .where(and(eq(requests.playerId, pilot.playerId), eq(requests.requestId, requestId)));

    const now = new Date();
    const dice = () => Math.floor(Math.random() * 2 ** 32);
    const rolls = { ore: dice(), preciousChance: dice(), preciousQuantity: dice(), shardChance: dice() };
    const result = resolveHarvest({
      tier: 5,
      laserLevel: 0,
      poolRemaining: field.poolRemaining,
      hasDeepAsteroids: false,
      freeCargo: 1_000_000,
      yieldBonusBps: 10_000,
      rolls,
    });
    if (result.kind === "cancelled") throw new Error("the benchmark's holds never fill");

    const ore = hold.find(({ commodity }) => commodity === "ore")?.quantity ?? 0;
    await tx
      .insert(shipCargo)
      .values({ shipId: pilot.shipId, commodity: "ore", quantity: ore + result.ore })
      .onConflictDoUpdate({
        target: [shipCargo.shipId, shipCargo.commodity],
        set: { quantity: sql`excluded.quantity` },
      });
    await tx
      .update(players)
      .set({
        turns: player.turns - HARVEST_TURNS,
        lifetimeTurnsSpent: player.lifetimeTurnsSpent + HARVEST_TURNS,
        eventSeq: player.eventSeq + 1,
        turnResetAt: now,
      })
      .where(eq(players.id, pilot.playerId));
    await tx
      .update(asteroidFields)
      .set({ poolRemaining: result.poolRemaining, lastDepletingHarvestAt: now, replenishDueAt: now })
      .where(eq(asteroidFields.sectorId, pilot.sectorId));
    await tx
      .update(reputations)
      .set({ currentValue: Math.min(800, standing.value + 1), currentLevel: "RECOGNIZED" })
      .where(and(eq(reputations.playerId, pilot.playerId), eq(reputations.factionId, standing.factionId)));
    const harvestId = randomUUID();
    await tx.insert(tables.miningHarvests).values({
      id: harvestId,
      playerId: pilot.playerId,
      shipId: pilot.shipId,
      sectorId: pilot.sectorId,
      regionId: world.regionId,
      status: "COMPLETED",
      turnsSpent: HARVEST_TURNS,
      refundTurns: 0,
      startedAt: now,
      resolvesAt: now,
      resolvedAt: now,
      laserLevel: 0,
      richnessTier: 5,
      amClaimed: false,
      hasDeepAsteroids: false,
      poolBefore: field.poolRemaining,
      poolDrawn: result.poolDrawn,
      cargoFreeBefore: 1_000_000,
      rollOre: rolls.ore,
      rollPreciousChance: rolls.preciousChance,
      rollPreciousQuantity: rolls.preciousQuantity,
      rollShardChance: rolls.shardChance,
      oreRolled: result.oreRolled,
      oreYield: result.ore,
      preciousMetalsYield: result.preciousMetals,
      quantumShardsYield: result.quantumShards,
      floored: result.floored,
      amRepDelta: 1,
      depletionStateBefore: result.stateBefore,
      depletionStateAfter: result.stateAfter,
    });
    await tx.insert(tables.events).values({
      playerId: pilot.playerId,
      seq: player.eventSeq + 1,
      type: "mining_harvest_completed",
      payload: {
        harvestId,
        sectorId: pilot.sectorId,
        ore: result.ore,
        preciousMetals: result.preciousMetals,
        quantumShards: result.quantumShards,
        floored: result.floored,
        amRepDelta: 1,
        depletion: {
          state: result.stateAfter,
          poolRemaining: result.poolRemaining,
          poolSize: field.poolSize,
          replenishesAtMs: now.getTime(),
        },
      },
      createdAt: now,
    });
    await tx.insert(requests).values({
      playerId: pilot.playerId,
      requestId,
      fingerprint: "harvest",
      answer: { harvestId, startTick: 0, endTick: 100 },
      createdAt: now,
    });
  });
}
