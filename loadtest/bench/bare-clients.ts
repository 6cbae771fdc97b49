/** Clients of the bare room: they act as the load test's bots do, as often and in the same mix. */
import { randomUUID } from "node:crypto";
import { HttpClient } from "../fleet/http.ts";
import { type Line, seatSchema } from "../fleet/line.ts";
import { noTraffic, openLine, type Traffic } from "../fleet/wire-line.ts";

export interface BareOptions {
  readonly url: string;
  readonly clients: number;
  readonly sectors: number;
  readonly everyMs: number;
  readonly joinsPerSecond: number;
}

export class BareClients {
  readonly traffic: Traffic = noTraffic();
  actions = 0;
  readonly #options: BareOptions;
  readonly #http: HttpClient;
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #lines = new Set<Line>();
  #failure: unknown = null;

  constructor(options: BareOptions) {
    this.#options = options;
    this.#http = new HttpClient([options.url]);
  }

  /** @returns once all are in */
  async join(): Promise<void> {
    const { clients, joinsPerSecond } = this.#options;
    const startMs = performance.now();
    const joining: Promise<void>[] = [];
    for (let client = 0; client < clients; client++) {
      const dueMs = startMs + (client / joinsPerSecond) * 1000;
      await pause(dueMs - performance.now());
      joining.push(this.#play(client));
    }
    await Promise.all(joining);
  }

  /** @throws what a client died of */
  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    for (const line of this.#lines) line.cut();
    if (this.#failure !== null) throw this.#failure;
  }

  async #play(client: number): Promise<void> {
    let sectorId = client % this.#options.sectors;
    let line = await this.#enter(sectorId);
    const act = async () => {
      this.actions++;
      const dice = Math.random() * 100;
      if (dice < 20) {
        this.#lines.delete(line);
        line.send("warp", { requestId: randomUUID() });
        line.leave();
        sectorId = (sectorId + 1) % this.#options.sectors;
        line = await this.#enter(sectorId);
      } else line.send(dice < 80 ? "harvest" : dice < 90 ? "attack" : "dock", { requestId: randomUUID() });
    };
    this.#repeat(act, Math.random() * this.#options.everyMs);
  }

  #repeat(act: () => Promise<void>, waitMs: number): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act().catch((error: unknown) => {
        this.#failure ??= error;
      });
      this.#repeat(act, this.#options.everyMs);
    }, waitMs);
    this.#timers.add(timer);
  }

  async #enter(sectorId: number): Promise<Line> {
    const line = await enterBareRoom(this.#http, sectorId, this.traffic);
    this.#lines.add(line);
    return line;
  }
}

/** @returns once the first state is there */
export async function enterBareRoom(
  http: HttpClient,
  sectorId: number,
  traffic: Traffic,
  onClosed = () => {},
): Promise<Line> {
  const seat = seatSchema.parse(await http.post("/matchmake/joinOrCreate/bare", { sectorId }));
  const address = `ws://${http.base.host}/${seat.processId}/${seat.roomId}?sessionId=${seat.sessionId}`;
  return openLine(address, seat.roomId, { onMessage: () => {}, onClosed }, traffic);
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
