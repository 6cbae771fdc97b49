/** The server that plays, and one that stands by: what is killed is replaced at once. */
import { setTimeout as pause } from "node:timers/promises";
import type { FrontDoor } from "./front-door.ts";
import { ServerChild } from "./server-child.ts";

/** A server that starts while its database is away says so and ends, as it should; it is started again after this. */
const START_AGAIN_MS = 300;
const STARTS_MAX = 40;

export class Servers {
  readonly #door: FrontDoor;
  readonly #env: Readonly<Record<string, string>>;
  readonly #all = new Set<ServerChild>();
  #active: ServerChild | null = null;
  #spare: Promise<ServerChild> | null = null;
  #closing = false;

  /** @param env what each of them is started with */
  constructor(door: FrontDoor, env: Readonly<Record<string, string>>) {
    this.#door = door;
    this.#env = env;
  }

  /** The one that the door leads to. */
  get active(): ServerChild {
    if (this.#active === null) throw new Error("no server has been started");
    return this.#active;
  }

  /** The one standing by takes over, and another one is made to stand by. */
  async replace(): Promise<ServerChild> {
    const next = await (this.#spare ?? this.#start());
    this.#active = next;
    this.#door.leadTo(next.port);
    this.#spare = this.#start();
    // Who waits for it hears of it.
    this.#spare.catch(() => {});
    return next;
  }

  /** What went wrong with them, apart from what was done to them. */
  troubles(): string[] {
    return [...this.#all].flatMap(({ death }) => death ?? []);
  }

  /** What they have logged as errors, by message. */
  errors(): Map<string, number> {
    const sum = new Map<string, number>();
    for (const { errors } of this.#all) {
      for (const [message, count] of errors) sum.set(message, (sum.get(message) ?? 0) + count);
    }
    return sum;
  }

  async close(): Promise<void> {
    this.#closing = true;
    await this.#spare?.catch(() => {});
    for (const server of this.#all) server.kill();
    await Promise.all([...this.#all].map(({ ended }) => ended));
  }

  async #start(): Promise<ServerChild> {
    for (let attempt = 1; ; attempt++) {
      try {
        const server = await ServerChild.start(this.#env);
        this.#all.add(server);
        return server;
      } catch (error) {
        if (attempt === STARTS_MAX || this.#closing) throw error;
        await pause(START_AGAIN_MS);
      }
    }
  }
}
