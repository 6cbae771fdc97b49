import { strict as assert } from "node:assert";
import type { Step, Verdict } from "../../loadtest/storm/postgres-line.ts";
import { PostgresProxy } from "../../loadtest/storm/postgres-proxy.ts";
import { findBreaches } from "../../src/persistence/invariants.ts";
import { replayAll } from "../../src/persistence/replay.ts";
import { useDatabase } from "../support/database.ts";
import { type Answer, type Begun, Explorer } from "../support/expedition.ts";
import { makePilot, makeSector, makeWorld, type World } from "../support/fixtures.ts";
import { type ServerProcess, useServers } from "../support/server-process.ts";
import { until } from "../support/until.ts";

/** The first statement of completing a run; nothing else that runs meanwhile has it. */
const FIRST_STATEMENT = /^select id, event_seq from players where user_id/;
/** More than the statements of completing a run: those beyond are held before their COMMIT too. */
const RUNS = 24;

/** One run in five finds a clue. It is not counted, or the nth statement would be another one by chance. */
const BY_CHANCE = "insert_anomaly_clue";

/** Everything that completing a run leaves, counted: of one user, who has one run. */
const TRACES = `
  select (select count(*) from expedition_runs where user_id = $1 and status = 'completed')::int as runs,
    (select count(*) from reward_ledger where user_id = $1)::int as rewards,
    (select count(*) from user_balances where user_id = $1 and amount > 0)::int as balances,
    (select count(*) from product_events where user_id = $1 and name <> 'ecosystem_mission_started')::int as measured,
    (select count(*) from events e join players p on p.id = e.player_id where p.user_id = $1)::int as told,
    (select event_seq from players where user_id = $1)::int as seq,
    (select count(*) from reputations r join players p on p.id = r.player_id where p.user_id = $1)::int as standing,
    (select count(*) from anomaly_clues where user_id = $1)::int as clues,
    (select count(*) from reward_tallies where user_id = $1)::int as tallies`;
const NOTHING = {
  ...{ runs: 0, rewards: 0, balances: 0, measured: 0, told: 0, seq: 0, standing: 0, clues: 0, tallies: 0 },
};
const EVERYTHING = {
  ...{ runs: 1, rewards: 3, balances: 3, measured: 4, told: 1, seq: 1, standing: 1, tallies: 0 },
};

/** Where the completion of each run stands when the server dies: before which of its statements. */
class Holder {
  /** What is to be held before its nth statement, by connection, in the order in which they begin. */
  readonly #held = new Map<number, { readonly before: number; passed: number }>();
  /** The statement that each is held before. */
  readonly heldBefore: string[] = [];
  hasCommitted = false;

  /** The first to begin is let through to its COMMIT, whose answer is kept back; the nth is held before its nth statement. */
  judge({ kind, connection, statement }: Step): Verdict {
    if (FIRST_STATEMENT.test(statement)) this.#held.set(connection, { before: this.#held.size, passed: 0 });
    const held = this.#held.get(connection);
    if (held === undefined || statement === BY_CHANCE) return "pass";
    held.passed += 1;
    if (held.before === 0) {
      if (kind === "committed") this.hasCommitted = true;
      return kind === "commit" ? "keep" : "pass";
    }
    if (held.passed < held.before && kind !== "commit") return "pass";
    this.heldBefore.push(statement);
    return "hold";
  }
}

