import { Client, type Room } from "@colyseus/sdk";
import { z } from "zod";
import { APP } from "./app.ts";

const guestSchema = z.object({ token: z.string() });
const galaxySchema = z.object({ startSectorId: z.int() });

/** A guest who has warped to the field beside the start: somebody who can mine there, and be watched. */
export async function joinField(base: string): Promise<{ room: Room; sectorId: number }> {
  const { token } = guestSchema.parse(
    await (await fetch(`${base}/auth/guest`, { method: "POST", body: "{}" })).json(),
  );
  const { startSectorId } = galaxySchema.parse(await (await fetch(`${base}/galaxy`)).json());
  const sectorId = startSectorId + 1;
  const client = new Client(base.replace("http", "ws"));
  client.auth.token = token;
  const start = await client.joinOrCreate("sector", { sectorId: startSectorId, protocol: 1, ...APP });
  start.reconnection.enabled = false;
  start.onMessage("*", () => {});
  const warped = new Promise((resolve) => start.onMessage("accepted", resolve));
  start.send("warp", { requestId: "to-the-field", sectorId });
  await warped;
  await start.leave();
  const room = await client.joinOrCreate("sector", { sectorId, protocol: 1, ...APP });
  room.reconnection.enabled = false;
  return { room, sectorId };
}
