import { Client, type Room } from "@colyseus/sdk";
import { type ApiError, asApiError } from "./api.ts";
import { ONLY_WATCHES } from "./session.ts";

/** How long until the next try after a failed one, in ms: soon at first, then less and less often. */
const RETRY_MS_FIRST = 500;
const RETRY_MS_MAX = 5_000;
/** After an hour's pause everybody comes back at once: spread over this share of the wait. */
const JITTER = 0.3;
/** How often the server is asked for a sign of life, in ms, and how many times in vain before the line counts as lost. */
const PING_MS = 5_000;
const PINGS_UNANSWERED_MAX = 2;
/** A join that takes longer, in ms, hangs. */
const JOIN_MS_MAX = 15_000;
/** The server has given this room up, or the ship has moved: ask again where to go. */
const JOIN_AGAIN = 4110;
const SUPERSEDED = 4101;
/** An operator ended the session. */
const KICKED = 4102;

export type Status =
  | { readonly kind: "connecting" }
  | { readonly kind: "live" }
  /** Tried again by itself at `atMs` of the page's own clock. */
  | { readonly kind: "retrying"; readonly atMs: number; readonly error: ApiError }
  /** Over until somebody asks for it again. */
  | { readonly kind: "ended"; readonly error: ApiError };

/** Who asks. */
interface Asker {
  readonly token: string | null;
  /** The server lets nobody in with the token: from now on this page goes without it. */
  reject(error: ApiError): void;
}

interface Options<State> {
  readonly asker: Asker;
  readonly join: (client: Client) => Promise<Room<unknown, State>>;
  readonly onJoin?: (room: Room<unknown, State>) => void;
  readonly onState: (state: State) => void;
  readonly onMessage?: (type: string, payload: unknown) => void;
  readonly onStatus: (status: Status) => void;
  /** Whom an operator has sent away may come back, as nobody if they are banned. */
  readonly comesBack?: boolean;
  /** Refusals that trying again does not change. @returns true to end instead */
  readonly isFinal?: (error: ApiError) => boolean;
}

function serverAddress(): string {
  return `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}`;
}

/** A place in a room that is kept: after a loss it is taken again, and said so meanwhile. */
export class Connection<State> {
  readonly #options: Options<State>;
  readonly #client: Client;
  #room: Room<unknown, State> | null = null;
  #retryMs = RETRY_MS_FIRST;
  #timer = 0;
  #pings = 0;
  #unansweredPings = 0;
  #closed = false;

  constructor(options: Options<State>) {
    this.#options = options;
    this.#client = new Client(serverAddress());
    void this.#join();
  }

  send(type: string, payload: unknown): boolean {
    if (this.#room === null) return false;
    this.#room.send(type, payload);
    return true;
  }

  /** Leaves for good. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    clearInterval(this.#pings);
    const room = this.#room;
    this.#room = null;
    void room?.leave();
  }

  async #join(): Promise<void> {
    const { asker, join, onStatus } = this.#options;
    const { token } = asker;
    // While tries fail it stays said that they do.
    if (this.#retryMs === RETRY_MS_FIRST) onStatus({ kind: "connecting" });
    this.#client.auth.token = token ?? "";
    try {
      const joining = join(this.#client);
      const room = await inTime(joining);
      if (this.#closed) {
        void room.leave();
        return;
      }
      this.#enter(room);
    } catch (error) {
      const refusal = asApiError(error);
      if (token === null || !ONLY_WATCHES.has(refusal.code)) this.#failed(refusal);
      else if (!this.#closed) {
        // Meanwhile somebody may have signed in again.
        if (asker.token === token) asker.reject(refusal);
        void this.#join();
      }
    }
  }

  #enter(room: Room<unknown, State>): void {
    this.#room = room;
    this.#retryMs = RETRY_MS_FIRST;
    // Ours says what it does, and knows when the ship is elsewhere.
    room.reconnection.enabled = false;
    this.#options.onJoin?.(room);
    this.#watch(room);
    room.onStateChange((state) => {
      this.#unansweredPings = 0;
      if (this.#room === room) this.#options.onState(state);
    });
    room.onMessage("*", (type, payload) => {
      this.#unansweredPings = 0;
      if (this.#room === room) this.#options.onMessage?.(String(type), payload);
    });
    room.onLeave((code) => {
      if (this.#room !== room) return;
      this.#room = null;
      if (this.#closed) return;
      if (code === SUPERSEDED) {
        const text = "Another window or device has taken control of this ship.";
        this.#options.onStatus({ kind: "ended", error: asApiError(new Error(refusal("superseded", text))) });
      } else if (code === KICKED && this.#options.comesBack !== true) {
        const text = "The operator of this server has ended your session here.";
        this.#options.onStatus({ kind: "ended", error: asApiError(new Error(refusal("kicked", text))) });
      } else if (code === JOIN_AGAIN || code === KICKED) void this.#join();
      else this.#failed(asApiError(null));
    });
    this.#options.onStatus({ kind: "live" });
  }

  /** A server that hangs, or a line that is cut without a word, closes nothing: only silence tells. */
  #watch(room: Room<unknown, State>): void {
    this.#unansweredPings = 0;
    clearInterval(this.#pings);
    this.#pings = window.setInterval(() => {
      if (this.#room !== room) return;
      if (this.#unansweredPings < PINGS_UNANSWERED_MAX) {
        this.#unansweredPings++;
        room.ping(() => {
          this.#unansweredPings = 0;
        });
        return;
      }
      this.#room = null;
      clearInterval(this.#pings);
      void room.leave(false);
      this.#failed(asApiError(null));
    }, PING_MS);
  }

  #failed(error: ApiError): void {
    if (this.#closed) return;
    if (this.#options.isFinal?.(error) === true) {
      this.#options.onStatus({ kind: "ended", error });
      return;
    }
    const waitMs = this.#retryMs * (1 + Math.random() * JITTER);
    this.#retryMs = Math.min(RETRY_MS_MAX, this.#retryMs * 2);
    this.#options.onStatus({ kind: "retrying", atMs: performance.now() + waitMs, error });
    this.#timer = window.setTimeout(() => void this.#join(), waitMs);
  }
}

/** @throws ApiError when it takes too long; whoever comes in after that leaves again */
async function inTime<State>(joining: Promise<Room<unknown, State>>): Promise<Room<unknown, State>> {
  let timer = 0;
  const late = new Promise<null>((resolve) => {
    timer = window.setTimeout(() => resolve(null), JOIN_MS_MAX);
  });
  const room = await Promise.race([joining, late]);
  clearTimeout(timer);
  if (room !== null) return room;
  void joining.then(
    (entered) => entered.leave(),
    () => {},
  );
  throw asApiError(null);
}

function refusal(code: string, error: string): string {
  return JSON.stringify({ code, error, detail: {} });
}
