/** Everything an operator can set. The only reader of environment variables. */
import { z } from "zod";
import { PHASES } from "./rules/phases.ts";

/** HS256 needs a key as long as its hash; anything shorter can be guessed (RFC 7518 §3.2). */
const JWT_SECRET_BYTES_MIN = 32;

const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;

function wholeNumber(min: number, max: number) {
  const error = `a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,16}$/, { error, abort: true })
    .transform(Number)
    .refine((value) => value >= min && value <= max, error);
}

function choice<const Choices extends readonly [string, ...string[]]>(choices: Choices) {
  return z.enum(choices, `one of ${choices.join(", ")}`);
}

const onOff = choice(["on", "off"]).transform((value) => value === "on");

function url(protocols: readonly string[], example: string) {
  return z
    .string()
    .refine((text) => protocols.includes(URL.parse(text)?.protocol ?? ""), `a URL such as ${example}`);
}

/** Whether clients can be told to go there: a name, an IPv4 address or an IPv6 one in brackets, with what may follow. */
function isAddress(text: string): boolean {
  if (!/^([\w.-]+|\[[\da-f:.]+\])(:\d{1,5})?(\/[\w./-]*)?$/i.test(text)) return false;
  const url = URL.parse(`ws://${text}`);
  return url !== null && url.port !== "0";
}

