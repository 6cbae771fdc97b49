/** Pilots' answers to incidents. What they are given for them is in `incident-rewards.ts`. */
import { randomUUID } from "node:crypto";
import type pg from "pg";
import { z } from "zod";
import { Refusal } from "../errors.ts";
import { classificationScore, RESPONSE_MODES, type ResponseMode, type Severity } from "../rules/incidents.ts";
import { reactionMissionId } from "../rules/missions.ts";
import {
  type Cue,
  drawCues,
  type Press,
  REACTION_MS_MAX,
  reactionMs,
  reactionScore,
} from "../rules/reactions.ts";
import { SURFACE_CODES, type Surface } from "../rules/surfaces.ts";
import { type Incident, isMastered, isOpen, readIncident } from "./incidents.ts";
import { type LockedPlayer, lockPlayer } from "./player-lock.ts";
import { recordProductEvent } from "./product-events.ts";
import { withTransaction } from "./sqlstate.ts";

/** Who answers, through what, and when. */
export interface Responder {
  readonly userId: string;
  readonly surface: Surface;
  readonly nowMs: number;
}

/** An answer as it is stored; the first one, however often another is given. */
export interface StoredResponse {
  readonly score: number;
  readonly duplicate: boolean;
}

const responseSchema = z.object({ score: z.int() });

/** Locks the pilot, then the incident. @throws Refusal not_joined_yet, incident_not_found */
async function lockBoth(
  tx: pg.PoolClient,
  incidentId: string,
  userId: string,
): Promise<{ player: LockedPlayer; incident: Incident }> {
  const player = await lockPlayer(tx, "user_id", userId);
  if (player === null) throw new Refusal("not_joined_yet");
  return { player, incident: await readIncident(tx, incidentId, true) };
}

async function findResponse(
  tx: pg.PoolClient,
  incidentId: string,
  playerId: string,
  mode: ResponseMode,
): Promise<StoredResponse | null> {
  const { rows } = await tx.query(
    "select score from incident_responses where incident_id = $1 and player_id = $2 and mode = $3",
    [incidentId, playerId, mode],
  );
  const [first] = z.array(responseSchema).parse(rows);
  return first === undefined ? null : { score: first.score, duplicate: true };
}

/** @throws Refusal incident_closed */
function checkOpen(incident: Incident, nowMs: number): void {
  const { incidentId, status, closesAtMs } = incident;
  // One that a contract's tier brought has all its points from the start.
  if (!isOpen(incident) || isMastered(incident) || closesAtMs <= nowMs)
    throw new Refusal("incident_closed", { incidentId, status, closesAtMs });
}

interface NewResponse {
  readonly mode: ResponseMode;
  readonly score: number;
  readonly answer: object;
  readonly runId: string | null;
  readonly elapsedMs: number | null;
}

