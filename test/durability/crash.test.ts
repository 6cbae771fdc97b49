import { strict as assert } from "node:assert";
import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { PostgresProxy } from "../../loadtest/storm/postgres-proxy.ts";
import { findBreaches } from "../../src/persistence/invariants.ts";
import { replayAll } from "../../src/persistence/replay.ts";
import { useDatabase } from "../support/database.ts";
import {
  type MadePilot,
  makePilot,
  makeSector,
  makeStation,
  makeWorld,
  type World,
} from "../support/fixtures.ts";
import { TRANSPORTS } from "../support/game.ts";
import type { PilotClient } from "../support/pilot-client.ts";
import { accepted } from "../support/play.ts";
import { type ServerProcess, useServers } from "../support/server-process.ts";

/** When a server is killed: so long after the harvests have begun (they are due within 0.9 to 1 s), or at a step of its work. */
type Moment = number | "told" | "reading" | "committed";

const MOMENTS: readonly Moment[] = [
  ...(["reading", "committed", "told"] as const),
  ...[150, 800, 2_200],
  // Somewhere in here the harvests come due, are written, and are told. `npm run storm` kills a hundred times.
  ...Array.from({ length: 5 }, (_, index) => 890 + index * 40),
];
/** The second miner's harvest runs this far behind the first one's. */
const STAGGER_MS = 40;
const POOL = 500;
/** Servers that are being started while another one plays: as many as there are cores to do it. */
const STARTING = 2;

/** Who plays before a kill, in a sector of their own. */
interface Cast {
  readonly sectorId: number;
  readonly miners: readonly MadePilot[];
  readonly mover: MadePilot;
  readonly fighters: readonly [MadePilot, MadePilot];
  /** The fighters' rows before anything happened. */
  readonly before: readonly unknown[];
}

/** What the clients had been told when the server died. */
interface Witness {
  readonly moment: Moment;
  readonly cast: Cast;
  /** The answer to each miner's harvest. */
  readonly harvestIds: readonly string[];
  readonly miners: readonly PilotClient[];
  readonly mover: PilotClient;
  readonly fighters: readonly PilotClient[];
}

const minedSchema = z.object({
  turns: z.int(),
  spent: z.int(),
  ore: z.int(),
  harvests: z.array(z.object({ id: z.string(), status: z.string(), ore: z.int(), drawn: z.int() })),
  events: z.array(z.object({ seq: z.int(), type: z.string(), harvestId: z.string(), ore: z.int() })),
  requests: z.int(),
});

