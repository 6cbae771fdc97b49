import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { decodeJwt, SignJWT, UnsecuredJWT } from "jose";
import { z } from "zod";
import { DAY_MS } from "../../src/rules/utc.ts";
import { type Answer, type Begun, Explorer } from "../support/expedition.ts";
import { makeSector } from "../support/fixtures.ts";
import { useGame } from "../support/game.ts";

const MINUTE_MS = 60_000;
const WEEK_MS = 7 * DAY_MS;
const keySchema = z.object({ kid: z.string(), secret: z.string() });

describe("the token of a run", () => {
  const game = useGame();
  before(() => makeSector(game.pool, game.world, 1));

  const explorer = async () => new Explorer(game, (await game.pilot(1)).userId);

  /** The server's own key: what a forger would have who had everything but the right to play. */
  async function resigned(
    token: string,
    changes: Record<string, unknown>,
    header: object = {},
  ): Promise<string> {
    const { kid, secret } = keySchema.parse(await game.row("select kid, secret from run_token_keys"));
    return new SignJWT({ ...decodeJwt(token), ...changes })
      .setProtectedHeader({ alg: "HS256", kid, ...header })
      .sign(Buffer.from(secret, "hex"));
  }

  const forgeries: [
    what: string,
    status: number,
    code: string,
    forge: (who: Explorer, run: Begun) => Promise<Answer>,
  ][] = [
    [
      "with a byte of its claims changed",
      ...([401, "run_token_invalid"] as const),
      (who, run) => {
        const [head = "", body = "", sign = ""] = run.token.split(".");
        const at = Math.floor(body.length / 2);
        const changed = body.slice(0, at) + (body[at] === "A" ? "B" : "A") + body.slice(at + 1);
        return who.complete(run, {}, { token: [head, changed, sign].join(".") });
      },
    ],
    [
      "with a byte of its signature changed",
      ...([401, "run_token_invalid"] as const),
      (who, run) => {
        const at = run.token.lastIndexOf(".") + 5;
        const changed =
          run.token.slice(0, at) + (run.token[at] === "A" ? "B" : "A") + run.token.slice(at + 1);
        return who.complete(run, {}, { token: changed });
      },
    ],
    [
      "sent by another user",
      ...([403, "token_user_mismatch"] as const),
      async (who, run) => (await explorer()).complete(run, who.metrics(run)),
    ],
    [
      "sent from another surface",
      ...([403, "token_surface_mismatch"] as const),
      (who, run) => who.complete(run, {}, { surface: "web" }),
    ],
    [
      "sent from a surface that nobody knows",
      ...([400, "unknown_surface"] as const),
      (who, run) => who.complete(run, {}, { surface: "fridge" }),
    ],
    [
      "of another run",
      ...([401, "run_token_invalid"] as const),
      async (who, run) => {
        await who.ask("POST", `/runs/${run.runId}/cancel`);
        return who.complete(await who.begun(), {}, { token: run.token });
      },
    ],
    [
      "past its time",
      ...([410, "run_expired"] as const),
      (who, run) => {
        game.clock.advance(31 * MINUTE_MS);
        return who.complete(run);
      },
    ],
    [
      "past its time, by another user",
      ...([403, "token_user_mismatch"] as const),
      async (_, run) => {
        game.clock.advance(31 * MINUTE_MS);
        return (await explorer()).complete(run);
      },
    ],
    [
      "within the tolerance of its time, when the run's own is up",
      ...([410, "run_expired"] as const),
      (who, run) => {
        game.clock.advance(29 * MINUTE_MS + 3_000);
        return who.complete(run);
      },
    ],
    [
      "without a signature (alg: none)",
      ...([401, "run_token_invalid"] as const),
      (who, run) => who.complete(run, {}, { token: new UnsecuredJWT(decodeJwt(run.token)).encode() }),
    ],
    [
      "of a key that nobody knows",
      ...([401, "run_token_invalid"] as const),
      async (who, run) => who.complete(run, {}, { token: await resigned(run.token, {}, { kid: "week-1" }) }),
    ],
    [
      "of a key whose name no database takes",
      ...([401, "run_token_invalid"] as const),
      async (who, run) =>
        who.complete(run, {}, { token: await resigned(run.token, {}, { kid: "week-1\u0000" }) }),
    ],
    [
      "for another audience",
      ...([401, "run_token_invalid"] as const),
      async (who, run) => who.complete(run, {}, { token: await resigned(run.token, { aud: "sectorkeep" }) }),
    ],
    [
      "that is not valid yet",
      ...([401, "run_token_invalid"] as const),
      async (who, run) => {
        const nbf = Math.floor(game.clock.nowMs() / 1000) + 60;
        return who.complete(run, {}, { token: await resigned(run.token, { nbf }) });
      },
    ],
    [
      "without an end",
      ...([401, "run_token_invalid"] as const),
      async (who, run) => who.complete(run, {}, { token: await resigned(run.token, { exp: undefined }) }),
    ],
    [
      "that is not the one the run was given",
      ...([401, "run_token_invalid"] as const),
      async (who, run) => who.complete(run, {}, { token: await resigned(run.token, { jti: randomUUID() }) }),
    ],
    [
      "of a user, in place of a run's",
      ...([401, "run_token_invalid"] as const),
      async (who, run) => who.complete(run, {}, { token: await game.token(who.userId) }),
    ],
    [
      "that is none",
      ...([401, "run_token_invalid"] as const),
      (who, run) => who.complete(run, {}, { token: "x.y.z" }),
    ],
  ];

  for (const [what, status, code, forge] of forgeries) {
    it(`is refused ${what}: ${code}`, async () => {
      const who = await explorer();
      const run = await who.begun();
      game.clock.advance(MINUTE_MS);
      const answer = await forge(who, run);
      assert.deepEqual([answer.status, answer.body.code], [status, code]);
      const { rewards } = await game.row(
        "select count(*)::int as rewards from reward_ledger where user_id = $1",
        who.userId,
      );
      assert.equal(rewards, 0);
    });
  }

  it("names its key, and is good for one run: sent again it changes nothing", async () => {
    const who = await explorer();
    const run = await who.begun();
    game.clock.advance(MINUTE_MS);
    const first = await who.complete(run);
    assert.equal(first.status, 200);
    assert.deepEqual((await who.complete(run)).body, { ...first.body, duplicate: true });
    const started = await who.start(run);
    assert.deepEqual([started.status, started.body.code], [409, "run_not_open"]);
    game.clock.advance(60 * MINUTE_MS);
    assert.deepEqual((await who.complete(run)).body, { ...first.body, duplicate: true }, "past its time too");
    assert.equal((await who.start(run)).body.code, "run_not_open", "it was completed, and stays so");
  });

  it("outlives the week of its key by its own time, and not by more", async () => {
    const weekEnds = (Math.floor(game.clock.nowMs() / WEEK_MS) + 1) * WEEK_MS;
    const who = await explorer();
    game.clock.setNow(weekEnds - MINUTE_MS);
    const run = await who.begun();
    game.clock.setNow(weekEnds + MINUTE_MS);
    assert.equal((await who.complete(run)).status, 200, "signed by the key before");
    const next = await who.begun();
    const kids = await game.pool.query("select kid from run_token_keys order by signs_until");
    assert.equal(kids.rows.length, 2, "another key signs now");
    await who.ask("POST", `/runs/${next.runId}/cancel`);

    // Somebody who has kept last week's secret signs a run of today with it.
    const [old] = (await game.pool.query("select kid, secret from run_token_keys order by signs_until")).rows;
    const { kid, secret } = keySchema.parse(old);
    game.clock.setNow(weekEnds + 40 * MINUTE_MS);
    const today = await who.begun();
    game.clock.advance(MINUTE_MS);
    const forged = await new SignJWT(decodeJwt(today.token))
      .setProtectedHeader({ alg: "HS256", kid })
      .sign(Buffer.from(secret, "hex"));
    const answer = await who.complete(today, {}, { token: forged });
    assert.deepEqual([answer.status, answer.body.code], [401, "run_token_invalid"]);
    assert.equal((await who.complete(today)).status, 200);
  });

  it("is void when the operator deletes its key; the next run has another", async () => {
    const who = await explorer();
    const run = await who.begun();
    await game.pool.query("delete from run_token_keys");
    game.clock.advance(MINUTE_MS);
    assert.equal((await who.complete(run)).body.code, "run_token_invalid");
    await who.ask("POST", `/runs/${run.runId}/cancel`);
    assert.equal((await who.play()).status, 200);
    assert.equal(
      (await who.complete(run)).body.code,
      "run_token_invalid",
      "though the key has the old one's name",
    );
  });
});
