import assert from "node:assert/strict";
import { loadConfig } from "../../src/config.ts";
import { generateIncident } from "../../src/jobs/incidents.ts";
import { openIncident } from "../../src/persistence/incidents.ts";
import { withTransaction } from "../../src/persistence/sqlstate.ts";
import { planIncident } from "../../src/rules/incidents.ts";
import { ManualClock } from "../support/clock.ts";
import { useDatabase } from "../support/database.ts";
import { ScriptedDice, seededDice } from "../support/dice.ts";
import { makeSector, makeWorld } from "../support/fixtures.ts";

/** A seed of which a storm, and one of which a debris field follows. */
const seedOf = (type: string) => {
  for (let seed = 0; ; seed++) if (planIncident(seed).type === type) return seed;
};
const ALWAYS = { INCIDENTS_PER_DAY: "144" };

describe("the generator of incidents", () => {
  const test = useDatabase();
  const clock = new ManualClock();
  before(async () => {
    const world = await makeWorld(test.pool);
    await makeSector(test.pool, world, 1, { type: "STANDARD" });
    await makeSector(test.pool, world, 2);
    await makeSector(test.pool, world, 3);
  });
  beforeEach(() => test.pool.query("delete from sector_incidents"));

  function generate(rolls: readonly number[], env: Record<string, string> = ALWAYS) {
    const dice = new ScriptedDice();
    dice.push(...rolls);
    return generateIncident({ pool: test.pool, clock, dice, config: loadConfig(env) });
  }

  it("makes what its dice say where its dice say, and debris only where there are asteroids", async () => {
    const seed = seedOf("debris_field");
    const made = await generate([0, seed, 2 ** 31]);
    const { type, severity, readings } = planIncident(seed);
    assert.deepEqual(
      [made?.sectorId, made?.type, made?.severity, made?.readings, made?.status],
      [3, type, severity, readings, "detected"],
    );
    assert.equal(
      (await generate([0, seed, 2 ** 31]))?.sectorId,
      2,
      "the other field, since this one has its own",
    );
    assert.equal(await generate([0, seed, 0]), null, "no field is left");
    assert.equal((await generate([0, seedOf("storm"), 0]))?.sectorId, 1);
    const { rows } = await test.pool.query("select seed from sector_incidents where sector_id = 3");
    assert.deepEqual(rows, [{ seed }]);
  });

  it("makes as many a day as it is set to", async () => {
    const dice = seededDice(1);
    const config = loadConfig({ INCIDENTS_PER_DAY: "36" });
    let made = 0;
    for (let run = 0; run < 4 * 144; run++) {
      if ((await generateIncident({ pool: test.pool, clock, dice, config })) !== null) made++;
      await test.pool.query("delete from sector_incidents");
    }
    assert.ok(made > 110 && made < 180, `${made} in four days`);
  });

  it("makes none when it is switched off, nor before the rollout's last phase", async () => {
    assert.equal(await generate([0, 1, 0], { INCIDENTS_PER_DAY: "0" }), null);
    for (const ECOSYSTEM_PHASE of ["pilot", "expand"])
      assert.equal(await generate([0, 1, 0], { ...ALWAYS, ECOSYSTEM_PHASE }), null);
  });

  it("leaves a sector one open incident, whoever else makes one at the same moment", async () => {
    const open = (seed: number) =>
      withTransaction(test.pool, (tx) => openIncident(tx, { sectorId: 2, seed }, clock.nowMs()));
    const made = await Promise.allSettled([1, 2, 3, 4, 5].map(open));
    assert.equal(made.filter(({ status }) => status === "fulfilled").length, 1);
    for (const one of made) if (one.status === "rejected") assert.equal(one.reason.code, "incident_open");
  });
});
