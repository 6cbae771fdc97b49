import { strict as assert } from "node:assert";
import { randomUUID } from "node:crypto";
import type pg from "pg";
import { APP } from "../../loadtest/app.ts";
import type { Ledger } from "../../loadtest/fleet/ledger.ts";
import { readOptions } from "../../loadtest/options.ts";
import { describeReport, type LoadReport } from "../../loadtest/report.ts";
import { runLoad } from "../../loadtest/run.ts";
import { describeTruth, holdAgainstDatabase, type TruthReport } from "../../loadtest/truth.ts";
import { useDatabase } from "../support/database.ts";

const BOTS = 24;
/** Every action within seconds, some bots on the SDK. */
const ARGUMENTS = [
  ...["--bots", `${BOTS}`, "--sectors", "2", "--seconds", "10", "--every", "0.25", "--harvest-seconds", "1"],
  ...[
    "--join-rate",
    "40",
    "--sdk-every",
    "8",
    "--mix",
    "harvest=40,warp=15,attack=20,dock=10,sell=15,drop=20,expedition=100,contribute=60,incident=40",
  ],
];

/** Done to the database behind everybody's back, and the list in which it has to show. */
const TAMPERINGS = [
  {
    what: "an event is deleted",
    sql: "delete from events where (player_id, seq) in (select player_id, seq from events limit 1)",
    finds: "toldNotThere",
  },
  {
    what: "an answer is deleted",
    sql: `delete from requests where (player_id, request_id) in
      (select player_id, request_id from requests where answer ? 'turnsSpent' limit 1)`,
    finds: "toldNotThere",
  },
  {
    what: "an event is doubled",
    sql: `insert into events select player_id, seq + 1, type, payload, created_at from events e
      where seq = (select max(seq) from events where player_id = e.player_id) limit 1`,
    finds: "thereNotTold",
  },
  {
    what: "something is carried out that nobody asked for",
    sql: `insert into requests select player_id, 'nobody asked', fingerprint, answer, created_at
      from requests limit 1`,
    finds: "thereNotTold",
  },
  {
    what: "a pilot is given a credit",
    sql: "update players set credits = credits + 1 where id = (select id from players where user_id is not null limit 1)",
    finds: "toldNotThere",
  },
  {
    what: "a pilot's standing is moved",
    sql: `update reputations set current_value = current_value + 1 where (player_id, faction_id) in
      (select player_id, faction_id from reputations join players on players.id = player_id
        where current_value < 800 and user_id is not null limit 1)`,
    finds: "toldNotThere",
  },
  {
    what: "a ship's hold grows",
    sql: `update ships set cargo_capacity = cargo_capacity + 1 where id =
      (select current_ship_id from players where user_id is not null limit 1)`,
    finds: "toldNotThere",
  },
  {
    what: "the start of a run is undone",
    sql: `update expedition_runs set status = 'created', started_at = null, objectives = null
      where id = (select id from expedition_runs where status = 'started' limit 1)`,
    finds: "toldNotThere",
  },
  {
    what: "a run is made up",
    sql: `insert into expedition_runs select (jsonb_populate_record(r, jsonb_build_object('id', gen_random_uuid(),
      'token_jti', gen_random_uuid(), 'status', 'expired', 'ended_at', r.expires_at))).*
      from expedition_runs r where status = 'started' limit 1`,
    finds: "thereNotTold",
  },
  {
    what: "a contribution is made up",
    sql: `insert into contract_contributions select (jsonb_populate_record(c, jsonb_build_object(
      'id', gen_random_uuid(), 'source_id', gen_random_uuid()))).* from contract_contributions c limit 1`,
    finds: "thereNotTold",
  },
  {
    what: "a membership is lost",
    sql: `delete from contract_members where (contract_id, user_id) = (select contract_id, user_id from contract_members m
      where not exists (select from contract_contributions c where c.user_id = m.user_id) limit 1)`,
    finds: "toldNotThere",
  },
  {
    what: "an answer to an incident is lost",
    sql: `delete from incident_responses where (incident_id, player_id, mode) in
      (select incident_id, player_id, mode from incident_responses limit 1)`,
    finds: "toldNotThere",
  },
  {
    what: "an answer to an incident brings other points",
    sql: `update incident_responses set score = 100 - score where (incident_id, player_id, mode) in
      (select incident_id, player_id, mode from incident_responses limit 1)`,
    finds: "toldNotThere",
  },
  {
    what: "an answer to an incident is made up",
    sql: `insert into incident_responses select (jsonb_populate_record(r, jsonb_build_object('incident_id', i.id))).*
      from incident_responses r, sector_incidents i where not exists (select from incident_responses o
        where o.player_id = r.player_id and o.incident_id = i.id) limit 1`,
    finds: "thereNotTold",
  },
  {
    what: "a reward of an incident is given that nobody was told of",
    sql: `insert into reward_ledger (id, user_id, surface, run_id, reward_type, requested_value, reward_value, source,
        meta, granted_at)
      select gen_random_uuid(), user_id, surface, run_id, 'ore_units', 1, 1, source, meta, granted_at
        from reward_ledger where source = 'incident' limit 1`,
    finds: "thereNotTold",
  },
  {
    what: "ships are damaged more than is shown",
    sql: "update ships set hull = hull - 1 where hull > 1 and status <> 'DESTROYED'",
    finds: "shownWrong",
  },
  {
    what: "ships are somewhere else than where they are shown",
    sql: `update ships set sector_id = (select s.sector_id from sectors s where s.sector_id <> ships.sector_id limit 1)
      where status = 'IN_SPACE'`,
    finds: "shownWrong",
  },
  { what: "the holds are emptied", sql: "update ship_cargo set quantity = 0", finds: "breaches" },
] as const;

