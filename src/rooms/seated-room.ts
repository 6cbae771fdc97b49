import { Room } from "@colyseus/core";
import type { SectorState } from "../schema/sector.ts";
import { seatAuthSchema } from "./seat-auth.ts";
import { shareHandshake } from "./state-buffer.ts";

/** A Colyseus room with what is private to Colyseus and a sector's room has to reach: reserved seats, own timers. */
export abstract class SeatedRoom extends Room<{ state: SectorState }> {
  /** The heartbeat of the process does the ticking; Colyseus' two timers a room would cost more than the game. */
  protected stopOwnTimers(): void {
    // In this order: with a timestep set, a null patch rate starts no timer; without a callback the timestep ends.
    this.setTimestep(() => {}, 60_000);
    this.patchRate = null;
    this.setTimestep();
  }

  override setState(state: SectorState): void {
    super.setState(state);
    shareHandshake(this["_serializer"]);
  }

  /** Users who have a pilot's seat that they have not taken yet. */
  protected pilotSeats(): string[] {
    const seats: Record<string, readonly unknown[]> = this["_reservedSeats"];
    return Object.values(seats).flatMap(([, auth]) => {
      const seat = seatAuthSchema.safeParse(auth).data;
      return seat?.kind === "pilot" ? seat.userId : [];
    });
  }

  /** A seat that is kept ends when it is told so, not by itself. */
  protected stopSeatTimer(sessionId: string): void {
    clearTimeout(this["_reservedSeatTimeouts"][sessionId]);
  }

  /** Seats that nobody has taken yet; each would keep an ended room until its time is up. */
  protected withdrawSeats(): void {
    for (const sessionId of Object.keys(this["_reservedSeats"])) {
      this.stopSeatTimer(sessionId);
      delete this["_reservedSeatTimeouts"][sessionId];
      delete this["_reservedSeats"][sessionId];
    }
  }
}
