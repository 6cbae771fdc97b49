import { strict as assert } from "node:assert";
import { AM_FACTION } from "../../src/rules/factions.ts";
import { type Begun, Explorer, runOf } from "../support/expedition.ts";
import {
  makeSector,
  makeStation,
  makeWarp,
  type PilotOptions,
  type SectorOptions,
} from "../support/fixtures.ts";
import { useGame } from "../support/game.ts";
import { accepted, DAY_MS, flyDocked, HOUR_MS, newest, refuses } from "../support/play.ts";

const HARVEST_TICKS = 10;

describe("a claim licence", () => {
  const game = useGame({ harvestTicks: HARVEST_TICKS });
  let sectors = 0;

  /** A claimed field with an AM refinery in it, and somebody docked there. */
  async function claim(field: SectorOptions = {}, options: PilotOptions = {}) {
    const sectorId = await makeSector(game.pool, game.world, ++sectors, {
      controllingFaction: AM_FACTION,
      ...field,
    });
    const refinery = { stationClass: 5, faction: AM_FACTION };
    const stationId = await makeStation(game.pool, game.world, sectorId, "basic", refinery);
    const flown = await flyDocked(game, sectorId, stationId, options);
    return { sectorId, stationId, ...flown };
  }

  type Miner = Awaited<ReturnType<typeof claim>>;

  async function mine({ client }: Miner) {
    const started = await accepted(client.ask("harvest"));
    const told = client.next("mining_harvest_completed");
    game.tick(HARVEST_TICKS);
    const { licensed, amRepDelta } = await told;
    return { shown: started.licensed, licensed, amRepDelta };
  }

  async function standingOf({ pilot }: Miner): Promise<unknown> {
    const row = await game.row("select current_value from reputations where player_id = $1", pilot.playerId);
    return row.current_value;
  }

  it("brings +15, +2 for each harvest while it holds, and −10 for each after it", async () => {
    const miner = await claim({ tier: 4 });
    const {
      requestId: _,
      licenseId: __,
      ...sold
    } = await accepted(miner.client.ask("buy_license", { sectorId: miner.sectorId }));
    assert.deepEqual(sold, {
      sectorId: miner.sectorId,
      costPaidCr: 2_000,
      expiresAtMs: game.clock.nowMs() + DAY_MS,
      renewal: false,
      amRepDelta: 15,
    });
    assert.equal(newest(miner.client).credits, 8_000);
    await accepted(miner.client.ask("undock"));
    assert.deepEqual(await mine(miner), { shown: true, licensed: true, amRepDelta: 2 });
    assert.equal(await standingOf(miner), 17);
    game.clock.advance(DAY_MS);
    assert.deepEqual(await mine(miner), { shown: false, licensed: false, amRepDelta: -10 });
    assert.equal(await standingOf(miner), 7);
  });

  it("is shown as it counts after the clock was set back: not yet, and from then on when it is bought again", async () => {
    const miner = await claim();
    const { sectorId, stationId, client } = miner;
    const now = game.clock.nowMs();
    await accepted(client.ask("buy_license", { sectorId }));
    game.clock.setNow(now - HOUR_MS);
    await accepted(client.ask("undock"));
    assert.deepEqual(await mine(miner), { shown: false, licensed: false, amRepDelta: -10 });
    await accepted(client.ask("dock", { stationId }));
    const { renewal } = await accepted(client.ask("buy_license", { sectorId }));
    assert.equal(renewal, true);
    await accepted(client.ask("undock"));
    assert.deepEqual(await mine(miner), { shown: true, licensed: true, amRepDelta: 2 });
    game.clock.setNow(now + 10_000);
  });

  it("counts for an expedition if it held when the run started", async () => {
    const { sectorId, pilot, client } = await claim();
    const who = new Explorer(game, pilot.userId);
    const changeOf = async (run: Begun) => runOf(await who.complete(run)).amRepDelta;
    const tooEarly = await who.begun({ sectorId });
    game.clock.advance(1_000);
    await accepted(client.ask("buy_license", { sectorId }));
    game.clock.advance(59_000);
    assert.equal(await changeOf(tooEarly), -10);
    game.clock.advance(DAY_MS - 59_000 - 1);
    const inTime = await who.begun({ sectorId });
    game.clock.advance(60_000);
    assert.equal(await changeOf(inTime), 2);
    const tooLate = await who.begun({ sectorId });
    game.clock.advance(60_000);
    assert.equal(await changeOf(tooLate), -10);
  });

  it("counts when the harvest starts, to the millisecond, however late it is due", async () => {
    const miner = await claim();
    await accepted(miner.client.ask("buy_license", { sectorId: miner.sectorId }));
    await accepted(miner.client.ask("undock"));
    game.clock.advance(DAY_MS - 1);
    assert.deepEqual(await mine(miner), { shown: true, licensed: true, amRepDelta: 2 });
    assert.deepEqual(await mine(miner), { shown: false, licensed: false, amRepDelta: -10 });
  });

  it("is decided in the transaction: what the room believed does not count", async () => {
    const miner = await claim();
    await accepted(miner.client.ask("undock"));
    const elsewhere = { ...miner, ...(await claim()) };
    // Bought behind the room's back, by a process that it knows nothing of.
    await game.pool.query(
      `with paid as (
          update players set credits = credits - 1500 where id = $1
        ), dealt as (
          insert into deals (id, player_id, ship_id, kind, station_id, sector_id, credits, am_rep_delta, license_id, at)
            values ('00000000-0000-4000-8000-000000000001', $1, $2, 'buy_license', $3, $4, -1500, 0,
              '00000000-0000-4000-8000-000000000002', $5)
        )
        insert into claim_licenses (id, player_id, region_id, sector_number, faction_code, purchased_at, expires_at,
            cost_paid_cr, is_current, issuer_station_id)
          values ('00000000-0000-4000-8000-000000000002', $1, $6, $4, '${AM_FACTION}', $5, $5::timestamptz + interval '24 hours',
            1500, true, $3)`,
      [
        miner.pilot.playerId,
        miner.pilot.shipId,
        elsewhere.stationId,
        miner.sectorId,
        new Date(game.clock.nowMs()),
        game.world.regionId,
      ],
    );
    await game.pool.query(
      `insert into requests (player_id, request_id, fingerprint, answer, created_at)
        values ($1, 'x', '', jsonb_build_object('licenseId', '00000000-0000-4000-8000-000000000002', 'sectorId', $3::int,
          'costPaidCr', 1500, 'amRepDelta', 0), $2)`,
      [miner.pilot.playerId, new Date(game.clock.nowMs()), miner.sectorId],
    );
    assert.deepEqual(await mine(miner), { shown: false, licensed: true, amRepDelta: 2 });
  });

  it("is renewed at 80 % while it holds and for 24 h after, each time as a row of its own with +15", async () => {
    const miner = await claim({ tier: 1 });
    const buy = async () => {
      const { costPaidCr, renewal } = await accepted(
        miner.client.ask("buy_license", { sectorId: miner.sectorId }),
      );
      return { costPaidCr, renewal };
    };
    const full = { costPaidCr: 500, renewal: false };
    const renewed = { costPaidCr: 400, renewal: true };
    assert.deepEqual(await buy(), full);
    game.clock.advance(HOUR_MS);
    assert.deepEqual(await buy(), renewed);
    game.clock.advance(2 * DAY_MS);
    assert.deepEqual(await buy(), renewed);
    game.clock.advance(2 * DAY_MS + 1);
    assert.deepEqual(await buy(), full);
    assert.equal(await standingOf(miner), 60);
    const { rows } = await game.pool.query(
      `select is_current, renewal_of is not null as renews, cost_paid_cr as cost,
          (extract(epoch from expires_at - purchased_at))::int as seconds
        from claim_licenses where player_id = $1 order by purchased_at`,
      [miner.pilot.playerId],
    );
    assert.deepEqual(
      rows,
      [
        { cost: 500, renews: false },
        { cost: 400, renews: true },
        { cost: 400, renews: true },
        { cost: 500, renews: false },
      ].map((row, index) => ({ is_current: index === 3, ...row, seconds: 86_400 })),
    );
  });

  it("is sold for any claimed field, wherever it is, and nothing else", async () => {
    const miner = await claim();
    const far = await makeSector(game.pool, game.world, ++sectors, {
      tier: 2,
      controllingFaction: AM_FACTION,
    });
    const free = await makeSector(game.pool, game.world, ++sectors);
    const nebula = await makeSector(game.pool, game.world, ++sectors, {
      type: "NEBULA",
      controllingFaction: AM_FACTION,
    });
    const sold = await accepted(miner.client.ask("buy_license", { sectorId: far }));
    assert.equal(sold.costPaidCr, 1_000);
    for (const [sectorId, code] of [
      [free, "sector_not_am_claimed"],
      [nebula, "license_sector_not_asteroid"],
      [999_999, "sector_not_found"],
    ] as const) {
      assert.deepEqual(await refuses(game, miner.client, "buy_license", { sectorId }, code), { sectorId });
    }
    const poor = await claim({ tier: 5 }, { credits: 2_499 });
    const body = { sectorId: poor.sectorId };
    await refuses(game, poor.client, "buy_license", body, "insufficient_credits");
    await accepted(poor.client.ask("undock"));
    await refuses(game, poor.client, "buy_license", body, "must_be_docked");
  });

  it("is sold at AM's refineries alone, of class 1 or 5: not_docked_at_am_station", async () => {
    const { sectorId } = await claim();
    for (const [stationClass, faction, sells] of [
      [1, AM_FACTION, true],
      [6, AM_FACTION, false],
      [1, "terran_federation", false],
      [5, null, false],
    ] as const) {
      const stationId = await makeStation(game.pool, game.world, sectorId, "basic", {
        stationClass,
        faction,
      });
      const elsewhere = await makeSector(game.pool, game.world, ++sectors);
      await game.pool.query("update stations set sector_id = $2 where id = $1", [stationId, elsewhere]);
      const { client } = await flyDocked(game, elsewhere, stationId, {});
      if (sells) await accepted(client.ask("buy_license", { sectorId }));
      else await refuses(game, client, "buy_license", { sectorId }, "not_docked_at_am_station");
    }
  });

  it("is derived and stored with the field's richness when nobody has been there yet", async () => {
    const { client } = await claim();
    const sectorId = await makeSector(game.pool, game.world, ++sectors, { controllingFaction: AM_FACTION });
    await game.pool.query("delete from asteroid_fields where sector_id = $1", [sectorId]);
    await game.pool.query(
      "update sectors set resources = '{}', resource_regeneration = 0.6 where sector_id = $1",
      [sectorId],
    );
    assert.equal((await accepted(client.ask("buy_license", { sectorId }))).costPaidCr, 2_000);
    const { resources } = await game.row("select resources from sectors where sector_id = $1", sectorId);
    assert.deepEqual((resources as { asteroid_richness: unknown }).asteroid_richness, {
      richness: "rich",
      richness_tier: 4,
      yield_band: [10, 18],
      harvest_cooldown_hours: null,
    });
  });

  it("bought many times at once is current once, and each purchase is paid", async () => {
    const miner = await claim({ tier: 1 });
    const body = { sectorId: miner.sectorId };
    const answers = await Promise.all(Array.from({ length: 5 }, () => miner.client.ask("buy_license", body)));
    const bought = answers.filter((answer) => "accepted" in answer).length;
    const row = await game.row(
      `select count(*)::int as rows, count(*) filter (where is_current)::int as current, sum(cost_paid_cr)::int as paid
        from claim_licenses where player_id = $1`,
      miner.pilot.playerId,
    );
    assert.deepEqual(row, { rows: bought, current: 1, paid: 500 + (bought - 1) * 400 });
    assert.ok(bought >= 1);
    const again = { requestId: "the same", ...body };
    const [first, second] = await Promise.all([
      accepted(miner.client.ask("buy_license", again)),
      accepted(miner.client.ask("buy_license", again)),
    ]);
    assert.equal(first.licenseId, second.licenseId);
  });

  it("cannot be changed behind the server's back, nor can two be current", async () => {
    const miner = await claim();
    await accepted(miner.client.ask("buy_license", { sectorId: miner.sectorId }));
    const own = "where player_id = $1";
    for (const statement of [
      `update claim_licenses set expires_at = expires_at + interval '1 hour' ${own}`,
      `update claim_licenses set purchased_at = purchased_at - interval '1 hour' ${own}`,
      `update claim_licenses set cost_paid_cr = 1 ${own}`,
      `delete from claim_licenses ${own}`,
    ]) {
      await assert.rejects(game.pool.query(statement, [miner.pilot.playerId]), { code: "23001" });
    }
    for (const region of ["region_id", "null"]) {
      const copy = `insert into claim_licenses select gen_random_uuid(), player_id, ${region}, sector_number, faction_code,
        purchased_at, expires_at, cost_paid_cr, true, null, issuer_station_id, null, null from claim_licenses ${own} limit 1`;
      const client = await game.pool.connect();
      try {
        await client.query("begin");
        await assert.rejects(
          client
            .query(`${copy}`, [miner.pilot.playerId])
            .then(() => client.query(copy, [miner.pilot.playerId])),
          { code: "23505", constraint: "claim_licenses_current" },
        );
      } finally {
        await client.query("rollback");
        client.release();
      }
    }
  });

  it("is nothing a field needs that AM does not claim, whoever else does", async () => {
    for (const controllingFaction of [undefined, "terran_federation"]) {
      const sectorId = await makeSector(game.pool, game.world, ++sectors, {
        ...(controllingFaction !== undefined && { controllingFaction }),
      });
      await makeWarp(game.pool, sectorId, 1);
      const { pilot, client } = await game.fly(sectorId);
      const miner = { sectorId, stationId: "", pilot, client };
      assert.deepEqual(await mine(miner), { shown: null, licensed: false, amRepDelta: 1 });
    }
  });
});