/** A key's name in upper case with underscores is its environment variable; `describe` is what the operator reads. */
const settings = z.object({
  port: wholeNumber(0, 65_535).default(2567).describe("TCP port of everything: rooms and HTTP"),
  dataDir: z
    .string()
    .default(".data")
    .describe("Folder of the embedded database and of what the server must remember"),
  databaseUrl: url(["postgres:", "postgresql:"], "postgres://user:password@host:5432/database")
    .nullable()
    .default(null)
    .meta({ secret: "credentials" })
    .describe("Your own Postgres; without it the embedded one is started"),
  databasePoolMax: wholeNumber(2, 200)
    .default(10)
    .describe("Connections for joins, lookups and routes; the commit queue has 3 of its own beside them"),
  redisUrl: url(["redis:", "rediss:"], "redis://host:6379")
    .nullable()
    .default(null)
    .meta({ secret: "credentials" })
    .describe("Redis that several processes find each other by; a single process needs none"),
  publicAddress: z
    .string()
    .refine(isAddress, "a host with optional port (1 to 65535) and path, without https://")
    .nullable()
    .default(null)
    .describe("Where clients reach this very process, when there are several"),
  transport: choice(["auto", "ws", "uws"])
    .default("auto")
    .describe("WebSocket transport; auto takes uWebSockets where its binary loads"),
  trustProxy: onOff
    .default(false)
    .describe("on: a proxy of yours is in front, so X-Forwarded-For names the client"),
  authJwksUrl: url(["https:", "http:"], "https://project.supabase.co/auth/v1/.well-known/jwks.json")
    .nullable()
    .default(null)
    .describe("Public keys of your token issuer"),
  authJwtSecret: z
    .string()
    .refine(
      (secret) => Buffer.byteLength(secret) >= JWT_SECRET_BYTES_MIN,
      `at least ${JWT_SECRET_BYTES_MIN} bytes; make one with: openssl rand -base64 48`,
    )
    .nullable()
    .default(null)
    .meta({ secret: "whole" })
    .describe("Secret shared with your token issuer (HS256), in place of AUTH_JWKS_URL"),
  authIssuer: z.string().nullable().default(null).describe("The iss that tokens must carry"),
  authAudience: z.string().nullable().default(null).describe("The aud that tokens must carry"),
  guests: onOff
    .nullable()
    .default(null)
    .meta({ defaultText: "on while there is no issuer and NODE_ENV is not production" })
    .describe("Whether POST /auth/guest makes up users"),
  spectators: choice(["open", "token", "off"])
    .default("open")
    .describe("Who may watch: everybody, whoever has a token, nobody"),
  worldSeed: wholeNumber(0, 2 ** 32 - 1)
    .default(1)
    .describe("Which galaxy is made when the database has none"),
  metricsToken: z
    .string()
    .regex(/^[\x21-\x7e]{16,200}$/, "16 to 200 printable characters; make one with: openssl rand -hex 24")
    .nullable()
    .default(null)
    .meta({ secret: "whole" })
    .describe(
      "Bearer token that GET /metrics asks for; without one, private addresses past no proxy read it",
    ),
  posthogKey: z
    .string()
    .regex(/^[\x21-\x7e]{1,200}$/, "a project's API key, such as phc_…")
    .nullable()
    .default(null)
    .meta({ secret: "whole" })
    .describe("PostHog project that is sent the product events; without one none are sent"),
  posthogHost: url(["https:", "http:"], "https://eu.i.posthog.com")
    .default("https://us.i.posthog.com")
    .describe("Where that PostHog takes events"),
  ecosystemPhase: choice(PHASES)
    .default("live")
    .describe(
      "How much of the ecosystem is open: pilot (expeditions), expand (and contracts), live (and incidents, surveys)",
    ),
  incidentsPerDay: wholeNumber(0, 144)
    .default(12)
    .describe(
      "Storms, flares and debris fields a day in the whole galaxy, on average; 0: none but those of operators",
    ),
  harvestSeconds: wholeNumber(1, 3600)
    .default(10)
    .describe("How long a harvest takes and can be interrupted"),
  reconnectSeconds: wholeNumber(0, 600)
    .default(30)
    .describe("How long a pilot who dropped out keeps the seat"),
  combatDamageScale: choice(["playable", "faithful"])
    .default("playable")
    .describe("playable: fights can be lost; faithful: the original's damage of 1–10 a hit"),
  shipsPerSectorMax: wholeNumber(1, 10_000)
    .default(200)
    .describe("Live ships in one sector; a warp to a sector that has them is refused with sector_full"),
  spectatorsPerSectorMax: wholeNumber(0, 100_000).default(500).describe("Spectators of one sector"),
  galaxySpectatorsMax: wholeNumber(0, 100_000)
    .default(2000)
    .describe("Spectators of the whole galaxy at one process"),
  messagesPerSecondMax: wholeNumber(1, 1000)
    .default(30)
    .describe("Messages from one client; one who sends more is disconnected"),
  patchHzMin: choice(["10", "5", "2.5"])
    .transform(Number)
    .default(2.5)
    .describe(
      "Patches a second that a busy process still sends of each sector: 10, 5 or 2.5; 10 sends as many however busy it is",
    ),
  connectionsMax: wholeNumber(1, 1_000_000)
    .default(16_000)
    .describe("Open connections; keep it below the limit of open files (ulimit -n)"),
  socketsPerAddressMax: wholeNumber(1, 1_000_000)
    .default(200)
    .describe("Open room connections of one address; raise it for load tests"),
  commitQueueItemsMax: wholeNumber(1, 1_000_000)
    .default(5000)
    .describe("Outcomes waiting for the database; beyond it new commands are refused with busy"),
  clockCheckSeconds: wholeNumber(1, 3600)
    .default(60)
    .describe("How often the time is compared with the database's; a jump is found after this long at most"),
  drainSeconds: wholeNumber(0, 600)
    .default(15)
    .describe("How long a shutdown waits for running commands; less than what kills the process"),
  logLevel: choice(LOG_LEVELS)
    .default("info")
    .describe(`Least important log line that is written: ${LOG_LEVELS.join(", ")}`),
  // No others: one that is nearly "production" would leave guests on.
  nodeEnv: choice(["production", "development", "test"])
    .default("development")
    .describe("production, development or test; production: nothing is switched on for convenience"),
});

type Settings = z.output<typeof settings>;

export type Config = Readonly<Omit<Settings, "guests"> & { guests: boolean }>;