async function addResponse(
  tx: pg.PoolClient,
  { incidentId }: Incident,
  player: LockedPlayer,
  { surface, nowMs }: Responder,
  { mode, score, answer, runId, elapsedMs }: NewResponse,
): Promise<void> {
  await tx.query(
    `insert into incident_responses (incident_id, player_id, mode, surface, score, answer, run_id, elapsed_ms, responded_at)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [incidentId, player.id, mode, surface, score, JSON.stringify(answer), runId, elapsedMs, new Date(nowMs)],
  );
  await tx.query("update sector_incidents set score = score + $2, status = 'responding' where id = $1", [
    incidentId,
    score,
  ]);
}

/**
 * Takes a pilot's word on how severe an incident is, once.
 * @throws Refusal not_joined_yet, incident_not_found, incident_closed
 */
export async function classifyIncident(
  pool: pg.Pool,
  incidentId: string,
  severity: Severity,
  responder: Responder,
): Promise<StoredResponse> {
  return withTransaction(pool, async (tx) => {
    const { player, incident } = await lockBoth(tx, incidentId, responder.userId);
    const first = await findResponse(tx, incidentId, player.id, "classify");
    if (first !== null) return first;
    checkOpen(incident, responder.nowMs);
    const score = classificationScore(severity, incident.severity);
    await addResponse(tx, incident, player, responder, {
      mode: "classify",
      score,
      answer: { severity },
      runId: null,
      elapsedMs: null,
    });
    return { score, duplicate: false };
  });
}

/** A reaction that has begun: what comes when, and until when it may be sent in. */
export interface StartedReaction {
  readonly runId: string;
  readonly cues: Cue[];
  readonly startedAtMs: number;
  readonly expiresAtMs: number;
}

/**
 * Begins a reaction, once for a pilot and incident: from now on the server's clock runs. Beginning again, as after a lost
 * answer, tells the same cues and the same start; nobody looks for cues they like better.
 * @param seed one u32
 * @throws Refusal not_joined_yet, incident_not_found, incident_closed, already_responded, wrong_surface, reaction_expired
 */
export async function startReaction(
  pool: pg.Pool,
  incidentId: string,
  seed: number,
  responder: Responder,
): Promise<StartedReaction> {
  const { userId, surface, nowMs } = responder;
  return withTransaction(pool, async (tx) => {
    const { player, incident } = await lockBoth(tx, incidentId, userId);
    if ((await findResponse(tx, incidentId, player.id, "reaction")) !== null)
      throw new Refusal("already_responded", { incidentId });
    checkOpen(incident, nowMs);
    const before = await findReaction(tx, incidentId, player.id);
    if (before !== null) {
      checkSurface(before, surface);
      checkNotExpired(before, nowMs);
      return startedReaction(before);
    }
    const runId = randomUUID();
    // The player is locked: nobody else begins it for them meanwhile.
    await tx.query(
      `insert into incident_reactions (incident_id, player_id, run_id, surface, seed, started_at)
        values ($1, $2, $3, $4, $5, $6)`,
      [incidentId, player.id, runId, surface, seed, new Date(nowMs)],
    );
    await recordProductEvent(tx, {
      name: "ecosystem_mission_started",
      userId,
      properties: {
        mission_id: reactionMissionId(incident.type),
        surface,
        run_id: runId,
        entry_point: "incident",
      },
      now: new Date(nowMs),
    });
    return startedReaction({ runId, surface, seed, startedAtMs: nowMs });
  });
}

function startedReaction({ runId, seed, startedAtMs }: Reaction): StartedReaction {
  return { runId, cues: drawCues(seed), startedAtMs, expiresAtMs: startedAtMs + REACTION_MS_MAX };
}

const reactionSchema = z
  .object({
    run_id: z.string(),
    surface: z.enum(SURFACE_CODES),
    seed: z.coerce.number(),
    started_at: z.date(),
  })
  .transform((row) => ({
    runId: row.run_id,
    surface: row.surface,
    seed: row.seed,
    startedAtMs: row.started_at.getTime(),
  }));

type Reaction = z.output<typeof reactionSchema>;

async function findReaction(
  tx: pg.PoolClient,
  incidentId: string,
  playerId: string,
): Promise<Reaction | null> {
  const { rows } = await tx.query(
    `select run_id, surface, seed, started_at from incident_reactions where incident_id = $1 and player_id = $2`,
    [incidentId, playerId],
  );
  return z.array(reactionSchema).parse(rows)[0] ?? null;
}

/** @throws Refusal wrong_surface */
function checkSurface({ surface: begunOn }: Reaction, surface: Surface): void {
  if (begunOn !== surface) throw new Refusal("wrong_surface", { begunOn });
}

/** @throws Refusal reaction_expired */
function checkNotExpired({ startedAtMs }: Reaction, nowMs: number): void {
  const elapsedMs = nowMs - startedAtMs;
  if (elapsedMs > REACTION_MS_MAX)
    throw new Refusal("reaction_expired", { elapsedMs, maxMs: REACTION_MS_MAX });
}

/** @throws Refusal when the server's clock says that this cannot have been played @returns how long it took */
function checkElapsed(reaction: Reaction, cues: readonly Cue[], nowMs: number): number {
  const elapsedMs = nowMs - reaction.startedAtMs;
  const lastsMs = reactionMs(cues);
  if (elapsedMs < lastsMs) throw new Refusal("reaction_too_fast", { elapsedMs, lastsMs });
  checkNotExpired(reaction, nowMs);
  return elapsedMs;
}

/**
 * Takes what a pilot pressed in a reaction that they began, on the same surface, no sooner than its cues last by the
 * server's clock; counts it against the cues that the server drew. Once.
 * @throws Refusal not_joined_yet, incident_not_found, incident_closed, reaction_not_found, wrong_surface,
 * reaction_too_fast, reaction_expired
 */
export async function submitReaction(
  pool: pg.Pool,
  incidentId: string,
  runId: string,
  presses: readonly Press[],
  responder: Responder,
): Promise<StoredResponse> {
  const { userId, surface, nowMs } = responder;
  return withTransaction(pool, async (tx) => {
    const { player, incident } = await lockBoth(tx, incidentId, userId);
    const first = await findResponse(tx, incidentId, player.id, "reaction");
    if (first !== null) return first;
    const reaction = await findReaction(tx, incidentId, player.id);
    if (reaction?.runId !== runId) throw new Refusal("reaction_not_found", { runId });
    checkSurface(reaction, surface);
    checkOpen(incident, nowMs);
    const cues = drawCues(reaction.seed);
    const elapsedMs = checkElapsed(reaction, cues, nowMs);
    const score = reactionScore(cues, presses);
    await addResponse(tx, incident, player, responder, {
      mode: "reaction",
      score,
      answer: { presses },
      runId,
      elapsedMs,
    });
    await recordProductEvent(tx, {
      name: "ecosystem_mission_completed",
      userId,
      properties: {
        mission_id: reactionMissionId(incident.type),
        surface,
        run_id: runId,
        duration_sec: Math.round(elapsedMs / 1000),
        objective_score: score,
      },
      now: new Date(nowMs),
    });
    return { score, duplicate: false };
  });
}

/** What a pilot has answered, by mode. */
export async function readOwnResponses(
  pool: pg.Pool,
  incidentId: string,
  userId: string,
): Promise<{ mode: ResponseMode; score: number }[]> {
  const { rows } = await pool.query(
    `select r.mode, r.score from incident_responses r join players p on p.id = r.player_id
      where r.incident_id = $1 and p.user_id = $2 order by r.mode`,
    [incidentId, userId],
  );
  return z.array(z.object({ mode: z.enum(RESPONSE_MODES), score: z.int() })).parse(rows);
}
