import { strict as assert } from "node:assert";
import { type MadePilot, makeWarp } from "../support/fixtures.ts";
import { useGame } from "../support/game.ts";
import type { PilotClient } from "../support/pilot-client.ts";
import { accepted, makeRegion, newNeighbours, newSector, refuses, warpTo } from "../support/play.ts";
import { roomOf } from "../support/presence.ts";

describe("a warp that somebody may refuse", () => {
  const game = useGame();

  async function flyWithStanding(
    sectorId: number,
    faction: string,
    value: number,
  ): Promise<{ pilot: MadePilot; client: PilotClient }> {
    const pilot = await game.pilot(sectorId);
    await game.pool.query(
      `insert into reputations (player_id, faction_id, current_value)
            select $1, id, $3 from factions where code = $2`,
      [pilot.playerId, faction, value],
    );
    return { pilot, client: await game.join(pilot, sectorId) };
  }

  it("enters the Central Nexus for citizens alone, and leaves it for everybody", async () => {
    const nexus = await makeRegion(game.pool, { type: "central_nexus" });
    const { here, there } = await newNeighbours(game, { world: nexus });
    const inner = await newSector(game, nexus);
    await makeWarp(game.pool, there, inner);
    const { client } = await game.fly(here, { turns: 0 });
    await refuses(game, client, "warp", { sectorId: there }, "ERR_GALACTIC_CITIZEN_REQUIRED");

    const citizen = await game.pilot(here);
    await game.pool.query("update players set is_galactic_citizen = true where id = $1", [citizen.playerId]);
    await warpTo(game, { pilot: citizen, client: await game.join(citizen, here) }, there);
    const stranger = await game.fly(there);
    const inside = await warpTo(game, stranger, inner);
    const outside = await warpTo(game, { ...stranger, client: inside.client }, there);
    await warpTo(game, { ...stranger, client: outside.client }, here);
  });

  it("enters no region that is suspended or in grace, but for who owns it or lives there, and leaves it for everybody", async () => {
    for (const status of ["suspended", "grace"]) {
      const closed = await makeRegion(game.pool, { status });
      const { here, there } = await newNeighbours(game, { world: closed });
      const inner = await newSector(game, closed);
      await makeWarp(game.pool, there, inner);
      const owner = await game.pilot(here);
      await game.pool.query("update regions set owner_id = $1 where id = $2", [
        owner.userId,
        closed.regionId,
      ]);
      const { client } = await game.fly(here, { turns: 0 });
      await refuses(game, client, "warp", { sectorId: there }, "ERR_REGION_NEW_RESIDENTS_BLOCKED");
      await warpTo(game, { pilot: owner, client: await game.join(owner, here) }, there);
      const native = await game.pilot(here);
      await game.pool.query("update players set home_region_id = $1 where id = $2", [
        closed.regionId,
        native.playerId,
      ]);
      await warpTo(game, { pilot: native, client: await game.join(native, here) }, there);
      const resident = await game.fly(there);
      const inside = await warpTo(game, resident, inner);
      const back = await warpTo(game, { ...resident, client: inside.client }, there);
      await warpTo(game, { ...resident, client: back.client }, here);
    }
  });

  it("enters a faction's sector with the standing it asks for: territory_closed below it", async () => {
    for (const [faction, least] of [
      ["terran_federation", -400],
      ["pirates", -200],
      ["fringe_alliance", -400],
    ] as const) {
      const { here, there } = await newNeighbours(game, { faction });
      await makeWarp(game.pool, here, await newSector(game));
      const disliked = await flyWithStanding(here, faction, least - 1);
      const detail = await refuses(game, disliked.client, "warp", { sectorId: there }, "territory_closed");
      assert.deepEqual(detail, { faction });
      await warpTo(game, await flyWithStanding(here, faction, least), there);
      await warpTo(game, await game.fly(here), there);
    }
  });

  it("goes through a faction's closed sector where no other way is open to the pilot", async () => {
    const nexus = await makeRegion(game.pool, { type: "central_nexus" });
    const faction = "pirates";
    const { here, there } = await newNeighbours(game, { faction });
    const alsoClosed = await newSector(game, nexus);
    await makeWarp(game.pool, here, alsoClosed);
    const { pilot, client } = await flyWithStanding(here, faction, -700);
    await refuses(game, client, "warp", { sectorId: alsoClosed }, "ERR_GALACTIC_CITIZEN_REQUIRED");
    const inside = await warpTo(game, { pilot, client }, there);
    await warpTo(game, { pilot, client: inside.client }, here);
  });
});

describe("a sector that two ships fill", () => {
  const game = useGame({ env: { SHIPS_PER_SECTOR_MAX: "2", RECONNECT_SECONDS: "0" } });

  it("takes no third by a warp, which costs nothing, until one has gone", async () => {
    const { here, there } = await newNeighbours(game);
    const [first] = [await game.fly(there), await game.fly(there)];
    const flown = await game.fly(here);
    const detail = await refuses(game, flown.client, "warp", { sectorId: there }, "sector_full");
    assert.deepEqual(detail, { sectorId: there });
    await first.client.leave();
    await warpTo(game, flown, there);
  });

  it("counts who has a seat in it and has not arrived yet", async () => {
    const { here, there } = await newNeighbours(game);
    const flown = [await game.fly(here), await game.fly(here)] as const;
    for (const { client } of flown) await accepted(client.ask("warp", { sectorId: there }));
    const third = await game.fly(here);
    await refuses(game, third.client, "warp", { sectorId: there }, "sector_full");
    for (const { pilot } of flown) await game.join(pilot, there);
  });

  it("lets in everybody whose ship is there, who has left for good or is new", async () => {
    const { there } = await newNeighbours(game);
    const stayed = await game.fly(there);
    await stayed.client.leave();
    for (let newcomers = 0; newcomers < 3; newcomers++) await game.fly(there);
    await game.join(stayed.pilot, there);
    assert.equal(roomOf(game, there).sector.pilotCount, 4);
  });
});