/** Mistakes in the environment, all of them, for the operator to read. */
export class ConfigError extends Error {
  override name = "ConfigError";
}

/**
 * Reads the settings. A variable that is set to nothing counts as not set.
 * @throws ConfigError that lists each bad variable: what was given and what is allowed.
 */
export function loadConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.keys(settings.shape).flatMap((key) => {
    const value = env[variableOf(key)];
    return value === undefined || value.trim() === "" ? [] : [[key, value] as const];
  });
  const parsed = settings.safeParse(Object.fromEntries(given));
  const mistakes = parsed.success
    ? contradictions(parsed.data)
    : parsed.error.issues.map((issue) => explain(String(issue.path[0]), issue.message, env));
  if (!parsed.success || mistakes.length > 0) {
    throw new ConfigError(
      `The configuration is not usable:\n${mistakes.map((line) => `  ${line}`).join("\n")}`,
    );
  }
  const { authJwksUrl, authJwtSecret, nodeEnv } = parsed.data;
  const signInElsewhere = authJwksUrl !== null || authJwtSecret !== null;
  return { ...parsed.data, guests: parsed.data.guests ?? (!signInElsewhere && nodeEnv !== "production") };
}

/** For `npm start -- --print-config`: a line for each setting, passwords and secrets left out. */
export function describeConfig(config: Config): string[] {
  const entries = Object.entries(settings.shape).map(([key, field]) => {
    const values = new Map<string, unknown>(Object.entries(config));
    const fallback = field.meta()?.defaultText ?? show(field.parse(undefined), undefined);
    const value = show(values.get(key), field.meta()?.secret);
    return { name: variableOf(key), value, meaning: `${field.description ?? ""} (default: ${fallback})` };
  });
  const nameWidth = Math.max(...entries.map(({ name }) => name.length));
  const valueWidth = Math.max(...entries.map(({ value }) => value.length));
  return entries.map(
    ({ name, value, meaning }) => `${name.padEnd(nameWidth)}  ${value.padEnd(valueWidth)}  ${meaning}`,
  );
}

function contradictions({ authJwksUrl, authJwtSecret, authIssuer, authAudience }: Settings): string[] {
  if (authJwksUrl !== null && authJwtSecret !== null) {
    return [
      "AUTH_JWKS_URL and AUTH_JWT_SECRET are both set: choose one, or tokens of the weaker kind would pass too",
    ];
  }
  if (authJwksUrl !== null || authJwtSecret !== null || (authIssuer === null && authAudience === null))
    return [];
  return [
    "AUTH_ISSUER or AUTH_AUDIENCE is set, but nothing to check its tokens with: set AUTH_JWKS_URL or AUTH_JWT_SECRET",
  ];
}

function explain(key: string, allowed: string, env: Readonly<Record<string, string | undefined>>): string {
  const name = variableOf(key);
  const isSecret = settings.shape[keyOf(key)].meta()?.secret !== undefined;
  const given = isSecret ? "what was given (not shown)" : JSON.stringify(env[name] ?? "");
  return `${name}: ${given} is not allowed; it must be ${allowed}`;
}

function keyOf(key: string): keyof Settings {
  return settings.keyof().parse(key);
}

/** authJwksUrl → AUTH_JWKS_URL. */
function variableOf(key: string): string {
  return key.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

/** @param secret what must not be seen of the value: "whole", or the "credentials" in a connection string. */
function show(value: unknown, secret: unknown): string {
  if (value === null || value === undefined) return "not set";
  if (typeof value === "boolean") return value ? "on" : "off";
  if (secret === undefined) return String(value);
  return secret === "credentials" ? withoutCredentials(String(value)) : "(set)";
}

/** A connection string as it may be shown: where it leads, without user, password or parameters, any of which may be secret. */
export function withoutCredentials(url: string): string {
  const address = URL.parse(url);
  return address === null ? "(set)" : `${address.protocol}//${address.host}${address.pathname}`;
}
