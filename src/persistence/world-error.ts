/**
 * Why a world was not written: the message says what to do. Nothing of it is in the database then. By itself, so that who
 * only tells of it does not load what writes worlds (persistence/drizzle.ts).
 */
export class WorldError extends Error {
  override name = "WorldError";
}
