/** What makes the economy's views worth a picture: expeditions that were played, contracts on their way, an incident. */
import pg from "pg";
import { z } from "zod";
import { ensureContracts } from "../../src/persistence/contracts.ts";
import { openIncident } from "../../src/persistence/incidents.ts";
import { withTransaction } from "../../src/persistence/sqlstate.ts";

const GAME = "godot_mining";
/** How long each run was played, in seconds, of how many of its objectives. */
const RUNS = [
  [60, 4],
  [150, 2],
  [200, 4],
] as const;
const SUBJECTS_OF_EACH = 2;

const answerSchema = z.looseObject({
  token: z.string().default(""),
  run: z.looseObject({ runId: z.string(), seed: z.int() }).optional(),
  objectives: z.array(z.object({ objective: z.string(), nonce: z.string() })).default([]),
  contracts: z.array(z.object({ contractId: z.string() })).default([]),
  subjects: z.array(z.object({ subjectId: z.string(), readings: z.array(z.int()) })).default([]),
  answers: z.array(z.string()).default([]),
  classificationId: z.string().default(""),
});

export interface EconomyScene {
  readonly base: string;
  readonly databaseUrl: string;
  /** Whose expeditions they are. */
  readonly token: string;
  /** The field that they went to. */
  readonly sectorId: number;
  readonly incidentSectorId: number;
}

export async function setEconomyScene(scene: EconomyScene): Promise<void> {
  const pool = new pg.Pool({ connectionString: scene.databaseUrl, max: 2 });
  try {
    const incident = { sectorId: scene.incidentSectorId, seed: 7, type: "storm", severity: 2 } as const;
    await withTransaction(pool, (tx) => openIncident(tx, incident, Date.now()));
    await ensureContracts(pool, Date.now());
    for (const [seconds, objectives] of RUNS) await play(scene, pool, seconds, objectives);
    for (const name of ["Mira", "Rook", "Ilya", "Sable"]) {
      const { token } = await ask(scene.base, "/auth/guest", "", { name });
      await help(scene.base, token);
    }
    const { contracts } = await ask(scene.base, "/contracts/current", scene.token);
    for (const { contractId } of contracts.slice(0, 2))
      await ask(scene.base, `/contracts/${contractId}/join`, scene.token, {});
  } finally {
    await pool.end();
  }
}

async function ask(base: string, path: string, token: string, body?: unknown) {
  const answer = await fetch(base + path, {
    headers: { "x-app-surface": GAME, ...(token !== "" && { authorization: `Bearer ${token}` }) },
    ...(body !== undefined && { method: "POST", body: JSON.stringify(body) }),
  });
  return answerSchema.parse(await answer.json());
}

async function play(
  { base, token, sectorId }: EconomyScene,
  pool: pg.Pool,
  seconds: number,
  reached: number,
): Promise<void> {
  const wish = { missionId: "belt_survey", surface: GAME, sectorId, entryPoint: "screenshots" };
  const { run, token: runToken } = await ask(base, "/runs", token, wish);
  if (run === undefined) throw new Error(`No run was created in sector ${sectorId}.`);
  const { objectives } = await ask(base, `/runs/${run.runId}/start`, token, { token: runToken });
  await pool.query(
    `update expedition_runs set issued_at = issued_at - $2 * interval '1 second',
      started_at = started_at - $2 * interval '1 second' where id = $1`,
    [run.runId, seconds],
  );
  const metrics = {
    ...{ sectorId, seed: run.seed, durationSec: seconds, objectiveScore: 870, oreUnits: 24 },
    objectives: objectives.slice(0, reached).map((each, index) => ({ ...each, atSec: index + 1 })),
  };
  await ask(base, `/runs/${run.runId}/complete`, token, { token: runToken, metrics });
}

/** Joins all contracts and classifies some of their subjects. */
async function help(base: string, token: string): Promise<void> {
  const { contracts } = await ask(base, "/contracts/current", token);
  for (const { contractId } of contracts) {
    const at = `/contracts/${contractId}`;
    await ask(base, `${at}/join`, token, {});
    for (let round = 0; round < SUBJECTS_OF_EACH; round++) {
      const { subjects, answers } = await ask(base, `${at}/subjects`, token);
      for (const { subjectId, readings } of subjects) {
        const far = Math.max(...readings.map((reading) => Math.abs(reading - 1_000)));
        const opinion = { subjectId, answer: answers[far > 170 ? 0 : 1] };
        const { classificationId } = await ask(base, `${at}/classifications`, token, opinion);
        const deed = { sourceType: "classification", sourceId: classificationId };
        await ask(base, `${at}/contributions`, token, deed);
      }
    }
  }
}
