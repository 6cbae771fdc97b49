import type { Services } from "../commands/services.ts";
import type { BanList } from "../persistence/bans.ts";
import type { PilotReader } from "../persistence/pilots.ts";
import type { Meter } from "../telemetry/meter.ts";
import type { FeedReader } from "./feed-reader.ts";
import type { Heartbeat } from "./heartbeat.ts";
import type { Inbox } from "./inbox.ts";
import type { SectorRoom } from "./sector-room.ts";

export interface RoomLimits {
  readonly spectatorsPerSectorMax: number;
  readonly messagesPerSecondMax: number;
  readonly reconnectSeconds: number;
  readonly joinAckSeconds: number;
}

/** What rooms work with, beyond what their commands do. */
export interface RoomServices extends Services {
  readonly heartbeat: Heartbeat;
  readonly inbox: Inbox;
  readonly feed: FeedReader;
  readonly pilots: PilotReader;
  readonly limits: RoomLimits;
  readonly meter: Meter;
  /** Who may not play. */
  readonly bans: BanList;
  /** This process is about to stop: nothing new begins. */
  readonly isDraining: () => boolean;
  /** The live sectors of this process. */
  readonly sectors: Set<SectorRoom>;
}
