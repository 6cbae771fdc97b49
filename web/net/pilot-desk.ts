import { ApiError } from "./api.ts";
import { newId } from "./ids.ts";
import { acceptedSchema, refusedSchema } from "./wire.ts";

/** Longer than any answer takes; the request itself may still be carried out, and its events tell. */
const ANSWER_MS_MAX = 20_000;

interface Pending {
  readonly type: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly resolve: (answer: Record<string, unknown>) => void;
  readonly reject: (error: ApiError) => void;
  readonly timer: number;
}

/**
 * The pilot's requests and their answers. A request that a lost line has left unanswered is sent again under its own id:
 * the server carries it out once, whatever happens to the line.
 */
export class PilotDesk {
  readonly #send: (type: string, payload: unknown) => boolean;
  readonly #pending = new Map<string, Pending>();

  constructor(send: (type: string, payload: unknown) => boolean) {
    this.#send = send;
  }

  /** @throws ApiError the refusal */
  request(type: string, body: Readonly<Record<string, unknown>> = {}): Promise<Record<string, unknown>> {
    const requestId = newId();
    return new Promise((resolve, reject) => {
      const timer = window.setTimeout(() => {
        this.#pending.delete(requestId);
        reject(
          new ApiError(
            "timeout",
            "The server has not answered. What happened is told when the line is back.",
          ),
        );
      }, ANSWER_MS_MAX);
      this.#pending.set(requestId, { type, body, resolve, reject, timer });
      this.#send(type, { ...body, requestId });
    });
  }

  /** The line is back. */
  sendAgain(): void {
    for (const [requestId, { type, body }] of this.#pending) this.#send(type, { ...body, requestId });
  }

  /** @returns whether the message was an answer */
  hear(type: string, payload: unknown): boolean {
    if (type === "accepted") {
      const accepted = acceptedSchema.safeParse(payload);
      if (accepted.success) this.#take(accepted.data.requestId)?.resolve(accepted.data);
      return true;
    }
    if (type !== "refused") return false;
    const refused = refusedSchema.safeParse(payload);
    if (!refused.success) return true;
    const { requestId, code, message, detail } = refused.data;
    this.#take(requestId ?? "")?.reject(new ApiError(code, message ?? code, detail));
    return true;
  }

  #take(requestId: string): Pending | undefined {
    const pending = this.#pending.get(requestId);
    this.#pending.delete(requestId);
    if (pending !== undefined) clearTimeout(pending.timer);
    return pending;
  }
}
