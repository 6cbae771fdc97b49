import { strict as assert } from "node:assert";
import { LIMITS } from "../../src/cli/docs-limits.ts";
import { makeSector } from "../support/fixtures.ts";
import { TRANSPORTS, useGame } from "../support/game.ts";
import { reserveSeat } from "../support/presence.ts";
import { until } from "../support/until.ts";
import { messageBytes, WireClient } from "../support/wire-client.ts";

/** What a client reports of a socket that ended without a closing frame. */
const CLOSED_WITHOUT_FRAME = 1006;

for (const transport of TRANSPORTS) {
  describe(`the close codes in docs/protocol.md, over ${transport}`, () => {
    const game = useGame({ transport });
    before(() => makeSector(game.pool, game.world, 7));

    async function closeCodeAfter(bytes: Uint8Array): Promise<number> {
      const client = await WireClient.join(
        game,
        await reserveSeat(game, await game.pilot(7), { sectorId: 7 }),
      );
      await client.socket.send(bytes);
      await until("it is closed", () => client.closeCode !== null || client.isCut);
      client.end();
      return client.closeCode ?? CLOSED_WITHOUT_FRAME;
    }
    const documented = (what: string) => LIMITS.find((limit) => limit.what === what)?.beyond ?? "";

    it("are those of a message that is too large", async () => {
      const code = await closeCodeAfter(Buffer.alloc(4 * 1024 + 1, 7));
      assert.equal(code, transport === "uws" ? 1006 : 1009);
      assert.match(documented("bytes of a message"), new RegExp(`\\b${code}\\b`));
    });

    it("are those of a message that cannot be decoded", async () => {
      const arrayOf4Billion = Buffer.from([0xdd, 0xff, 0xff, 0xff, 0xff]);
      const code = await closeCodeAfter(Buffer.concat([messageBytes("harvest"), arrayOf4Billion]));
      assert.equal(code, 4002);
      assert.match(documented("messages that cannot be decoded"), new RegExp(`\\b${code}\\b`));
    });
  });
}
