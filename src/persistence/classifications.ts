/** What users see in subjects: one opinion each, judged where the truth is known. */
import type pg from "pg";
import { z } from "zod";
import { Refusal } from "../errors.ts";
import {
  ALL_ANSWERS,
  subjectId as nameOf,
  SUBJECT_ANSWERS,
  SUBJECTS_PER_WEEK,
  type Subject,
  type SubjectAnswer,
  subjectOf,
} from "../rules/subjects.ts";
import type { Surface } from "../rules/surfaces.ts";
import { uuidOf } from "../uuid.ts";
import { type Contract, isActive, notActive, readContract } from "./contracts.ts";
import { ensureUser } from "./sessions.ts";
import { withTransaction } from "./sqlstate.ts";

const rowSchema = z
  .object({
    id: z.string(),
    subject_id: z.string(),
    answer: z.enum(ALL_ANSWERS),
    is_right: z.boolean().nullable(),
  })
  .transform((row) => ({
    classificationId: row.id,
    subjectId: row.subject_id,
    answer: row.answer,
    isRight: row.is_right,
  }));

/** An opinion as it is kept. `isRight` is null where the truth is not known. */
export type Classification = Readonly<z.output<typeof rowSchema>>;

/** What somebody says of a subject. */
export interface Opinion {
  readonly contractId: string;
  readonly userId: string;
  readonly name: string;
  readonly surface: Surface;
  readonly subjectId: string;
  readonly answer: SubjectAnswer;
}

/**
 * Keeps a user's opinion of a subject: the first one. It counts for nothing until it is contributed.
 * @throws Refusal contract_not_found, contract_not_active, subject_not_found, unknown_answer
 */
export async function classify(
  pool: pg.Pool,
  opinion: Opinion,
  nowMs: number,
): Promise<Classification & { duplicate: boolean }> {
  const { contractId, userId, subjectId, answer, surface } = opinion;
  return withTransaction(pool, async (tx) => {
    const contract = await readContract(tx, contractId);
    if (!isActive(contract, nowMs)) throw notActive(contract);
    const subject = subjectOf(contract.theme, contract.isoWeek, subjectId);
    if (subject === null) throw new Refusal("subject_not_found", { subjectId });
    const answers: readonly SubjectAnswer[] = SUBJECT_ANSWERS[contract.theme];
    if (!answers.includes(answer)) throw new Refusal("unknown_answer", { answers });
    await ensureUser(tx, opinion, nowMs);
    const isRight = subject.truth === null ? null : subject.truth === answer;
    const { rowCount } = await tx.query(
      `insert into classifications (id, user_id, contract_id, subject_id, surface, answer, is_right, classified_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing`,
      [
        uuidOf("classification", userId, subjectId),
        userId,
        contractId,
        subjectId,
        surface,
        answer,
        isRight,
        new Date(nowMs),
      ],
    );
    const { rows } = await tx.query(
      "select id, subject_id, answer, is_right from classifications where user_id = $1 and subject_id = $2",
      [userId, subjectId],
    );
    return { ...rowSchema.parse(rows[0]), duplicate: rowCount === 0 };
  });
}

/** The next subjects of a contract that a user has not classified, `max` at most, in the same order for everybody. */
export async function readSubjects(
  db: Pick<pg.ClientBase, "query">,
  { contractId, theme, isoWeek }: Contract,
  userId: string,
  max: number,
): Promise<Subject[]> {
  const { rows } = await db.query(
    "select subject_id from classifications where user_id = $1 and contract_id = $2",
    [userId, contractId],
  );
  const done = new Set(
    z
      .array(z.object({ subject_id: z.string() }))
      .parse(rows)
      .map((row) => row.subject_id),
  );
  const left: Subject[] = [];
  for (let index = 0; index < SUBJECTS_PER_WEEK && left.length < max; index++) {
    const id = nameOf(theme, isoWeek, index);
    const subject = done.has(id) ? null : subjectOf(theme, isoWeek, id);
    if (subject !== null) left.push(subject);
  }
  return left;
}