describe("the load test", function () {
  this.timeout(60_000);
  const test = useDatabase();
  let untouched: TruthReport;
  let report: LoadReport;
  let surfaces: unknown[] = [];
  const looks: { what: string; isFound: boolean }[] = [];

  before("play once", async () => {
    const hooks = { progress: () => {}, tell: () => {}, beforeCheck: tamper };
    report = await runLoad(readOptions(["--database", test.url, ...ARGUMENTS], {}), hooks);
  });

  async function tamper(pool: pg.Pool, ledgers: readonly Ledger[]): Promise<void> {
    const hold = () => holdAgainstDatabase(pool, ledgers, { mayVanish: () => false });
    untouched = await hold();
    ({ rows: surfaces } = await pool.query(
      "select app_surface as surface, app_version, count(distinct user_id)::int as users from sessions group by 1, 2",
    ));
    let before = untouched;
    for (const { what, sql, finds } of TAMPERINGS) {
      const { rowCount } = await pool.query(sql);
      assert.ok((rowCount ?? 0) > 0, `${what}: there was something to do it to`);
      const after = await hold();
      // A pilot with two things wrong has one line, and another one than with the first of them.
      const lines = new Set(before[finds].map((line) => JSON.stringify(line)));
      looks.push({ what, isFound: after[finds].some((line) => !lines.has(JSON.stringify(line))) });
      before = after;
    }
    await imagine(pool, ledgers);
  }

  /** Pilots who were told more than anybody told them. */
  async function imagine(pool: pg.Pool, ledgers: readonly Ledger[]): Promise<void> {
    const [told] = ledgers.filter(({ events }) => events.length > 0);
    const first = told?.events[0];
    assert.ok(told !== undefined && first !== undefined);
    const twice = { ...told, events: [...told.events, { ...first, eventId: first.eventId + 1_000 }] };
    const { toldTwice } = await holdAgainstDatabase(pool, [twice], { mayVanish: () => true });
    looks.push({ what: "an outcome is told twice", isFound: toldTwice.length > 0 });
    for (const turns of [0, 1_001]) {
      assert.ok(told.pilot !== null);
      const other = { ...told, pilot: { ...told.pilot, turns, nextTurnAtMs: 1 } };
      const { toldNotThere } = await holdAgainstDatabase(pool, [other], { mayVanish: () => true });
      const found = toldNotThere.filter((line) => line.includes(`has ${turns} turns`));
      looks.push({ what: `${turns} turns are told falsely`, isFound: found.length > 0 });
    }
    const harvestId = randomUUID();
    const accepted = { accepted: { harvestId, startTick: 1, endTick: 2 } };
    const promised = {
      requestId: randomUUID(),
      kind: "harvest",
      attempts: 1,
      reply: accepted,
      acceptedMs: 0,
    };
    const waits = { ...told, playerId: null, requests: [promised] };
    const broken = await holdAgainstDatabase(pool, [waits], { mayVanish: () => false });
    const dead = await holdAgainstDatabase(pool, [waits], { mayVanish: () => true });
    const aboutIt = ({ toldNotThere }: TruthReport) =>
      toldNotThere.filter((line) => line.includes(harvestId));
    looks.push({ what: "a promise was not kept", isFound: aboutIt(broken).length > 0 });
    assert.deepEqual([aboutIt(dead), dead.vanished], [[], 1], "unless the server may have died");
  }

  it("finds that all that was told is in the database, and all that is there was told", () => {
    assert.deepEqual(describeTruth(untouched, 5).slice(1), [
      "  told but not there   0",
      "  there but not told   0",
      "  told twice           0",
      "  shown wrongly        0",
      "  invariants broken    0",
    ]);
    assert.equal(untouched.holds, true);
    assert.deepEqual(report.stuck, []);
    assert.deepEqual(report.faults, []);
    assert.equal(untouched.checked.pilots, BOTS);
    assert.ok(untouched.checked.looks >= 2 * (BOTS / 8), "each bot on the SDK has looked twice");
    assert.ok(
      untouched.checked.answers > BOTS && untouched.checked.events > 0,
      "there was something to check",
    );
  });

  it("plays every action of its mix and measures it on both sides", () => {
    const { latencies, servers, play, joins } = report;
    const ofShips = ["harvest", "warp", "dock", "undock", "sell", "attack", "reconnect"];
    const ofTheEconomy = [
      "create_run",
      "start_run",
      "complete_run",
      "join_contract",
      "contribute",
      "classify",
      "classify_incident",
    ];
    for (const action of [...ofShips, ...ofTheEconomy]) {
      // Who came first plays while the last join.
      const times = [latencies, joins.latencies].map((part) => part[action]?.count ?? 0);
      assert.ok(Math.max(...times) > 0, `somebody did ${action}`);
    }
    assert.equal(joins.latencies.enter?.count, BOTS);
    const [server] = servers;
    assert.ok(server !== undefined && server.figures.answers.count > 0 && server.queue.commits > 0);
    assert.ok(play.bytesIn > 0 && play.actionsPerSecond > 0);
    assert.ok(play.turnsBegun > 0 && play.turnsMeant > 0);
    assert.match(describeReport(report).join("\n"), /answer in {5}p50 [\d.]+ ms/);
  });

  it("loses ships in fights, and gives those who lost them a hull", () => {
    assert.ok(report.shipsLost > 0);
    assert.match(describeReport(report).join("\n"), /ships lost {4}\d+\n/);
    const times = [report.latencies, report.joins.latencies].map((part) => part.claim_hull?.count ?? 0);
    assert.ok(Math.max(...times) > 0, "somebody claimed a hull");
  });

  it("loses answers with their lines, and asks for them again as the same request", () => {
    assert.ok((report.counts["answers repeated"] ?? 0) > 0);
  });

  it("says of every bot what it is, so that their sessions are counted as bots'", () => {
    assert.deepEqual(surfaces, [{ surface: "bot", app_version: APP.appVersion, users: BOTS }]);
  });

  it("fails when the database is changed behind everybody's back, whatever is changed", () => {
    assert.equal(report.passed, false);
    assert.equal(looks.length, TAMPERINGS.length + 4);
    for (const { what, isFound } of looks) assert.ok(isFound, `it finds that ${what}`);
  });

  it("leaves no database behind", async () => {
    const { rowCount } = await test.pool.query(
      "select from pg_database where datname like 'sectorkeep_load_' || $1 || '%'",
      [process.pid],
    );
    assert.equal(rowCount, 0);
  });
});
