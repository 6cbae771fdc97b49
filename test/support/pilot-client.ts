/** A pilot's client in tests: the real SDK over a real socket, with everything it was told written down. */
import { strict as assert } from "node:assert";
import { randomUUID } from "node:crypto";
import { Client, type Room } from "@colyseus/sdk";
import { COMMANDS } from "../../src/commands/catalogue.ts";
import { EVENTS } from "../../src/commands/events.ts";
import type { SectorState } from "../../src/schema/sector.ts";

/** Long enough for whatever a test waits for on a busy machine; a test that gets here has failed. */
const WAIT_MS_MAX = 8_000;

/** The lowest code that a client's own program may close with. */
const LINE_CUT = 3000;

export interface Told {
  readonly type: string;
  readonly payload: Record<string, unknown>;
}

export type Answer =
  | { accepted: Record<string, unknown> }
  | { refused: string; detail: Record<string, unknown> };

interface Waiter {
  readonly matches: (told: Told) => boolean;
  readonly resolve: (told: Told) => void;
}

export interface JoinOptions {
  readonly sectorId?: unknown;
  readonly spectate?: boolean;
  readonly cursor?: number;
  readonly protocol?: unknown;
  readonly appSurface?: string;
  readonly appVersion?: string;
  readonly missionId?: string;
}

export class PilotClient {
  readonly room: Room<unknown, SectorState>;
  readonly told: Told[] = [];
  /** The close code once the connection has ended. */
  closed: number | null = null;
  readonly #waiters = new Set<Waiter>();

  private constructor(room: Room<unknown, SectorState>) {
    this.room = room;
    room.reconnection.enabled = false;
    room.onMessage("*", (type, payload) => this.#hear({ type: String(type), payload }));
    room.onLeave((code) => {
      this.closed = code;
      this.#hear({ type: "(closed)", payload: { code } });
    });
  }

  static sdk(port: number, token: string | null): Client {
    const client = new Client(`ws://localhost:${port}`);
    if (token !== null) client.auth.token = token;
    return client;
  }

  /** @throws the SDK's error when the join is refused */
  static async join(port: number, token: string | null, options: JoinOptions): Promise<PilotClient> {
    const room = await PilotClient.sdk(port, token).joinOrCreate<SectorState>("sector", options);
    return PilotClient.over(room);
  }

  /** Takes over a room that the SDK has joined by other means, once its first state is there or it has been closed. */
  static async over(room: Room<unknown, SectorState>): Promise<PilotClient> {
    const client = new PilotClient(room);
    await new Promise<void>((resolve) => {
      room.onStateChange.once(() => resolve());
      room.onLeave.once(() => resolve());
    });
    return client;
  }

  get state(): SectorState {
    return this.room.state;
  }

  /** Sends a request and waits for its answer. */
  async ask(type: string, body: Record<string, unknown> = {}): Promise<Answer> {
    const requestId = typeof body.requestId === "string" ? body.requestId : randomUUID();
    const answered = this.#next(
      (told) => (told.type === "accepted" || told.type === "refused") && told.payload.requestId === requestId,
    );
    this.room.send(type, { ...body, requestId });
    const { type: kind, payload } = await answered;
    if (kind === "accepted") {
      holdToAnswer(type, payload);
      return { accepted: payload };
    }
    return { refused: String(payload.code), detail: payload.detail as Record<string, unknown> };
  }

  /** The next message of a type that has not come yet; to be called before whatever makes it come. */
  next(type: string): Promise<Record<string, unknown>> {
    return this.#next((told) => told.type === type).then((told) => told.payload);
  }

  /** The first message of a type, whether it has come or is still to come. */
  heard(type: string): Promise<Record<string, unknown>> {
    const before = this.told.find((told) => told.type === type);
    return before === undefined ? this.next(type) : Promise.resolve(before.payload);
  }

  /** Resolves once what has been heard since the join holds. */
  async until(what: string, holds: (told: readonly Told[]) => boolean): Promise<void> {
    if (!holds(this.told)) await this.#next(() => holds(this.told), what);
  }

  /** Resolves when the public state says so. */
  async sees(what: string, holds: (state: SectorState) => boolean): Promise<void> {
    if (holds(this.state)) return;
    await withinLimit(
      what,
      new Promise<void>((resolve) => {
        const look = (state: SectorState) => {
          if (!holds(state)) return;
          this.room.onStateChange.remove(look);
          resolve();
        };
        this.room.onStateChange(look);
      }),
    );
  }

  async leave(): Promise<void> {
    if (this.closed !== null) return;
    const closed = this.heard("(closed)");
    void this.room.leave();
    await closed;
  }

  /** The line is cut. The client's socket cannot do that without saying a code; no code but 4000 means that it leaves. */
  drop(): void {
    this.room.connection.close(LINE_CUT);
  }

  #hear(told: Told): void {
    this.told.push(told);
    holdToContract(told);
    for (const waiter of this.#waiters) {
      if (!waiter.matches(told)) continue;
      this.#waiters.delete(waiter);
      waiter.resolve(told);
    }
  }

  #next(matches: (told: Told) => boolean, what = "a message"): Promise<Told> {
    return withinLimit(
      what,
      new Promise((resolve) => this.#waiters.add({ matches, resolve })),
      () => `; it has heard ${this.told.map((told) => told.type).join(", ")}`,
    );
  }
}

/** @throws when it takes longer than any test may wait */
async function withinLimit<Result>(
  what: string,
  promise: Promise<Result>,
  more: () => string = () => "",
): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Waited too long for ${what}${more()}`)), WAIT_MS_MAX);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** @throws when an answer is not what the catalogue says of it */
function holdToAnswer(
  command: string,
  { requestId: _, repeated: __, ...answer }: Record<string, unknown>,
): void {
  const spec = COMMANDS.find(({ name }) => name === command);
  if (spec !== undefined) assert.deepEqual(spec.answer.parse(answer), answer, `the answer to ${command}`);
}

/** @throws when a message is not what the protocol says of it, a field that it does not mention included */
function holdToContract({ type, payload }: Told): void {
  const spec = EVENTS.find((event) => event.name === type);
  if (spec !== undefined) assert.deepEqual(spec.payload.parse(payload), payload, `the message ${type}`);
}
