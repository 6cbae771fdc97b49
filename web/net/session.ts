import type { z } from "zod";
import { ApiError, asApiError, ask } from "./api.ts";
import { guestSchema, meSchema } from "./wire.ts";

const TOKEN_KEY = "sectorkeep.token";
/** Who has such a token has none. */
export const TOKEN_CODES: ReadonlySet<string> = new Set(["token_invalid", "token_expired"]);

/** Who sits here. The token is kept by the browser, so that a guest finds their ship again. */
export class Session {
  #token: string | null;
  /** This window flies the ship: only then it takes control of it away from others. */
  flying = false;
  name = "";
  /** Why this page has signed its pilot out; empty when it has not. */
  trouble = "";
  /** Where the ship is, as far as is known. */
  shipSectorId: number | null = null;
  /** The newest event of the pilot's feed that this page has. */
  cursor = 0;
  /** The sector that was looked at last; null while none was. */
  watchedSectorId: number | null = null;
  /** Harvests that ended while this page flew, the newest first: each can be brought to a guild contract. */
  readonly harvestIds: string[] = [];
  /** The claimed field that the pilot has asked for a licence for. */
  wantedLicense: number | null = null;
  #seat: unknown = null;
  readonly #listeners = new Set<() => void>();

  constructor() {
    // A token may come with the address, behind the #: that part is never sent to a server.
    const given = /^#token=([\w.-]+)$/.exec(location.hash)?.[1];
    if (given !== undefined) {
      localStorage.setItem(TOKEN_KEY, given);
      history.replaceState(null, "", location.pathname);
    }
    this.#token = localStorage.getItem(TOKEN_KEY);
  }

  get token(): string | null {
    return this.#token;
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
    this.#token = token;
    this.trouble = "";
    this.cursor = 0;
    localStorage.setItem(TOKEN_KEY, token);
    this.name = me.name;
    this.moved(me.sectorId);
  }

  /** Asks where the ship is. @throws ApiError */
  async locate(): Promise<number> {
    const me = await ask("/me", meSchema, { token: this.#token });
    this.name = me.name;
    this.moved(me.sectorId);
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
      if (token !== null && token === this.#token && TOKEN_CODES.has(refusal.code)) this.reject(refusal);
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

  /** The token opens nothing here. Whoever only watches goes on without it. */
  reject({ message }: ApiError): void {
    this.trouble = message;
    this.forget();
  }

  forget(): void {
    localStorage.removeItem(TOKEN_KEY);
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
