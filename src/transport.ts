import "./colyseus-settings.ts";
import type { Transport } from "@colyseus/core";
import type { Clock } from "./clock.ts";
import type { Config } from "./config.ts";
import type { HttpHandler } from "./http/types.ts";
import type { Log } from "./telemetry/log.ts";
import { Admission } from "./transport/admission.ts";
import { TRANSPORT_LIMITS, type TransportLimits } from "./transport/limits.ts";
import type { TransportParts } from "./transport/parts.ts";

export interface TransportOptions {
  /** Answers every request that is no room's socket. */
  readonly http: HttpHandler;
  readonly clock: Pick<Clock, "monotonicMs">;
  readonly log: Log;
  /** For tests; what an operator can set comes with the configuration. */
  readonly limits?: Partial<TransportLimits>;
}

export type ListeningTransport = Transport & {
  /** The TCP port, once it listens. */
  readonly port: number;
};

/**
 * The sockets and HTTP of this process, not listening yet: uWebSockets where its binary loads, else `ws`. The limits hold
 * on both, and on neither can a route of Colyseus' own be reached.
 * @throws Error when TRANSPORT=uws and uWebSockets cannot be loaded
 */
export async function createTransport(
  config: Pick<Config, "transport" | "trustProxy" | "connectionsMax" | "socketsPerAddressMax">,
  { http, clock, log, limits: changes }: TransportOptions,
): Promise<ListeningTransport> {
  const { connectionsMax, socketsPerAddressMax } = config;
  const limits = { ...TRANSPORT_LIMITS, connectionsMax, socketsPerAddressMax, ...changes };
  const parts = { http, limits, log, admission: new Admission(limits, config.trustProxy, clock) };
  if (config.transport === "ws") return overWs(parts);
  try {
    // Fails where there is no binary for this Node and this machine.
    await import("uWebSockets.js");
  } catch (error) {
    if (config.transport === "uws")
      throw new Error(
        "TRANSPORT=uws, but uWebSockets has no binary for this Node and machine. Leave TRANSPORT out to use ws.",
        { cause: error },
      );
    log.info({ node: process.version }, "uWebSockets has no binary for this Node and machine: using ws.");
    return overWs(parts);
  }
  const { UwsTransport } = await import("./transport/uws.ts");
  return new UwsTransport(parts);
}

async function overWs(parts: TransportParts): Promise<ListeningTransport> {
  const { WsTransport } = await import("./transport/ws.ts");
  return new WsTransport(parts);
}
