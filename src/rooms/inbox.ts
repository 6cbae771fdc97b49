import { hash } from "node:crypto";
import type { Dispatcher } from "@colyseus/command";
import { ZodError } from "zod";
import type { CommandSpec, ParsedCommand, SectorRoomLike } from "../commands/order.ts";
import type { Pilot } from "../commands/pilot.ts";
import type { Services } from "../commands/services.ts";
import { ERRORS, type ErrorCode, invalidMessage, Refusal, type RefusalDetail } from "../errors.ts";
import type { RequestLookup } from "../persistence/requests.ts";
import { classify } from "../persistence/sqlstate.ts";
import type { Answer } from "../persistence/work.ts";

/** Requests of one pilot that may wait for the one before them; whoever sends more does not wait for answers. */
export const WAITING_MAX = 16;

/** The answer to a request, as it goes over the wire: under `accepted` or `refused`. */
export type Reply =
  | { readonly type: "accepted"; readonly body: Answer & { requestId: string } }
  | {
      readonly type: "refused";
      readonly body: { requestId: string; code: ErrorCode; message: string; detail: RefusalDetail };
    };

/** The answer to a request that was refused; `requestId` is empty when none could be read. */
export function refusedReply(requestId: string, refusal: Refusal): Reply {
  const { code, detail } = refusal;
  return { type: "refused", body: { requestId, code, message: ERRORS[code][1], detail } };
}

function fingerprintOf(name: string, body: ParsedCommand["body"]): string {
  const sorted = Object.entries(body).sort(([a], [b]) => (a < b ? -1 : 1));
  return hash("sha256", JSON.stringify([name, sorted]), "base64");
}

/** The requestId of a payload of which nothing else is certain. */
export function requestIdOf(payload: unknown): string {
  if (typeof payload !== "object" || payload === null || !("requestId" in payload)) return "";
  return typeof payload.requestId === "string" ? payload.requestId.slice(0, 64) : "";
}

/** What keeps a room from beginning something. */
interface Ending {
  /** The room itself has ended: nothing runs in it any more. */
  readonly hasEnded: () => boolean;
  /** The process is about to stop. What runs goes on until it ends by itself. */
  readonly isDraining: () => boolean;
}

/** What pilots ask for, one request of each pilot after the other: checked, known to be new, carried out, answered. */
export class Inbox {
  readonly #services: Services;
  readonly #lookup: RequestLookup;
  readonly #waiting = new Map<Pilot, { requestIds: string[]; last: Promise<unknown> }>();

  constructor(services: Services, lookup: RequestLookup) {
    this.#services = services;
    this.#lookup = lookup;
  }

  /** Never rejects: whatever goes wrong is the reply. */
  async receive(
    spec: CommandSpec,
    payload: unknown,
    pilot: Pilot,
    dispatcher: Dispatcher<SectorRoomLike>,
    ending: Ending,
  ): Promise<Reply> {
    const requestId = requestIdOf(payload);
    try {
      const command = spec.parse(payload);
      this.#refuseToWait(spec, pilot, requestId);
      return await this.#inTurn(pilot, requestId, () =>
        this.#carryOut(spec, command, pilot, dispatcher, ending),
      );
    } catch (error) {
      return refusedReply(requestId, this.#refusalFor(error, spec, requestId, pilot));
    }
  }

  /** While the database is away nobody waits for it, but for the answer to what had reached it before. */
  #refuseToWait(spec: CommandSpec, pilot: Pilot, requestId: string): void {
    if (!spec.costs || this.#services.queue.refusal() !== "store_unavailable") return;
    if (pilot.recall(requestId) !== null) return;
    if (this.#waiting.get(pilot)?.requestIds.includes(requestId) === true) return;
    throw new Refusal("store_unavailable");
  }

  async #inTurn(pilot: Pilot, requestId: string, work: () => Promise<Reply>): Promise<Reply> {
    const queue = this.#waiting.get(pilot) ?? { requestIds: [], last: Promise.resolve() };
    if (queue.requestIds.length >= WAITING_MAX) throw new Refusal("busy");
    queue.requestIds.push(requestId);
    const mine = queue.last.then(work, work);
    queue.last = mine.catch(() => {});
    this.#waiting.set(pilot, queue);
    try {
      return await mine;
    } finally {
      queue.requestIds.shift();
      if (queue.requestIds.length === 0) this.#waiting.delete(pilot);
    }
  }

  async #carryOut(
    spec: CommandSpec,
    command: ParsedCommand,
    pilot: Pilot,
    dispatcher: Dispatcher<SectorRoomLike>,
    ending: Ending,
  ): Promise<Reply> {
    const { requestId } = command;
    const fingerprint = fingerprintOf(spec.name, command.body);
    const first =
      pilot.recall(requestId) ?? (spec.costs ? await this.#lookup.find(pilot.id, requestId) : null);
    if (first !== null) {
      if (first.fingerprint !== fingerprint) throw new Refusal("request_id_reused");
      return { type: "accepted", body: { ...first.answer, requestId, repeated: true } };
    }
    if (ending.hasEnded()) throw new Refusal("draining");
    if (spec.costs) this.#refuseToBegin(ending);

    const answers: Answer[] = [];
    const key = { playerId: pilot.id, requestId, fingerprint };
    await command.run(dispatcher, { pilot, key, accept: (answer) => answers.push(answer) });
    const [answer] = answers;
    if (answer === undefined) throw new Error(`${spec.name} neither accepted nor refused`);
    pilot.remember(requestId, { fingerprint, answer }, spec.costs);
    return { type: "accepted", body: { ...answer, requestId } };
  }

  /** What is free belongs to what runs already (to flee, say), and is not refused for these reasons. */
  #refuseToBegin({ isDraining }: Ending): void {
    if (isDraining()) throw new Refusal("draining");
    if (this.#services.clock.isSkewed()) throw new Refusal("clock_skew");
    const busy = this.#services.queue.refusal();
    if (busy !== null) throw new Refusal(busy);
  }

  #refusalFor(error: unknown, spec: CommandSpec, requestId: string, pilot: Pilot): Refusal {
    if (error instanceof Refusal) return error;
    if (error instanceof ZodError) return invalidMessage(error);
    const failure = classify(error);
    const fields = { err: error, command: spec.name, requestId, playerId: pilot.id };
    if (failure !== "fatal") {
      this.#services.log.warn(fields, "The database could not answer a request.");
      return new Refusal("store_unavailable");
    }
    this.#services.log.error(fields, "A command failed.");
    return new Refusal("internal");
  }
}
