import { strict as assert } from "node:assert";
import { randomUUID } from "node:crypto";
import { AM_FACTION, FRONTIER_FACTION } from "../../src/rules/factions.ts";
import { ScriptedDice } from "../support/dice.ts";
import {
  berth,
  type MadePilot,
  makeSector,
  makeStation,
  type PilotOptions,
  type SectorOptions,
} from "../support/fixtures.ts";
import { useGame } from "../support/game.ts";
import type { PilotClient } from "../support/pilot-client.ts";
import { accepted, changesNothing, HOUR_MS } from "../support/play.ts";
import { harvestRolls } from "../support/rolls.ts";

const HARVEST_TICKS = 10;

interface Preview {
  obstacles: { code: string; detail: Record<string, unknown> }[];
  standing: Record<string, number>;
  license: Record<string, unknown>;
  field: Record<string, unknown> | null;
}

describe("what a player is shown before a harvest", () => {
  const dice = new ScriptedDice();
  const game = useGame({ harvestTicks: HARVEST_TICKS, dice: () => dice, except: ["cargo_conserved"] });
  let sectors = 0;

  async function preview(client: PilotClient): Promise<Preview> {
    let shown: Record<string, unknown> = {};
    await changesNothing(game, async () => {
      shown = await accepted(client.ask("preview_harvest"));
    });
    return shown as unknown as Preview;
  }

  async function visit(field: SectorOptions, options: PilotOptions = {}) {
    const sectorId = await makeSector(game.pool, game.world, ++sectors, field);
    return { sectorId, ...(await game.fly(sectorId, options)) };
  }

  const codes = ({ obstacles }: Preview) => obstacles.map(({ code }) => code);

  it("is the band of field and laser, the chances of more, and what it does to standing", async () => {
    const { client } = await visit({ tier: 5, deep: true }, { laserLevel: 2 });
    const { requestId: _, ...shown } = await accepted(client.ask("preview_harvest"));
    assert.deepEqual(shown, {
      obstacles: [],
      turns: 5,
      standing: { [AM_FACTION]: 1 },
      license: { state: "not_needed", expiresAtMs: null, priceCr: null },
      field: {
        richnessTier: 5,
        depletion: "fresh",
        replenishesAtMs: null,
        laserLevel: 2,
        ore: { min: 23, max: 38 },
        engineersBonusBps: 10_000,
        sectorBonusBps: 10_000,
        boostBps: 10_000,
        preciousMetalsChanceBps: 900,
        quantumShardsChanceBps: 100,
      },
    });
  });

  it("follows the field's depletion, with the time when it is full again", async () => {
    const bands = [];
    for (const pool of [300, 290, 200, 100, 20]) {
      const { client } = await visit({ tier: 3, pool }, { laserLevel: 0 });
      const { field } = await preview(client);
      assert.equal(field?.replenishesAtMs === null, pool === 300);
      bands.push([field?.depletion, field?.ore]);
    }
    assert.deepEqual(bands, [
      ["fresh", { min: 6, max: 12 }],
      ["light", { min: 6, max: 12 }],
      ["moderate", { min: 4, max: 9 }],
      ["heavy", { min: 3, max: 6 }],
      ["exhausted", { min: 1, max: 1 }],
    ]);
  });

  it("has the Mining Engineers of a planet in the same region in it, and so has the harvest: 1.3 times as much", async () => {
    const sectorId = await makeSector(game.pool, game.world, ++sectors, { tier: 3 });
    const yields = [];
    for (const [region, active] of [
      ["here", 5],
      ["here", 0],
      ["elsewhere", 5],
    ] as const) {
      const pilot = await game.pilot(sectorId, { laserLevel: 2 });
      await makePlanet(pilot, sectorId, "MINING_ENGINEERS", active);
      if (region === "elsewhere") await moveAway(pilot);
      await game.pool.query(
        `update asteroid_fields set pool_remaining = pool_size, replenish_due_at = null, last_depleting_harvest_at = null
          where sector_id = $1`,
        [sectorId],
      );
      const client = await game.join(pilot, sectorId);
      const { field } = await preview(client);
      await accepted(client.ask("harvest"));
      dice.push(...harvestRolls({ ore: 18, tier: 3, laserLevel: 2 }));
      game.tick(HARVEST_TICKS);
      const { ore } = await client.heard("mining_harvest_completed");
      yields.push([field?.engineersBonusBps, field?.ore, ore]);
      await client.leave();
      game.clock.advance(25 * HOUR_MS);
    }
    assert.deepEqual(yields, [
      [13_000, { min: 11, max: 23 }, 23],
      [10_000, { min: 9, max: 18 }, 18],
      [10_000, { min: 9, max: 18 }, 18],
    ]);
  });

  it("names everything that is in the way, as codes in the order in which a harvest refuses", async () => {
    const { sectorId, pilot, client } = await visit({}, { turns: 4, cargo: { organics: 1_000 } });
    const stationId = await makeStation(game.pool, game.world, sectorId);
    assert.deepEqual(codes(await preview(client)), ["cargo_full", "insufficient_turns"]);
    assert.equal((await preview(client)).obstacles[1]?.detail.needed, 5);
    await client.leave();
    await berth(game.pool, pilot.shipId, stationId);
    const docked = await game.join(pilot, sectorId);
    assert.deepEqual(codes(await preview(docked)), ["must_be_undocked", "cargo_full", "insufficient_turns"]);

    const elsewhere = await visit({ type: "NEBULA" }, { laserLevel: null });
    const shown = await preview(elsewhere.client);
    assert.deepEqual([codes(shown), shown.field], [["not_an_asteroid_field", "no_mining_laser"], null]);

    const poor = await visit({ tier: 1, cooldownHours: 24 });
    await accepted(poor.client.ask("harvest"));
    assert.deepEqual(codes(await preview(poor.client)), ["already_mining"]);
    dice.push(...harvestRolls({ ore: 2, tier: 1, laserLevel: 0 }));
    game.tick(HARVEST_TICKS);
    await poor.client.heard("mining_harvest_completed");
    const { obstacles } = await preview(poor.client);
    assert.deepEqual(obstacles, [
      { code: "sector_on_cooldown", detail: { retryAtMs: game.clock.nowMs() + 24 * HOUR_MS } },
    ]);
  });

  it("tells of a missing licence, its price and its cost in standing, but does not forbid", async () => {
    const sectorId = await makeSector(game.pool, game.world, ++sectors, {
      tier: 4,
      controllingFaction: AM_FACTION,
    });
    const stationId = await makeStation(game.pool, game.world, sectorId, "basic", { faction: AM_FACTION });
    const { client } = await game.fly(sectorId);
    const none = await preview(client);
    assert.deepEqual(
      [codes(none), none.license, none.standing],
      [[], { state: "none", expiresAtMs: null, priceCr: 2_000 }, { [AM_FACTION]: -10 }],
    );
    await accepted(client.ask("dock", { stationId }));
    const { expiresAtMs } = await accepted(client.ask("buy_license", { sectorId }));
    const valid = await preview(client);
    assert.deepEqual(valid.license, { state: "valid", expiresAtMs, priceCr: 1_600 });
    assert.deepEqual(valid.standing, { [AM_FACTION]: 2 });
    game.clock.advance(24 * HOUR_MS);
    assert.deepEqual((await preview(client)).license, { state: "expired", expiresAtMs, priceCr: 1_600 });
    game.clock.advance(24 * HOUR_MS + 1);
    assert.deepEqual((await preview(client)).license, { state: "expired", expiresAtMs, priceCr: 2_000 });
  });

  it("has +5 with the Frontier Coalition in unclaimed fields of its zone alone, and so has the harvest", async () => {
    const zoneId = randomUUID();
    await game.pool.query(
      `insert into zones (id, region_id, zone_type, start_sector, end_sector, policing_level, danger_rating)
        values ($1, $2, 'FRONTIER', 1, 1000, 2, 8)`,
      [zoneId, game.world.regionId],
    );
    const combos = [];
    for (const world of [{ ...game.world, zoneId }, game.world]) {
      for (const holder of [undefined, AM_FACTION, "fringe_alliance"]) {
        const sectorId = await makeSector(game.pool, world, ++sectors, {
          ...(holder !== undefined && { controllingFaction: holder }),
        });
        const { pilot, client } = await game.fly(sectorId);
        const { standing } = await preview(client);
        await accepted(client.ask("harvest"));
        dice.push(...harvestRolls({ ore: 6, tier: 3, laserLevel: 0 }));
        game.tick(HARVEST_TICKS);
        const { fcRepDelta } = await client.heard("mining_harvest_completed");
        const { rows } = await game.pool.query(
          `select f.code, r.current_value from reputations r join factions f on f.id = r.faction_id where player_id = $1`,
          [pilot.playerId],
        );
        const stored = Object.fromEntries(rows.map(({ code, current_value }) => [code, current_value]));
        assert.deepEqual(stored, standing);
        combos.push([standing[FRONTIER_FACTION] ?? 0, fcRepDelta]);
      }
    }
    assert.deepEqual(combos, [[5, 5], ...Array.from({ length: 5 }, () => [0, 0])]);
  });

  async function makePlanet(pilot: MadePilot, sectorId: number, profession: string, active: number) {
    await game.pool.query(
      `with p as (
          insert into planets (id, name, region_id, sector_id, owner_player_id)
            select gen_random_uuid(), 'Rock', region_id, sector_id, $1 from sectors where sector_id = $2 returning id
        )
        insert into planet_professions (planet_id, profession, active_count) select id, $3, $4 from p`,
      [pilot.playerId, sectorId, profession, active],
    );
  }

  /** The pilot's planet is in another region. */
  async function moveAway(pilot: MadePilot) {
    const regionId = randomUUID();
    await game.pool.query(
      `insert into regions (id, galaxy_id, name, region_type) select $1, id, $2, 'player_owned' from galaxies`,
      [regionId, `Far ${regionId}`],
    );
    await game.pool.query("update planets set region_id = $2 where owner_player_id = $1", [
      pilot.playerId,
      regionId,
    ]);
  }

  it("of Trade Specialists there is nothing, but a sale of raw ore brings 1.25 times as much", async () => {
    const sectorId = await makeSector(game.pool, game.world, ++sectors);
    const stationId = await makeStation(game.pool, game.world, sectorId, "basic", { stationClass: 5 });
    const pilot = await game.pilot(sectorId, { cargo: { ore: 40, precious_metals: 4 } });
    await makePlanet(pilot, sectorId, "TRADE_SPECIALISTS", 1);
    await moveAway(pilot);
    const client = await game.join(pilot, sectorId);
    await accepted(client.ask("dock", { stationId }));
    const ore = await accepted(client.ask("sell", { commodity: "ore", quantity: 40 }));
    assert.deepEqual([ore.unitPriceCr, ore.totalCr], [15, 750]);
    const metals = await accepted(client.ask("sell", { commodity: "precious_metals", quantity: 4 }));
    assert.equal(metals.totalCr, 4 * Number(metals.unitPriceCr));
  });
});
