import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { type Options, optionsSchema, type Report, reportSchema } from "./protocol.ts";

const SERVER = fileURLToPath(new URL("./server.ts", import.meta.url));

const portMessage = z.object({ port: z.int() });
const reportMessage = z.object({ report: reportSchema });

/** A server in a process of its own, with the arena as its only room. */
export interface ServerProcess {
  readonly port: number;
  readonly url: string;
  /** What the process holds after a garbage collection, and what it has logged. */
  report(): Promise<Report>;
  stop(): Promise<void>;
}

/**
 * @param nodeArguments for the server's process
 * @throws Error with what it wrote to stderr, when it ends instead of listening
 */
export async function startServer(
  options: Partial<Options>,
  nodeArguments: readonly string[] = [],
): Promise<ServerProcess> {
  const child = fork(
    SERVER,
    [JSON.stringify({ ...optionsSchema.parse({ transport: "auto" }), ...options })],
    {
      execArgv: ["--expose-gc", ...nodeArguments],
      stdio: ["ignore", "inherit", "pipe", "ipc"],
    },
  );
  const { port } = await next(child, portMessage);
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    async report() {
      const answer = next(child, reportMessage);
      child.send("report");
      return (await answer).report;
    },
    async stop() {
      if (child.exitCode !== null) return;
      const gone = new Promise((resolve) => child.once("exit", resolve));
      child.disconnect();
      await gone;
    },
  };
}

/** The next message of the kind; others (of monitoring libraries) are passed over. */
function next<Message>(child: ChildProcess, schema: z.ZodType<Message>): Promise<Message> {
  return new Promise((resolve, reject) => {
    let written = "";
    const onData = (bytes: Buffer) => {
      written += bytes.toString();
    };
    const onMessage = (raw: unknown) => {
      const message = schema.safeParse(raw);
      if (!message.success) return;
      forget();
      resolve(message.data);
    };
    const onExit = () => {
      forget();
      reject(new Error(written));
    };
    const forget = () => {
      child.off("message", onMessage);
      child.off("close", onExit);
      child.stderr?.off("data", onData);
    };
    child.on("message", onMessage);
    child.on("close", onExit);
    child.stderr?.on("data", onData);
  });
}
