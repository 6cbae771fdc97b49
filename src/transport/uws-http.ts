import { STATUS_CODES } from "node:http";
import type { HttpRequest, HttpResponse } from "uws-pack";
import type { HttpResponse as Answer } from "../http/types.ts";
import { announcedBytes, Body } from "./body.ts";
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
  const body = WITHOUT_BODY.has(method) ? null : new Body(limits, announcedBytes(headers));
  let gone = false;
  response.onAborted(() => {
    gone = true;
    body?.abort();
  });
  if (body !== null) receive(response, body);

  void http({
    method,
    url: urlOf(request),
    headers,
    remoteAddress: Buffer.from(response.getRemoteAddressAsText()).toString(),
    readBody: () => body?.read() ?? Promise.resolve(Buffer.alloc(0)),
  }).then((answer) => {
    if (!gone) write(response, answer, { method, endless: body?.endless ?? false });
  });
}

/** Path and query, as sent. */
export function urlOf(request: HttpRequest): string {
  // Undefined without a query, whatever its type says.
  const query: string | undefined = request.getQuery();
  return query ? `${request.getUrl()}?${query}` : request.getUrl();
}

/** Names in lower case; the values of a repeated header joined with ", ". */
export function headersOf(request: HttpRequest): Record<string, string> {
  const headers: Record<string, string> = {};
  request.forEach((name, value) => {
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`;
  });
  return headers;
}

function receive(response: HttpResponse, body: Body): void {
  response.onData((chunk, isLast) => {
    // The bytes are uWebSockets' own and gone after this call.
    if (body.open) body.push(Buffer.from(chunk.slice(0)));
    if (isLast) body.end();
  });
}

/** @param endless whether the rest of the request is not waited for */
function write(
  response: HttpResponse,
  { status, headers, body }: Answer,
  { method, endless }: { method: string; endless: boolean },
): void {
  // Left unread, the rest stays with the client, and uWebSockets closes the silent connection after 10 s. Closing it at
  // once would take the answer back from a client that is still sending.
  if (endless) response.pause();
  response.cork(() => {
    response.writeStatus(`${status} ${STATUS_CODES[status] ?? ""}`);
    for (const [name, value] of Object.entries(headers)) response.writeHeader(name, value);
    if (endless) response.writeHeader("connection", "close");
    if (status === 304) response.endWithoutBody();
    else if (method === "HEAD") response.endWithoutBody(Buffer.byteLength(body));
    else response.end(body);
  });
}
