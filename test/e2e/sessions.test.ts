import assert from "node:assert/strict";
import { DAY_MS } from "../../src/rules/utc.ts";
import { makeSector } from "../support/fixtures.ts";
import { useGame } from "../support/game.ts";
import { until } from "../support/until.ts";

describe("sessions", () => {
  const game = useGame();
  before(() => makeSector(game.pool, game.world, 1));

  const sessionsOf = async (userId: string) => {
    const { rows } = await game.pool.query(
      "select app_surface, app_version, mission_id from sessions where user_id = $1 order by started_at, app_surface, mission_id",
      [userId],
    );
    return rows.map((row) => [row.app_surface, row.app_version, row.mission_id]);
  };

  it("are noted of joins with what clients say of themselves, once a day for each surface, version and mission", async () => {
    const pilot = await game.pilot(1);
    const godot = { appSurface: "godot_mining", appVersion: "0.3.1" };
    await game.join(pilot, 1, godot);
    await game.join(pilot, 1, godot);
    await game.join(pilot, 1, { ...godot, missionId: "belt_survey" });
    await game.join(pilot, 1);
    const first = [
      ["godot_mining", "0.3.1", "belt_survey"],
      ["godot_mining", "0.3.1", null],
    ];
    assert.deepEqual(await sessionsOf(pilot.userId), first);
    game.clock.advance(DAY_MS);
    await game.join(pilot, 1, godot);
    assert.deepEqual(await sessionsOf(pilot.userId), [...first, first[1]]);
  });

  it("are noted of HTTP requests by their headers", async () => {
    const pilot = await game.pilot(1);
    const token = await game.token(pilot.userId);
    const ask = (headers: Record<string, string>) =>
      fetch(`http://localhost:${game.port}/me/balances`, {
        headers: { authorization: `Bearer ${token}`, ...headers },
      });
    assert.equal((await ask({ "x-app-surface": "web", "x-app-version": "2.0" })).status, 200);
    assert.equal((await ask({ "x-app-surface": "web", "x-app-version": "2.0" })).status, 200);
    const unknown = await ask({ "x-app-surface": "fridge" });
    assert.equal(unknown.status, 400);
    assert.match(await unknown.text(), /"unknown_surface".*"known":\["web",/);
    assert.deepEqual(await sessionsOf(pilot.userId), [["web", "2.0", null]]);
  });

  it("refuse a join through an unknown surface, with a code of its own", async () => {
    const pilot = await game.pilot(1);
    await assert.rejects(game.join(pilot, 1, { appSurface: "fridge" }), /unknown_surface/);
    await assert.rejects(game.join(pilot, 1, { appVersion: "1.0" }), /unknown_surface/);
    await assert.rejects(game.join(pilot, 1, { appSurface: "web", appVersion: "a b" }), /invalid_message/);
  });

  it("are of missions there are, reactions to incidents among them; a made-up one is refused and leaves nothing", async () => {
    const pilot = await game.pilot(1);
    const through = { appSurface: "web" };
    await assert.rejects(
      game.join(pilot, 1, { ...through, missionId: "free_ore" }),
      /"unknown_mission".*"known":\["belt_survey"/,
    );
    await game.join(pilot, 1, { ...through, missionId: "reaction_storm" });
    assert.deepEqual(await sessionsOf(pilot.userId), [["web", null, "reaction_storm"]]);
  });

  it("of a user are counted one after the other", async () => {
    const pilot = await game.pilot(1);
    const authorization = `Bearer ${await game.token(pilot.userId)}`;
    const other = await game.pool.connect();
    await other.query("begin");
    await other.query("select from users where id = $1 for no key update", [pilot.userId]);
    const headers = { authorization, "x-app-surface": "bot", "x-app-version": "1.0" };
    const asked = fetch(`http://localhost:${game.port}/me/balances`, { headers });
    await until("it waits for the user's row", async () => {
      const { rows } = await game.pool.query(
        "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
      );
      return rows.length > 0;
    });
    await other.query("commit");
    other.release();
    assert.equal((await asked).status, 200);
  });

  it("are forty a user and day at most, whatever versions a client makes up and however fast", async () => {
    const pilot = await game.pilot(1);
    const ask = (authorization: string, version: number) =>
      fetch(`http://localhost:${game.port}/me/balances`, {
        headers: { authorization, "x-app-surface": "bot", "x-app-version": `0.${version}` },
      });
    for (const day of [1, 2]) {
      const authorization = `Bearer ${await game.token(pilot.userId)}`;
      const answers = await Promise.all(
        Array.from({ length: 60 }, (_, version) => ask(authorization, version)),
      );
      assert.deepEqual(
        new Set(answers.map(({ status }) => status)),
        new Set([200]),
        "nobody is kept out by it",
      );
      assert.equal((await sessionsOf(pilot.userId)).length, 40 * day);
      game.clock.setNow(Math.floor(game.clock.nowMs() / DAY_MS + 1) * DAY_MS);
    }
  });
});
