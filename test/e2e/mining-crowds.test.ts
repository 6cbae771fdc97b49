import { strict as assert } from "node:assert";
import { AM_FACTION } from "../../src/rules/factions.ts";
import { makeSector, makeStation } from "../support/fixtures.ts";
import { useGame } from "../support/game.ts";
import { accepted, flyDocked, newest, refused } from "../support/play.ts";

const HARVEST_TICKS = 10;

describe("many at once", () => {
  const env = { MESSAGES_PER_SECOND_MAX: "1000" };
  const game = useGame({ harvestTicks: HARVEST_TICKS, env, except: ["cargo_conserved"] });
  let sectors = 0;

  it("fifty starts of one ship: one harvest runs", async () => {
    const { pilot, client } = await game.fly(await makeSector(game.pool, game.world, ++sectors));
    // No more than sixteen requests of one pilot wait for each other; the others are told to wait.
    const answers = await Promise.all(Array.from({ length: 50 }, () => client.ask("harvest")));
    const codes = answers.map((answer) => ("refused" in answer ? answer.refused : "accepted"));
    assert.equal(codes.filter((code) => code === "accepted").length, 1);
    assert.deepEqual([...new Set(codes)].sort(), ["accepted", "already_mining", "busy"]);
    game.tick(HARVEST_TICKS);
    await client.heard("mining_harvest_completed");
    assert.equal(await game.turnsOf(pilot), 995);
  });

  it("a sale while the ship mines is refused, and what it carries stays", async () => {
    const sectorId = await makeSector(game.pool, game.world, ++sectors);
    await makeStation(game.pool, game.world, sectorId);
    const { pilot, client } = await game.fly(sectorId, { cargo: { ore: 10 } });
    await accepted(client.ask("harvest"));
    const selling = client.ask("sell", { commodity: "ore", quantity: 10 });
    game.tick(HARVEST_TICKS);
    const { ore } = await client.heard("mining_harvest_completed");
    const answer = await selling;
    assert.ok("refused" in answer && ["ship_mining", "must_be_docked"].includes(answer.refused));
    assert.equal(await game.oreOf(pilot), 10 + Number(ore));
    await refused(client.ask("sell", { commodity: "ore", quantity: 10 }), "must_be_docked");
  });

  it("twenty sales at one station: each is paid, and the store has it all", async () => {
    const sectorId = await makeSector(game.pool, game.world, ++sectors);
    const stock = { ore: { quantity: 400_000, capacity: 500_000 } };
    const stationId = await makeStation(game.pool, game.world, sectorId, "basic", { stock });
    const sellers = await Promise.all(
      Array.from({ length: 20 }, () => flyDocked(game, sectorId, stationId, { cargo: { ore: 30 } })),
    );
    await Promise.all(
      sellers.map(({ client }) => accepted(client.ask("sell", { commodity: "ore", quantity: 30 }))),
    );
    for (const { client } of sellers) assert.equal(newest(client).credits, 10_450);
    const store = await game.row("select units from station_surplus where station_id = $1", stationId);
    assert.equal(store.units, 600);
  });
});

