import { type IRoomCache, matchMaker } from "@colyseus/core";
import { z } from "zod";
import type { Departed, SeatReservation } from "../commands/services.ts";
import { invalidMessage, Refusal } from "../errors.ts";
import type { Matchmake, Seat } from "../http/matchmake.ts";
import { appContext } from "../identity/app-context.ts";
import type { Identity } from "../identity.ts";
import type { SessionLog } from "../persistence/sessions.ts";
import type { Log } from "../telemetry/log.ts";
import { galaxyRoomId } from "./galaxy-room.ts";
import { galaxyJoinSchema, type JoinOptions, joinOptionsSchema, type SeatAuth } from "./seat-auth.ts";
import { SectorRoom, sectorRoomId } from "./sector-room.ts";

export const SECTOR_ROOM = "sector";
export const GALAXY_ROOM = "galaxy";

const shipsSchema = z.int();

/** A room may be ending just when a seat in it is asked for; its successor is there within milliseconds. */
const SEAT_TRIES_MAX = 5;
const SEAT_TRY_WAIT_MS = 40;

/** The joins that the SDKs know and that mean the same here. */
const JOINS: ReadonlySet<string> = new Set(["joinOrCreate", "join", "joinById"]);

export interface MatchmakingOptions {
  /** Makes sure the user has a player; where their ship is. */
  readonly findShip: (identity: Identity) => Promise<{ sectorId: number }>;
  readonly sessions: Pick<SessionLog, "note">;
  readonly spectators: "open" | "token" | "off";
  readonly isDraining: () => boolean;
  readonly log: Log;
}

/** Finds pilots and spectators their room. There is one room a sector: its id is made of the sector's. */
export class Matchmaking {
  readonly #options: MatchmakingOptions;
  /** First joins of a sector that arrive together open one room. */
  readonly #creating = new Map<number, Promise<unknown>>();
  #creatingGalaxy: Promise<unknown> | null = null;

  constructor(options: MatchmakingOptions) {
    this.#options = options;
  }

  /** What POST /matchmake/:method/:roomName does, for the methods that the SDKs have. */
  readonly matchmake: Matchmake = async (method, roomName, options, identity) => {
    if (method === "reconnect") return this.#reconnect(roomName, options);
    // `create` is not offered: a sector's room is opened by whoever joins it first.
    if (!JOINS.has(method)) throw new Refusal("room_not_offered", { method });
    if (method !== "joinById" && roomName === GALAXY_ROOM) return this.#watchGalaxy(options, identity);
    const join = parseJoin(method === "joinById" ? withSectorOf(roomName, options) : options);
    if (method !== "joinById" && roomName !== SECTOR_ROOM)
      throw new Refusal("room_not_offered", { roomName });
    if (this.#options.isDraining()) throw new Refusal("draining");
    return join.spectate === true ? this.#spectate(join, identity) : this.#join(join, identity);
  };

  /** A seat in the room of a sector for a pilot who has just moved there; null when none could be had. */
  async reserveSeat(
    sectorId: number,
    { userId, surface, sentSeq }: Departed,
  ): Promise<SeatReservation | null> {
    if (this.#options.isDraining()) return null;
    try {
      // What others write to the pilot on the way is told at the other end.
      const join = { sectorId, cursor: sentSeq, ...(surface !== null && { appSurface: surface }) };
      return { ...(await this.#seatInSector(sectorId, join, { kind: "pilot", userId })) };
    } catch (error) {
      this.#options.log.warn({ err: error, sectorId }, "No seat after a warp; the client joins by itself.");
      return null;
    }
  }

  /**
   * Ships that are live in a sector, in whatever process, or on their way into it; 0 when it sleeps or does not answer.
   * @throws Refusal store_unavailable
   */
  async shipsIn(sectorId: number): Promise<number> {
    const room = await findRoom(sectorId);
    if (!room) return 0;
    try {
      return shipsSchema.parse(await matchMaker.remoteRoomCall<SectorRoom>(room.roomId, "shipsExpected"));
    } catch (error) {
      this.#options.log.warn(
        { err: error, sectorId },
        "A sector did not say how full it is; it counts as empty.",
      );
      return 0;
    }
  }

  async #join(options: JoinOptions, identity: Identity | null): Promise<Seat> {
    if (identity === null) throw new Refusal("token_missing");
    const { sectorId } = await this.#options.findShip(identity);
    if (sectorId !== options.sectorId) throw new Refusal("not_in_sector", { sectorId });
    await this.#options.sessions.note(identity, appContext(options));
    return this.#seatInSector(sectorId, options, { kind: "pilot", userId: identity.userId });
  }

  /** A seat in the galaxy's room of this process. */
  async #watchGalaxy(options: unknown, identity: Identity | null): Promise<Seat> {
    const join = parseOptions(galaxyJoinSchema, options);
    this.#checkMayWatch(identity);
    if (this.#options.isDraining()) throw new Refusal("draining");
    const { processId } = matchMaker;
    const find = () => findListed(galaxyRoomId(processId));
    let room = await find();
    if (!room) {
      this.#creatingGalaxy ??= matchMaker.handleCreateRoom(GALAXY_ROOM, { processId }).finally(() => {
        this.#creatingGalaxy = null;
      });
      await this.#creatingGalaxy;
      room = await find();
    }
    if (!room) throw new Refusal("draining");
    const auth: SeatAuth = { kind: "spectator", userId: identity?.userId ?? null };
    return matchMaker.reserveSeatFor(room, join, auth);
  }

