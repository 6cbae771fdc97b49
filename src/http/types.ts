/** What both transports and the route table say to each other. */

/** A request as either transport hands it over. */
export interface HttpRequest {
  /** Upper case. */
  readonly method: string;
  /** Path and query, as sent. */
  readonly url: string;
  /** Names in lower case; a repeated header's values joined with ", ". */
  readonly headers: Readonly<Record<string, string>>;
  /** Of the peer of the connection: a proxy's, if there is one. */
  readonly remoteAddress: string;
  /**
   * The body, of at most `httpBodyBytesMax` bytes. Asking twice gives the same.
   * @throws Refusal body_too_large, body_too_slow
   */
  readBody(): Promise<Buffer>;
}

export interface HttpResponse {
  readonly status: number;
  /** Names in lower case; `content-length` is left to the transport, which knows how to count. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** Answers every request and never rejects. */
export type HttpHandler = (request: HttpRequest) => Promise<HttpResponse>;
