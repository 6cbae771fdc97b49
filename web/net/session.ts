import { decodeJwt } from "jose/jwt/decode";
import type { z } from "zod";
import { ApiError, asApiError, ask } from "./api.ts";
import { inBrowser, inWindow } from "./kept.ts";
import { guestSchema, type Me, meSchema } from "./wire.ts";

const TOKEN_KEY = "sectorkeep.token";
/** Who has signed the tokens that the server itself gives, to guests. */
const OWN_ISSUER = "sectorkeep";
/** Who has such a token has none. */
const TOKEN_CODES: ReadonlySet<string> = new Set(["token_invalid", "token_expired"]);
/** Who is refused so is shown the galaxy without their token: some for good, who is banned until that is over. */
export const ONLY_WATCHES: ReadonlySet<string> = new Set([...TOKEN_CODES, "banned"]);

/** Who sits here. The token is kept by the browser, so that a guest finds their ship again. */
export class Session {
  #token: string | null;
  /** Whose token it is, as far as the server has said. */
  #playerId: string | null = null;
  /** This window flies the ship: only then it takes control of it away from others. */
  flying = false;
  name = "";
  /** Why this page goes on without its pilot, and what that means; empty when it does not. */
  trouble = "";
  /** Where the ship is, as far as is known. */
  shipSectorId: number | null = null;
  /** The newest event of the pilot's feed that this page has; null before it has joined. */
  cursor: number | null = null;
  /** The sector that was looked at last; null while none was. */
  watchedSectorId: number | null = null;
  /** Harvests that ended while this page flew, the newest first: each can be brought to a guild contract. */
  readonly harvestIds: string[] = [];
  /** The claimed field that the pilot has asked for a licence for. */
  wantedLicense: number | null = null;
  #seat: unknown = null;
  readonly #listeners = new Set<() => void>();

  constructor() {
    const given = takeLink();
    if (given !== null) inWindow.set(TOKEN_KEY, given);
    this.#token = inWindow.get(TOKEN_KEY) ?? inBrowser.get(TOKEN_KEY);
  }

  get token(): string | null {
    return this.#token;
  }

  /** Who signs in elsewhere is given another token; a guest's is all there is of them. */
  get isGuest(): boolean {
    return this.#token !== null && decodeJwt(this.#token).iss === OWN_ISSUER;
  }

  /** Whom this browser keeps, beside the one who sits in this window; null when nobody else is kept. */
  get other(): string | null {
    const kept = inBrowser.get(TOKEN_KEY);
    return kept === this.#token ? null : kept;
  }

  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Signs a new guest in. @throws ApiError */
  async becomeGuest(name: string): Promise<void> {
    const body = name.trim() === "" ? {} : { name: name.trim() };
    const { token } = await ask("/auth/guest", guestSchema, { body });
    await this.use(token);
  }

  /** Signs in with a token that somebody has. @throws ApiError when it does not open anything */
  async use(pasted: string): Promise<void> {
    // Pasting brings line breaks with it, and sometimes the header that it was found in.
    const token = pasted.replace(/^\s*Bearer\s/i, "").replaceAll(/\s/g, "");
    if (!/^[\w.~+/=-]+$/.test(token))
      throw new ApiError("token_invalid", "That is no token. Paste all of it.");
    const me = await ask("/me", meSchema, { token });
    inWindow.remove(TOKEN_KEY);
    inBrowser.set(TOKEN_KEY, token);
    this.#become(token, me);
  }

  /** Goes on as whom this browser keeps. @throws ApiError */
  async useOther(): Promise<void> {
    const kept = inBrowser.get(TOKEN_KEY);
    if (kept === null) return;
    await this.use(kept).catch((error) => {
      if (TOKEN_CODES.has(asApiError(error).code)) inBrowser.remove(TOKEN_KEY);
      throw error;
    });
  }

  /** After a token was refused, as whoever else this browser keeps, if it keeps anybody. */
  fallBack(refused: string): void {
    const kept = inBrowser.get(TOKEN_KEY);
    if (kept !== refused) this.#token = kept;
  }

