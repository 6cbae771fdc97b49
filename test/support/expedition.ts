/** Somebody who goes on expeditions, over HTTP. */
import { strict as assert } from "node:assert";
import { z } from "zod";
import type { ManualClock } from "./clock.ts";

type Body = Record<string, unknown>;

const run = z.looseObject({
  runId: z.string(),
  seed: z.int(),
  sectorId: z.int(),
  status: z.string(),
  rejectReason: z.string().nullable(),
  amRepDelta: z.int().nullable(),
  oreGrade: z.string().nullable(),
  narrative: z.string().nullable(),
});
const reward = z.looseObject({ rewardType: z.string(), value: z.int(), capReason: z.string().nullable() });

/** Whatever a route answers, as far as tests look at it. */
const answerSchema = z.looseObject({
  code: z.string().default(""),
  token: z.string().default(""),
  duplicate: z.boolean().optional(),
  run: run.optional(),
  runs: z.array(run).default([]),
  objectives: z.array(z.object({ objective: z.string(), nonce: z.string() })).default([]),
  rewards: z.array(reward).default([]),
  reward: reward.optional(),
  balances: z.record(z.string(), z.int()).default({}),
  unlocked: z.array(z.string()).default([]),
  clues: z.array(z.object({ anomaly: z.string() })).default([]),
});

export interface Answer {
  readonly status: number;
  readonly body: z.output<typeof answerSchema>;
}

/** The run that an answer tells of. */
export function runOf({ status, body }: Answer): z.output<typeof run> {
  assert.ok(body.run !== undefined, `${status} ${JSON.stringify(body)}`);
  return body.run;
}

/** What a run's player holds in hand. */
export interface Held {
  readonly runId: string;
  readonly token: string;
  readonly seed: number;
  readonly sectorId: number;
}

export interface Begun extends Held {
  readonly objectives: readonly { objective: string; nonce: string }[];
}

/** The server that they play on; its clock, where a test has it in hand. */
interface Host {
  readonly port: number;
  readonly clock?: ManualClock;
  token(userId: string): Promise<string>;
}

export class Explorer {
  readonly #game: Host;
  readonly userId: string;
  readonly surface: string;

  constructor(game: Host, userId: string, surface = "godot_mining") {
    this.#game = game;
    this.userId = userId;
    this.surface = surface;
  }

  async ask(
    method: string,
    path: string,
    body?: Body,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const answer = await fetch(`http://localhost:${this.#game.port}${path}`, {
      method,
      headers: { authorization: `Bearer ${await this.#game.token(this.userId)}`, ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: answerSchema.parse(JSON.parse(await answer.text())) };
  }

  create(changes: Body = {}, headers: Record<string, string> = {}): Promise<Answer> {
    const { surface } = this;
    const body = { missionId: "belt_survey", surface, sectorId: 1, entryPoint: "mission_board", ...changes };
    return this.ask("POST", "/runs", body, headers);
  }

  async created(changes: Body = {}): Promise<Held> {
    const answer = await this.create(changes);
    const { runId, seed, sectorId } = runOf(answer);
    return { runId, seed, sectorId, token: answer.body.token };
  }

  start({ runId, token }: Pick<Held, "runId" | "token">, surface = this.surface): Promise<Answer> {
    return this.ask("POST", `/runs/${runId}/start`, { token, surface });
  }

  async begun(changes: Body = {}): Promise<Begun> {
    const held = await this.created(changes);
    const { status, body } = await this.start(held);
    assert.equal(status, 200, JSON.stringify(body));
    return { ...held, objectives: body.objectives };
  }

  /** What proves the objectives of a run, ten seconds each. */
  proof({ objectives }: Begun): { objective: string; nonce: string; atSec: number }[] {
    return objectives.map((each, index) => ({ ...each, atSec: (index + 1) * 10 }));
  }

  /** The metrics of a minute well spent, unless told otherwise. */
  metrics(run: Begun, changes: Body = {}): Body {
    const { sectorId, seed } = run;
    return {
      ...{ sectorId, seed, durationSec: 60, objectiveScore: 1000, oreUnits: 5 },
      objectives: this.proof(run),
      ...changes,
    };
  }

  complete(run: Begun, changes: Body = {}, sent: Partial<Held> & { surface?: string } = {}): Promise<Answer> {
    const { runId, token, surface } = { ...run, surface: this.surface, ...sent };
    return this.ask("POST", `/runs/${runId}/complete`, {
      token,
      surface,
      metrics: this.metrics(run, changes),
    });
  }

  /** A whole run of a minute. */
  async play(changes: Body = {}, metrics: Body = {}): Promise<Answer> {
    const run = await this.begun(changes);
    assert.ok(this.#game.clock !== undefined, "a minute goes by only where the clock is in hand");
    this.#game.clock.advance(60_000);
    return this.complete(run, metrics);
  }
}
