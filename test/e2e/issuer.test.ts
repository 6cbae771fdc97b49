import { strict as assert } from "node:assert";
import { z } from "zod";
import { forgeries } from "../identity/forgeries.ts";
import { AUDIENCE, type Claims, honestClaims, ISSUER, TestIssuer, USER_ID } from "../identity/issuer.ts";
import { makeSector } from "../support/fixtures.ts";
import { TRANSPORTS, useGame } from "../support/game.ts";
import { askForSeat, listedRooms, takeSeat } from "../support/presence.ts";

for (const transport of TRANSPORTS) {
  describe(`a server with an issuer of its own, over ${transport}`, () => {
    const issuer = new TestIssuer();
    const env: Record<string, string> = {
      AUTH_JWT_SECRET: "",
      AUTH_ISSUER: ISSUER,
      AUTH_AUDIENCE: AUDIENCE,
      SOCKETS_PER_ADDRESS_MAX: "5000",
    };
    after("let the issuer go", () => issuer.goAway());
    before("let the issuer come", async () => {
      await issuer.publish("rsa", "RS256");
      await issuer.publish("ec", "ES256");
      await issuer.publish("ed", "EdDSA");
      await issuer.comeUp();
      env.AUTH_JWKS_URL = issuer.url;
    });
    const game = useGame({ transport, env });

    const honest = (changes: Claims = {}) => ({ ...honestClaims(game.clock.nowMs()), ...changes });
    const seconds = (offset: number) => Math.floor(game.clock.nowMs() / 1000) + offset;

    /** What GET /me and a join say to a token. */
    async function answersTo(token: string): Promise<(string | null)[]> {
      const headers = { authorization: `Bearer ${token}` };
      const me = await fetch(`http://127.0.0.1:${game.port}/me`, { headers });
      const { code } = z.looseObject({ code: z.string().nullable().default(null) }).parse(await me.json());
      const join = await askForSeat(game, "joinOrCreate/sector", '{"sectorId":7}', token);
      return [code, join.code];
    }

    it("lets nobody in, to a route or a room, with another audience, another issuer, or a key that is not its own", async () => {
      await makeSector(game.pool, game.world, 7);
      for (const { name, forge, code = "token_invalid" } of forgeries({ issuer, honest, seconds })) {
        assert.deepEqual(await answersTo(await forge()), [code, code], name);
      }
      assert.deepEqual(await listedRooms(), []);
      const { count } = await game.row("select count(*)::int from players");
      assert.equal(count, 0);
    });

    it("knows a pilot by whichever key the issuer has published", async () => {
      for (const kid of ["rsa", "ec", "ed"]) {
        const token = await issuer.sign(kid, honest());
        assert.deepEqual(await answersTo(token), [null, null], kid);
        const { seat } = await askForSeat(game, "joinOrCreate/sector", '{"sectorId":7}', token);
        assert.ok(seat !== null);
        assert.equal((await takeSeat(game, seat)).state.ships.size, 1);
      }
      const { user_id: userId } = await game.row("select user_id from players");
      assert.equal(userId, USER_ID);
    });
  });
}
