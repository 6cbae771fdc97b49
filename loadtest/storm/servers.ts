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
  #spare: ServerChild | null = null;

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

  /** Has a server stand by, so that the next `replace` need not start one. */
  async standBy(): Promise<void> {
    this.#spare ??= await this.#start();
  }

  /** The one standing by takes over; if there is none, one is started first. */
  async replace(): Promise<void> {
    const next = this.#spare ?? (await this.#start());
    this.#spare = null;
    this.#active = next;
    this.#door.leadTo(next.port);
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
        if (attempt === STARTS_MAX) throw error;
        await pause(START_AGAIN_MS);
      }
    }
  }
}
