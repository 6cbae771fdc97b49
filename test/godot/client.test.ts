import { strict as assert } from "node:assert";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pack, unpack } from "msgpackr";
import { makeSector, makeStation, makeWarp } from "../support/fixtures.ts";
import { TRANSPORTS, useGame } from "../support/game.ts";
import { said, usePlays } from "../support/godot-play.ts";
import { roomOf, writeEvent } from "../support/presence.ts";
import { messagesOfProtocol } from "../support/samples.ts";
import { until } from "../support/until.ts";

const SECTOR = 1;
/** Of a harvest, and no less than the longest fight: a scene has as long as it needs, and says when it has seen enough. */
const ACT_TICKS = 100;
for (const transport of TRANSPORTS) {
  describe(`Godot over ${transport}`, function () {
    this.timeout(60_000);
    const folder = mkdtempSync(path.join(tmpdir(), "sectorkeep-godot-"));
    after("remove what Godot was given", () => rmSync(folder, { recursive: true }));
    const game = useGame({ transport, harvestTicks: ACT_TICKS, env: { GUESTS: "on" } });
    const play = usePlays(game);
    /** What a scene has begun ends at once when it says this. */
    const endsAt = (word: string) => (name: string) => {
      if (name === word) game.tick(ACT_TICKS);
    };
    before(async () => {
      for (const sectorId of [SECTOR, 2]) await makeSector(game.pool, game.world, sectorId);
      await makeWarp(game.pool, SECTOR, 2);
      await makeStation(game.pool, game.world, SECTOR);
    });

    it("mines with the addon: asks, sees progress, is told of the ore once", async () => {
      const pilot = await game.pilot(SECTOR);
      const run = await play("mine", pilot, endsAt("refused"));
      assert.deepEqual(said(run, "ore"), [await game.oreOf(pilot)]);
      assert.deepEqual(said(run, "refused"), ["already_mining"]);
      assert.equal(await game.turnsOf(pilot), 995);
    });

    it("is interrupted by somebody else's attack, flees, and gets two turns back", async () => {
      const pilot = await game.pilot(SECTOR);
      const { client: attacker } = await game.fly(SECTOR, { attackDrones: 5 });
      const isMining = () => attacker.state.ships.get(pilot.shipId)?.status === "MINING";
      await play("interrupted", pilot, (name) => {
        endsAt("fleeing")(name);
        if (name !== "here") return;
        void until("it mines", isMining).then(() => attacker.ask("attack", { targetId: pilot.shipId }));
      });
      assert.equal(await game.turnsOf(pilot), 997);
    });

    it("comes back by itself after each of two cuts, and misses and repeats nothing", async () => {
      const pilot = await game.pilot(SECTOR);
      const run = await play("cut_twice", pilot, (name) => {
        endsAt("waiting")(name);
        if (name === "back") void writeEvent(game.pool, pilot.playerId);
      });
      const [seen] = said(run, "seen");
      assert.deepEqual(seen, [1, 2, 3]);
      assert.equal(await game.turnsOf(pilot), 995);
    });

    if (transport === "uws") return;

    it("keeps the state as the server has it, through ships that come and go", async () => {
      const { client: first } = await game.fly(SECTOR);
      const states: unknown[] = [];
      const steps = [
        async () => game.fly(SECTOR),
        async () => first.leave(),
        async () => game.fly(SECTOR).then(({ client }) => client.ask("harvest")),
      ];
      const run = await play("wire", null, (name) => {
        if (name === "state") {
          states.push(roomOf(game, SECTOR).state.toJSON());
          void steps.shift()?.();
        }
      });
      const seen = said(run, "state");
      assert.equal(seen.length, 4);
      const ships = (state: unknown) => Object.keys(Object(state).ships).sort();
      assert.deepEqual(seen[0], states[0]);
      for (const [at, state] of seen.entries()) assert.deepEqual(ships(state), ships(states[at]));
    });

    it("signs in as a guest and finds its ship", async () => {
      assert.deepEqual(said(await play("guest"), "pilot"), [1000]);
    });

    it("says why it is not let in", async () => {
      const run = await play("refused_join", null);
      const [refused] = said(run, "refused");
      assert.ok(Array.isArray(refused));
      assert.equal(refused[0], "token_missing");
    });

    it("docks, undocks, warps and is in the next sector when the warp returns", async () => {
      const pilot = await game.pilot(SECTOR);
      const run = await play("travel", pilot);
      assert.deepEqual(said(run, "turns"), [await game.turnsOf(pilot)]);
      const { sector_id: sectorId } = await game.row(
        "select sector_id from ships where id = $1",
        pilot.shipId,
      );
      assert.equal(sectorId, 2);
    });

    it("hears what was missed since the cursor that it kept, and acknowledges it", async () => {
      const pilot = await game.pilot(SECTOR);
      for (let count = 0; count < 3; count++) await writeEvent(game.pool, pilot.playerId);
      const acked = () => roomOf(game, SECTOR).sector.pilotOfUser(pilot.userId)?.ackedSeq;
      const run = await play(
        "resume",
        pilot,
        (name) => {
          if (name !== "seen") return;
          // It waits for one more.
          void until("it is acknowledged", () => acked() === 3).then(() =>
            writeEvent(game.pool, pilot.playerId),
          );
        },
        ["--cursor=1"],
      );
      assert.deepEqual(said(run, "seen"), [[2, 3]]);
    });

    it("knows that another client has taken its ship over", async () => {
      const pilot = await game.pilot(SECTOR);
      await play("superseded", pilot, (name) => {
        if (name === "here") void game.join(pilot, SECTOR);
      });
    });

    it("plays the game by its own buttons: flies as a guest, mines with a ring that fills up, logs the ore", async () => {
      const [log] = said(await play("game", null, endsAt("mining")), "log");
      assert.match(String(log), /Mining …\n\+\d+ ore\. The field is \w+\./);
    });

    it("runs the program that the documents show", async () => {
      const page = readFileSync(new URL("../../docs/godot.md", import.meta.url), "utf8");
      const program = /```gdscript\n(extends Node\n[\s\S]*?)```/.exec(page)?.[1];
      assert.ok(program !== undefined);
      const file = path.join(folder, "example.gd");
      writeFileSync(file, program.replace("ws://localhost:2567", `ws://127.0.0.1:${game.port}`));
      const { lines } = await play("example", null, endsAt("mining"), [`--file=${file}`]);
      assert.ok(
        lines.some((line) => /^Mining until tick \d+$/.test(line)),
        lines.join("\n"),
      );
      assert.ok(
        lines.some((line) => /^\+\d+ ore; 995 turns left$/.test(line)),
        lines.join("\n"),
      );
    });

    it("reads and writes every message of the protocol as the server does", async () => {
      const messages = messagesOfProtocol();
      const file = path.join(folder, "messages");
      writeFileSync(file, messages.map(({ payload }) => pack(payload).toString("hex")).join("\n"));
      const { lines } = await play("codec", null, undefined, [`--file=${file}`]);
      const written = lines.filter((line) => line.startsWith("HEX "));
      assert.deepEqual(
        written.map((line) => unpack(Buffer.from(line.slice(4), "hex"))),
        messages.map(({ payload }) => payload),
      );
    });
  });
}
