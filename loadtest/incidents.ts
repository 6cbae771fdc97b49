/** Something to answer in every asteroid field: by itself a server makes a few incidents a day in its whole galaxy. */
import type pg from "pg";
import { Refusal } from "../src/errors.ts";
import { openIncident, readOpenIncidents } from "../src/persistence/incidents.ts";
import { classify, eachAlone, withTransaction } from "../src/persistence/sqlstate.ts";
import { Prng } from "../src/rules/galaxy/prng.ts";

/** A few right answers end one; what has ended is listed with what is open, so not too many of them. */
const LOOK_EVERY_MS = 10_000;
const U32_MAX = 2 ** 32 - 1;

/**
 * Opens an incident in each of these sectors that has none, as an operator can, now and every ten seconds. Debris alone:
 * a storm empties its sector for ten minutes and more, and a flare makes harvests take twice as long.
 * @returns what ends that, and waits for what is under way
 */
export function keepIncidentsOpen(
  pool: pg.Pool,
  sectorIds: readonly number[],
  seed: number,
): () => Promise<void> {
  const prng = new Prng(`incidents ${seed}`);
  const openIn = async (sectorId: number) => {
    const order = { sectorId, seed: prng.int(0, U32_MAX), type: "debris_field" } as const;
    await withTransaction(pool, (tx) => openIncident(tx, order, Date.now())).catch((error: unknown) => {
      if (!(error instanceof Refusal && error.code === "incident_open")) unlessAway(error);
    });
  };
  const ending = new AbortController();
  const openAll = async () => {
    const open = await readOpenIncidents(pool, null, Date.now()).catch(unlessAway);
    const taken = new Set((open ?? []).map(({ sectorId }) => sectorId));
    const free = sectorIds.filter((sectorId) => !taken.has(sectorId));
    await eachAlone(free, openIn, ending.signal);
  };
  let underWay = openAll();
  const timer = setInterval(() => {
    underWay = underWay.then(openAll);
  }, LOOK_EVERY_MS);
  return async () => {
    clearInterval(timer);
    ending.abort();
    await underWay;
  };
}

/** A storm has killed the database: it is back by the next time. */
function unlessAway(error: unknown): null {
  if (classify(error) !== "away") throw error;
  return null;
}
