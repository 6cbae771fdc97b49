/** One address for the bots, whichever server is behind it: as a load balancer has it. */
import { once } from "node:events";
import { createServer, type Server, Socket } from "node:net";

export class FrontDoor {
  readonly #server: Server;
  readonly #lines = new Set<Socket>();
  /** Null while nobody is behind the door: whoever comes is turned away at once. */
  #targetPort: number | null = null;

  private constructor(server: Server) {
    this.#server = server;
    server.on("connection", (client: Socket) => this.#accept(client));
  }

  static async open(): Promise<FrontDoor> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new FrontDoor(server);
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("the front door does not listen");
    return `ws://127.0.0.1:${address.port}`;
  }

  /** Who comes from now on is led to this port; null: nowhere. Connections that stand stay as they are. */
  leadTo(port: number | null): void {
    this.#targetPort = port;
  }

  /** Ends all connections that stand, as a load balancer does for a server that it has given up. */
  cut(): void {
    for (const line of this.#lines) line.destroy();
  }

  async close(): Promise<void> {
    this.cut();
    const closed = once(this.#server, "close");
    this.#server.close();
    await closed;
  }

  #accept(client: Socket): void {
    client.on("error", () => {});
    if (this.#targetPort === null) {
      client.destroy();
      return;
    }
    const server = new Socket();
    server.on("error", () => {});
    server.connect(this.#targetPort, "127.0.0.1");
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#lines.add(from);
      from.setNoDelay(true);
      from.pipe(to);
      from.on("close", () => {
        this.#lines.delete(from);
        to.destroy();
      });
    }
  }
}
