import { randomBytes } from "node:crypto";
import type pg from "pg";
import { z } from "zod";
import { RUN_MS } from "../rules/expeditions.ts";
import { DAY_MS } from "../rules/utc.ts";

/** A key signs for so long; then the next one does. */
const SIGNS_MS = 7 * DAY_MS;
/** After that it verifies what it signed last, and a little more for clocks that differ. */
const OVERLAP_MS = RUN_MS + 60_000;
/** What HS256 makes full use of. */
const SECRET_BYTES = 32;

const keySchema = z
  .object({ kid: z.string(), secret: z.string() })
  .transform(({ kid, secret }) => ({ kid, secret: Buffer.from(secret, "hex") }));

/** The keys of run tokens, kept in the database, so that every process signs and verifies with the same. */
export class RunTokenKeys {
  readonly #pool: pg.Pool;

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  /** The key that signs now; made when its week begins. Deleting its row makes another, and its tokens are void. */
  async signing(nowMs: number): Promise<z.output<typeof keySchema>> {
    const present = await this.#signing(nowMs);
    if (present !== null) return present;
    const week = Math.floor(nowMs / SIGNS_MS);
    const signsUntilMs = (week + 1) * SIGNS_MS;
    await this.#pool.query("delete from run_token_keys where verifies_until <= $1", [new Date(nowMs)]);
    await this.#pool.query(
      `insert into run_token_keys (kid, secret, created_at, signs_until, verifies_until)
        values ($1, $2, $3, $4, $5) on conflict (kid) do nothing`,
      [
        `week-${week}`,
        randomBytes(SECRET_BYTES).toString("hex"),
        new Date(nowMs),
        new Date(signsUntilMs),
        new Date(signsUntilMs + OVERLAP_MS),
      ],
    );
    const made = await this.#signing(nowMs);
    if (made === null) throw new Error("The key of run tokens was made but is not there.");
    return made;
  }

  async #signing(nowMs: number) {
    const { rows } = await this.#pool.query({
      name: "read_signing_key",
      text: "select kid, secret from run_token_keys where signs_until > $1 order by signs_until limit 1",
      values: [new Date(nowMs)],
    });
    return z.array(keySchema).parse(rows)[0] ?? null;
  }

  /** The key of that name, as long as it verifies. */
  async find(kid: string, nowMs: number): Promise<z.output<typeof keySchema> | null> {
    const { rows } = await this.#pool.query({
      name: "read_verifying_key",
      text: "select kid, secret from run_token_keys where kid = $1 and verifies_until > $2",
      values: [kid, new Date(nowMs)],
    });
    return z.array(keySchema).parse(rows)[0] ?? null;
  }
}
