/** What `npm run loadtest` can be told. */

import { parseFlags, UsageError } from "../src/cli/usage.ts";
import { SEED_MAX } from "../src/rules/galaxy/generate.ts";
import { ACTIONS, type Action, type Mix, NO_ACTIONS } from "./fleet/mix.ts";

/** As in the goal that the figures are held to: mostly mining, now and then a trip, a raid, a call at a port, an errand. */
const DEFAULT_MIX =
  "harvest=60,warp=20,attack=10,dock=5,sell=5,drop=2,expedition=4,contribute=4,deliver=2,incident=2";

export interface LoadOptions {
  readonly bots: number;
  readonly sectors: number;
  readonly seconds: number;
  readonly processes: number;
  /** Threads that drive the bots. */
  readonly drivers: number;
  readonly joinsPerSecond: number;
  readonly everyMs: number;
  readonly harvestSeconds: number;
  readonly mix: Mix;
  readonly seed: number;
  readonly sdkOneIn: number;
  /** A server that runs already; null to start one. */
  readonly url: string | null;
  /** A Postgres to make a database of our own in; with `url`, the database of that server. */
  readonly databaseUrl: string | null;
  /** With `url`: where that server keeps its embedded database. */
  readonly dataDir: string | null;
  readonly jsonFile: string | null;
  /** Settings of the servers that win over those of the arena. */
  readonly settings?: Readonly<Record<string, string>>;
}

export const USAGE = `Lets bots play on a server of its own or on one that runs, measures it, and holds what they were told against the database.

  npm run loadtest -- [options]

  --bots N            pilots (200)
  --sectors N         asteroid fields that they spread over (10); not with --url
  --seconds N         how long they play once all have joined (30)
  --processes N       servers (1); more need Redis: REDIS_URL, or a redis-server on this machine
  --drivers N         threads that drive the bots (1 for each 3,000)
  --join-rate N       joins a second (100)
  --every S           seconds between two actions of a bot (5)
  --harvest-seconds N how long a harvest takes (3); not with --url
  --mix LIST          what bots do, relative to each other (${DEFAULT_MIX})
  --seed N            the same seed makes the same choices (1)
  --sdk-every N       one bot in N uses the official SDK, the others bare frames (50; 0: none)
  --url URL           a server that runs already; it needs guests (GUESTS=on) and SOCKETS_PER_ADDRESS_MAX above the bots
  --database URL      a Postgres in which a database is made, and dropped afterwards (default: DATABASE_URL, or an
                      embedded one); with --url: the database of that server, to hold against what was told
  --data-dir DIR      with --url: the DATA_DIR of that server (.data unless told), if its database is the embedded one
  --json FILE         writes the figures there, too
  --help              this text

Exit codes: 0 everything told is true, 1 something is not, somebody is stuck or not let in, or the server failed by itself,
2 wrong flags or it could not be run, 129, 130 and 143 stopped by SIGHUP, SIGINT and SIGTERM.
`;

const NUMBERS = {
  bots: { fallback: 200, min: 1, max: 20_000 },
  sectors: { fallback: 10, min: 1, max: 5_000 },
  seconds: { fallback: 30, min: 1, max: 1_000_000 },
  processes: { fallback: 1, min: 1, max: 16 },
  drivers: { fallback: 0, min: 0, max: 16 },
  "join-rate": { fallback: 100, min: 1, max: 10_000 },
  every: { fallback: 5, min: 0.1, max: 86_400 },
  "harvest-seconds": { fallback: 3, min: 1, max: 3_600 },
  seed: { fallback: 1, min: 0, max: SEED_MAX },
  "sdk-every": { fallback: 50, min: 0, max: 20_000 },
} as const;

const PILOTS_PER_DRIVER = 3_000;

/** @throws UsageError that says what is allowed */
export function readOptions(args: readonly string[], env: NodeJS.ProcessEnv): LoadOptions {
  const values = flagsIn(args);
  const number = (name: keyof typeof NUMBERS) => readNumber(name, values[name]);
  const bots = number("bots");
  const url = values.url ?? null;
  checkTogether(values);
  return {
    bots,
    sectors: number("sectors"),
    seconds: number("seconds"),
    processes: number("processes"),
    drivers: number("drivers") || Math.ceil(bots / PILOTS_PER_DRIVER),
    joinsPerSecond: number("join-rate"),
    everyMs: number("every") * 1000,
    harvestSeconds: number("harvest-seconds"),
    mix: readMix(values.mix ?? DEFAULT_MIX),
    seed: number("seed"),
    sdkOneIn: number("sdk-every"),
    url,
    // With --url only an explicit --database is that server's; DATABASE_URL may be anybody's.
    databaseUrl: values.database ?? (url === null ? (env.DATABASE_URL ?? null) : null),
    dataDir: values["data-dir"] ?? null,
    jsonFile: values.json ?? null,
  };
}

/** What is of no use beside something else is a mistake, and not passed over. @throws UsageError */
function checkTogether(values: ReturnType<typeof flagsIn>): void {
  if (values.url === undefined) {
    if (values["data-dir"] !== undefined) throw new UsageError("--data-dir is of use only with --url.");
    return;
  }
  const ours = (["processes", "sectors", "harvest-seconds"] as const).find(
    (name) => values[name] !== undefined,
  );
  if (ours !== undefined) {
    throw new UsageError(
      `--url names a server that runs already; --${ours} is for one that this starts. Use one of them.`,
    );
  }
  if (values.database !== undefined && values["data-dir"] !== undefined) {
    throw new UsageError(
      "--database and --data-dir both say where the server's database is. Use one of them.",
    );
  }
}

function flagsIn(args: readonly string[]) {
  const string = { type: "string" } as const;
  return parseFlags({
    args: [...args],
    options: {
      bots: string,
      sectors: string,
      seconds: string,
      processes: string,
      drivers: string,
      "join-rate": string,
      every: string,
      "harvest-seconds": string,
      mix: string,
      seed: string,
      "sdk-every": string,
      url: string,
      database: string,
      "data-dir": string,
      json: string,
    },
  }).values;
}

function readNumber(name: keyof typeof NUMBERS, text: string | undefined): number {
  const { fallback, min, max } = NUMBERS[name];
  if (text === undefined) return fallback;
  const value = Number(text);
  const isWhole = Number.isInteger(value) || name === "every";
  if (text.trim() !== "" && isWhole && value >= min && value <= max) return value;
  throw new UsageError(`--${name} takes a number from ${min} to ${max}; ${JSON.stringify(text)} is none.`);
}

/** @throws UsageError */
export function readMix(text: string): Mix {
  const mix: Record<Action, number> = { ...NO_ACTIONS };
  for (const part of text.split(",")) {
    const [name = "", weight = ""] = part.split("=");
    const action = ACTIONS.find((known) => known === name.trim());
    const value = Number(weight);
    if (action === undefined || weight.trim() === "" || !(value >= 0)) {
      throw new UsageError(
        `--mix is a list like ${DEFAULT_MIX}, of ${ACTIONS.join(", ")}; ${JSON.stringify(part)} is not.`,
      );
    }
    mix[action] = value;
  }
  if (ACTIONS.every((action) => mix[action] === 0)) throw new UsageError("--mix leaves nothing to do.");
  return mix;
}
