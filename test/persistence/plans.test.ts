import { strict as assert } from "node:assert";
import { connect } from "../../src/persistence/database.ts";
import { MeReader } from "../../src/persistence/me.ts";
import { PilotReader } from "../../src/persistence/pilots.ts";
import { Players } from "../../src/persistence/players.ts";
import { RequestLookup } from "../../src/persistence/requests.ts";
import { ManualClock } from "../support/clock.ts";
import { useDatabase } from "../support/database.ts";
import { makePilot, makeSector, makeWorld } from "../support/fixtures.ts";

/** Postgres makes a plan anew for a statement's first five runs on a connection, to know what that gives. */
const RUNS_PLANNED = 5;

describe("the lookups of joins and requests", () => {
  const test = useDatabase();

  it("keep their plans: planning one takes longer than running it", async () => {
    const world = await makeWorld(test.pool);
    await makeSector(test.pool, world, 1);
    const { userId, playerId } = await makePilot(test.pool, world, 1);
    const one = connect(test.url, { max: 1, applicationName: "plans" });
    try {
      const clock = new ManualClock();
      const [pilots, me, players] = [new PilotReader(one, clock), new MeReader(one, clock), new Players(one)];
      const requests = new RequestLookup(one.pool);
      for (let run = 0; run < 2 * RUNS_PLANNED; run++) {
        await pilots.read(userId, 1);
        await me.read(userId);
        await players.ensure({ userId, name: "Known" }, clock.nowMs());
        await requests.find(playerId, `request ${run}`);
      }
      const { rows } = await one.pool.query(
        "select name, custom_plans::int as planned from pg_prepared_statements order by name",
      );
      assert.deepEqual(
        rows,
        ["find_requests", "read_me", "read_pilots", "read_places"].map((name) => ({
          name,
          planned: RUNS_PLANNED,
        })),
      );
    } finally {
      await one.pool.end();
    }
  });
});
