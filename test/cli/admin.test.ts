import { strict as assert } from "node:assert";
import { randomUUID } from "node:crypto";
import { z } from "zod";
import { readAdminFlags } from "../../src/cli/admin-flags.ts";
import { UsageError } from "../../src/cli/usage.ts";
import { type AdminOrder, readActionsAfter, recordOrder } from "../../src/persistence/admin.ts";
import type { SectorState } from "../../src/schema/sector.ts";
import { admin } from "../support/admin.ts";
import { makeSector } from "../support/fixtures.ts";
import { GalaxyClient } from "../support/galaxy-client.ts";
import { useGame } from "../support/game.ts";
import { PilotClient } from "../support/pilot-client.ts";
import { accepted, timesHeard } from "../support/play.ts";
import {
  askForSeat,
  drop,
  joinRefused,
  letRoomsEnd,
  reconnect,
  reserveSeat,
  takeSeat,
  theSeat,
} from "../support/presence.ts";
import { HARVEST_TICKS } from "../support/scenes.ts";
import { until } from "../support/until.ts";

/** What operators are promised. */
const EFFECT_MS_MAX = 1_000;
const HOUR_MS = 3_600_000;

describe("what operators do to a running server", () => {
  const game = useGame({ harvestTicks: HARVEST_TICKS, env: { SPECTATORS: "token", RECONNECT_SECONDS: "5" } });
  before(() => makeSector(game.pool, game.world, 7));
  afterEach(() => letRoomsEnd(game));

  const order = (what: AdminOrder) =>
    recordOrder(game.pool, what, { operator: "test", nowMs: game.clock.nowMs() });
  const ban = (userId: string, untilMs: number | null = null) =>
    order({ kind: "ban", userId, reason: "cheats", untilMs });

  async function sentAway(client: PilotClient, notice: Record<string, unknown>): Promise<void> {
    const sinceMs = performance.now();
    assert.deepEqual(await client.heard("(closed)"), { code: 4102 });
    const tookMs = performance.now() - sinceMs;
    assert.ok(tookMs < EFFECT_MS_MAX, `it took ${tookMs} ms`);
    assert.deepEqual(await client.heard("server_notice"), notice);
  }

  async function me(userId: string): Promise<{ status: number; body: Record<string, unknown> }> {
    const authorization = `Bearer ${await game.token(userId)}`;
    const response = await fetch(`http://127.0.0.1:${game.port}/me`, { headers: { authorization } });
    return { status: response.status, body: z.record(z.string(), z.unknown()).parse(await response.json()) };
  }

  it("ends a banned pilot's session within a second, and lets them in nowhere until the ban is lifted", async () => {
    const { pilot, client } = await game.fly(7);
    const bystander = await game.fly(7);
    await ban(pilot.userId);
    await sentAway(client, { kind: "banned", text: "cheats", untilMs: null });
    const detail = { reason: "cheats", untilMs: null };
    assert.deepEqual(await joinRefused(game.join(pilot, 7), "banned"), detail);
    await joinRefused(reconnect(game, client), "seat_expired");
    const refused = await me(pilot.userId);
    assert.deepEqual([refused.status, refused.body.code, refused.body.detail], [403, "banned", detail]);
    assert.equal(bystander.client.closed, null);
    assert.equal(timesHeard(bystander.client, "server_notice"), 0);
    await order({ kind: "unban", userId: pilot.userId });
    await until("they may play again", async () => (await me(pilot.userId)).status === 200);
    await game.join(pilot, 7);
  });

  it("ends a ban when its time is up", async () => {
    const { pilot, client } = await game.fly(7);
    const untilMs = game.clock.nowMs() + HOUR_MS;
    await ban(pilot.userId, untilMs);
    await sentAway(client, { kind: "banned", text: "cheats", untilMs });
    assert.deepEqual(await joinRefused(game.join(pilot, 7), "banned"), { reason: "cheats", untilMs });
    game.clock.advance(HOUR_MS);
    await game.join(pilot, 7);
  });

  it("keeps a banned pilot out who had dropped out, or has a seat from before", async () => {
    const { pilot, client } = await game.fly(7);
    const late = await game.pilot(7);
    const seat = await reserveSeat(game, late, { sectorId: 7 });
    const miner = await game.fly(7);
    await accepted(miner.client.ask("harvest"));
    const seatOfMiner = await reserveSeat(game, miner.pilot, { sectorId: 7 });
    await drop(game, client, 7);
    for (const { userId } of [pilot, late, miner.pilot]) await ban(userId);
    await until("the bans are known", async () => (await me(miner.pilot.userId)).status === 403);
    const detail = { reason: "cheats", untilMs: null };
    assert.deepEqual(await joinRefused(reconnect(game, client), "banned"), detail);
    assert.deepEqual(await joinRefused(takeSeat(game, seat), "banned"), detail);
    assert.deepEqual(await joinRefused(takeSeat(game, seatOfMiner), "banned"), detail, "a ship still bound");
    game.tick(HARVEST_TICKS);
    await joinRefused(reconnect(game, client), "seat_expired");
  });

  it("sends a banned spectator away too", async () => {
    await game.fly(7);
    const userId = randomUUID();
    const watching = await game.join({ userId }, 7, { spectate: true });
    await ban(userId);
    await sentAway(watching, { kind: "banned", text: "cheats", untilMs: null });
    await joinRefused(game.join({ userId }, 7, { spectate: true }), "banned");
  });

  it("sends a banned user away from the galaxy's room too, and a seat there from before is no use", async () => {
    const userId = randomUUID();
    const token = await game.token(userId);
    const others = await game.token(randomUUID());
    const [watching, bystander] = [
      await GalaxyClient.join(game.port, token),
      await GalaxyClient.join(game.port, others),
    ];
    const reserved = await askForSeat(game, "joinOrCreate/galaxy", "{}", token);
    const bannedAtMs = performance.now();
    await ban(userId);
    await until("they are sent away", () => watching.farewell.length === 2);
    assert.ok(performance.now() - bannedAtMs < EFFECT_MS_MAX);
    assert.deepEqual(watching.farewell, [{ kind: "banned", text: "cheats", untilMs: null }, 4102]);
    assert.deepEqual(bystander.farewell, []);
    await joinRefused(takeSeat(game, theSeat(reserved.seat)), "banned");
    await joinRefused(GalaxyClient.join(game.port, token), "banned");
    await bystander.room.leave();
  });

  it("ends a kicked pilot's session; what runs goes on, and they may come back", async () => {
    const { pilot, client } = await game.fly(7);
    const witness = await game.fly(7);
    await accepted(client.ask("harvest"));
    await order({ kind: "kick", userId: pilot.userId, reason: "take a break" });
    await sentAway(client, { kind: "kicked", text: "take a break", untilMs: null });
    assert.equal(witness.client.state.ships.get(pilot.shipId)?.status, "MINING");
    game.tick(HARVEST_TICKS);
    await until("the harvest is durable", async () => (await game.turnsOf(pilot)) === 995);
    const back = await game.join(pilot, 7, { cursor: 0 });
    await back.heard("mining_harvest_completed");
  });

  it("tells everybody: pilots, spectators, and who watches the galaxy", async () => {
    const { client } = await game.fly(7);
    const watching = await game.join({ userId: randomUUID() }, 7, { spectate: true });
    const afar = await GalaxyClient.join(game.port, await game.token(randomUUID()));
    await order({ kind: "broadcast", text: "Restart at noon." });
    for (const one of [client, watching]) {
      const notice = await one.heard("server_notice");
      assert.deepEqual(notice, { kind: "broadcast", text: "Restart at noon.", untilMs: null });
    }
    await until("it is heard from afar", () => afar.farewell.length > 0);
    assert.deepEqual(afar.farewell, [{ kind: "broadcast", text: "Restart at noon.", untilMs: null }]);
    await afar.room.leave();
  });

  it("does not end a session whose token expires; joining again needs a fresh one", async () => {
    const pilot = await game.pilot(7);
    const exp = Math.floor(game.clock.nowMs() / 1000) + 60;
    const token = await game.token(pilot.userId, { exp });
    const join = () => game.keep(PilotClient.join(game.port, token, { sectorId: 7, protocol: 1 }));
    const client = await join();
    game.clock.advance(120_000);
    await accepted(client.ask("harvest"));
    await drop(game, client, 7);
    // As the SDK does it: with the token it has.
    const sdk = PilotClient.sdk(game.port, token);
    const room = await sdk.reconnect<SectorState>(client.room.reconnectionToken);
    const back = await game.keep(PilotClient.over(room));
    assert.equal(back.state.ships.get(pilot.shipId)?.status, "MINING");
    await joinRefused(join(), "token_expired");
    await game.join(pilot, 7);
    game.tick(HARVEST_TICKS);
  });

  it("is recorded with who did it, in order, and cannot be rewritten", async () => {
    const userId = randomUUID();
    const orders: AdminOrder[] = [
      { kind: "ban", userId, reason: "", untilMs: null },
      { kind: "unban", userId },
      { kind: "broadcast", text: "hello" },
    ];
    const before = await ban(randomUUID());
    const ids = await Promise.all(orders.map(order));
    const found = await readActionsAfter(game.pool, before);
    assert.deepEqual(
      found.map(({ id }) => id),
      ids.toSorted((a, b) => a - b),
    );
    assert.equal(found.at(-1)?.id, before + orders.length);
    const recorded = new Map(found.map(({ id, order: of, operator }) => [id, { of, operator }]));
    for (const [index, id] of ids.entries())
      assert.deepEqual(recorded.get(id), { of: orders[index], operator: "test" });
    await assert.rejects(game.pool.query("delete from admin_actions"), /append-only/);
    await assert.rejects(game.pool.query("update admin_actions set operator = ''"), /append-only/);
  });

  it("is done with npm run admin, by a user's name as well as by their id", async function () {
    this.timeout(30_000);
    const { pilot, client } = await game.fly(7);
    const name = `pilot ${pilot.userId.slice(0, 8)}`;
    const [done, unknown] = await Promise.all([
      admin(
        { DATABASE_URL: game.test.url },
        "ban",
        name,
        "--reason",
        "spams",
        "--until",
        "2999-01-01T00:00Z",
      ),
      admin({ DATABASE_URL: game.test.url }, "unban", "Nobody of that name"),
    ]);
    assert.deepEqual([done.code, done.stderr], [0, ""]);
    assert.match(done.stdout, new RegExp(`^ban ${pilot.userId} until 2999-01-01T00:00:00.000Z: spams`));
    await client.heard("(closed)");
    assert.equal(unknown.code, 2);
    assert.match(unknown.stderr, /There is no user of the name "Nobody of that name"/);
    const { stdout } = await admin({ DATABASE_URL: game.test.url }, "status");
    assert.match(stdout, new RegExp(`Bans\\n.*${pilot.userId}  until 2999-01-01T00:00:00.000Z  spams`, "s"));
    assert.match(stdout, /Last actions\n.*\S+@\S+ {2}ban /s);
  });
});