describe("a server that is killed", function () {
  this.timeout(300_000);
  const servers = useServers();
  after(async () => {
    // What is still being started belongs to the test's end as well.
    for (const starting of standby) await (await starting).kill();
    await proxy.close();
  });
  const test = useDatabase();
  const standby: Promise<ServerProcess>[] = [];
  /** Servers so far: every second one is of the other transport. */
  let started = 0;
  const seen = { nothing: 0, everything: 0, foughtToTheEnd: 0, cutOff: 0 };
  let proxy: PostgresProxy;
  let world: World;
  let stationId: string;
  let nextSectorId = 1;

  before(async () => {
    world = await makeWorld(test.pool);
    proxy = await PostgresProxy.before(test.url);
  });

  /** The server that has been started for now; others are being started for later. */
  function nextServer(): Promise<ServerProcess> {
    while (standby.length < STARTING + 1) {
      const starting = servers.start(proxy.url, { TRANSPORT: TRANSPORTS[started++ % 2] ?? "ws" });
      starting.catch(() => {});
      standby.push(starting);
    }
    const [next] = standby.splice(0, 1);
    assert.ok(next !== undefined);
    return next;
  }

  it("leaves of each harvest nothing or everything, of each fight nothing or everything, and what it told is true", async () => {
    let server = await nextServer();
    for (const moment of MOMENTS) {
      const witness = await playUntil(server, moment);
      server = await nextServer();
      await verify(witness, server);
    }
    assert.ok(seen.nothing >= 3, "harvests were cut off");
    assert.ok(seen.everything >= 3, "harvests were written");
    assert.ok(seen.cutOff >= 7, "fights were cut off");
    await server.kill();
    const replay = await replayAll(test.pool);
    assert.deepEqual([...(await findBreaches(test.pool)), ...replay.breaches], []);
  });

  async function makeCast(): Promise<Cast> {
    const sectorId = await makeSector(test.pool, world, nextSectorId++, { tier: 5 });
    stationId = await makeStation(test.pool, world, sectorId);
    const pilot = (hull: "CARGO_HAULER" | "CARRIER") => makePilot(test.pool, world, sectorId, { hull });
    const [first, second, mover] = await Promise.all([
      pilot("CARGO_HAULER"),
      pilot("CARGO_HAULER"),
      pilot("CARGO_HAULER"),
    ]);
    // Carriers do not get away from each other quickly.
    const fighters = [await pilot("CARRIER"), await pilot("CARRIER")] as const;
    return { sectorId, miners: [first, second], mover, fighters, before: await rowsOf(fighters) };
  }

  async function playUntil(server: ServerProcess, moment: Moment): Promise<Witness> {
    const cast = await makeCast();
    const join = ({ userId }: MadePilot) => server.join(userId, cast.sectorId);
    const [miners, mover, fighters] = await Promise.all([
      Promise.all(cast.miners.map(join)),
      join(cast.mover),
      Promise.all([join(cast.fighters[0]), join(cast.fighters[1])]),
    ]);
    await accepted(fighters[0].ask("attack", { targetId: cast.fighters[1].shipId }));
    const harvestIds: string[] = [];
    for (const miner of miners) {
      if (harvestIds.length > 0) await pause(STAGGER_MS);
      harvestIds.push(String((await accepted(miner.ask("harvest"))).harvestId));
    }
    await reach(moment, server, miners);
    mover.room.send("dock", { requestId: "the last thing", stationId });
    await server.kill();
    await Promise.all([...miners, mover, ...fighters].map((client) => client.heard("(closed)")));
    return { moment, cast, harvestIds, miners, mover, fighters };
  }

  async function reach(moment: Moment, server: ServerProcess, miners: readonly PilotClient[]): Promise<void> {
    if (typeof moment === "number") {
      await pause(moment);
    } else if (moment === "told") {
      await Promise.race(miners.map((miner) => miner.heard("mining_harvest_completed")));
    } else if (moment === "reading") {
      // The rows are locked and read, and the process never gets to write.
      await proxy.keepRepliesAfter("lock_leases");
    } else {
      await new Promise<void>((resolve) => {
        proxy.loseCommits((applicationName) => {
          // Others are being started meanwhile, and migrate.
          if (applicationName !== "sectorkeep queue") return false;
          server.signal("SIGKILL");
          proxy.loseCommits(() => false);
          resolve();
          return true;
        });
      });
    }
  }

  /** Everybody comes back to another server; what they find there is what the database says. */
  async function verify(witness: Witness, server: ServerProcess): Promise<void> {
    const { cast, moment } = witness;
    let drawn = 0;
    for (const [index, miner] of cast.miners.entries()) {
      const told = toldOf(witness.miners[index], "mining_harvest_completed");
      const client = await server.join(miner.userId, cast.sectorId, { cursor: told.length });
      // Opening the sector has waited for whatever was under way, so this is final.
      const mined = await minedBy(miner);
      drawn += mined.harvests[0]?.drawn ?? 0;
      if (mined.harvests.length === 0) {
        seen.nothing++;
        const nothing = { turns: 1000, spent: 0, ore: 0, harvests: [], events: [], requests: 0 };
        assert.deepEqual(mined, nothing, `killed at ${moment}`);
        assert.deepEqual(told, [], "nobody was told of a harvest that did not happen");
      } else {
        seen.everything++;
        const [harvest] = mined.harvests;
        const id = witness.harvestIds[index];
        assert.ok(harvest !== undefined);
        assert.deepEqual(
          { ...mined, harvests: [harvest.id, harvest.status] },
          {
            turns: 995,
            spent: 5,
            ore: harvest.ore,
            harvests: [id, "COMPLETED"],
            events: [{ seq: 1, type: "mining_harvest_completed", harvestId: id, ore: harvest.ore }],
            requests: 1,
          },
          `killed at ${moment}`,
        );
        const heard = told[0] ?? (await client.heard("mining_harvest_completed"));
        assert.deepEqual([heard.harvestId, heard.ore, heard.eventId], [id, harvest.ore, 1]);
      }
      await accepted(client.ask("harvest"));
      const again = toldOf(client, "mining_harvest_completed").length;
      assert.equal(again, mined.events.length - told.length, "what a client has is not sent again");
      void client.leave();
    }
    const { rows } = await test.pool.query(
      "select pool_remaining as left from asteroid_fields where sector_id = $1",
      [cast.sectorId],
    );
    assert.equal(rows[0].left, POOL - drawn);
    await verifyMove(witness);
    await verifyFight(witness);
  }

  async function minedBy({ playerId, shipId }: MadePilot): Promise<z.output<typeof minedSchema>> {
    const { rows } = await test.pool.query(
      `select p.turns, p.lifetime_turns_spent as spent,
          (select coalesce(sum(quantity), 0)::int from ship_cargo where ship_id = $2 and commodity = 'ore') as ore,
          (select coalesce(json_agg(json_build_object(
              'id', id, 'status', status, 'ore', ore_yield, 'drawn', pool_drawn)), '[]')
            from mining_harvests where player_id = $1) as harvests,
          (select coalesce(json_agg(json_build_object('seq', seq, 'type', type,
              'harvestId', payload ->> 'harvestId', 'ore', (payload ->> 'ore')::int)), '[]')
            from events where player_id = $1 and type <> 'mining_rare_drop') as events,
          (select count(*)::int from requests where player_id = $1) as requests
        from players p where p.id = $1`,
      [playerId, shipId],
    );
    return minedSchema.parse(rows[0]);
  }

  async function verifyMove({ cast: { mover }, mover: client }: Witness): Promise<void> {
    const { rows } = await test.pool.query(
      `select p.turns, s.status, (select count(*)::int from movements where player_id = p.id) as moves,
          (select count(*)::int from requests where player_id = p.id) as requests
        from players p join ships s on s.id = p.current_ship_id where p.id = $1`,
      [mover.playerId],
    );
    const [row] = rows;
    const nothing = { turns: 1000, status: "IN_SPACE", moves: 0, requests: 0 };
    const everything = { turns: 999, status: "DOCKED", moves: 1, requests: 1 };
    assert.deepEqual(row, row.moves === 0 ? nothing : everything);
    if (toldOf(client, "accepted").length > 0) assert.deepEqual(row, everything);
  }

  async function verifyFight({ moment, cast: { fighters, before }, fighters: clients }: Witness) {
    const { rows } = await test.pool.query(
      "select result, turns_spent from combat_logs where attacker_id = $1 and defender_id = $2",
      fighters.map(({ playerId }) => playerId),
    );
    const told = clients.flatMap((client) => toldOf(client, "combat_resolved"));
    const after = await rowsOf(fighters);
    if (rows.length === 0) {
      seen.cutOff++;
      assert.deepEqual(after, before, `killed at ${moment}: no fight, so nobody is changed`);
      assert.deepEqual(told, [], "nobody was told of a fight that did not happen");
      return;
    }
    seen.foughtToTheEnd++;
    assert.equal(rows.length, 1);
    assert.notDeepEqual(after, before);
    for (const { outcome } of told) assert.equal(outcome, rows[0].result);
    const { rows: events } = await test.pool.query(
      "select count(*)::int as count from events where player_id = any($1) and type = 'combat_resolved'",
      [fighters.map(({ playerId }) => playerId)],
    );
    assert.equal(events[0].count, 2, "both pilots have it in their feeds");
  }

  async function rowsOf(pilots: readonly MadePilot[]): Promise<unknown[]> {
    const ids = pilots.map(({ playerId }) => playerId);
    const players = await test.pool.query("select * from players where id = any($1) order by id", [ids]);
    const ships = await test.pool.query("select * from ships where owner_id = any($1) order by id", [ids]);
    return [...players.rows, ...ships.rows];
  }
});

function toldOf(client: PilotClient | undefined, type: string): Record<string, unknown>[] {
  assert.ok(client !== undefined);
  return client.told.filter((told) => told.type === type).map(({ payload }) => payload);
}
