import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { HttpHandler } from "../http/types.ts";
import { announcedBytes, Body } from "./body.ts";
import type { TransportLimits } from "./limits.ts";

/** As large as uWebSockets is told to take. */
const HEADERS_BYTES_MAX = 16 * 1024;
/** A page's next request comes soon or not at all. */
const KEEP_ALIVE_MS = 10_000;
/** Between two bytes of an answer; rooms' sockets have a heartbeat of their own. */
const SILENCE_MS_MAX = 30_000;
/** How often Node looks for connections whose time is up: it would only look twice a minute. */
const LOOK_FOR_SLOW_MS = 1_000;
/** An answer gets this long to be read before the rest of a request nobody wants is cut off with the connection. */
const LINGER_MS = 1_000;

/** Node's own HTTP server with our handler, not listening yet. */
export function createNodeServer(handler: HttpHandler, limits: TransportLimits): Server {
  const headersMsMax = limits.headersSecondsMax * 1000;
  const server = createServer(
    {
      headersTimeout: headersMsMax,
      requestTimeout: headersMsMax + limits.httpBodySecondsMax * 1000,
      connectionsCheckingInterval: LOOK_FOR_SLOW_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      maxHeaderSize: HEADERS_BYTES_MAX,
    },
    (request, response) => void serve(handler, limits, request, response),
  );
  server.setTimeout(SILENCE_MS_MAX);
  return server;
}

async function serve(
  handler: HttpHandler,
  limits: TransportLimits,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  // A client that goes away in mid-answer is none of our business; unheard, its error would end the process.
  response.on("error", () => {});
  const headers = headersOf(request);
  const body = new Body(limits, announcedBytes(headers));
  let receiving = false;
  const answer = await handler({
    method: request.method ?? "",
    url: request.url ?? "/",
    headers,
    remoteAddress: request.socket.remoteAddress ?? "",
    readBody: () => {
      if (!receiving) receive(request, body);
      receiving = true;
      return body.read();
    },
  });
  if (response.destroyed) return;
  const bytes = Buffer.from(answer.body);
  response.writeHead(answer.status, {
    ...answer.headers,
    // What has no body by its nature says nothing of its length either.
    ...(answer.status !== 204 && answer.status !== 304 && { "content-length": bytes.length }),
  });
  response.end(request.method === "HEAD" ? undefined : bytes);
  if (!request.complete && body.endless) cutOff(request, response);
}

/** Names in lower case; the values of a repeated header joined with ", ". */
export function headersOf(request: IncomingMessage): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(", ") : value;
  return headers;
}

function receive(request: IncomingMessage, body: Body): void {
  if (!body.open) return;
  request.on("data", (chunk: Buffer) => {
    body.push(chunk);
    // Nothing more is read: what the client still sends waits at its own end.
    if (!body.open) request.pause();
  });
  request.on("end", () => body.end());
  request.on("close", () => body.abort());
  request.on("error", () => body.abort());
}

/** Node would go on reading, and throw away the rest of a request that nobody wants, however long it is. */
function cutOff(request: IncomingMessage, response: ServerResponse): void {
  const { socket } = request;
  // It starts that when the answer is out, one turn of the event loop before this.
  response.on("finish", () => setImmediate(() => socket.pause()));
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}
