import { strict as assert } from "node:assert";
import { loadConfig } from "../../src/config.ts";
import { startJobs } from "../../src/jobs/worker.ts";
import { readActiveContracts } from "../../src/persistence/contracts.ts";
import { CONTRACT_THEMES } from "../../src/rules/contracts.ts";
import { ManualClock } from "../support/clock.ts";
import { useDatabase } from "../support/database.ts";
import { seededDice } from "../support/dice.ts";
import { makePilot, makeSector, makeWorld } from "../support/fixtures.ts";
import { until } from "../support/until.ts";

describe("the jobs' workers", () => {
  const test = useDatabase();

  const isReady = async () =>
    (await test.pool.query("select to_regclass('graphile_worker._private_jobs') as jobs")).rows[0].jobs !==
    null;

  /** From now on it cannot be written that a job is done. */
  async function refuseDeletion(): Promise<void> {
    await until("its tables are there", isReady);
    await test.pool.query(
      `create or replace function refuse() returns trigger language plpgsql as $$ begin raise exception 'not now'; end $$;
        create trigger refuse before delete on graphile_worker._private_jobs for each row execute function refuse()`,
    );
  }
  const allowDeletion = () =>
    test.pool.query(
      "drop trigger refuse on graphile_worker._private_jobs; delete from graphile_worker._private_jobs",
    );

  it("are started anew, and the process lives, when it cannot be written that a job is done", async () => {
    const troubles: string[] = [];
    const log = { warn: (_: object, message: string) => troubles.push(message) };
    const clock = new ManualClock(Date.now());
    const stop = startJobs({ pool: test.pool, clock, dice: seededDice(1), config: loadConfig({}) }, log);
    await refuseDeletion();
    await test.pool.query("select graphile_worker.add_job('give_notices')");
    await until("the worker ends", () => troubles.some((trouble) => trouble.includes("Runner stopping")));
    await allowDeletion();
    await stop();
    assert.ok(
      troubles.every((trouble) => trouble.includes("not now")),
      troubles.join("\n"),
    );
  });

  it("are ended without complaint in the moment in which one is ending by itself", async () => {
    let stopped: Promise<void> | null = null;
    const log = {
      warn(_: object, message: string) {
        if (message.includes("Runner stopping")) stopped ??= Promise.resolve().then(() => stop());
      },
    };
    const clock = new ManualClock(Date.now());
    const stop = startJobs({ pool: test.pool, clock, dice: seededDice(1), config: loadConfig({}) }, log);
    await refuseDeletion();
    await test.pool.query("select graphile_worker.add_job('give_notices')");
    await until("the worker ends", () => stopped !== null);
    await stopped;
    await allowDeletion();
  });

  it("of two processes do a job once, and end when they are asked to", async () => {
    const clock = new ManualClock(Date.now());
    const world = await makeWorld(test.pool);
    const sectorId = await makeSector(test.pool, world, 1, { pool: 100 });
    const { playerId } = await makePilot(test.pool, world, sectorId);
    await test.pool.query("insert into sector_bookmarks values ($1, $2, 'fresh', $3)", [
      playerId,
      sectorId,
      new Date(),
    ]);
    const troubles: string[] = [];
    const log = { warn: (_: object, message: string) => troubles.push(message) };
    const job = { pool: test.pool, clock, dice: seededDice(1), config: loadConfig({}) };
    const stops = [startJobs(job, log), startJobs(job, log)];
    await until("its tables are there", isReady);
    assert.equal((await readActiveContracts(test.pool, clock.nowMs())).length, CONTRACT_THEMES.length);
    await test.pool.query(
      "insert into requests select $1, 'old', '', '{}', $2::timestamptz - interval '25 hours'",
      [playerId, new Date(clock.nowMs())],
    );
    await test.pool.query(
      `select graphile_worker.permanently_fail_jobs(array[id], 'it failed')
        from graphile_worker.add_job('settle_contracts', run_at => now() + interval '1 day')`,
    );
    await test.pool.query(
      "select graphile_worker.add_job('sweep_old'), graphile_worker.add_job('give_notices')",
    );
    const told = async () => (await test.pool.query("select type from events")).rows;
    const left = async () => (await test.pool.query("select from graphile_worker.jobs")).rowCount;
    await until("no job is left, not even the one that had failed", async () => (await left()) === 0);
    await Promise.all(stops.map((stop) => stop()));
    const { rowCount: answers } = await test.pool.query("select from requests");
    assert.equal(answers, 0, "what is older than a day has been swept");
    assert.deepEqual(await told(), [{ type: "sector_depletion_changed" }]);
    assert.deepEqual(troubles, []);
    const crontabs = await test.pool.query(
      "select identifier from graphile_worker._private_known_crontabs order by identifier",
    );
    assert.deepEqual(
      crontabs.rows.map(({ identifier }) => identifier),
      ["generate_incident", "give_notices", "settle_contracts", "settle_incidents", "sweep_old"],
    );
  });
});
