import { strict as assert } from "node:assert";
import fc from "fast-check";
import { z } from "zod";
import { findBreaches } from "../../src/persistence/invariants.ts";
import { replayAll } from "../../src/persistence/replay.ts";
import { forgetAllPlay } from "../support/backup.ts";
import { seededDice } from "../support/dice.ts";
import { useGame } from "../support/game.ts";
import { HARVEST_TICKS, PLACES, Play } from "./play.ts";
import { anySteps } from "./steps.ts";

const STEPS_MAX = 40;
const RUNS = 100;
/** For so many runs; more take longer. */
const TIMEOUT_MS = 180_000;

/** `PROPERTY_RUNS=10000` plays longer; the other three play again what a failure has printed. */
const settings = z
  .object({
    PROPERTY_RUNS: z.coerce.number().int().positive().default(RUNS),
    PROPERTY_SEED: z.coerce.number().int().optional(),
    PROPERTY_PATH: z.string().optional(),
    PROPERTY_REPLAY: z.string().optional(),
  })
  .parse(process.env);

/** Which plays to play: so many new ones, or one that is known. */
interface Plays {
  readonly runs: number;
  readonly seed?: number | undefined;
  readonly path?: string | undefined;
  readonly replayPath?: string | undefined;
  /** Stop at the first failure, as it is. */
  readonly asItIs?: boolean;
}

interface Failure {
  readonly seed: number;
  readonly path: string;
  readonly replayPath: string;
  readonly steps: string;
  readonly error: string;
}

describe("pilots who do anything in any order", function () {
  this.timeout(TIMEOUT_MS * Math.max(1, settings.PROPERTY_RUNS / RUNS));
  let dice = seededDice(0);
  const game = useGame({
    harvestTicks: HARVEST_TICKS,
    combatRoundTicks: 1,
    dice: () => ({ u32: () => dice.u32() }),
    env: { MESSAGES_PER_SECOND_MAX: "1000" },
  });
  let nextSectorId = 1;

  /** @param holds what else must hold of a play that is over */
  async function playAll(plays: Plays, holds: (play: Play) => void = () => {}): Promise<Failure | null> {
    const { runs, seed, path, replayPath = null, asItIs = false } = plays;
    const everything = fc.asyncProperty(
      fc.nat(),
      anySteps(STEPS_MAX, replayPath),
      async (diceSeed, steps) => {
        dice = seededDice(diceSeed);
        // A play that went wrong must not be held against the next one.
        await forgetAllPlay(game.pool);
        const play = await Play.begin(game, nextSectorId);
        nextSectorId += PLACES;
        try {
          await fc.asyncModelRun(() => ({ model: { play }, real: play }), steps);
          await play.end();
          holds(play);
          const replay = await replayAll(game.pool);
          assert.deepEqual([...(await findBreaches(game.pool)), ...replay.breaches], []);
        } finally {
          await play.breakOff();
        }
      },
    );
    const details = await fc.check(everything, {
      numRuns: runs,
      endOnFailure: asItIs,
      ...(seed !== undefined && { seed }),
      ...(path !== undefined && { path }),
    });
    if (!details.failed) return null;
    const counterexample = fc.stringify(details.counterexample);
    return {
      seed: details.seed,
      path: details.counterexamplePath ?? "",
      replayPath: /replayPath="([^"]*)"/.exec(counterexample)?.[1] ?? "",
      steps: counterexample,
      error: String(details.errorInstance),
    };
  }

  it("leave everybody's turns, cargo, place and feed as the rules say, and every invariant whole", async () => {
    const failure = await playAll({
      runs: settings.PROPERTY_RUNS,
      seed: settings.PROPERTY_SEED,
      path: settings.PROPERTY_PATH,
      replayPath: settings.PROPERTY_REPLAY,
      asItIs: settings.PROPERTY_PATH !== undefined,
    });
    if (failure === null) return;
    const { seed, path, replayPath, steps, error } = failure;
    assert.fail(
      `${steps}\n${error}\nPlay it again with: PROPERTY_SEED=${seed} PROPERTY_PATH=${path} ` +
        `PROPERTY_REPLAY=${replayPath} npx mocha test/properties/pilots.test.ts`,
    );
  });

  it("can be made to do the same again by what a failure prints", async () => {
    const nobodyMines = (play: Play) => {
      const mined = play.pilots.filter(({ feed }) => feed.includes("mining_harvest_completed"));
      assert.deepEqual(mined.length, 0, "somebody has mined");
    };
    const failure = await playAll({ runs: RUNS, asItIs: true }, nobodyMines);
    assert.ok(failure !== null);
    const { seed, path, replayPath } = failure;
    const again = await playAll({ runs: 1, seed, path, replayPath, asItIs: true }, nobodyMines);
    assert.equal(again?.steps, failure.steps);
    assert.equal(again.error, failure.error);
  });
});
