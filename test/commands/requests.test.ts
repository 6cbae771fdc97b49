import { strict as assert } from "node:assert";
import { randomUUID } from "node:crypto";
import { ScriptedDice } from "../support/dice.ts";
import { makeSector, makeStation, makeWarp } from "../support/fixtures.ts";
import { TRANSPORTS, useGame } from "../support/game.ts";
import type { PilotClient, Told } from "../support/pilot-client.ts";
import { accepted, changesNothing, follow, refused } from "../support/play.ts";
import { bloodlessFight, harvestRolls } from "../support/rolls.ts";

const HARVEST_TICKS = 10;
const FIGHT_TICKS = 100;
const COPIES = 50;

function isAnswer({ type }: Told): boolean {
  return type === "accepted" || type === "refused";
}

/** Sends requests all at once. @returns their answers, in the order in which they came */
async function sendAtOnce(client: PilotClient, type: string, bodies: readonly object[]): Promise<Told[]> {
  const before = client.told.length;
  for (const body of bodies) client.room.send(type, body);
  const answers = () => client.told.slice(before).filter(isAnswer);
  await client.until(`${bodies.length} answers`, () => answers().length === bodies.length);
  return answers();
}

function copies<Body>(body: Body): Body[] {
  return Array.from({ length: COPIES }, () => body);
}

