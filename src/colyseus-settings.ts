/**
 * Colyseus and uWebSockets read these from the environment while they load: import this module before either. An
 * operator's own value stays.
 */

/** A process that has died is found dead after twice this; Colyseus waits twice 2 s, and somebody's join with it. */
process.env.COLYSEUS_PRESENCE_SHORT_TIMEOUT ??= "500";
/** A token of 8 KB fits in with the other headers, as with `ws`; uWebSockets would stop at 4 KB. */
process.env.UWS_HTTP_MAX_HEADERS_SIZE ??= `${16 * 1024}`;
