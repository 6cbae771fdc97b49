import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { loadConfig } from "../../src/config.ts";
import { settleContracts } from "../../src/jobs/contracts.ts";
import { readActiveContracts } from "../../src/persistence/contracts.ts";
import { SUBJECT_ANSWERS, subjectId } from "../../src/rules/subjects.ts";
import { SURVEY, weekOf } from "../../src/rules/surveys.ts";
import { seededDice } from "../support/dice.ts";
import { Explorer } from "../support/expedition.ts";
import { makeSector } from "../support/fixtures.ts";
import { useGame } from "../support/game.ts";
import { befall } from "../support/incidents.ts";

describe("an Idempotency-Key", () => {
  const game = useGame();
  before(async () => {
    for (const sectorId of [1, 2]) await makeSector(game.pool, game.world, sectorId);
    const job = { pool: game.pool, clock: game.clock, dice: seededDice(1), config: loadConfig({}) };
    await settleContracts(job);
  });

  const explorer = async () => new Explorer(game, (await game.pilot(1)).userId);
  const named = () => ({ "idempotency-key": randomUUID() });

  it("makes one run, alone or at the same time, and no other one of whatever else is asked with it", async () => {
    const who = await explorer();
    const key = named();
    const answers = await Promise.all(Array.from({ length: 10 }, () => who.create({}, key)));
    assert.equal(new Set(answers.map(({ body }) => JSON.stringify(body.run))).size, 1);
    const others = [
      { missionId: "anomaly_prospect" },
      { sectorId: 2 },
      { surface: "bot" },
      { entryPoint: "elsewhere" },
      { loadout: { drill: "heavy", scanner: "basic" } },
    ];
    for (const other of others) {
      const { status, body } = await who.create(other, key);
      assert.deepEqual([status, body.code], [409, "request_id_reused"], JSON.stringify(other));
    }
    // What it was used for is known for a day; whose run it made, for ever.
    await game.pool.query("delete from idempotency_keys");
    for (const other of others) assert.equal((await who.create(other, key)).body.code, "request_id_reused");
    const again = await who.create({ loadout: { scanner: "basic", drill: "standard" } }, key);
    assert.deepEqual(again.body.run, answers[0]?.body.run, "the same, however it is written down");
  });

  it("is one request's on every route of the economy", async () => {
    const who = await explorer();
    const [contract, other] = await readActiveContracts(game.pool, game.clock.nowMs());
    assert.ok(contract !== undefined && other !== undefined);
    const { incidentId } = await befall(game, 2, "flare", 3);
    const run = await who.begun();
    game.clock.advance(60_000);
    const { runId, token } = run;
    const surface = "godot_mining";
    const metrics = who.metrics(run);
    const subject = (index: number) => subjectId(contract.theme, contract.isoWeek, index);
    const source = { sourceType: "run", sourceId: runId };
    const paths: [path: string, body: object, another: object][] = [
      [`/runs/${runId}/start`, { token, surface }, { token }],
      [
        `/runs/${runId}/complete`,
        { token, surface, metrics },
        { token, surface, metrics: { ...metrics, oreUnits: 6 } },
      ],
      ["/me/daily-claims", { template: "survey", surface }, { template: "extraction", surface }],
      ["/me/research", { subject: "heavy_drill" }, { subject: "deep_scanner" }],
      [`/contracts/${contract.contractId}/join`, {}, { again: true }],
      [
        `/contracts/${contract.contractId}/contributions`,
        { ...source, surface },
        { ...source, surface: "bot" },
      ],
      [
        `/contracts/${contract.contractId}/classifications`,
        { subjectId: subject(0), answer: SUBJECT_ANSWERS[contract.theme][0], surface },
        { subjectId: subject(1), answer: SUBJECT_ANSWERS[contract.theme][0], surface },
      ],
      [`/incidents/${incidentId}/classification`, { severity: 1 }, { severity: 2 }],
    ];
    for (const [path, body, another] of paths) {
      const key = { ...named(), "x-app-surface": surface };
      const first = await who.ask("POST", path, { ...body }, key);
      assert.equal(first.status, 200, `${path} ${JSON.stringify(first.body)}`);
      assert.equal((await who.ask("POST", path, { ...body }, key)).status, 200, path);
      const reused = await who.ask("POST", path, { ...another }, key);
      assert.deepEqual([reused.status, reused.body.code], [409, "request_id_reused"], path);
    }
    const key = named();
    assert.equal((await who.ask("POST", `/contracts/${contract.contractId}/join`, {}, key)).status, 200);
    const elsewhere = await who.ask("POST", `/contracts/${other.contractId}/join`, {}, key);
    assert.equal(elsewhere.body.code, "request_id_reused", "another path is another request");
  });

  it("keeps its request on the day and in the week in which it was first sent", async () => {
    const who = await explorer();
    const [contract] = await readActiveContracts(game.pool, game.clock.nowMs());
    assert.ok(contract !== undefined);
    const { contractId, theme, startsAtMs, endsAtMs } = contract;
    game.clock.setNow(endsAtMs - 120_000);
    await who.play({}, { objectiveScore: 0 });
    const surface = who.surface;
    const subject = { subjectId: subjectId(theme, contract.isoWeek, 0), answer: SUBJECT_ANSWERS[theme][0] };
    const asks: [path: string, body: object, key: object][] = [
      ["/me/daily-claims", { template: "survey", surface }, named()],
      [`/contracts/${contractId}/join`, {}, named()],
      [`/contracts/${contractId}/classifications`, { ...subject, surface }, named()],
      ["/surveys/current", { week: weekOf(startsAtMs), choice: SURVEY.choices[0] }, named()],
    ];
    const sent = () =>
      Promise.all(asks.map(([path, body, key]) => who.ask("POST", path, { ...body }, { ...key })));
    const told = (answers: Awaited<ReturnType<typeof sent>>) =>
      answers.map(({ status, body }) => [status, body.code, body.duplicate]);
    assert.deepEqual(
      told(await sent()),
      asks.map(() => [200, "", false]),
    );
    game.clock.setNow(endsAtMs);
    await who.play({}, { objectiveScore: 0 });
    const { balances } = (await who.ask("GET", "/me/balances")).body;
    assert.deepEqual(
      told(await sent()),
      asks.map(() => [200, "", true]),
    );
    assert.deepEqual((await who.ask("GET", "/me/balances")).body.balances, balances);
  });

  it("is free again when its request was refused, and its user's own", async () => {
    const [who, somebody] = [await explorer(), await explorer()];
    const key = named();
    assert.equal((await who.create({ sectorId: 99 }, key)).body.code, "sector_not_found");
    assert.equal((await who.create({}, key)).status, 200);
    assert.equal((await somebody.create({ sectorId: 2 }, key)).status, 200);
    assert.equal((await who.create({}, { "idempotency-key": "two words" })).body.code, "invalid_message");
  });

  it("is one of a thousand a user and day: more are refused, and the next day there is room", async () => {
    const who = await explorer();
    await game.pool.query(
      "insert into idempotency_keys (user_id, key, fingerprint, created_at) select $1, n::text, 'f', $2 from generate_series(1, 1000) n",
      [who.userId, new Date(game.clock.nowMs())],
    );
    const refused = await who.create({}, named());
    assert.deepEqual([refused.status, refused.body.code], [429, "too_many_keys"]);
    game.clock.advance(86_400_000);
    assert.equal((await who.create({}, named())).status, 200);
  });
});
