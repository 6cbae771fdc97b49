import { CloseCode } from "@colyseus/core";
import { loadConfig } from "../config.ts";
import { MESSAGES_PER_SECOND_MAX } from "../rooms/galaxy-room.ts";
import { WAITING_MAX } from "../rooms/inbox.ts";
import { JOIN_ACK_SECONDS } from "../rooms/join-ack.ts";
import { TRANSPORT_LIMITS } from "../transport/limits.ts";

const defaults = loadConfig({});

/** A socket that ends without a closing frame; no server sends this number, clients report it. */
const CLOSED_WITHOUT_FRAME = 1006;
/** "Message too big", by the WebSocket standard. */
const TOO_BIG = 1009;

/** What a client may cost, and what becomes of one that costs more. */
export const LIMITS = [
  {
    what: "bytes of a message",
    max: TRANSPORT_LIMITS.messageBytesMax,
    beyond: `closed: ${CLOSED_WITHOUT_FRAME} over uWebSockets, ${TOO_BIG} over ws`,
  },
  {
    what: "messages in a second",
    max: defaults.messagesPerSecondMax,
    setting: "MESSAGES_PER_SECOND_MAX",
    beyond: `closed: ${CloseCode.WITH_ERROR}`,
  },
  {
    what: "messages in a second in the room `galaxy`",
    max: MESSAGES_PER_SECOND_MAX,
    beyond: `closed: ${CloseCode.WITH_ERROR}`,
  },
  {
    what: "messages that cannot be decoded",
    max: 0,
    beyond: `closed: ${CloseCode.WITH_ERROR}`,
  },
  {
    what: "requests of a pilot that wait for the one before",
    max: WAITING_MAX,
    beyond: "refused: busy",
  },
  {
    what: "seconds without an acknowledgement of JOIN_ROOM",
    max: JOIN_ACK_SECONDS,
    beyond: `closed: ${CloseCode.WITH_ERROR}`,
  },
  {
    what: "bytes that wait for a client that reads too slowly",
    max: TRANSPORT_LIMITS.clientBacklogBytesMax,
    beyond: "closed",
  },
  {
    what: "seconds without an answer to pings",
    max: TRANSPORT_LIMITS.silenceSecondsMax,
    beyond: "closed",
  },
  {
    what: "live ships in a sector, for those who want to warp there",
    max: defaults.shipsPerSectorMax,
    setting: "SHIPS_PER_SECTOR_MAX",
    beyond: "refused: sector_full",
  },
  {
    what: "spectators of a sector",
    max: defaults.spectatorsPerSectorMax,
    setting: "SPECTATORS_PER_SECTOR_MAX",
    beyond: "refused: too_many_spectators",
  },
  {
    what: "room sockets of one address",
    max: defaults.socketsPerAddressMax,
    setting: "SOCKETS_PER_ADDRESS_MAX",
    beyond: "handshake refused: HTTP 429",
  },
  {
    what: "bytes of an HTTP body",
    max: TRANSPORT_LIMITS.httpBodyBytesMax,
    beyond: "refused: body_too_large",
  },
] as const;
