import { z } from "zod";
import { invalidMessage, Refusal } from "../errors.ts";
import { ALL_MISSION_IDS } from "../rules/missions.ts";
import { SURFACE_CODES, type Surface } from "../rules/surfaces.ts";

/** Through what somebody plays: known of each session. Ecosystem seed, "Identity". */
export interface AppContext {
  readonly appSurface: Surface;
  readonly appVersion: string | null;
  /** Null while they are on no mission. */
  readonly missionId: string | null;
}

/** The same as a client says it, field by field, in the options of a join. */
export const appContextFields = {
  appSurface: z
    .enum(SURFACE_CODES)
    .optional()
    .describe("The program that you play through: what its sessions are counted under."),
  appVersion: z
    .string()
    .regex(/^[\w.+-]{1,32}$/)
    .optional()
    .describe("Its version; only with appSurface."),
  missionId: z
    .enum(ALL_MISSION_IDS)
    .optional()
    .describe("The mission that it is for, if it is for one; only with appSurface."),
};

const contextSchema = z.object(appContextFields);

/** The same fields as HTTP headers. */
export const APP_HEADERS = {
  appSurface: "x-app-surface",
  appVersion: "x-app-version",
  missionId: "x-mission-id",
} as const satisfies Record<keyof AppContext, string>;

/**
 * What a client says of itself; null from one that says nothing.
 * @throws Refusal unknown_surface, unknown_mission, invalid_message
 */
export function appContext(said: Readonly<Record<string, unknown>>): AppContext | null {
  const { data, error } = contextSchema.safeParse(said);
  const isWrong = (field: keyof AppContext) =>
    error?.issues.some((issue) => issue.path[0] === field) === true;
  if (isWrong("appSurface")) throw unknownSurface(said.appSurface);
  // A day's sessions are one row for each mission: made-up ones would make any number.
  if (isWrong("missionId"))
    throw new Refusal("unknown_mission", { missionId: said.missionId ?? null, known: ALL_MISSION_IDS });
  if (error !== undefined) throw invalidMessage(error);
  const { appSurface, appVersion, missionId } = data;
  if (appSurface !== undefined) {
    return { appSurface, appVersion: appVersion ?? null, missionId: missionId ?? null };
  }
  // A version of what? It would be counted nowhere, and nobody would see why.
  if (appVersion !== undefined || missionId !== undefined) throw unknownSurface(null);
  return null;
}

/** The same from a request's headers. @throws Refusal unknown_surface, unknown_mission, invalid_message */
export function appContextOfHeaders(headers: Readonly<Record<string, string>>): AppContext | null {
  const said = Object.entries(APP_HEADERS).flatMap(([field, name]) => {
    const value = headers[name];
    return value === undefined || value === "" ? [] : [[field, value]];
  });
  return said.length === 0 ? null : appContext(Object.fromEntries(said));
}

/**
 * The surface of the session that a request comes from; what the request itself names counts only where its session says
 * nothing, and has to be known all the same.
 * @throws Refusal unknown_surface
 */
export function sessionSurface(named: string | undefined, context: AppContext | null): Surface {
  const said = named === undefined ? null : surfaceOf(named, null);
  const surface = context?.appSurface ?? said;
  if (surface === null) throw unknownSurface(null);
  return surface;
}

/** The surface that a request names, or else its session's. @throws Refusal unknown_surface */
export function surfaceOf(named: string | undefined, context: AppContext | null): Surface {
  const surface =
    SURFACE_CODES.find((code) => code === named) ?? (named === undefined ? context?.appSurface : undefined);
  if (surface === undefined) throw unknownSurface(named);
  return surface;
}

function unknownSurface(given: unknown): Refusal {
  return new Refusal("unknown_surface", { appSurface: given ?? null, known: SURFACE_CODES });
}
