/** Why a world was not written: the message says what to do. Nothing of it is in the database then. */
export class WorldError extends Error {
  override name = "WorldError";
}
