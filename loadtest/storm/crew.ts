/** Pilots who are in the database before anybody joins, each in a sector that is chosen for them. */
import { SignJWT } from "jose";
import type pg from "pg";
import { type PlayerPlace, Players } from "../../src/persistence/players.ts";
import { uuidOf } from "../../src/uuid.ts";

/** Signs the tokens of servers that are started with `CREW_SETTINGS`. */
const SECRET = "what a storm's crew and its servers share";

/** A server that lets the crew in, all of it from one address. */
export const CREW_SETTINGS = {
  AUTH_JWT_SECRET: SECRET,
  SOCKETS_PER_ADDRESS_MAX: "1000000",
  MESSAGES_PER_SECOND_MAX: "1000",
} as const;

export interface CrewMember extends PlayerPlace {
  readonly userId: string;
}

/** @returns `count` pilots, dealt out to the sectors in turn: the same for the same arguments */
export async function makeCrew(
  pool: pg.Pool,
  name: string,
  sectorIds: readonly number[],
  count: number,
): Promise<CrewMember[]> {
  const crew: CrewMember[] = [];
  const players = new Players({ pool });
  for (let index = 0; index < count; index++) {
    const userId = uuidOf(name, String(index));
    const place = await players.ensure({ userId, name: `${name} ${index}` }, Date.now());
    const sectorId = sectorIds[index % sectorIds.length] ?? place.sectorId;
    await pool.query("update ships set sector_id = $1 where id = $2", [sectorId, place.shipId]);
    crew.push({ ...place, userId, sectorId });
  }
  return crew;
}

export function tokenOf({ userId }: CrewMember): Promise<string> {
  return new SignJWT({ sub: userId })
    .setProtectedHeader({ alg: "HS256" })
    .setExpirationTime("30d")
    .sign(new TextEncoder().encode(SECRET));
}