describe("incidents and measures by npm run admin", () => {
  const game = useGame();
  before(() => makeSector(game.pool, game.world, 8));

  it("lets something befall a sector, once, and tells the guardrails", async function () {
    this.timeout(30_000);
    const installation = { DATABASE_URL: game.test.url };
    const causing = (sector: string) =>
      admin(installation, "incident", "storm", "--sector", sector, "--severity", "3");
    const done = await causing("8");
    assert.deepEqual([done.code, done.stderr], [0, ""]);
    assert.match(done.stdout, /^incident storm of severity 3 in sector 8/);
    const row = await game.row("select sector_id, type, severity, status from sector_incidents");
    assert.deepEqual(row, { sector_id: 8, type: "storm", severity: 3, status: "detected" });
    const [again, nowhere, measured] = await Promise.all([
      causing("8"),
      causing("99999"),
      admin(installation, "guardrails"),
    ]);
    assert.equal(again.code, 1);
    assert.match(
      again.stderr,
      /^Something has befallen sector 8 already\. Wait .*, or choose another sector\.\n$/,
    );
    assert.equal(nowhere.code, 1);
    assert.match(nowhere.stderr, /^There is no sector 99999\. GET \/galaxy\/map lists .*\n$/);
    assert.match(
      measured.stdout,
      /^Runs completed, by surface\n {2}none\nGrants that failed\n {2}nothing yet/,
    );
  });
});