  #checkMayWatch(identity: Identity | null): void {
    const { spectators } = this.#options;
    if (spectators === "off") throw new Refusal("spectators_off");
    if (spectators === "token" && identity === null) throw new Refusal("token_missing");
  }

  /** Spectators see a room that is live; they never open one. */
  async #spectate(options: JoinOptions, identity: Identity | null): Promise<Seat> {
    this.#checkMayWatch(identity);
    const room = await findRoom(options.sectorId);
    const asleep = new Refusal("sector_asleep", { sectorId: options.sectorId });
    if (!room) throw asleep;
    const auth: SeatAuth = { kind: "spectator", userId: identity?.userId ?? null };
    try {
      return await matchMaker.reserveSeatFor(room, options, auth);
    } catch {
      throw asleep;
    }
  }

  async #seatInSector(sectorId: number, options: JoinOptions, auth: SeatAuth): Promise<Seat> {
    for (let tries = 1; ; tries++) {
      try {
        const room = await this.#findOrCreate(sectorId);
        return await matchMaker.reserveSeatFor(room, options, auth);
      } catch (error) {
        // What it ran into may be that this process has begun to stop.
        if (this.#options.isDraining()) throw new Refusal("draining");
        if (tries === SEAT_TRIES_MAX || error instanceof Refusal) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, SEAT_TRY_WAIT_MS * tries));
    }
  }

  async #findOrCreate(sectorId: number) {
    const found = await findRoom(sectorId);
    if (found) return found;
    const creating =
      this.#creating.get(sectorId) ??
      this.#create({ sectorId }).finally(() => this.#creating.delete(sectorId));
    this.#creating.set(sectorId, creating);
    await creating;
    // Whoever recorded this id first owns it, here or in another process.
    const room = await findRoom(sectorId);
    if (!room) throw new Error(`the room of sector ${sectorId} ended as it was made`);
    return room;
  }

  /** In the process with the fewest rooms; here if that one will not, because it is about to stop. */
  async #create(options: { sectorId: number }): Promise<unknown> {
    try {
      return await matchMaker.createRoom(SECTOR_ROOM, options);
    } catch {
      return matchMaker.handleCreateRoom(SECTOR_ROOM, options);
    }
  }

  async #reconnect(roomId: string, options: unknown): Promise<Seat> {
    if ((await findListed(roomId)) === undefined) throw new Refusal("seat_expired");
    const { reconnectionToken } = isRecord(options) ? options : {};
    try {
      return await matchMaker.reconnect(roomId, { reconnectionToken });
    } catch {
      // A program that joins again by itself would take the ship from where its player has gone on.
      throw new Refusal((await wasOusted(roomId, reconnectionToken)) ? "superseded" : "seat_expired");
    }
  }
}

/** @throws Refusal store_unavailable */
async function findListed(roomId: string): Promise<IRoomCache | undefined> {
  try {
    // By its key: `findOne` goes through a copy of the whole directory.
    return (await matchMaker.driver.findByIds([roomId])).get(roomId);
  } catch {
    // The driver has told the log that Redis is away.
    throw new Refusal("store_unavailable");
  }
}

/** Whether another client has the ship of the one whose reconnection token this is. */
async function wasOusted(roomId: string, reconnectionToken: unknown): Promise<boolean> {
  if (typeof reconnectionToken !== "string") return false;
  try {
    return true === (await matchMaker.remoteRoomCall<SectorRoom>(roomId, "wasOusted", [reconnectionToken]));
  } catch {
    // The galaxy's room knows of no ships; a room may be gone by now.
    return false;
  }
}

/** The sector's room, here or in another process. @throws Refusal store_unavailable */
async function findRoom(sectorId: number): Promise<IRoomCache | undefined> {
  const roomId = sectorRoomId(sectorId);
  const listed = await findListed(roomId);
  const ours: unknown = matchMaker.getLocalRoomById(roomId);
  // Colyseus asks a room of this process first. One that is not the listed one has lost its sector while this process
  // could not be reached, and would take seats that are no use to anybody.
  if (listed && listed.processId !== matchMaker.processId && ours instanceof SectorRoom) await ours.giveWay();
  return listed;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function withSectorOf(roomId: string, options: unknown): unknown {
  const sectorId = /^sector-([1-9]\d{0,8})$/.exec(roomId)?.[1];
  if (sectorId === undefined) throw new Refusal("room_not_offered", { roomId });
  return { ...(isRecord(options) ? options : {}), sectorId: Number(sectorId) };
}

function parseJoin(options: unknown): JoinOptions {
  return parseOptions(joinOptionsSchema, options);
}

/** @throws Refusal client_too_old, unknown_surface, unknown_mission, invalid_message */
function parseOptions<Schema extends z.ZodType>(schema: Schema, options: unknown): z.output<Schema> {
  const { data, error } = schema.safeParse(options);
  if (error === undefined) return data;
  if (error.issues.some((issue) => issue.path[0] === "protocol")) throw new Refusal("client_too_old");
  if (isRecord(options)) appContext(options);
  throw invalidMessage(error);
}
