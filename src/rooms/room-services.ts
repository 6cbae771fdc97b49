import type { Services } from "../commands/services.ts";
import type { FeedReader } from "./feed-reader.ts";
import type { Heartbeat } from "./heartbeat.ts";
import type { Inbox } from "./inbox.ts";
import type { SectorRoom } from "./sector-room.ts";

export interface RoomLimits {
  readonly shipsPerSectorMax: number;
  readonly spectatorsPerSectorMax: number;
  readonly messagesPerSecondMax: number;
  readonly reconnectSeconds: number;
}

/** What rooms work with, beyond what their commands do. */
export interface RoomServices extends Services {
  readonly heartbeat: Heartbeat;
  readonly inbox: Inbox;
  readonly feed: FeedReader;
  readonly limits: RoomLimits;
  /** Told how long each request took: from its arrival in the room to the departure of its answer. */
  readonly onAnswerMs: (command: string, ms: number) => void;
  /** This process is about to stop: nothing new begins. */
  readonly isDraining: () => boolean;
  /** The live sectors of this process. */
  readonly sectors: Set<SectorRoom>;
}
