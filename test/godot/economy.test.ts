import { strict as assert } from "node:assert";
import { z } from "zod";
import { APP } from "../../loadtest/app.ts";
import { recordOrder } from "../../src/persistence/admin.ts";
import { ensureContracts } from "../../src/persistence/contracts.ts";
import { makeSector } from "../support/fixtures.ts";
import { useGame } from "../support/game.ts";
import { said, usePlays } from "../support/godot-play.ts";
import { befall, call } from "../support/incidents.ts";
import { writeEvent } from "../support/presence.ts";

const SECTOR = 1;
/** Incidents come here: what they leave changes nothing for the others. */
const JUDGED_SECTOR = 2;
const REACTED_SECTOR = 3;
/** Longer than the shortest expedition, and than any cues. */
const A_MINUTE_MS = 61_000;

const createdSchema = z.object({ run: z.object({ runId: z.uuid() }), token: z.string() });

describe("the economy in Godot", function () {
  this.timeout(60_000);
  const game = useGame({ transport: "ws", harvestTicks: 10, env: { GUESTS: "on" } });
  const play = usePlays(game);
  before(async () => {
    for (const sectorId of [SECTOR, JUDGED_SECTOR, REACTED_SECTOR]) {
      await makeSector(game.pool, game.world, sectorId);
    }
    await ensureContracts(game.pool, game.clock.nowMs());
  });

  it("goes on an expedition, and is paid once", async () => {
    const pilot = await game.pilot(SECTOR);
    const run = await play("expedition", pilot, (name) => {
      if (name !== "started") return;
      game.clock.advance(A_MINUTE_MS);
      void writeEvent(game.pool, pilot.playerId);
    });
    const [rewards] = said(run, "rewards");
    assert.ok(Array.isArray(rewards) && rewards.length > 0);
  });

  it("serves a guild contract by typed calls, and sees it grow in the galaxy", async () => {
    const pilot = await game.pilot(SECTOR);
    const run = await play("contracts", pilot);
    const [contributionId] = said(run, "contributed");
    const row = await game.row(
      "select surface, points from contract_contributions where id = $1",
      contributionId,
    );
    assert.deepEqual(row, { surface: "godot_mining", points: 2 });
  });

  it("hears in the galaxy what operators say to everybody", async () => {
    await play("notice", null, (name) => {
      if (name !== "watching") return;
      const order = { kind: "broadcast", text: "Restart at noon." } as const;
      void recordOrder(game.pool, order, { operator: "test", nowMs: game.clock.nowMs() });
    });
  });

  it("sees an incident open, and judges it once", async () => {
    const pilot = await game.pilot(JUDGED_SECTOR);
    const run = await play("incident", pilot, (name) => {
      if (name === "here") void befall(game, JUDGED_SECTOR, "flare", 2);
    });
    const row = await game.row("select score from incident_responses where player_id = $1", pilot.playerId);
    assert.deepEqual(said(run, "score"), [row.score]);
  });

  it("plays the game's expedition by its own buttons: drills too hot once, comes home, is paid for it", async () => {
    const pilot = await game.pilot(SECTOR);
    const run = await play("expedition_game", pilot, (name) => {
      if (name === "started") game.clock.advance(A_MINUTE_MS);
    });
    const [result] = said(run, "result");
    // One slip costs a tenth of the score.
    assert.match(String(result), /\+\d+ ore units.*\n\+1 stardust bonus/);
    const row = await game.row(
      "select surface, status, objective_score from expedition_runs where user_id = $1",
      pilot.userId,
    );
    assert.deepEqual(row, { surface: "godot_mining", status: "completed", objective_score: 900 });
    const [balances] = said(run, "balance");
    assert.equal(Object(balances).stardust_bonus, 1);
  });

  it("plays a run that was created elsewhere, by its token", async () => {
    const pilot = await game.pilot(SECTOR);
    const wanted = {
      missionId: "belt_survey",
      surface: "godot_mining",
      sectorId: SECTOR,
      entryPoint: "web/panel",
    };
    const { body } = await call(game, "/runs", { pilot, surface: "web" }, wanted);
    const created = createdSchema.parse(body);
    const run = await play(
      "expedition_game",
      pilot,
      (name) => {
        if (name === "started") game.clock.advance(A_MINUTE_MS);
      },
      [`--run=${created.token}`],
    );
    assert.deepEqual(said(run, "started"), [created.run.runId]);
  });

  it("plays the game's reaction by its own buttons, and sees what becomes of the incident", async () => {
    const pilot = await game.pilot(REACTED_SECTOR);
    const run = await play("reaction_game", pilot, (name) => {
      if (name === "here") void befall(game, REACTED_SECTOR, "debris_field", 1);
      if (name === "started") game.clock.advance(A_MINUTE_MS);
    });
    assert.deepEqual(said(run, "message"), ["100 of 100 points. The incident is resolved success."]);
  });

  it("is known as the mining game of this version in its sessions", async () => {
    const { rows } = await game.pool.query(
      "select distinct app_surface, app_version from sessions where app_surface = 'godot_mining' order by 2",
    );
    // The scenes' own clients call themselves 1.0; the game has the version of the package.
    const versions = rows.map((row) => row.app_version);
    assert.deepEqual(versions, [APP.appVersion, "1.0"]);
  });
});
