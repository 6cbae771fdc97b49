import "../colyseus-settings.ts";
import type { IncomingMessage, Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { CloseCode, getMessageBytes, type ISendOptions, Protocol } from "@colyseus/core";
import { WebSocketClient, WebSocketTransport } from "@colyseus/ws-transport";
import type { Log } from "../telemetry/log.ts";
import type { Admission } from "./admission.ts";
import { Backlog } from "./backlog.ts";
import { JoinedFrames } from "./frames.ts";
import type { TransportLimits } from "./limits.ts";
import { createNodeServer, headersOf } from "./node-http.ts";
import { Outbox } from "./outbox.ts";
import type { TransportParts } from "./parts.ts";
import {
  LATENCY_PINGS_MAX,
  LATENCY_SOCKET_MS_MAX,
  readSocketUrl,
  type SeatRequest,
  takeSeat,
} from "./seats.ts";

type Socket = WebSocketClient["ref"];

/** Times a client is asked for a sign of life before it counts as gone. */
const PINGS_UNANSWERED_MAX = 4;
/** A client that does not answer our closing frame is cut off after this. */
const CLOSE_MS_MAX = 2_000;
/** Stopping waits this long for the last closing frames to go out. */
const SHUTDOWN_MS_MAX = 500;

/** Written at once at most: what is held back for one write must not look like a client that does not read. */
const WRITE_BYTES_MAX = 64 * 1024;

/** A client of `ws` that is cut off when it does not read what it is sent. */
class WsClient extends WebSocketClient {
  readonly #backlog: Backlog;
  readonly #outbox: Outbox;
  readonly #frames: JoinedFrames;
  readonly #stream: Duplex;

  constructor(
    sessionId: string,
    socket: Socket,
    parts: { bytesMax: number; outbox: Outbox; frames: JoinedFrames; stream: Duplex },
  ) {
    super(sessionId, socket);
    this.#backlog = new Backlog(parts.bytesMax);
    this.#outbox = parts.outbox;
    this.#frames = parts.frames;
    this.#stream = parts.stream;
  }

  override enqueueRaw(data: Uint8Array | Buffer, options?: ISendOptions): void {
    if (this.#backlog.admits(this, data.length)) super.enqueueRaw(data, options);
    else this.ref.terminate();
  }

  override raw(data: Uint8Array | Buffer): void {
    this.#outbox.put(this, data);
  }

  /** Below `ws`, which would make a frame of each message anew for each client, and write it by itself. */
  sendTogether(messages: readonly Uint8Array[]): void {
    for (const bytes of this.#frames.of(messages)) {
      if (this.ref.readyState !== this.ref.OPEN) return;
      if (this.ref.bufferedAmount + bytes.length <= this.#backlog.bytesMax) this.#stream.write(bytes);
      else this.ref.terminate();
    }
  }

  override leave(code?: number, reason?: string): void {
    this.#outbox.flush(this);
    super.leave(code, reason);
  }
}

/** Rooms' sockets over `ws`, and HTTP over Node's own server. */
export class WsTransport extends WebSocketTransport {
  readonly #http: Server;
  readonly #limits: TransportLimits;
  readonly #admission: Admission;
  readonly #log: Log;
  /** Each open socket: how many of our pings it has left unanswered. */
  readonly #sockets = new Map<Socket, { unanswered: number }>();
  readonly #outbox = new Outbox();
  readonly #frames = new JoinedFrames(WRITE_BYTES_MAX);
  #heartbeat: NodeJS.Timeout | undefined;

  constructor({ http, limits, admission, log }: TransportParts) {
    // `closeTimeout` is newer than the types of `ws`. Without a server that Colyseus knows of, it hands its routes to
    // `bindRouter` instead of putting them before ours.
    const options = { noServer: true, maxPayload: limits.messageBytesMax, closeTimeout: CLOSE_MS_MAX };
    super(options);
    this.#limits = limits;
    this.#log = log;
    this.#admission = admission;
    this.#http = createNodeServer(http, limits);
    this.#http.on("connection", (socket) => {
      socket.once("close", () => this.#admission.closed());
      if (!this.#admission.connected(socket.remoteAddress ?? "")) socket.destroy();
    });
    this.#http.on("upgrade", (request, socket, head) => this.#upgrade(request, socket, head));
  }

  /** The port it listens on. */
  get port(): number {
    const address: AddressInfo | string | null = this.#http.address();
    if (address === null || typeof address === "string") throw new Error("Not listening on a port.");
    return address.port;
  }

  /** None of Colyseus' own routes are served: ours are all there are. */
  override bindRouter(): void {}

  override listen(port: number, hostname?: string, backlog?: number, done?: (error?: Error) => void): this {
    const failed = (error: Error) => done?.(error);
    this.#http.once("error", failed);
    this.#http.listen(port, hostname, backlog, () => {
      this.#http.off("error", failed);
      this.#http.on("error", (error) => this.#log.error({ err: error }, "The HTTP server failed."));
      const everyMs = (this.#limits.silenceSecondsMax * 1000) / PINGS_UNANSWERED_MAX;
      this.#heartbeat = setInterval(() => this.#beat(), everyMs);
      done?.();
    });
    return this;
  }

  override shutdown(): void {
    clearInterval(this.#heartbeat);
    this.wss.close();
    this.#http.close();
    setTimeout(() => {
      for (const socket of this.#sockets.keys()) socket.terminate();
      this.#http.closeAllConnections();
    }, SHUTDOWN_MS_MAX).unref();
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // Until `ws` has taken over nobody else listens.
    socket.on("error", () => socket.destroy());
    const wanted = readSocketUrl(request.url ?? "");
    if (wanted === null) {
      refuse(socket, "404 Not Found");
      return;
    }
    const headers = headersOf(request);
    const key = this.#admission.keyOf(request.socket.remoteAddress ?? "", headers);
    if (!this.#admission.socketOpened(key)) {
      refuse(socket, "429 Too Many Requests");
      return;
    }
    // Whether or not the handshake succeeds.
    socket.once("close", () => this.#admission.socketClosed(key));
    this.wss.handleUpgrade(request, socket, head, (opened) =>
      this.#open(opened, socket, wanted, { key, headers }),
    );
  }

  #open(
    socket: Socket,
    stream: Duplex,
    wanted: SeatRequest | "latency",
    from: { key: string; headers: Record<string, string> },
  ): void {
    const state = { unanswered: 0 };
    this.#sockets.set(socket, state);
    // A client's broken frame closes that client, which `ws` does by itself; unheard, its error would end the process.
    socket.on("error", () => {});
    socket.on("pong", () => {
      state.unanswered = 0;
    });
    socket.on("close", () => this.#sockets.delete(socket));
    if (wanted === "latency") {
      answerPings(socket);
      return;
    }
    const client = new WsClient(wanted.sessionId, socket, {
      bytesMax: this.#limits.clientBacklogBytesMax,
      ...{ outbox: this.#outbox, frames: this.#frames, stream },
    });
    void takeSeat(client, wanted, from, this.#log);
  }

  #beat(): void {
    for (const [socket, state] of this.#sockets) {
      if (state.unanswered >= PINGS_UNANSWERED_MAX) socket.terminate();
      else {
        state.unanswered += 1;
        socket.ping();
      }
    }
  }
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function answerPings(socket: Socket): void {
  const timer = setTimeout(() => socket.close(CloseCode.NORMAL_CLOSURE), LATENCY_SOCKET_MS_MAX);
  let pings = 0;
  socket.on("message", () => {
    pings += 1;
    if (pings <= LATENCY_PINGS_MAX) socket.send(getMessageBytes[Protocol.PING]());
    else socket.close(CloseCode.NORMAL_CLOSURE);
  });
  socket.on("close", () => clearTimeout(timer));
}
