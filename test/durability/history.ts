import { strict as assert } from "node:assert";
import { cargoFree } from "../../src/persistence/books.ts";
import type { CommitQueue } from "../../src/persistence/commit-queue.ts";
import type { Work } from "../../src/persistence/work.ts";
import type { ManualClock } from "../support/clock.ts";
import type { Bench, BenchPilot } from "./bench.ts";

const MINUTE_MS = 60_000;
const HARVESTS = 10;

/**
 * A past in which everything happens that can: harvests that end in every way, on fields of every kind, fights with and
 * without a loss, moves, a hull claimed. Each at a time of its own, though the clock is set back once.
 */
export async function makeHistory(bench: Bench, queue: CommitQueue, clock: ManualClock): Promise<void> {
  const [here, there] = [await bench.sector(), await bench.sector()];
  const apply = async (work: Work, ...pilots: BenchPilot[]) => {
    clock.advance(MINUTE_MS);
    const settlement = await queue.submit(work);
    assert.ok(settlement.kind === "applied", `${work.kind}: ${JSON.stringify(settlement)}`);
    bench.absorb(settlement, pilots);
  };
  const miner = await bench.pilot(here, { hull: "DEFENDER", laserLevel: 2 });
  const victim = await bench.pilot(here);
  await bench.pilot(there);

  for (let count = 0; count < HARVESTS; count++) {
    // Somebody sets the database's clock back, and what comes later seems to have been earlier.
    if (count === HARVESTS / 2) clock.setNow(clock.nowMs() - 3.5 * MINUTE_MS);
    await apply(bench.harvest(miner, here), miner);
  }
  // A small hold is full soon; after that there is nothing to win.
  const small = await bench.pilot(here, { hull: "SCOUT_SHIP", laserLevel: 2 });
  while (cargoFree(small.ship) > 0) await apply(bench.harvest(small, here), small);
  await apply(bench.harvest(small, here), small);
  await apply(bench.harvest(victim, here), victim);
  await apply(bench.harvest(victim, here, { kind: "interrupted", cause: "pvp_attack" }), victim);
  await apply(bench.harvest(victim, here, { kind: "interrupted", cause: "internal" }), victim);
  while (victim.ship.type !== "ESCAPE_POD") await apply(bench.fight(miner, victim, here), miner, victim);
  await apply(bench.dock(victim, here), victim);
  await apply(bench.claimHull(victim, here), victim);
  await apply(bench.undock(victim, here), victim);
  await apply(bench.warp(victim, here, there), victim);
  await apply(bench.harvest(victim, there), victim);
}
