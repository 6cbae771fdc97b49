import { strict as assert } from "node:assert";
import { AM_FACTION } from "../../src/rules/factions.ts";
import { standingLevel } from "../../src/rules/standing.ts";
import { Explorer, runOf } from "../support/expedition.ts";
import { makeSector, makeWarp } from "../support/fixtures.ts";
import { useGame } from "../support/game.ts";
import type { PilotClient } from "../support/pilot-client.ts";
import { accepted, holdUp, newest, refuses, underWay, warpTo } from "../support/play.ts";
import { drop, reconnect } from "../support/presence.ts";
import { until } from "../support/until.ts";

const [HERE, CLAIMED, FREE] = [1, 2, 3];

describe("standing that an expedition moves while its pilot is in a room", () => {
  // Standing is given by hand.
  const game = useGame({ except: ["standing_has_causes", "levels_told"] });
  before(async () => {
    await makeSector(game.pool, game.world, HERE);
    await makeSector(game.pool, game.world, CLAIMED, { controllingFaction: AM_FACTION });
    await makeSector(game.pool, game.world, FREE);
    await makeWarp(game.pool, HERE, CLAIMED);
    await makeWarp(game.pool, HERE, FREE);
  });

  async function flyWithStanding(value: number) {
    const pilot = await game.pilot(HERE);
    await game.pool.query(
      `insert into reputations (player_id, faction_id, current_value, current_level)
        select $1, id, $3, $4 from factions where code = $2`,
      [pilot.playerId, AM_FACTION, value, standingLevel(value).level],
    );
    const client = await game.join(pilot, HERE);
    return { pilot, client, who: new Explorer(game, pilot.userId) };
  }

  const standingShown = (client: PilotClient) =>
    new Map(Object.entries(Object(newest(client).standing))).get(AM_FACTION);

  async function explore(who: Explorer, sectorId: number): Promise<void> {
    const answer = await who.play({ sectorId });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    assert.notEqual(runOf(answer).amRepDelta, 0);
  }

  it("is told when it reaches another level, after the run, and shown", async () => {
    const { client, who } = await flyWithStanding(-399);
    const changed = client.next("reputation_changed");
    await explore(who, CLAIMED);
    const { eventId, ...notice } = await changed;
    assert.deepEqual(notice, {
      faction: AM_FACTION,
      oldLevel: "SMUGGLER",
      newLevel: "PIRATE",
      oldValue: -399,
      newValue: -409,
      title: "Pirate",
    });
    const completed = client.told.find(({ type }) => type === "expedition_completed");
    assert.equal(eventId, Number(completed?.payload.eventId) + 1);
    await until("the new standing is shown", () => standingShown(client) === -409);
  });

  it("is shown when it stays at its level, and nothing is said of one", async () => {
    const { client, who } = await flyWithStanding(10);
    await explore(who, CLAIMED);
    await until("the new standing is shown", () => standingShown(client) === 0);
    assert.deepEqual(
      client.told.filter(({ type }) => type === "reputation_changed"),
      [],
    );
  });

  it("is shown to who comes back to it", async () => {
    const { client, who } = await flyWithStanding(10);
    await drop(game, client, HERE);
    await explore(who, CLAIMED);
    const back = await reconnect(game, client);
    await until("the new standing is shown", () => standingShown(back) === 0);
  });

  it("closes the border at once, before anybody has told the room", async () => {
    const { client, who } = await flyWithStanding(-399);
    await explore(who, CLAIMED);
    const detail = await refuses(game, client, "warp", { sectorId: CLAIMED }, "territory_closed");
    assert.deepEqual(detail, { faction: AM_FACTION });
  });

  it("opens the border at once", async () => {
    const { pilot, client, who } = await flyWithStanding(-401);
    await refuses(game, client, "warp", { sectorId: CLAIMED }, "territory_closed");
    await explore(who, FREE);
    await warpTo(game, { pilot, client }, CLAIMED);
  });

  it("is asked for when the warp is made durable, not when it was asked for", async () => {
    const { pilot, client, who } = await flyWithStanding(-399);
    const run = await who.begun({ sectorId: CLAIMED });
    game.clock.advance(60_000);
    // A warp needs its ship's row, the end of a run does not.
    const letGo = await holdUp(game, pilot, "ship");
    const warp = client.ask("warp", { sectorId: CLAIMED });
    await underWay(game, pilot);
    assert.equal((await who.complete(run)).status, 200);
    await letGo();
    const answer = await warp;
    const { current_value: value } = await game.row(
      "select r.current_value from reputations r join factions f on f.id = r.faction_id where r.player_id = $1 and f.code = $2",
      pilot.playerId,
      AM_FACTION,
    );
    assert.equal(value, -409);
    assert.equal("refused" in answer && answer.refused, "territory_closed");
    await accepted(client.ask("warp", { sectorId: FREE }));
  });
});
