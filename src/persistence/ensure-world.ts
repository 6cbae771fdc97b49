/** The galaxy that a server runs. */
import type pg from "pg";
import { z } from "zod";
import { defaultGalaxy } from "../rules/galaxy/defaults.ts";
import { generateGalaxy } from "../rules/galaxy/generate.ts";
import type { Database } from "./database.ts";
import { WorldError } from "./world-error.ts";

const galaxySchema = z.object({ turnsPerDay: z.int(), sectors: z.int() });

/** What a server must know of its galaxy: how many turns a day gives, and how many sectors there are. */
export type WorldFacts = z.infer<typeof galaxySchema>;

async function readFacts(pool: pg.Pool): Promise<WorldFacts | undefined> {
  const { rows } = await pool.query(
    `select g.default_turns_per_day as "turnsPerDay", (select count(*)::int from sectors) as sectors from galaxies g`,
  );
  return z.array(galaxySchema).parse(rows)[0];
}

/**
 * An empty database gets a small galaxy, so that a newcomer has somewhere to fly.
 * @throws what the database threw
 */
export async function ensureWorld(
  { pool }: Database,
  seed: number,
  nowMs: number,
  tell: (line: string) => void,
): Promise<WorldFacts> {
  const present = await readFacts(pool);
  if (present !== undefined) return present;
  tell(`The database is empty: making a small galaxy (seed ${seed}) …`);
  // Loaded only here: it brings drizzle along (persistence/drizzle.ts).
  const { insertGalaxy } = await import("./world.ts");
  try {
    await insertGalaxy({ pool }, generateGalaxy(defaultGalaxy(seed)), { now: new Date(nowMs) });
  } catch (error) {
    // Another process that started with us was first.
    if (!(error instanceof WorldError)) throw error;
  }
  const made = await readFacts(pool);
  if (made === undefined) throw new Error("the galaxy was made but is not there");
  return made;
}
