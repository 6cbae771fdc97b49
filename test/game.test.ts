import { strict as assert } from "node:assert";
import { loadConfig } from "../src/config.ts";
import { type Game, startGame } from "../src/game.ts";
import { useDatabase } from "./support/database.ts";
import { makePilot, makeSector, makeWorld } from "./support/fixtures.ts";
import { until } from "./support/until.ts";

/** More than one statement of the sweep takes. */
const OLD_ANSWERS = 12_000;

describe("a whole game that is stopped", function () {
  // The first one builds the page.
  this.timeout(60_000);
  const test = useDatabase();
  let game: Game;
  let playerId: string;
  before(async () => {
    const world = await makeWorld(test.pool);
    ({ playerId } = await makePilot(test.pool, world, await makeSector(test.pool, world, 1)));
  });
  beforeEach(async () => {
    const env = { DATABASE_URL: test.url, PORT: "0", LOG_LEVEL: "fatal", AUTH_JWT_SECRET: "a".repeat(32) };
    game = await startGame(loadConfig(env), () => {});
  });
  afterEach(() => game.stop());

  const count = async (what: string) =>
    (await test.pool.query(`select count(*)::int as count from ${what}`)).rows[0].count;
  const isReady = async () =>
    (await test.pool.query("select to_regclass('graphile_worker._private_jobs') as jobs")).rows[0].jobs !==
    null;
  const jobWaits = async () => (await count("pg_locks where locktype = 'advisory' and not granted")) > 0;
  /** Draining, or gone already: nobody is in a room for which it would have to wait. */
  const isClosed = () =>
    fetch(`http://localhost:${game.port}/readyz`).then(
      async (answer) => (await answer.text()).includes("draining"),
      () => true,
    );

  it("drains at once while a job is under way, which ends before it has done everything", async () => {
    await until("the jobs' tables are there", isReady);
    await test.pool.query(
      `insert into requests select $1, n::text, 'f', '{}', now() - interval '2 days' from generate_series(1, $2::int) n`,
      [playerId, OLD_ANSWERS],
    );
    await test.pool.query(
      `create function hold() returns trigger language plpgsql as $$
          begin perform pg_advisory_xact_lock(1); return null; end $$;
        create trigger hold before delete on requests for each statement execute function hold()`,
    );
    const holder = await test.pool.connect();
    await holder.query("select pg_advisory_lock(1)");
    await test.pool.query("select graphile_worker.add_job('sweep_old')");
    await until("the job waits", jobWaits);

    const stopping = game.stop();
    try {
      await until("nobody is let in any more", isClosed);
      assert.ok(await jobWaits(), "the job had ended before");
    } finally {
      await holder.query("select pg_advisory_unlock(1)");
      holder.release();
    }
    await stopping;
    assert.ok((await count("requests")) > 0, "the job went on to its end");
    await test.pool.query("drop trigger hold on requests");
  });

  it("ends everything else when one part cannot be ended", async () => {
    const sessions =
      "pg_stat_activity where datname = current_database() and application_name like 'sectorkeep%'";
    const { server } = game;
    const stopServer = server.stop;
    assert.ok((await count(sessions)) > 0);
    server.stop = async () => {
      await stopServer();
      throw new Error("it broke");
    };
    await game.stop();
    await until("its sessions are gone", async () => (await count(sessions)) === 0);
  });
});
