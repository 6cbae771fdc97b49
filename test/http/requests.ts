import type { HttpRequest, HttpResponse } from "../../src/http/types.ts";
import type { Log } from "../../src/telemetry/log.ts";

/** A request as a transport would hand it over. */
export function request(
  method: string,
  url: string,
  { body = "", ...changes }: Partial<Omit<HttpRequest, "readBody">> & { body?: string } = {},
): HttpRequest {
  return {
    method,
    url,
    headers: {},
    remoteAddress: "203.0.113.7",
    readBody: () => Promise.resolve(Buffer.from(body)),
    ...changes,
  };
}

/** What a client makes of an answer: its status, and its body read as JSON. */
export function told(response: HttpResponse): { status: number; body: Record<string, unknown> } {
  const body: Record<string, unknown> = JSON.parse(String(response.body));
  return { status: response.status, body };
}

/** A log that can be read. */
export class TestLog implements Log {
  readonly lines: { level: string; message: string; fields: object }[] = [];

  debug(fields: object, message: string): void {
    this.lines.push({ level: "debug", message, fields });
  }

  info(fields: object, message: string): void {
    this.lines.push({ level: "info", message, fields });
  }

  warn(fields: object, message: string): void {
    this.lines.push({ level: "warn", message, fields });
  }

  error(fields: object, message: string): void {
    this.lines.push({ level: "error", message, fields });
  }
}
