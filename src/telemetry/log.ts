import { type DestinationStream, type Logger, pino } from "pino";
import { areLogsSilent } from "./silence.ts";

/** As much of pino as most parts need; tests stand in for it with a list. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** As much of what could not be written as is kept until it can be: enough to tell what was the matter. */
const UNWRITTEN_BYTES_MAX = 1_000_000;

const SECRET_FIELDS = [
  "token",
  "authorization",
  "reconnectionToken",
  "password",
  "authJwtSecret",
  "metricsToken",
  "posthogKey",
] as const;

/**
 * What is a secret wherever it stands, in a driver's message or an address: credentials in a URL, a bearer token, a signed
 * token, and what a query calls token or secret.
 */
const SECRETS: readonly [RegExp, string][] = [
  [/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@"]*@/gi, "$1[redacted]@"],
  [/\b(Bearer\s+)[\w.~+/=-]+/gi, "$1[redacted]"],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, "[redacted]"],
  [/([?&](?:\w*token|secret|password)=)[^&\s"]+/gi, "$1[redacted]"],
];

/**
 * What is told of an error: no fields that its thrower gave it but the code. Drivers add the command that failed with all
 * that was sent: a password, a token, a user's own words.
 */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { type, message, stack, code } = pino.stdSerializers.err(error);
  const errors = error instanceof AggregateError ? error.errors.map(describeError) : undefined;
  return { type, message, stack, code, errors };
}

function withoutSecrets(line: string): string {
  return SECRETS.reduce((text, [pattern, instead]) => text.replace(pattern, instead), line);
}

/** Nobody can be told that it cannot be written to (a terminal was closed, a disk is full): no reason to end before one's time. */
function stderr(): DestinationStream {
  const destination = pino.destination({ dest: 2, sync: true, maxLength: UNWRITTEN_BYTES_MAX });
  destination.on("error", () => {});
  return {
    write: (line) => {
      if (!areLogsSilent()) destination.write(line);
    },
  };
}

/**
 * The server's log: one JSON line an entry on stderr, so that stdout stays for people. Secrets never reach it: fields of
 * their names are left out, and each line is looked through for what looks like one.
 */
export function createLog(level: string, destination: DestinationStream = stderr()): Logger {
  return pino(
    {
      level,
      base: { pid: process.pid },
      serializers: { err: describeError },
      hooks: { streamWrite: withoutSecrets },
      redact: {
        paths: SECRET_FIELDS.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
        censor: "[redacted]",
      },
    },
    destination,
  );
}
