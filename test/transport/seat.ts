import { z } from "zod";
import type { ServerProcess } from "./process.ts";

const seatSchema = z.object({ processId: z.string(), roomId: z.string(), sessionId: z.string() });

/** A seat in the arena. @returns the path of its socket */
export async function reserveSeat({ url }: Pick<ServerProcess, "url">): Promise<string> {
  const answer = await fetch(`${url}/matchmake/joinOrCreate/arena`, { method: "POST", body: "{}" });
  const { processId, roomId, sessionId } = seatSchema.parse(await answer.json());
  return `/${processId}/${roomId}?sessionId=${sessionId}`;
}