describe("the flags of npm run admin", () => {
  const NOW_MS = Date.UTC(2030, 0, 1);
  const read = (...args: string[]) => readAdminFlags(args, NOW_MS);

  it("say what to do", () => {
    assert.deepEqual(read(), { kind: "help" });
    assert.deepEqual(read("ban", "Ada", "--reason", "r", "--until", "2030-01-02T00:00+01:00"), {
      kind: "ban",
      user: "Ada",
      reason: "r",
      untilMs: Date.UTC(2030, 0, 1, 23),
    });
    assert.deepEqual(read("kick", "Ada"), { kind: "kick", user: "Ada", reason: "" });
    const storm = { kind: "incident", type: "storm", sectorId: 7 };
    assert.deepEqual(read("incident", "storm", "--sector", "7"), { ...storm, severity: 1 });
    assert.deepEqual(read("incident", "storm", "--sector", "7", "--severity", "3"), {
      ...storm,
      severity: 3,
    });
    for (const wrong of [["quake", "--sector", "7"], ["storm"], ["storm", "--sector", "0"]])
      assert.throws(() => read("incident", ...wrong), UsageError);
    assert.throws(() => read("incident", "storm", "--sector", "7", "--severity", "4"), UsageError);
    assert.deepEqual(read("drain"), { kind: "drain", processId: null, deadlineSeconds: null });
    assert.deepEqual(read("drain", "--process", "a-1", "--deadline", "5"), {
      kind: "drain",
      processId: "a-1",
      deadlineSeconds: 5,
    });
  });

  const WRONG: [args: string[], says: RegExp][] = [
    [["bann"], /no command "bann"/],
    [["ban", "Ada"], /needs --reason/],
    [["ban", "Ada", "--reason", " "], /needs --reason/],
    [["ban", "--reason", "r"], /needs a user/],
    [["ban", "Ada", "--reason", "r", "--until", "2030-02-31T00:00Z"], /there is no 2030-02-31/],
    [["ban", "Ada", "--reason", "r", "--until", "tomorrow"], /not "tomorrow"/],
    [["ban", "Ada", "--reason", "r", "--until", "2030-01-02"], /with its zone/],
    [["ban", "Ada", "--reason", "r", "--until", "2029-12-31T00:00Z"], /in the past/],
    [["broadcast", "two", "words"], /in quotes/],
    [["broadcast", "x".repeat(501)], /longer than 500/],
    [["kick", "Ada", "--until", "2030-01-02T00:00Z"], /knows no --until/],
    [["drain", "a-1"], /--process a-1/],
    [["drain", "--deadline", "soon"], /not "soon"/],
    [["status", "--verbose"], /verbose/],
  ];
  for (const [args, says] of WRONG) {
    it(`are refused: ${args.join(" ").slice(0, 60)}`, () => {
      assert.throws(
        () => read(...args),
        (error) => error instanceof UsageError && says.test(error.message),
      );
    });
  }
});
