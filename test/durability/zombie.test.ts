import { strict as assert } from "node:assert";
import pg from "pg";
import { PostgresProxy } from "../../loadtest/storm/postgres-proxy.ts";
import { findBreaches } from "../../src/persistence/invariants.ts";
import { CLOSE } from "../../src/rooms/close-codes.ts";
import { useDatabase } from "../support/database.ts";
import { type MadePilot, makePilot, makeSector, makeWorld } from "../support/fixtures.ts";
import { accepted, timesHeard } from "../support/play.ts";
import { useServers } from "../support/server-process.ts";

/** `idle_in_transaction_session_timeout` is 1 s; the rest is for a busy machine. */
const FREED_MS_MAX = 3_000;
/** What Postgres tells a session that it ends for standing still in a transaction. */
const ENDED = "25P03";

describe("a server that is stopped in the middle of a transaction, and wakes up later", function () {
  this.timeout(60_000);
  const servers = useServers();
  after(() => proxy.close());
  const test = useDatabase();
  let proxy: PostgresProxy;

  it("holds up nobody for longer than a second, and writes nothing when it is back", async () => {
    const world = await makeWorld(test.pool);
    for (const sectorId of [1, 2, 3]) await makeSector(test.pool, world, sectorId, { tier: 5 });
    const pilot = (sectorId: number) => makePilot(test.pool, world, sectorId);
    const [writing, mining, idle] = [await pilot(1), await pilot(2), await pilot(3)];
    const successors = [await pilot(1), await pilot(2), await pilot(3)];
    proxy = await PostgresProxy.before(test.url);
    const [zombie, successor] = await Promise.all([servers.start(proxy.url), servers.start(test.url)]);

    const before = {
      writing: await zombie.join(writing.userId, 1),
      mining: await zombie.join(mining.userId, 2),
      idle: await zombie.join(idle.userId, 3),
    };
    // Its batch has locked and read everything, and the answers do not arrive.
    const reading = proxy.keepRepliesAfter("lock_fields");
    await accepted(before.writing.ask("harvest"));
    await reading;
    await accepted(before.mining.ask("harvest"));
    zombie.signal("SIGSTOP");
    const stoppedAtMs = performance.now();

    const [joined] = await Promise.all([
      Promise.all(successors.map(({ userId }, index) => successor.join(userId, index + 1))),
      lockPlayer(test.url, writing).then(() => {
        const freedMs = performance.now() - stoppedAtMs;
        assert.ok(freedMs < FREED_MS_MAX, `its rows were held for ${freedMs} ms`);
      }),
    ]);
    for (const client of joined) await accepted(client.ask("harvest"));
    for (const client of joined) await client.heard("mining_harvest_completed");

    assert.ok(proxy.kept().includes(ENDED), "it was in a transaction when it was stopped");
    zombie.signal("SIGCONT");
    proxy.passReplies();
    for (const client of Object.values(before)) {
      assert.deepEqual(await client.heard("(closed)"), { code: CLOSE.joinAgain });
      assert.equal(timesHeard(client, "mining_harvest_completed"), 0);
    }
    assert.ok(zombie.isRunning);
    assert.match(zombie.stderr(), /idle-in-transaction timeout/, "its log says what became of its session");
    const again = await successor.join(writing.userId, 1);
    await accepted(again.ask("harvest"));
    await again.heard("mining_harvest_completed");
    // It goes on as a server like any other, and by then it has tried to write what it still had.
    const back = await zombie.join(idle.userId, 3);
    await accepted(back.ask("harvest"));
    await back.heard("mining_harvest_completed");
    const harvests = async ({ playerId }: MadePilot) => {
      const { rows } = await test.pool.query(
        `select lifetime_turns_spent as spent,
            (select count(*)::int from mining_harvests where player_id = p.id) as harvests,
            (select count(*)::int from events where player_id = p.id and type = 'mining_harvest_completed') as told
          from players p where id = $1`,
        [playerId],
      );
      return rows[0];
    };
    const one = { spent: 5, harvests: 1, told: 1 };
    assert.deepEqual(await harvests(writing), one, "only the harvest after the zombie's");
    assert.deepEqual(await harvests(mining), { spent: 0, harvests: 0, told: 0 });
    assert.deepEqual(await harvests(idle), one);
    assert.deepEqual(await findBreaches(test.pool), []);
  });
});

/** Takes a player's row as soon as nobody else holds it, and lets it go again. */
async function lockPlayer(url: string, { playerId }: MadePilot): Promise<void> {
  const client = new pg.Client({ connectionString: url, application_name: "test" });
  await client.connect();
  try {
    await client.query("select from players where id = $1 for update", [playerId]);
  } finally {
    await client.end();
  }
}
