import { STATUS_CODES } from "node:http";
import type { HttpRequest, HttpResponse } from "uws-pack";
import type { HttpResponse as Answer } from "../http/types.ts";
import { Body } from "./body.ts";
import type { TransportParts } from "./parts.ts";

const WITHOUT_BODY: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/** Answers one request with our handler. Everything of `request` is read at once: uWebSockets reuses it after this call. */
export function serveUws(
  { http, limits }: TransportParts,
  response: HttpResponse,
  request: HttpRequest,
): void {
  const method = request.getCaseSensitiveMethod();
  const headers = headersOf(request);
  const body = WITHOUT_BODY.has(method) ? null : new Body(limits);
  let gone = false;
  response.onAborted(() => {
    gone = true;
    body?.abort();
  });
  if (body !== null) receive(response, body, Number(headers["content-length"] ?? 0));

  void http({
    method,
    url: urlOf(request),
    headers,
    remoteAddress: Buffer.from(response.getRemoteAddressAsText()).toString(),
    readBody: () => body?.read() ?? Promise.resolve(Buffer.alloc(0)),
  }).then((answer) => {
    if (!gone) write(response, answer, { method, closes: body?.complete === false });
  });
}

/** Path and query, as sent. */
export function urlOf(request: HttpRequest): string {
  // Undefined without a query, whatever its type says.
  const query: string | undefined = request.getQuery();
  return query ? `${request.getUrl()}?${query}` : request.getUrl();
}

export function headersOf(request: HttpRequest): Record<string, string> {
  const headers: Record<string, string> = {};
  request.forEach((name, value) => {
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`;
  });
  return headers;
}

function receive(response: HttpResponse, body: Body, length: number): void {
  body.announce(length);
  response.onData((chunk, isLast) => {
    // The bytes are uWebSockets' own and gone after this call.
    if (body.open) body.push(Buffer.from(chunk.slice(0)));
    if (isLast) body.end();
  });
}

/** @param closes whether the rest of the request is cut off with the connection */
function write(
  response: HttpResponse,
  { status, headers, body }: Answer,
  { method, closes }: { method: string; closes: boolean },
): void {
  response.cork(() => {
    response.writeStatus(`${status} ${STATUS_CODES[status] ?? ""}`);
    for (const [name, value] of Object.entries(headers)) response.writeHeader(name, value);
    if (method === "HEAD") response.endWithoutBody(Buffer.byteLength(body), closes);
    else response.end(body, closes);
  });
}
