import assert from "node:assert/strict";
import { ConfigError, describeConfig, loadConfig, withoutCredentials } from "../src/config.ts";

const SECRET = "0123456789abcdef0123456789abcdef";
const JWKS = "https://project.example/auth/v1/.well-known/jwks.json";

function mistakes(env: Record<string, string>): string {
  try {
    loadConfig(env);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.message;
  }
  return assert.fail("the configuration was accepted");
}

describe("configuration", () => {
  it("needs nothing to be set", () => {
    const config = loadConfig({});
    assert.equal(config.port, 2567);
    assert.equal(config.dataDir, ".data");
    assert.equal(config.databaseUrl, null);
    assert.equal(config.transport, "auto");
    assert.equal(config.spectators, "open");
    assert.equal(config.harvestSeconds, 10);
    assert.equal(config.reconnectSeconds, 30);
    assert.equal(config.combatDamageScale, "playable");
    assert.equal(config.guests, true);
  });

  it("takes what is set", () => {
    const config = loadConfig({
      PORT: "8080",
      WORLD_SEED: "42",
      TRANSPORT: "ws",
      TRUST_PROXY: "on",
      LOG_LEVEL: "warn",
    });
    assert.equal(config.port, 8080);
    assert.equal(config.worldSeed, 42);
    assert.equal(config.transport, "ws");
    assert.equal(config.trustProxy, true);
    assert.equal(config.logLevel, "warn");
  });

  it("takes a variable that is set to nothing as not set", () => {
    assert.equal(loadConfig({ PORT: "", DATABASE_URL: "  " }).port, 2567);
  });

  it("lists all mistakes at once, with what was given and what is allowed", () => {
    const text = mistakes({ PORT: "65536", HARVEST_SECONDS: "1.5", TRANSPORT: "tcp", GUESTS: "yes" });
    assert.match(text, /PORT: "65536" is not allowed; it must be a whole number from 0 to 65535/);
    assert.match(text, /HARVEST_SECONDS: "1.5" is not allowed; it must be a whole number from 1 to 3600/);
    assert.match(text, /TRANSPORT: "tcp" is not allowed; it must be one of auto, ws, uws/);
    assert.match(text, /GUESTS: "yes" is not allowed; it must be one of on, off/);
  });

  it("refuses a database that is no Postgres without showing its password", () => {
    const text = mistakes({ DATABASE_URL: "mysql://user:hunter2@host/db" });
    assert.match(text, /DATABASE_URL: .* a URL such as postgres:/);
    assert.doesNotMatch(text, /hunter2/);
  });

  for (const port of ["-1", "2567x", "0x10", "1e3", "99999999999999999999"]) {
    it(`refuses ${port} as a port`, () => {
      assert.match(mistakes({ PORT: port }), /PORT/);
    });
  }

  for (const nodeEnv of ["Production", "prod", "production            # guests are off", " production"]) {
    it(`refuses ${JSON.stringify(nodeEnv)}, which would leave guests on, as NODE_ENV`, () => {
      assert.match(mistakes({ NODE_ENV: nodeEnv }), /NODE_ENV: .* one of production, development, test$/);
    });
  }

  for (const address of [
    "play.example.org:65536",
    "play.example.org:0",
    "[::1]:65536",
    "[::1",
    "[2567]:2567",
    "::1",
    "https://play.example.org",
  ]) {
    it(`refuses ${address} as a public address`, () => {
      assert.match(mistakes({ PUBLIC_ADDRESS: address }), /PUBLIC_ADDRESS: .* a host with optional port/);
    });
  }

  for (const address of [
    "play.example.org:65535/2567",
    "game_1",
    "192.0.2.7:2567",
    "[::1]:2567",
    "[2001:DB8::7]",
  ]) {
    it(`takes ${address} as a public address`, () => {
      assert.equal(loadConfig({ PUBLIC_ADDRESS: address }).publicAddress, address);
    });
  }
});

describe("configuration: signing in", () => {
  it("wants one way of checking tokens, not two", () => {
    assert.match(mistakes({ AUTH_JWKS_URL: JWKS, AUTH_JWT_SECRET: SECRET }), /choose one/);
  });

  it("refuses a secret shorter than 32 bytes without showing it", () => {
    const text = mistakes({ AUTH_JWT_SECRET: SECRET.slice(1) });
    assert.match(text, /AUTH_JWT_SECRET: .* at least 32 bytes/);
    assert.ok(!text.includes(SECRET.slice(1)));
    assert.equal(loadConfig({ AUTH_JWT_SECRET: SECRET }).authJwtSecret, SECRET);
  });

  it("counts the bytes of a secret, not its letters", () => {
    assert.equal(loadConfig({ AUTH_JWT_SECRET: "ä".repeat(16) }).authJwtSecret, "ä".repeat(16));
  });

  it("refuses an issuer or audience without anything to check its tokens with", () => {
    assert.match(mistakes({ AUTH_ISSUER: "https://issuer.example" }), /set AUTH_JWKS_URL or AUTH_JWT_SECRET/);
    assert.match(mistakes({ AUTH_AUDIENCE: "game" }), /set AUTH_JWKS_URL or AUTH_JWT_SECRET/);
  });

  const cases = [
    { env: {}, guests: true },
    { env: { NODE_ENV: "production" }, guests: false },
    { env: { AUTH_JWKS_URL: JWKS }, guests: false },
    { env: { AUTH_JWT_SECRET: SECRET, AUTH_ISSUER: "https://issuer.example" }, guests: false },
    { env: { AUTH_JWT_SECRET: SECRET, GUESTS: "on" }, guests: true },
    { env: { NODE_ENV: "production", GUESTS: "on" }, guests: true },
    { env: { GUESTS: "off" }, guests: false },
  ];
  for (const { env, guests } of cases) {
    const given = Object.keys(env).join(", ") || "nothing";
    it(`has guests ${guests ? "on" : "off"} with ${given}`, () => {
      assert.equal(loadConfig(env).guests, guests);
    });
  }
});

describe("configuration: description", () => {
  it("has a line for every setting: name, value, meaning, default", () => {
    const config = loadConfig({ PORT: "8080" });
    const lines = describeConfig(config);
    assert.equal(lines.length, Object.keys(config).length);
    assert.match(lines[0] ?? "", /^PORT\s+8080\s+TCP port .*\(default: 2567\)$/);
    for (const line of lines) assert.match(line, /^[A-Z_]+ {2,}\S.* {2,}\S.* \(default: .+\)$/);
  });

  it("shows neither secrets nor passwords", () => {
    const text = describeConfig(
      loadConfig({
        AUTH_JWT_SECRET: `https://${SECRET}/path`,
        DATABASE_URL: "postgres://user:hunter2@host:5432/game?password=hunter3",
        REDIS_URL: "redis://:hunter4@host:6379",
      }),
    ).join("\n");
    assert.doesNotMatch(text, /hunter|0123456789/);
    assert.match(text, /DATABASE_URL\s+postgres:\/\/host:5432\/game /);
  });

  for (const [url, shown] of [
    ["postgres://me:secret@host:5432/game?sslmode=disable", "postgres://host:5432/game"],
    ["postgres://host/game?user=me&password=secret", "postgres://host/game"],
    ["postgres://me:se%40cret@host/game", "postgres://host/game"],
    ["no address, but a secret", "(set)"],
  ] as const) {
    it(`shows ${shown} of a connection string`, () => assert.equal(withoutCredentials(url), shown));
  }
});
