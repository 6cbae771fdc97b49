import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { loadConfig } from "../src/config.ts";
import { Refusal } from "../src/errors.ts";
import { bearerToken, createIdentity, type IdentityService } from "../src/identity.ts";
import { type Forger, forgeries } from "./identity/forgeries.ts";
import {
  AUDIENCE,
  type Claims,
  honestClaims,
  ISSUER,
  signWith,
  TestIssuer,
  USER_ID,
} from "./identity/issuer.ts";
import { ManualClock } from "./support/clock.ts";

const SECRET = "the secret that is shared with the issuer, 32 bytes at least";
const MINUTE_MS = 60_000;

async function refusalOf(result: Promise<unknown>): Promise<[code: string, reason: unknown]> {
  const error: unknown = await result.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof Refusal, `not refused but ${String(error)}`);
  return [error.code, error.detail.reason ?? null];
}

describe("identity", () => {
  const issuer = new TestIssuer();
  const dataDir = mkdtempSync(path.join(tmpdir(), "sectorkeep-identity-"));
  let clock: ManualClock;
  let identity: IdentityService;
  before(async () => {
    await issuer.publish("rsa", "RS256");
    await issuer.publish("ec", "ES256");
    await issuer.publish("ed", "EdDSA");
    await issuer.comeUp();
  });
  after(async () => {
    await issuer.goAway();
    rmSync(dataDir, { recursive: true });
  });

  function withSettings(env: Record<string, string>): IdentityService {
    return createIdentity(loadConfig({ DATA_DIR: dataDir, GUESTS: "off", ...env }), clock);
  }
  const remote = { AUTH_ISSUER: ISSUER, AUTH_AUDIENCE: AUDIENCE };
  beforeEach(() => {
    clock = new ManualClock();
    identity = withSettings({ ...remote, AUTH_JWKS_URL: issuer.url });
  });
  const honest = (changes: Claims = {}) => ({ ...honestClaims(clock.nowMs()), ...changes });
  const seconds = (offset: number) => Math.floor(clock.nowMs() / 1000) + offset;

  describe("of an issuer with public keys", () => {
    for (const kid of ["rsa", "ec", "ed"]) {
      it(`knows who a token of its ${kid} key speaks for`, async () => {
        assert.deepEqual(await identity.verify(await issuer.sign(kid, honest())), {
          userId: USER_ID,
          name: "Ada",
          expiresAtMs: seconds(3600) * 1000,
        });
      });
    }

    const forger: Forger = {
      issuer,
      honest: (changes) => honest(changes),
      seconds: (offset) => seconds(offset),
    };
    for (const { name, forge, code, reason } of forgeries(forger)) {
      it(`refuses: ${name}`, async () => {
        assert.deepEqual(await refusalOf(identity.verify(await forge())), [code ?? "token_invalid", reason]);
      });
    }

    it("allows for clocks that differ by seconds", async () => {
      await identity.verify(await issuer.sign("ec", honest({ exp: seconds(-4) })));
      await identity.verify(await issuer.sign("ec", honest({ nbf: seconds(4) })));
    });

    it("goes by the server's own clock", async () => {
      const token = await issuer.sign("ec", honest());
      clock.advance(61 * MINUTE_MS);
      assert.deepEqual(await refusalOf(identity.verify(token)), ["token_expired", null]);
    });

    it("has one spelling of a user's id", async () => {
      const { userId } = await identity.verify(
        await issuer.sign("ec", honest({ sub: USER_ID.toUpperCase() })),
      );
      assert.equal(userId, USER_ID);
    });

    const names: [claims: Claims, name: string][] = [
      [{ name: "  Ada\u0000\u202e Lovelace " }, "Ada Lovelace"],
      [{ name: "🚀".repeat(60) }, "🚀".repeat(50)],
      [{ name: undefined, user_metadata: { full_name: "Grace" }, email: "grace@example.com" }, "Grace"],
      [{ name: " ", user_metadata: "?", preferred_username: "linus" }, "linus"],
      [{ name: 7, email: "secret@example.com" }, "Pilot 5f0c"],
    ];
    for (const [claims, name] of names) {
      it(`shows ${JSON.stringify(name.slice(0, 12))} as a name`, async () => {
        assert.equal((await identity.verify(await issuer.sign("ec", honest(claims)))).name, name);
      });
    }
  });

  describe("of an issuer whose keys change", () => {
    let other: TestIssuer;
    beforeEach(async () => {
      other = new TestIssuer();
      await other.publish("first");
      await other.comeUp();
      identity = withSettings({ ...remote, AUTH_JWKS_URL: other.url });
    });
    afterEach(() => other.goAway());
    const verifies = async (kid: string) => identity.verify(await other.sign(kid, honest()));

    it("asks for its keys once", async () => {
      await Promise.all(Array.from({ length: 20 }, () => verifies("first")));
      assert.equal(other.asked, 1);
    });

    it("finds a new key when the first token of it comes", async () => {
      await verifies("first");
      await other.publish("second");
      clock.advance(10_000);
      await verifies("second");
      await verifies("first");
      assert.equal(other.asked, 2);
    });

    it("lets nobody make it ask again and again", async () => {
      await verifies("first");
      const stranger = new TestIssuer();
      await stranger.publish("unknown");
      for (let count = 0; count < 20; count++) {
        const token = await stranger.sign("unknown", honest());
        assert.deepEqual(await refusalOf(identity.verify(token)), ["token_invalid", "key"]);
        clock.advance(1_000);
      }
      assert.ok(other.asked <= 3, `${other.asked} times`);
    });

    it("forgets a key that was withdrawn", async () => {
      await verifies("first");
      await other.publish("second", "ES256", true);
      clock.advance(11 * MINUTE_MS);
      // Nobody waits for the new keys: they are fetched beside the traffic.
      await verifies("first");
      while (other.asked < 2) await new Promise((resolve) => setTimeout(resolve, 1));
      await verifies("second");
      assert.deepEqual(await refusalOf(verifies("first")), ["token_invalid", "key"]);
      assert.equal(other.asked, 2);
    });

    it("keeps its last keys while the issuer is away, however long", async () => {
      await verifies("first");
      await other.goAway();
      for (let hour = 0; hour < 3; hour++) {
        clock.advance(60 * MINUTE_MS);
        await verifies("first");
      }
      await other.publish("second");
      assert.deepEqual(await refusalOf(verifies("second")), ["token_invalid", "key"]);
      await other.comeUp();
      clock.advance(10_000);
      await verifies("second");
    });

    it("says so when there were never any keys", async () => {
      await other.goAway();
      assert.deepEqual(await refusalOf(verifies("first")), ["issuer_unavailable", null]);
      await other.comeUp();
      clock.advance(1_000);
      await verifies("first");
    });
  });

  describe("of an issuer with a shared secret", () => {
    beforeEach(() => {
      identity = withSettings({ ...remote, AUTH_JWT_SECRET: SECRET });
    });
    const sign = (secret: string, alg = "HS256") =>
      signWith(new TextEncoder().encode(secret), { alg }, honest());

    it("knows who a token speaks for", async () => {
      assert.equal((await identity.verify(await sign(SECRET))).userId, USER_ID);
    });

    it("refuses other secrets and other algorithms", async () => {
      const longer = `${SECRET}, and as long as every algorithm of the family wants it`;
      assert.deepEqual(await refusalOf(identity.verify(await sign(longer))), ["token_invalid", "signature"]);
      assert.deepEqual(await refusalOf(identity.verify(await sign(SECRET, "HS384"))), [
        "token_invalid",
        "algorithm",
      ]);
      const asymmetric = await issuer.sign("rsa", honest());
      assert.deepEqual(await refusalOf(identity.verify(asymmetric)), ["token_invalid", "algorithm"]);
    });

    it("has no guests", () => assert.equal(identity.issueGuest, undefined));
  });

  describe("of the server itself", () => {
    const secretFile = path.join(dataDir, "token-secret");

    it("lets guests in, and again after a restart", async () => {
      const guest = await withSettings({ GUESTS: "on" }).issueGuest?.("Ada");
      assert.ok(guest);
      const { token, userId, expiresAtMs } = guest;
      assert.deepEqual(await withSettings({ GUESTS: "on" }).verify(token), {
        userId,
        name: "Ada",
        expiresAtMs,
      });
      assert.deepEqual(await withSettings({ GUESTS: "off" }).verify(token), {
        userId,
        name: "Ada",
        expiresAtMs,
      });
      assert.ok(expiresAtMs > clock.nowMs() + 80 * 24 * 60 * MINUTE_MS);
    });

    it("lets nobody in with a token that has expired since it was taken", async () => {
      const own = withSettings({ GUESTS: "on" });
      const guest = await own.issueGuest?.("Ada");
      assert.ok(guest);
      const beforeMs = clock.nowMs();
      for (let times = 0; times < 2; times++) await own.verify(guest.token);
      clock.advance(guest.expiresAtMs - beforeMs + MINUTE_MS);
      assert.deepEqual((await refusalOf(own.verify(guest.token)))[0], "token_expired");
      clock.setNow(beforeMs);
    });

    it("keeps its secret to itself", () => {
      withSettings({});
      assert.equal(statSync(secretFile).mode & 0o777, 0o600);
      assert.match(readFileSync(secretFile, "utf8"), /^[0-9a-f]{64}\n$/);
    });

    it("makes every guest somebody else", async () => {
      const { issueGuest } = withSettings({ GUESTS: "on" });
      const guests = await Promise.all([issueGuest?.(null), issueGuest?.(null)]);
      assert.notEqual(guests[0]?.userId, guests[1]?.userId);
      assert.match(guests[0]?.name ?? "", /^Pilot [0-9a-f]{4}$/);
    });

    it("takes guests beside another issuer's users, each by their own keys", async () => {
      const both = withSettings({ ...remote, AUTH_JWKS_URL: issuer.url, GUESTS: "on" });
      const guest = await both.issueGuest?.("Ada");
      assert.ok(guest);
      assert.equal((await both.verify(guest.token)).userId, guest.userId);
      assert.equal((await both.verify(await issuer.sign("rsa", honest()))).userId, USER_ID);
      // Naming the server as issuer does not make the other's keys the server's.
      const posing = await issuer.sign("rsa", honest({ iss: "sectorkeep", aud: "sectorkeep" }));
      assert.deepEqual(await refusalOf(both.verify(posing)), ["token_invalid", "algorithm"]);
      // And the other way round: a guest's token is worth nothing where there are no guests.
      assert.deepEqual(await refusalOf(identity.verify(guest.token)), ["token_invalid", "algorithm"]);
    });

    it("does not guess what a damaged secret was", () => {
      writeFileSync(secretFile, "oops");
      assert.throws(() => withSettings({}), /token-secret is damaged\. Delete it/);
    });
  });

  const headers: [header: string | undefined, token: string | null][] = [
    ["Bearer abc.def.ghi", "abc.def.ghi"],
    ["bearer abc", "abc"],
    ["abc.def.ghi", null],
    ["Basic abc", null],
    ["Bearer", null],
    ["Bearer a b", null],
    [undefined, null],
  ];
  for (const [header, token] of headers) {
    it(`reads ${token} from Authorization: ${header}`, () => assert.equal(bearerToken(header), token));
  }
});
