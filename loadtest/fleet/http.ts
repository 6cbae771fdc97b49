/** The routes that a pilot's program calls, over connections that stay open. */
import http from "node:http";
import https from "node:https";
import { z } from "zod";
import { APP_REQUEST_HEADERS } from "../app.ts";

/** Enough for hundreds of joins a second; each costs the server a socket. */
const CONNECTIONS_MAX = 64;
const ANSWER_MS_MAX = 30_000;

const AGENTS = {
  "http:": new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS_MAX }),
  "https:": new https.Agent({ keepAlive: true, maxSockets: CONNECTIONS_MAX }),
} as const;

/** What the server answered instead of what was asked for. */
export class HttpRefusal extends Error {
  override name = "HttpRefusal";
  readonly code: string;
  readonly detail: Readonly<Record<string, unknown>>;

  constructor(where: string, status: number, code: string, detail: Readonly<Record<string, unknown>>) {
    super(`${where}: ${status} ${code}`);
    this.code = code;
    this.detail = detail;
  }
}

const refusalSchema = z.object({
  code: z.string(),
  detail: z.record(z.string(), z.unknown()).default({}),
});

type Headers = Readonly<Record<string, string>>;

/** JSON there and back, with one of several servers that are as good as each other. */
export class HttpClient {
  readonly #bases: readonly URL[];
  #at: number;

  /** @param urls of the servers, ws: or http: @param first which one to begin with */
  constructor(urls: readonly string[], first = 0) {
    this.#bases = urls.map((url) => new URL(url.replace(/^ws/, "http")));
    this.#at = first % this.#bases.length;
  }

  /** The server that is asked now: another one, once this one cannot be reached. */
  get base(): URL {
    const base = this.#bases[this.#at];
    if (base === undefined) throw new RangeError("no server to ask");
    return base;
  }

  /** @throws HttpRefusal, or what the connection died of */
  get(path: string, token: string | null = null): Promise<unknown> {
    return this.#call("GET", path, token, null);
  }

  /** @throws HttpRefusal, or what the connection died of */
  post(path: string, body: unknown, token: string | null = null, headers: Headers = {}): Promise<unknown> {
    return this.#call("POST", path, token, JSON.stringify(body), headers);
  }

  async #call(
    method: string,
    path: string,
    token: string | null,
    body: string | null,
    headers: Headers = {},
  ): Promise<unknown> {
    const { status, text } = await this.#exchange(method, path, body, {
      ...headers,
      ...(token !== null && { authorization: `Bearer ${token}` }),
    });
    const answer: unknown = text === "" ? {} : JSON.parse(text);
    if (status >= 200 && status < 300) return answer;
    const refusal = refusalSchema.safeParse(answer);
    throw new HttpRefusal(
      `${method} ${path}`,
      status,
      refusal.data?.code ?? `http_${status}`,
      refusal.data?.detail ?? {},
    );
  }

  #exchange(method: string, path: string, body: string | null, headers: Headers) {
    const { base } = this;
    const url = new URL(path, base);
    const { request } = url.protocol === "https:" ? https : http;
    const options = {
      method,
      agent: url.protocol === "https:" ? AGENTS["https:"] : AGENTS["http:"],
      timeout: ANSWER_MS_MAX,
      headers: {
        ...APP_REQUEST_HEADERS,
        ...headers,
        ...(body !== null && {
          "content-type": "application/json",
          "content-length": Buffer.byteLength(body),
        }),
      },
    };
    return new Promise<{ status: number; text: string }>((resolve, reject) => {
      const call = request(url, options, (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("end", () =>
          resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString() }),
        );
        response.on("error", reject);
      });
      call.on("timeout", () => call.destroy(new Error(`${method} ${path}: no answer`)));
      call.on("error", (error) => {
        if (base === this.base) this.#at = (this.#at + 1) % this.#bases.length;
        reject(error);
      });
      call.end(body ?? undefined);
    });
  }
}
