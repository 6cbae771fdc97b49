/** As much of Redis as a directory of rooms needs: hashes, over the real protocol. */
import { createServer, type Server, type Socket } from "node:net";

const OK = "+OK\r\n";
const NIL = "$-1\r\n";

export class TinyRedis {
  readonly hashes = new Map<string, Map<string, string>>();
  readonly #sockets = new Set<Socket>();
  readonly #server: Server = createServer((socket) => this.#serve(socket));

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    return `redis://127.0.0.1:${address.port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("error", () => {});
    let rest = "";
    socket.on("data", (bytes) => {
      rest += bytes.toString();
      for (let parsed = parse(rest); parsed !== null; parsed = parse(rest)) {
        rest = rest.slice(parsed.length);
        socket.write(this.#answer(parsed.words));
      }
    });
  }

  #answer([command = "", key = "", field = "", value = ""]: string[]): string {
    const hash = this.hashes.get(key) ?? new Map<string, string>();
    switch (command.toLowerCase()) {
      case "hsetnx": {
        if (hash.has(field)) return ":0\r\n";
        this.hashes.set(key, hash.set(field, value));
        return ":1\r\n";
      }
      case "hget": {
        const found = hash.get(field);
        return found === undefined ? NIL : `$${Buffer.byteLength(found)}\r\n${found}\r\n`;
      }
      case "info":
        return "$0\r\n\r\n";
      default:
        return OK;
    }
  }
}

/** The first whole command of `text`, `*2\r\n$4\r\nHGET\r\n…`; null when it is still on its way. */
function parse(text: string): { words: string[]; length: number } | null {
  const lines = text.split("\r\n");
  const count = Number(lines[0]?.slice(1));
  if (lines[0] === undefined || lines.length < 2 * count + 2) return null;
  const words = lines.slice(1, 2 * count + 1).filter((_, index) => index % 2 === 1);
  return { words, length: lines.slice(0, 2 * count + 1).join("\r\n").length + 2 };
}
