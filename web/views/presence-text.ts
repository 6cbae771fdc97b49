import type { Presence } from "../net/sector-feed.ts";
import type { Session } from "../net/session.ts";
import { icon } from "../ui/icons.ts";

/** Whether what is shown is live, in two words. */
export function presenceChip(presence: Presence): { text: string; kind: string; sign: SVGSVGElement } {
  if (presence.kind === "live") {
    return presence.flying
      ? { text: "You fly here", kind: "live", sign: icon("ship") }
      : { text: "Live", kind: "live", sign: icon("eye") };
  }
  if (presence.kind === "asleep") return { text: "Asleep", kind: "asleep", sign: icon("sleep") };
  if (presence.kind === "closed") return { text: "Closed", kind: "closed", sign: icon("stop") };
  return { text: presence.kind === "loading" ? "Opening" : "Not live", kind: "waiting", sign: icon("clock") };
}

/** What is to be said about it; empty when all is well. */
export function presenceText(
  presence: Presence,
  { offline, session, sectorId }: { offline: boolean; session: Session; sectorId: number },
): string {
  if (presence.kind === "closed") {
    const { code, message } = presence.error;
    if (code === "sector_not_found") return `There is no sector ${sectorId} in this galaxy.`;
    return code === "kicked" ? `${message} Take off again with “Fly”.` : message;
  }
  if (presence.kind === "live" && presence.lost !== null && !session.flying) {
    return `${presence.lost.message} This page goes on watching.`;
  }
  if (presence.kind === "waiting" && (!offline || presence.error.code !== "offline")) {
    const seconds = Math.max(0, Math.ceil((presence.atMs - performance.now()) / 1000));
    return `${presence.error.message} Trying again ${seconds > 0 ? `in ${seconds} s` : "now"} …`;
  }
  if (presence.kind === "live" && !presence.flying && session.flying && session.shipSectorId !== sectorId) {
    return `You watch. Your ship is in sector ${session.shipSectorId ?? "?"}.`;
  }
  return "";
}
