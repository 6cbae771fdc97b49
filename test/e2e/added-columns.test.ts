import { strict as assert } from "node:assert";
import { AM_FACTION } from "../../src/rules/factions.ts";
import { Explorer } from "../support/expedition.ts";
import { makeSector, makeStation } from "../support/fixtures.ts";
import { useGame } from "../support/game.ts";
import { accepted, flyDocked } from "../support/play.ts";

const HARVEST_TICKS = 10;

describe("a column that a newer version's migration adds", () => {
  const game = useGame({ harvestTicks: HARVEST_TICKS });

  it("to every table disturbs nothing of what goes on beside it", async () => {
    const sectorId = await makeSector(game.pool, game.world, 1, { controllingFaction: AM_FACTION, tier: 5 });
    const refinery = { stationClass: 5, faction: AM_FACTION } as const;
    const stationId = await makeStation(game.pool, game.world, sectorId, "basic", refinery);
    const { client, pilot } = await flyDocked(game, sectorId, stationId, {});
    const who = new Explorer(game, pilot.userId);

    async function play(): Promise<void> {
      await accepted(client.ask("buy_license", { sectorId }));
      await accepted(client.ask("undock"));
      const { harvestId } = await accepted(client.ask("harvest"));
      const told = client.next("mining_harvest_completed");
      game.tick(HARVEST_TICKS);
      assert.equal((await told).licensed, true);
      await accepted(client.ask("dock", { stationId }));
      const run = await who.begun({ sectorId });
      game.clock.advance(60_000);
      const answers = [
        await who.complete(run),
        await who.complete(run),
        await who.ask("POST", `/runs/${(await who.created({ sectorId })).runId}/cancel`, {}),
        await who.ask("GET", `/runs/${run.runId}`),
        await who.ask("GET", `/mining/harvests/${harvestId}`),
      ];
      const own = [
        "mission-log",
        "rewards",
        "balances",
        "inventory",
        "ships",
        "licenses",
        "bookmarks",
        "standing",
      ];
      for (const path of ["/me", "/incidents", "/sectors/1", ...own.map((name) => `/me/${name}`)]) {
        answers.push(await who.ask("GET", path));
      }
      assert.deepEqual(
        answers.filter(({ status }) => status !== 200),
        [],
      );
    }

    await play();
    const { rows } = await game.pool.query<{ name: string }>(
      `select c.oid::regclass::text as name from pg_class c
        where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'`,
    );
    for (const { name } of rows) await game.pool.query(`alter table ${name} add column note text`);
    await play();
  });
});
