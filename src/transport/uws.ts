import "../colyseus-settings.ts";
import uWebSockets from "uWebSockets.js";
import { CloseCode, getMessageBytes, type ISendOptions, Protocol, Transport } from "@colyseus/core";
import {
  ReadyState,
  uWebSocketClient,
  uWebSocketWrapper,
} from "@colyseus/uwebsockets-transport/uWebSocketClient";
import type {
  HttpRequest,
  HttpResponse,
  us_listen_socket,
  us_socket_context_t,
  WebSocket,
  WebSocketBehavior,
} from "uws-pack";
import { Backlog } from "./backlog.ts";
import { Outbox } from "./outbox.ts";
import type { TransportParts } from "./parts.ts";
import {
  LATENCY_PINGS_MAX,
  LATENCY_SOCKET_MS_MAX,
  readSocketUrl,
  type SeatRequest,
  takeSeat,
} from "./seats.ts";
import { headersOf, serveUws, urlOf } from "./uws-http.ts";

/** What the handshake left with a socket; uWebSockets copies it onto the socket itself. */
interface Opened {
  readonly wanted: SeatRequest | "latency";
  readonly key: string;
  readonly headers: Record<string, string>;
}

type Socket = WebSocket<Opened>;

/** Two processes on one port would each get half of the clients: uSockets' own default allows it. */
const LISTEN_EXCLUSIVELY = 1;
/** Stopping waits this long for the last closing frames to go out. */
const SHUTDOWN_MS_MAX = 500;

/** A client of uWebSockets that is cut off when it does not acknowledge that it has joined. */
class UwsClient extends uWebSocketClient {
  readonly #backlog: Backlog;
  readonly #outbox: Outbox;

  constructor(sessionId: string, wrapper: uWebSocketWrapper, bytesMax: number, outbox: Outbox) {
    super(sessionId, wrapper);
    this.#backlog = new Backlog(bytesMax);
    this.#outbox = outbox;
  }

  override raw(data: Uint8Array | Buffer): void {
    if (this.readyState === ReadyState.OPEN) this.#outbox.put(this, data);
  }

  sendTogether(frames: readonly Uint8Array[]): void {
    if (this.readyState !== ReadyState.OPEN) return;
    const socket = this._ref.ws;
    try {
      socket.cork(() => {
        for (const frame of frames) socket.send(frame, true);
      });
    } catch {
      // uWebSockets throws for a socket that is gone; its close is on the way.
      this.readyState = ReadyState.CLOSED;
    }
  }

  override leave(code?: number, reason?: string): void {
    this.#outbox.flush(this);
    super.leave(code, reason);
  }

  override enqueueRaw(data: Uint8Array | Buffer, options?: ISendOptions): void {
    if (this.#backlog.admits(this, data.length)) super.enqueueRaw(data, options);
    // Not at once: a room that is in the middle of telling everybody must not lose a client under its hands.
    else setImmediate(() => this.leave(CloseCode.WITH_ERROR));
  }
}

/**
 * Rooms' sockets and HTTP over uWebSockets. Not Colyseus' own transport: that one reads bodies of any size, does not
 * notice a port that is taken, and ends the process where `uwebsockets-express` is not installed.
 */
export class UwsTransport extends Transport {
  readonly #app = uWebSockets.App();
  readonly #parts: TransportParts;
  /** A closed socket answers no questions any more: what is needed then is kept here. */
  readonly #sockets = new Map<Socket, { readonly key: string; readonly wrapper: uWebSocketWrapper }>();
  readonly #outbox = new Outbox();
  #listening: us_listen_socket | null = null;

  constructor(parts: TransportParts) {
    super();
    this.#parts = parts;
    // Called with 1 for each new connection and -1 for each closed one, except those that have become sockets.
    const count = (response: HttpResponse, change: number) => {
      if (change < 0) parts.admission.closed();
      else if (!parts.admission.connected(addressOf(response))) response.close();
    };
    this.#app.filter(count);
    this.#app.ws<Opened>("/*", this.#behavior());
    this.#app.any("/*", (response, request) => serveUws(parts, response, request));
  }