describe("a server that is killed while it completes runs", function () {
  this.timeout(60_000);
  const servers = useServers();
  const test = useDatabase();
  let proxy: PostgresProxy;
  let world: World;

  before(async () => {
    world = await makeWorld(test.pool);
    await makeSector(test.pool, world, 1);
    proxy = await PostgresProxy.before(test.url);
  });
  after(() => proxy.close());

  interface Player {
    readonly explorer: Explorer;
    readonly run: Begun;
  }

  /** Somebody who has played for a minute and has not said so yet. */
  async function playing(server: ServerProcess): Promise<Player> {
    const { userId } = await makePilot(test.pool, world, 1);
    const explorer = new Explorer(server, userId);
    const run = await explorer.begun();
    await test.pool.query(
      "update expedition_runs set started_at = started_at - interval '1 minute' where id = $1",
      [run.runId],
    );
    return { explorer, run };
  }

  async function tracesOf({ explorer }: Player): Promise<Record<string, number>> {
    return (await test.pool.query(TRACES, [explorer.userId])).rows[0];
  }

  /** Postgres' sessions of the server, other than those of the test itself. */
  async function areSessionsGone(): Promise<boolean> {
    const { rows } = await test.pool.query(
      `select from pg_stat_activity where datname = current_database() and backend_type = 'client backend'
        and application_name <> 'test'`,
    );
    return rows.length === 0;
  }

  async function statementsOf(player: Player): Promise<string[]> {
    const statements: string[] = [];
    let connection = 0;
    const unwatch = proxy.watch((step) => {
      if (FIRST_STATEMENT.test(step.statement)) connection = step.connection;
      if (step.connection === connection && step.kind !== "committed") statements.push(step.statement);
      return "pass";
    });
    assert.equal((await player.explorer.complete(player.run)).status, 200);
    unwatch();
    return statements;
  }

  it("leaves all of each or nothing, between whichever two statements; the same again completes each once", async () => {
    const url = new URL(proxy.url);
    // Who is held for longer than a second would be ended by Postgres, not by the kill.
    url.searchParams.set("options", "-c idle_in_transaction_session_timeout=0");
    const env = { DATABASE_POOL_MAX: String(RUNS + 8) };
    const server = await servers.start(url.href, env);
    const next = servers.start(test.url);
    // Ended by a test that fails first.
    next.catch(() => {});
    const statements = await statementsOf(await playing(server));
    const players: Player[] = [];
    for (let count = 0; count < RUNS; count++) players.push(await playing(server));

    const holder = new Holder();
    const unwatch = proxy.watch((step) => holder.judge(step));
    const answers: Promise<Answer | null>[] = players.map(({ explorer, run }) =>
      explorer.complete(run).catch(() => null),
    );
    await until(
      "each is held somewhere else",
      () => holder.hasCommitted && holder.heldBefore.length === RUNS - 1,
    );
    await server.kill();
    assert.deepEqual(new Set(await Promise.all(answers)), new Set([null]), "nobody was told anything");
    unwatch();
    await until("Postgres has noticed", async () => {
      const { rows } = await test.pool.query(
        "select from pg_stat_activity where datname = current_database() and state like 'idle in transaction%'",
      );
      return rows.length === 0;
    });
    const missed = statements.filter(
      (statement) => statement !== BY_CHANCE && !holder.heldBefore.includes(statement),
    );
    assert.deepEqual(missed, [], "each statement was the next one of somebody, COMMIT included");

    const traces = await Promise.all(players.map(tracesOf));
    const whole = traces.filter(({ runs }) => runs === 1);
    assert.equal(whole.length, 1, "the one whose COMMIT had reached Postgres");
    for (const { clues, ...left } of whole) assert.deepEqual(left, EVERYTHING, `with ${clues} clues`);
    for (const left of traces) if (left.runs === 0) assert.deepEqual(left, NOTHING);

    const { port } = await next;
    const host = { port, token: (userId: string) => server.token(userId) };
    for (const [index, { explorer, run }] of players.entries()) {
      const { status, body } = await new Explorer(host, explorer.userId).complete(run);
      assert.equal(status, 200, JSON.stringify(body));
      assert.equal(body.duplicate, traces[index]?.runs === 1);
      assert.deepEqual(
        body.rewards.map(({ rewardType }) => rewardType),
        ["ore_units", "stardust_bonus", "expedition_reputation"],
      );
    }
    assert.deepEqual([...(await findBreaches(test.pool)), ...(await replayAll(test.pool)).breaches], []);
    await (await next).kill();
    await until("the servers' sessions are gone", areSessionsGone);
  });
});
