import { strict as assert } from "node:assert";
import { mock } from "node:test";
import { Airspace } from "../../loadtest/fleet/charts.ts";
import { newLedger } from "../../loadtest/fleet/ledger.ts";
import { Measure } from "../../loadtest/fleet/measure.ts";
import { OUTCOME_EARLY, OwnShip } from "../../loadtest/fleet/own-ship.ts";

const COMPLETED = { harvestId: "h1" };

function numbers(turnsReserved: number) {
  return {
    ...{ shipId: "s1", credits: 0, turns: 1_000, turnsReserved, nextTurnAtMs: null, msPerTurn: 10 },
    ...{ cargo: {}, cargoFree: 10, equipment: {}, attackDrones: 0, defenseDrones: 0 },
    ...{ quantumShards: 0, quantumCrystals: 0, standing: {} },
  };
}

/** A pilot who has just been told that a harvest of so many ticks runs. */
function mining(ticks: number) {
  const session = { shipId: "s1", isConnected: true, tickMs: 100, ledger: newLedger("Mira", "") };
  const measure = new Measure();
  const ship = new OwnShip(() => session, { measure, airspace: new Airspace() });
  ship.arrived(1, null);
  const accepted = { harvestId: "h1", startTick: 0, endTick: ticks };
  ship.counted(numbers(5));
  ship.answered("harvest", { accepted }, performance.now() + 1, undefined);
  return { session, measure, ship };
}

describe("what a bot expects of a harvest that was accepted", () => {
  it("is its end on the same line, though the numbers say that it is over", () => {
    const { ship } = mining(1);
    ship.counted(numbers(0));
    assert.equal(ship.isIdle, false);
    ship.told("mining_harvest_completed", COMPLETED);
    assert.equal(ship.isIdle, true);
  });

  it("is nothing any more over another line, when the numbers say that it is over", () => {
    const { ship } = mining(1);
    ship.arrived(1, null);
    ship.counted(numbers(5));
    assert.equal(ship.isIdle, false);
    ship.counted(numbers(0));
    assert.equal(ship.isIdle, true);
    const other = mining(1);
    other.ship.counted(numbers(0));
    other.ship.arrived(1, null);
    assert.equal(other.ship.isIdle, true, "whichever of the two comes first");
  });

  it("is an end that is not before its time", () => {
    for (const [ticks, early] of [
      [1, 0],
      [100, 1],
    ] as const) {
      const { ship, measure } = mining(ticks);
      ship.told("mining_harvest_completed", COMPLETED);
      assert.equal(measure.counted(OUTCOME_EARLY), early, `after no time, of ${ticks} ticks`);
    }
  });

  describe("once the numbers have said that it is over", () => {
    beforeEach(() => mock.timers.enable({ apis: ["setTimeout", "setImmediate"] }));
    afterEach(() => mock.timers.reset());

    const FATES = [
      { what: "nothing is told any more", happens: () => {}, found: 1 },
      {
        what: "it is told",
        happens: ({ ship }: ReturnType<typeof mining>) => ship.told("mining_harvest_completed", COMPLETED),
        found: 0,
      },
      {
        what: "the line is lost",
        happens: ({ session }: ReturnType<typeof mining>) => {
          session.isConnected = false;
        },
        found: 0,
      },
      {
        what: "the pilot comes back over another line",
        happens: ({ ship }: ReturnType<typeof mining>) => ship.arrived(1, null),
        found: 0,
      },
    ] as const;
    for (const { what, happens, found } of FATES) {
      it(`is found ${found === 1 ? "late" : "in order"} when ${what} for five seconds`, () => {
        const pilot = mining(1);
        pilot.ship.counted(numbers(0));
        mock.timers.tick(4_900);
        assert.deepEqual(pilot.session.ledger.notToldInTime, []);
        happens(pilot);
        mock.timers.tick(200);
        mock.timers.tick(1);
        assert.equal(pilot.session.ledger.notToldInTime.length, found);
      });
    }
  });
});