  /** The port it listens on. */
  get port(): number {
    if (this.#listening === null) throw new Error("Not listening on a port.");
    return uWebSockets.us_socket_local_port(this.#listening);
  }

  /** None of Colyseus' own routes are served: ours are all there are. */
  override bindRouter(): void {}

  override listen(port: number, hostname?: string, _backlog?: number, done?: (error?: Error) => void): this {
    const listening = (socket: us_listen_socket | false) => {
      if (socket === false) {
        done?.(new Error(`Port ${port} is taken, or not ours to listen on.`));
        return;
      }
      this.#listening = socket;
      done?.();
    };
    // With a host there is no way to have the port for oneself.
    if (hostname === undefined) this.#app.listen(port, LISTEN_EXCLUSIVELY, listening);
    else
      done?.(new Error(`uWebSockets listens on all addresses, not on ${hostname} alone. Set TRANSPORT=ws.`));
    return this;
  }

  override shutdown(): void {
    if (this.#listening === null) return;
    uWebSockets.us_listen_socket_close(this.#listening);
    this.#listening = null;
    setTimeout(() => this.#app.close(), SHUTDOWN_MS_MAX).unref();
  }

  override simulateLatency(): void {
    this.#parts.log.warn({}, "Latency is simulated with TRANSPORT=ws only.");
  }

  #behavior(): WebSocketBehavior<Opened> {
    const { limits } = this.#parts;
    return {
      maxPayloadLength: limits.messageBytesMax,
      maxBackpressure: limits.clientBacklogBytesMax,
      // Otherwise what is too much is left out, and the client's copy of the room's state is wrong from then on.
      closeOnBackpressureLimit: true,
      idleTimeout: limits.silenceSecondsMax,
      sendPingsAutomatically: true,
      compression: 0,
      upgrade: (response, request, context) => this.#upgrade(response, request, context),
      open: (socket) => this.#open(socket),
      // The bytes are uWebSockets' own and gone after this call.
      message: (socket, bytes) => {
        this.#sockets.get(socket)?.wrapper.emit("message", Buffer.from(bytes.slice(0)));
      },
      close: (socket, code) => this.#closed(socket, code),
    };
  }

  #upgrade(response: HttpResponse, request: HttpRequest, context: us_socket_context_t): void {
    const { admission } = this.#parts;
    const wanted = readSocketUrl(urlOf(request));
    if (wanted === null) {
      refuse(response, "404 Not Found");
      return;
    }
    const headers = headersOf(request);
    const key = admission.keyOf(addressOf(response), headers);
    if (!admission.socketOpened(key)) {
      refuse(response, "429 Too Many Requests");
      return;
    }
    const opened: Opened = { wanted, key, headers };
    response.upgrade(
      opened,
      request.getHeader("sec-websocket-key"),
      request.getHeader("sec-websocket-protocol"),
      request.getHeader("sec-websocket-extensions"),
      context,
    );
  }

  #open(socket: Socket): void {
    const { limits, log } = this.#parts;
    const { wanted, key, headers } = socket.getUserData();
    const wrapper = new uWebSocketWrapper(socket);
    this.#sockets.set(socket, { key, wrapper });
    if (wanted === "latency") {
      answerPings(socket, wrapper);
      return;
    }
    const client = new UwsClient(wanted.sessionId, wrapper, limits.clientBacklogBytesMax, this.#outbox);
    void takeSeat(client, wanted, { key, headers }, log);
  }

  #closed(socket: Socket, code: number): void {
    const opened = this.#sockets.get(socket);
    if (opened === undefined) return;
    this.#sockets.delete(socket);
    this.#parts.admission.closed();
    this.#parts.admission.socketClosed(opened.key);
    opened.wrapper.emit("close", code);
  }
}

function addressOf(response: HttpResponse): string {
  return Buffer.from(response.getRemoteAddressAsText()).toString();
}

function refuse(response: HttpResponse, status: string): void {
  response.writeStatus(status).end("", true);
}

function answerPings(socket: Socket, wrapper: uWebSocketWrapper): void {
  let open = true;
  const end = () => {
    if (open) socket.end(CloseCode.NORMAL_CLOSURE);
  };
  const timer = setTimeout(end, LATENCY_SOCKET_MS_MAX);
  wrapper.on("close", () => {
    open = false;
    clearTimeout(timer);
  });
  let pings = 0;
  wrapper.on("message", () => {
    pings += 1;
    if (pings <= LATENCY_PINGS_MAX) socket.send(getMessageBytes[Protocol.PING](), true);
    else end();
  });
}
