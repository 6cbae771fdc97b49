/** Somebody who watches the galaxy from afar, over the real SDK. */
import { Client, type Room } from "@colyseus/sdk";
import type { GalaxyState, SectorSummary } from "../../src/schema/galaxy.ts";
import { until } from "./until.ts";

export class GalaxyClient {
  readonly room: Room<unknown, GalaxyState>;
  /** What searches have found, in order. */
  readonly found: { requestId: string; pilots: { name: string; sectorId: number }[] }[] = [];
  /** What operators have said, and the code with which the room was left; in order. */
  readonly farewell: unknown[] = [];
  /** When each patch came, and the sectors' figures at it. */
  readonly patches: { atMs: number; sectors: Record<string, Partial<SectorSummary>> }[] = [];

  private constructor(room: Room<unknown, GalaxyState>) {
    this.room = room;
    room.reconnection.enabled = false;
    room.onMessage("found", (found) => this.found.push(found));
    room.onMessage("server_notice", (notice) => this.farewell.push(notice));
    room.onMessage("*", () => {});
    room.onLeave((code) => this.farewell.push(code));
    room.onStateChange((state) => {
      this.patches.push({ atMs: performance.now(), sectors: state.toJSON().sectors });
    });
  }

  /** @throws the SDK's error when the join is refused */
  static async join(port: number, token: string | null = null): Promise<GalaxyClient> {
    const client = new Client(`ws://localhost:${port}`);
    if (token !== null) client.auth.token = token;
    return new GalaxyClient(await client.joinOrCreate<GalaxyState>("galaxy", { protocol: 1 }));
  }

  summary(sectorId: number): SectorSummary | undefined {
    return this.room.state.sectors?.get(String(sectorId));
  }

  async sees(
    what: string,
    sectorId: number,
    holds: (summary: SectorSummary | undefined) => boolean,
  ): Promise<void> {
    await until(what, () => holds(this.summary(sectorId)));
  }
}