describe("what meets in one moment", () => {
  const env = { MESSAGES_PER_SECOND_MAX: "1000" };
  const game = useGame({ harvestTicks: HARVEST_TICKS, combatRoundTicks: 1, env });
  const PAIRS = 10;
  const ROUNDS = 10;

  it("a harvest that comes due and an attack, a hundred times: each harvest has exactly one end", async function () {
    this.timeout(60_000);
    await makeSector(game.pool, game.world, 1, { tier: 5 });
    const pairs = [];
    for (let pair = 0; pair < PAIRS; pair++) pairs.push([await game.fly(1), await game.fly(1)] as const);
    for (let round = 0; round < ROUNDS; round++) {
      const started = await Promise.all(pairs.map(([miner]) => accepted(miner.client.ask("harvest"))));
      game.tick(HARVEST_TICKS - 1);
      const attacks = pairs.map(([miner, raider]) =>
        accepted(raider.client.ask("attack", { targetId: miner.pilot.shipId })),
      );
      // The attacks are on their way for longer and longer: sometimes they are first, sometimes the harvests.
      for (let turn = 0; turn < round * 4; turn++) await new Promise((resolve) => setImmediate(resolve));
      game.tick();
      await Promise.all(attacks);
      game.tick(10);
      await Promise.all(
        pairs.map(([miner], pair) =>
          miner.client.until("an end", (told) =>
            told.some(
              ({ type, payload }) =>
                type.startsWith("mining_harvest_") && payload.harvestId === started[pair]?.harvestId,
            ),
          ),
        ),
      );
      await pairs[0]?.[0].client.sees("everybody free", ({ ships }) =>
        [...ships.values()].every(({ status }) => status === "IN_SPACE"),
      );
    }
    const ends = await game.row(
      `select count(*)::int as harvests, count(*) filter (where status = 'COMPLETED')::int as completed,
        count(*) filter (where status = 'INTERRUPTED')::int as interrupted from mining_harvests`,
    );
    assert.equal(ends.harvests, PAIRS * ROUNDS);
    assert.equal(Number(ends.completed) + Number(ends.interrupted), PAIRS * ROUNDS);
    assert.ok(Number(ends.completed) > 0 && Number(ends.interrupted) > 0, JSON.stringify(ends));
    for (const [miner] of pairs) {
      const { status, turns } = await game.row(
        `select array_agg(status) as status, (select turns from players where id = $1) as turns
          from mining_harvests where player_id = $1`,
        miner.pilot.playerId,
      );
      const spent = (status as string[]).reduce((sum, end) => sum + (end === "COMPLETED" ? 5 : 3), 0);
      assert.equal(turns, 1_000 - spent);
    }
  });

  it("sales by ten ships and harvests by ten others: what was mined is aboard or sold, and paid once", async () => {
    await makeSector(game.pool, game.world, 2, { tier: 5 });
    const refinery = { stationClass: 5, faction: AM_FACTION };
    const stationId = await makeStation(game.pool, game.world, 2, "basic", refinery);
    const pilots: Awaited<ReturnType<typeof game.fly>>[] = [];
    for (let ship = 0; ship < 20; ship++) pilots.push(await game.fly(2, { laserLevel: 3 }));
    const mine = async (miners: typeof pilots) => {
      const told = miners.map(({ client }) => client.next("mining_harvest_completed"));
      await Promise.all(miners.map(({ client }) => accepted(client.ask("harvest"))));
      return { told };
    };
    const first = await mine(pilots);
    game.tick(HARVEST_TICKS);
    const mined = await Promise.all(first.told);
    const [sellers, miners] = [pilots.slice(0, 10), pilots.slice(10)];
    await Promise.all(sellers.map(({ client }) => accepted(client.ask("dock", { stationId }))));
    const second = await mine(miners);
    const sales = sellers.map(({ client }, seller) => {
      const sale = { commodity: "ore", quantity: mined[seller]?.ore };
      return Promise.all([client.ask("sell", sale), client.ask("sell", sale)]);
    });
    game.tick(HARVEST_TICKS);
    await Promise.all(second.told);
    for (const [seller, answers] of (await Promise.all(sales)).entries()) {
      const paid = answers.flatMap((answer) =>
        "accepted" in answer ? [Number(answer.accepted.totalCr)] : [],
      );
      assert.equal(paid.length, 1, "the same ore is sold once");
      const playerId = sellers[seller]?.pilot.playerId;
      const { credits } = await game.row("select credits from players where id = $1", playerId);
      assert.equal(credits, 10_000 + Number(paid[0]));
    }
    const ore = await game.row(
      `select (select sum(ore_yield)::int from mining_harvests where sector_id = 2) as mined,
        (select sum(quantity)::int from deals) as sold,
        (select sum(c.quantity)::int from ship_cargo c join ships s on s.id = c.ship_id
          where s.sector_id = 2 and c.commodity = 'ore') as aboard`,
    );
    assert.equal(ore.mined, Number(ore.sold) + Number(ore.aboard));
  });
});
