/** What one client, and all of them together, may cost. Tests and operators can set each of them. */
export interface TransportLimits {
  /** Largest message from a client; a larger one closes that client. Ours are a few hundred bytes. */
  readonly messageBytesMax: number;
  /** Most that waits to be sent to one client. A patch left out would corrupt its state, so who reads slower is closed. */
  readonly clientBacklogBytesMax: number;
  /** Largest body of a request. Ours are below 2 KB; this leaves room for options that a game adds. */
  readonly httpBodyBytesMax: number;
  /** How long a body may take to arrive: the largest takes 3 s over the slowest mobile line. */
  readonly httpBodySecondsMax: number;
  /** How long a connection may take to say what it wants. uWebSockets has this very number built in. */
  readonly headersSecondsMax: number;
  /** A client that answers no ping for this long is gone. A multiple of 4: that is how uWebSockets counts. */
  readonly silenceSecondsMax: number;
  /** Open connections in all: below the usual limit of 20,000 open files, which the database needs some of. */
  readonly connectionsMax: number;
  /** Open room connections of one address: a school behind one router, but no botnet. */
  readonly socketsPerAddressMax: number;
}

export const TRANSPORT_LIMITS: TransportLimits = {
  messageBytesMax: 4 * 1024,
  clientBacklogBytesMax: 512 * 1024,
  httpBodyBytesMax: 64 * 1024,
  httpBodySecondsMax: 5,
  headersSecondsMax: 10,
  silenceSecondsMax: 16,
  connectionsMax: 16_000,
  socketsPerAddressMax: 200,
};