  /** A token behind the address, entered while the page is open. */
  async followLink(): Promise<void> {
    const given = takeLink();
    if (given === null || given === this.#token) return;
    try {
      const me = await ask("/me", meSchema, { token: given });
      this.flying = false;
      await this.#keep(given, me);
      this.#become(given, me);
    } catch (error) {
      this.trouble = troubleOf(asApiError(error));
      this.#tell();
    }
  }

  /** Of a token that came with the address this window knows; the browser keeps it once the server has said whose it is. */
  async keepGiven(): Promise<void> {
    const token = this.#token;
    if (token === null || inWindow.get(TOKEN_KEY) !== token) return;
    const me = await ask("/me", meSchema, { token }).catch(() => null);
    if (me === null || token !== this.#token) return;
    await this.#keep(token, me);
    this.#know(me);
  }

  /** Anybody can make a link: it puts out of this browser only what opens nothing, or is the same pilot's. */
  async #keep(token: string, me: Me): Promise<void> {
    const kept = inBrowser.get(TOKEN_KEY);
    const isFree =
      kept === null ||
      kept === token ||
      (await ask("/me", meSchema, { token: kept }).then(
        ({ playerId }) => playerId !== null && playerId === me.playerId,
        (error) => TOKEN_CODES.has(asApiError(error).code),
      ));
    if (isFree) {
      inWindow.remove(TOKEN_KEY);
      inBrowser.set(TOKEN_KEY, token);
    } else inWindow.set(TOKEN_KEY, token);
  }

  #become(token: string, me: Me): void {
    this.#token = token;
    this.trouble = "";
    this.#know(me);
  }

  #know({ playerId, name, sectorId }: Me): void {
    // Who has not flown yet is no player either, and nobody from before.
    if (playerId === null || playerId !== this.#playerId) {
      this.cursor = null;
      this.harvestIds.length = 0;
      this.wantedLicense = null;
    }
    this.#playerId = playerId;
    this.name = name;
    this.moved(sectorId);
  }

  /** The room has taken this pilot in: events after `cursor` follow. */
  joined(playerId: string, cursor: number): void {
    this.#playerId = playerId;
    this.cursor = Math.max(this.cursor ?? 0, cursor);
  }

  /** Asks where the ship is. @throws ApiError */
  async locate(): Promise<number> {
    const me = await ask("/me", meSchema, { token: this.#token });
    this.#know(me);
    return me.sectorId;
  }

  /** Asks the server as whoever is signed in. @throws ApiError */
  async ask<Schema extends z.ZodType>(
    path: string,
    schema: Schema,
    options: { readonly body?: unknown; readonly key?: string } = {},
  ): Promise<z.output<Schema>> {
    const token = this.#token;
    try {
      return await ask(path, schema, { token, ...options });
    } catch (error) {
      const refusal = asApiError(error);
      if (token !== null && token === this.#token && ONLY_WATCHES.has(refusal.code)) this.reject(refusal);
      throw refusal;
    }
  }

  fly(): void {
    this.flying = true;
    this.#tell();
  }

  /** A place in the room that the ship has warped to, to be taken once. */
  giveSeat(seat: unknown): void {
    this.#seat = seat;
  }

  takeSeat(): unknown {
    const seat = this.#seat;
    this.#seat = null;
    return seat;
  }

  /** Lets go of the ship, and stays signed in. */
  land(): void {
    this.flying = false;
    this.#tell();
  }

  /** Goes on without the token. One that opens nothing is forgotten; whose pilot is banned, that is kept: bans end. */
  reject(refusal: ApiError): void {
    this.trouble = troubleOf(refusal);
    if (TOKEN_CODES.has(refusal.code)) this.forget();
    else this.#setAside();
  }

  /** Of what is kept only this window's own goes: another window may have signed somebody else in. */
  forget(): void {
    for (const kept of [inBrowser, inWindow]) {
      if (kept.get(TOKEN_KEY) === this.#token) kept.remove(TOKEN_KEY);
    }
    this.#setAside();
  }

  #setAside(): void {
    this.#token = null;
    this.flying = false;
    this.shipSectorId = null;
    this.#tell();
  }

  moved(sectorId: number): void {
    this.shipSectorId = sectorId;
    this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

function troubleOf({ code, message }: ApiError): string {
  return code === "banned"
    ? `${message} Until then you can watch; after that take off again with “Fly”.`
    : `${message} You watch without it.`;
}

/** A token may come with the address, behind the #: that part is never sent to a server. */
function takeLink(): string | null {
  const given = /^#token=([\w.-]+)$/.exec(location.hash)?.[1];
  if (given === undefined) return null;
  history.replaceState(null, "", location.pathname + location.search);
  return given;
}
