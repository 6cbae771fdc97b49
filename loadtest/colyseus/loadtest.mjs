/**
 * The load test tool of Colyseus against Sectorkeep: each client is a guest that mines, and warps where it cannot.
 *
 *     npm install --prefix loadtest/colyseus
 *     npm run --prefix loadtest/colyseus loadtest -- --room sector --numClients 50 --endpoint ws://localhost:2567
 *
 * The tool draws on the whole terminal; `--output FILE` leaves a summary. It counts connections and knows no latencies:
 * for figures, and for what is true of them, there is `npm run loadtest`.
 */
import { randomUUID } from "node:crypto";
import { cli } from "@colyseus/loadtest";
import { Client } from "@colyseus/sdk";

const ACT_EVERY_MS = 5_000;

async function call(endpoint, path, init) {
  const response = await fetch(new URL(path, endpoint.replace(/^ws/, "http")), init);
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

/** Plays in a room until it closes; after a warp the ship is in another one. */
function play(client, endpoint, headers, room) {
  room.onMessage("*", (type, message) => {
    if (type !== "accepted" || message.turnsSpent === undefined) return;
    const enter =
      message.seat === null ? join(client, endpoint, headers) : client.consumeSeatReservation(message.seat);
    enter.then((next) => play(client, endpoint, headers, next)).catch(console.error);
    room.leave();
  });
  const acting = setInterval(() => {
    const request = { requestId: randomUUID() };
    const ways = [...(room.state.warps?.values() ?? [])];
    const way = ways[Math.floor(Math.random() * ways.length)];
    if (room.state.type === "ASTEROID_FIELD" || way === undefined) room.send("harvest", request);
    else room.send("warp", { ...request, sectorId: way.sectorId });
  }, ACT_EVERY_MS);
  room.onLeave(() => clearInterval(acting));
}

async function join(client, endpoint, headers) {
  const { sectorId } = await call(endpoint, "/me", { headers });
  return client.joinOrCreate("sector", { sectorId, protocol: 1 });
}

async function main({ endpoint }) {
  const { token } = await call(endpoint, "/auth/guest", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: "{}",
  });
  const client = new Client(endpoint);
  client.auth.token = token;
  const headers = { authorization: `Bearer ${token}` };
  play(client, endpoint, headers, await join(client, endpoint, headers));
}

cli(main);