for (const transport of TRANSPORTS) {
  describe(`a request that comes again over ${transport}`, () => {
    const dice = new ScriptedDice();
    // Fifty messages at once are the point here, not a flood.
    const env = { MESSAGES_PER_SECOND_MAX: "1000" };
    const game = useGame({ transport, harvestTicks: HARVEST_TICKS, dice: () => dice, env });
    afterEach("no roll is left over", () => assert.equal(dice.left, 0));
    let sectors = 0;

    /** A pilot in a field of their own, with a station and a way out. */
    async function place() {
      const sectorId = await makeSector(game.pool, game.world, ++sectors);
      const neighbourId = await makeSector(game.pool, game.world, ++sectors);
      await makeWarp(game.pool, sectorId, neighbourId);
      const stationId = await makeStation(game.pool, game.world, sectorId);
      return { sectorId, neighbourId, stationId, ...(await game.fly(sectorId)) };
    }

    async function finishHarvest(client: PilotClient): Promise<void> {
      dice.push(...harvestRolls({ ore: 6, tier: 3, laserLevel: 0 }));
      game.tick(HARVEST_TICKS);
      await client.heard("mining_harvest_completed");
    }

    /** The same request again changes nothing and is told what the first one was told. */
    async function repeats(
      client: PilotClient,
      type: string,
      body: Record<string, unknown>,
      first: Record<string, unknown>,
    ): Promise<void> {
      await changesNothing(game, async () => {
        assert.deepEqual(await accepted(client.ask(type, body)), { ...first, repeated: true });
      });
    }

    it("has the first one's answer while it runs, when it is done, and after the pilot has come back", async () => {
      const { sectorId, pilot, client } = await place();
      const body = { requestId: "my first harvest" };
      const first = await accepted(client.ask("harvest", body));
      assert.equal(first.repeated, undefined);
      await repeats(client, "harvest", body, first);
      await client.leave();
      const meanwhile = await game.join(pilot, sectorId);
      await repeats(meanwhile, "harvest", body, first);
      await finishHarvest(meanwhile);
      await repeats(meanwhile, "harvest", body, first);
      await meanwhile.leave();
      await repeats(await game.join(pilot, sectorId), "harvest", body, first);
      assert.equal(await game.turnsOf(pilot), 995);
    });

    it("has it while it runs, however much is asked meanwhile that costs nothing", async () => {
      const { client } = await place();
      const body = { requestId: randomUUID() };
      const first = await accepted(client.ask("harvest", body));
      for (let count = 0; count < COPIES; count++) await accepted(client.ask("preview_harvest"));
      await repeats(client, "harvest", body, first);
      await finishHarvest(client);
    });

    it("has it in another sector too, after a warp", async () => {
      const { neighbourId, pilot, client } = await place();
      const harvest = { requestId: randomUUID() };
      const mined = await accepted(client.ask("harvest", harvest));
      await finishHarvest(client);
      const warp = { requestId: randomUUID(), sectorId: neighbourId };
      const { seat, ...warped } = await accepted(client.ask("warp", warp));
      const arrived = await follow(game, pilot, seat);
      await repeats(arrived, "harvest", harvest, mined);
      await repeats(arrived, "warp", warp, { ...warped, seat: null });
      assert.equal(await game.turnsOf(pilot), 994);
    });

    it("has it for an interrupted harvest, and for a fight that runs or is over", async () => {
      const miner = await place();
      const { pilot: attacker, client: raider } = await game.fly(miner.sectorId);
      const harvest = { requestId: randomUUID() };
      const mined = await accepted(miner.client.ask("harvest", harvest));
      const attack = { requestId: randomUUID(), targetId: miner.pilot.shipId };
      dice.push(...bloodlessFight());
      const fought = await accepted(raider.ask("attack", attack));
      await miner.client.heard("mining_harvest_interrupted");
      await repeats(raider, "attack", attack, fought);
      await repeats(miner.client, "harvest", harvest, mined);
      game.tick(FIGHT_TICKS);
      await raider.heard("combat_resolved");
      await repeats(raider, "attack", attack, fought);
      assert.equal(await game.turnsOf(attacker), 980);
    });

    it("has it for every other thing that costs: docking, undocking, claiming a hull", async () => {
      const { sectorId, stationId } = await place();
      const { pilot, client } = await game.fly(sectorId, { hull: "ESCAPE_POD", laserLevel: null });
      for (const [type, body] of [
        ["dock", { requestId: "d", stationId }],
        ["claim_hull", { requestId: "c" }],
        ["undock", { requestId: "u" }],
      ] as const) {
        const first = await accepted(client.ask(type, body));
        await repeats(client, type, body, first);
      }
      await repeats(
        client,
        "dock",
        { requestId: "d", stationId },
        { requestId: "d", stationId, turnsSpent: 1 },
      );
      assert.equal(await game.turnsOf(pilot), 998);
    });

    it("with another body or of another kind is refused: request_id_reused, whenever it comes", async () => {
      const { sectorId, stationId, pilot, client } = await place();
      const requestId = randomUUID();
      await accepted(client.ask("harvest", { requestId }));
      const reused = async (asking: PilotClient) => {
        for (const [type, body] of [
          ["harvest", { requestId, shipId: pilot.shipId }],
          ["dock", { requestId, stationId }],
          ["attack", { requestId, targetId: pilot.shipId }],
          ["undock", { requestId }],
        ] as const) {
          await changesNothing(game, () => refused(asking.ask(type, body), "request_id_reused"));
        }
      };
      await reused(client);
      await finishHarvest(client);
      await reused(client);
      await client.leave();
      await reused(await game.join(pilot, sectorId));
    });

    it("is carried out when the first one was refused: a refusal uses no requestId up", async () => {
      const { stationId, client } = await place();
      const requestId = randomUUID();
      await refused(client.ask("undock", { requestId }), "not_docked");
      await accepted(client.ask("dock", { stationId }));
      const answer = await accepted(client.ask("undock", { requestId }));
      assert.equal(answer.repeated, undefined);
    });

    it("is another pilot's own, even with the same requestId", async () => {
      const { sectorId, pilot, client } = await place();
      const { pilot: other, client: second } = await game.fly(sectorId);
      const body = { requestId: "1" };
      const [mine, theirs] = [
        await accepted(client.ask("harvest", body)),
        await accepted(second.ask("harvest", body)),
      ];
      assert.equal(theirs.repeated, undefined);
      assert.notEqual(mine.harvestId, theirs.harvestId);
      dice.push(...[6, 6].flatMap((ore) => harvestRolls({ ore, tier: 3, laserLevel: 0 })));
      game.tick(HARVEST_TICKS);
      for (const told of [client, second]) await told.heard("mining_harvest_completed");
      assert.deepEqual([await game.turnsOf(pilot), await game.turnsOf(other)], [995, 995]);
    });

    it("fifty times at once has one effect, and one answer but for those that there was no room for", async () => {
      const { pilot, client, stationId } = await place();
      for (const [type, body] of [
        ["harvest", { requestId: randomUUID() }],
        ["dock", { requestId: randomUUID(), stationId }],
      ] as const) {
        const answers = await sendAtOnce(client, type, copies(body));
        const codes = Map.groupBy(answers, ({ payload }) => payload.code ?? `repeated ${payload.repeated}`);
        assert.equal(codes.get("repeated undefined")?.length, 1);
        assert.ok((codes.get("repeated true")?.length ?? 0) > 0);
        assert.deepEqual(
          [...codes.keys()].filter((code) => code !== "busy"),
          ["repeated undefined", "repeated true"],
        );
        const told = answers.filter((answer) => answer.type === "accepted");
        const [first] = told;
        for (const { payload } of told) {
          assert.deepEqual({ ...payload, repeated: true }, { ...first?.payload, repeated: true });
        }
        if (type === "harvest") await finishHarvest(client);
      }
      assert.equal(await game.turnsOf(pilot), 994);
    });

    it("as fifty different requests of one ship at once: one harvest runs", async () => {
      const { pilot, client } = await place();
      const answers = await sendAtOnce(
        client,
        "harvest",
        Array.from({ length: COPIES }, () => ({ requestId: randomUUID() })),
      );
      assert.equal(answers.filter(({ type }) => type === "accepted").length, 1);
      const codes = new Set(answers.map(({ payload }) => payload.code));
      assert.deepEqual([...codes].sort(), ["already_mining", "busy", undefined]);
      await finishHarvest(client);
      assert.equal(await game.turnsOf(pilot), 995);
      const { count } = await game.row(
        "select count(*)::int from mining_harvests where player_id = $1",
        pilot.playerId,
      );
      assert.equal(count, 1);
    });

    it("is sent after a warp and finds its ship gone: not_in_sector, and nothing is left running", async () => {
      const { neighbourId, pilot, client } = await place();
      const warping = client.ask("warp", { sectorId: neighbourId });
      const harvesting = client.ask("harvest");
      const { seat } = await accepted(warping);
      await refused(harvesting, "not_in_sector");
      const arrived = await follow(game, pilot, seat);
      game.tick(HARVEST_TICKS);
      await accepted(arrived.ask("harvest"));
      await finishHarvest(arrived);
      assert.equal(await game.turnsOf(pilot), 994);
    });

    it("is sent by a pilot who leaves at once: nothing begins for a ship that is gone", async () => {
      const { sectorId, pilot, client } = await place();
      const { client: other } = await game.fly(sectorId);
      client.room.send("harvest", { requestId: randomUUID() });
      await client.leave();
      await other.sees("the ship gone", ({ ships }) => ships.get(pilot.shipId) === undefined);
      game.tick(HARVEST_TICKS);
      // The room is well: it goes on serving who is there.
      await accepted(other.ask("harvest"));
      await finishHarvest(other);
      assert.equal(await game.turnsOf(pilot), 1000);
    });
  });
}
