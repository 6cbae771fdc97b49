import { strict as assert } from "node:assert";
import http from "node:http";
import net from "node:net";
import { ERRORS } from "../../src/errors.ts";
import { CLOSE } from "../../src/rooms/close-codes.ts";
import { useDatabase } from "../support/database.ts";
import { makePilot, makeSector, makeWarp, makeWorld, type World } from "../support/fixtures.ts";
import { useGame } from "../support/game.ts";
import { useGodot } from "../support/godot.ts";
import { said, usePlays } from "../support/godot-play.ts";
import { accepted } from "../support/play.ts";
import { roomOf } from "../support/presence.ts";
import { freePort } from "../support/redis.ts";
import { useServers } from "../support/server-process.ts";
import { until } from "../support/until.ts";

/** How often each of a crowd is put off before it is sent away. */
const PUT_OFF = 2;

describe("Godot over lines that drop, die or are left", function () {
  this.timeout(60_000);
  const game = useGame({ transport: "ws", env: { GUESTS: "on" } });
  const play = usePlays(game);
  before(async () => {
    for (const sectorId of [1, 2]) await makeSector(game.pool, game.world, sectorId);
    await makeWarp(game.pool, 1, 2);
    await makeWarp(game.pool, 2, 1);
  });

  it("keeps no room that it has left or that has dropped", async () => {
    const pilot = await game.pilot(1);
    const isThere = () => roomOf(game, 2).sector.pilotOfUser(pilot.userId) !== null;
    let gone: Promise<void> = Promise.resolve();
    await play("let_go", pilot, (name) => {
      // Consented: the seat of one that drops would be kept.
      if (name === "freed") gone = until("its ship goes", () => !isThere());
    });
    await gone;
  });

  it("leaves when it is told to, also while it enters or comes back", async () => {
    const pilot = await game.pilot(1);
    await play("leave_on_the_way", pilot, (name) => {
      if (name !== "left") return;
      assert.equal(roomOf(game, 1).sector.pilotOfUser(pilot.userId)?.client ?? null, null);
    });
  });

  it("notices a line that has died without a word, and comes back", async () => {
    const sockets = new Set<net.Socket>();
    const dead = new Set<net.Socket>();
    const proxy = net.createServer((from) => {
      const to = net.connect(game.port, "127.0.0.1");
      for (const [one, other] of [
        [from, to],
        [to, from],
      ] as const) {
        sockets.add(one);
        one.on("error", () => {});
        one.on("data", (bytes) => {
          // By this the scene says that all lines are to die but the one by which it says so, and hears that they have.
          if (bytes.includes("GET /die ")) {
            for (const line of sockets) if (line !== from && line !== to) dead.add(line);
          }
          if (!dead.has(one)) other.write(bytes);
        });
        one.on("close", () => !dead.has(one) && other.destroy());
      }
    });
    await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
    const address = proxy.address();
    assert.ok(typeof address === "object" && address !== null);
    const server = `--server=ws://127.0.0.1:${address.port}`;
    await play("dead_line", await game.pilot(1), undefined, [server]);
    for (const socket of sockets) socket.destroy();
    proxy.close();
  });

  it("leaves the ship to the program that its player has gone on in", async () => {
    await play("ousted", await game.pilot(1));
  });

  it("gets to where it has warped, though the network was away in between", async () => {
    await play("warp_into_nothing", await game.pilot(1));
  });

  it("comes back while the game is paused, and drops a cursor that is no event of this pilot", async () => {
    await play("paused", await game.pilot(1));
  });

  it("says in the server's words why it is not let in again, or not at all", async () => {
    const run = await play("shut_out", await game.pilot(1), (name) => {
      if (name === "here") for (const client of roomOf(game, 1).clients) client.leave(CLOSE.joinAgain);
    });
    assert.deepEqual(said(run, "dismissed"), [[0, "token_invalid", ERRORS.token_invalid[1]]]);
    assert.deepEqual(said(run, "refused"), [["client_too_old", ERRORS.client_too_old[1]]]);
  });

  it("comes back at a moment of its own, and not in the same instant as everybody else", async () => {
    const askedMs = new Map<string, number[]>();
    const away = http.createServer(({ url = "" }, answer) => {
      const who = url.split("/")[1] ?? "";
      const times = askedMs.get(who) ?? [];
      askedMs.set(who, [...times, performance.now()]);
      const code = times.length < PUT_OFF ? "draining" : "token_invalid";
      const [status, error] = ERRORS[code];
      answer.writeHead(status).end(JSON.stringify({ code, error, detail: {} }));
    });
    await new Promise<void>((resolve) => away.listen(0, "127.0.0.1", resolve));
    const address = away.address();
    assert.ok(typeof address === "object" && address !== null);
    await play("crowd", null, undefined, [`--away=ws://127.0.0.1:${address.port}`]);
    away.close();
    const of = (kind: string) => [...askedMs].filter(([who]) => who.startsWith(kind)).map(([, at]) => at);
    const spread = (ms: number[]) => Math.max(...ms) - Math.min(...ms);
    const [pilots, galaxies] = [of("pilot"), of("galaxy")];
    assert.deepEqual([pilots.length, galaxies.length], [8, 8]);
    // A pilot's two waits are 0.9 s long, to which chance adds up to 0.27; a galaxy's is 3 s, from the same instant for all.
    const waitedMs = spread(pilots.map((at) => (at[PUT_OFF] ?? Number.NaN) - (at[0] ?? Number.NaN)));
    assert.ok(waitedMs > 30, `pilots came back within ${waitedMs} ms of each other`);
    const cameMs = spread(galaxies.map((at) => at[0] ?? Number.NaN));
    assert.ok(cameMs > 100, `galaxies came back within ${cameMs} ms of each other`);
  });

  it("keeps the guest of the game through a token with a typo", async () => {
    await play("typo");
  });
});

describe("Godot and a server that is restarted", function () {
  this.timeout(60_000);
  const servers = useServers();
  const test = useDatabase();
  const godot = useGodot();
  let env: Record<string, string> = {};
  let world: World;

  before(async () => {
    world = await makeWorld(test.pool);
    for (const sectorId of [1, 2]) await makeSector(test.pool, world, sectorId);
  });
  beforeEach(async () => {
    // Longer than a first entry once took to give up.
    env = { PORT: String(await freePort()), HARVEST_SECONDS: "4", DRAIN_SECONDS: "10" };
  });

  /** Plays a scene; when it has said a word the server is restarted, which takes as long as a harvest. */
  async function playRestarting(scene: string, word: string): Promise<void> {
    const [miner, idler] = [await makePilot(test.pool, world, 1), await makePilot(test.pool, world, 2)];
    const first = await servers.start(test.url, env);
    const client = await first.join(miner.userId, 1);
    const args = [`--server=ws://127.0.0.1:${env.PORT}`, `--token=${await first.token(idler.userId)}`];
    let restarted: Promise<unknown> = Promise.resolve();
    const run = await godot.run("test/run.gd", [`--scene=${scene}`, ...args], (line) => {
      if (line !== `SAY ${word}`) return;
      restarted = accepted(client.ask("harvest")).then(async () => {
        first.signal("SIGTERM");
        await first.ended;
        await servers.start(test.url, env);
      });
    });
    await restarted;
    assert.equal(run.code, 0, run.lines.join("\n"));
  }

  it("comes back, however long the server takes to end what runs", () => playRestarting("restart", "here"));

  it("comes in for the first time as patiently", () => playRestarting("enter_restarting", "outside"));
});
