import { INCIDENT_TYPES, type IncidentType, SEVERITIES, type Severity } from "../rules/incidents.ts";
import { parseFlags, UsageError } from "./usage.ts";

export const USAGE = `Acts on a running installation, however many processes it has: within a second each of them has done it.

  npm run admin -- status                                      processes, bans, and what was done last
  npm run admin -- ban USER --reason TEXT [--until DATE]       ends their sessions and keeps them out
  npm run admin -- unban USER
  npm run admin -- kick USER [--reason TEXT]                   ends their sessions; they may come back
  npm run admin -- broadcast TEXT                              tells everybody who is in a sector
  npm run admin -- drain [--process ID|all] [--deadline SECONDS]
                                                               ends processes: running commands end first
  npm run admin -- incident TYPE --sector ID [--severity 1|2|3]
                                                               lets a storm, flare or debris_field befall a sector
  npm run admin -- guardrails                                  the ecosystem's four measures, as GET /metrics/guardrails

  USER        a user's id (the sub of their token), or the name of a user when only one has it
  --until     when the ban ends, such as 2030-01-31T12:00Z; without it, when it is lifted
  --reason    shown to the user
  --process   as \`status\` lists them; all by default
  --sector    the sector's number; one that nothing has befallen yet
  --severity  how severe; 1 by default
  --deadline  how long running commands may take; each process' DRAIN_SECONDS by default
  --help      this text

The database is that of the server: DATABASE_URL, or the embedded one in DATA_DIR. kick, broadcast and drain are refused
where no process runs on it.
Exit codes: 0 done, 1 refused or failed, 2 wrong flags.
`;

/** Longer than anybody reads in the middle of a fight, and shorter than what a message may carry. */
const TEXT_CHARACTERS_MAX = 500;
const DEADLINE_SECONDS_MAX = 600;

/** A command as it was typed; the user in it still has to be found. */
export type AdminTask =
  | { kind: "help" }
  | { kind: "status" }
  | { kind: "guardrails" }
  | { kind: "incident"; type: IncidentType; sectorId: number; severity: Severity }
  | { kind: "ban"; user: string; reason: string; untilMs: number | null }
  | { kind: "unban"; user: string }
  | { kind: "kick"; user: string; reason: string }
  | { kind: "broadcast"; text: string }
  | { kind: "drain"; processId: string | null; deadlineSeconds: number | null };

interface Flags {
  readonly reason?: string | undefined;
  readonly until?: string | undefined;
  readonly process?: string | undefined;
  readonly deadline?: string | undefined;
  readonly sector?: string | undefined;
  readonly severity?: string | undefined;
}

/** @param nowMs what `--until` must be after @throws UsageError */
export function readAdminFlags(args: readonly string[], nowMs: number): AdminTask {
  const { values: flags, positionals } = flagsIn(args);
  const [kind = "help", subject, ...rest] = positionals;
  if (kind === "help") return { kind: "help" };
  if (rest.length > 0) throw new UsageError(`One argument too many: "${rest[0]}". A text goes in quotes.`);
  const take = (what: string) => {
    if (subject === undefined || subject.trim() === "") throw new UsageError(`${kind} needs ${what}.`);
    return textOf(what, subject);
  };
  switch (kind) {
    case "status":
    case "guardrails":
      allow(kind, flags, []);
      return { kind };
    case "incident":
      allow(kind, flags, ["sector", "severity"]);
      return { kind, ...incidentOf(take("a type"), flags) };
    case "ban": {
      allow(kind, flags, ["reason", "until"]);
      const { reason = "" } = flags;
      if (reason.trim() === "") throw new UsageError("ban needs --reason: the user is shown it.");
      return {
        kind,
        user: take("a user"),
        reason: textOf("--reason", reason),
        untilMs: untilOf(flags.until, nowMs),
      };
    }
    case "unban":
      allow(kind, flags, []);
      return { kind, user: take("a user") };
    case "kick":
      allow(kind, flags, ["reason"]);
      return { kind, user: take("a user"), reason: textOf("--reason", flags.reason ?? "") };
    case "broadcast":
      allow(kind, flags, []);
      return { kind, text: take("a text") };
    case "drain":
      allow(kind, flags, ["process", "deadline"]);
      if (subject !== undefined) throw new UsageError(`Which process is told with --process ${subject}.`);
      return {
        kind,
        processId: flags.process === undefined || flags.process === "all" ? null : flags.process,
        deadlineSeconds: deadlineOf(flags.deadline),
      };
    default:
      throw new UsageError(`There is no command "${kind}".`);
  }
}

function flagsIn(args: readonly string[]) {
  return parseFlags({
    args: [...args],
    allowPositionals: true,
    options: {
      reason: { type: "string" },
      until: { type: "string" },
      process: { type: "string" },
      deadline: { type: "string" },
      sector: { type: "string" },
      severity: { type: "string" },
    },
  });
}

function allow(kind: string, flags: Flags, allowed: readonly string[]): void {
  const given = Object.entries(flags).find(([name, value]) => value !== undefined && !allowed.includes(name));
  if (given !== undefined) throw new UsageError(`${kind} knows no --${given[0]}.`);
}

function textOf(what: string, text: string): string {
  if (text.length > TEXT_CHARACTERS_MAX)
    throw new UsageError(`${what} is longer than ${TEXT_CHARACTERS_MAX} characters.`);
  return text.trim();
}

function untilOf(text: string | undefined, nowMs: number): number | null {
  if (text === undefined) return null;
  // Without a zone the moment would depend on the machine that the command is given on.
  const atMs = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)$/.test(text)
    ? Date.parse(text)
    : Number.NaN;
  if (Number.isNaN(atMs))
    throw new UsageError(`--until is a moment with its zone, such as 2030-01-31T12:00Z, not "${text}".`);
  // JavaScript takes 31 February for 3 March.
  const day = text.slice(0, "2030-01-31".length);
  if (new Date(day).toISOString().slice(0, day.length) !== day)
    throw new UsageError(`--until ${text}: there is no ${day}.`);
  if (atMs <= nowMs) throw new UsageError(`--until ${text} is in the past.`);
  return atMs;
}

function incidentOf(typed: string, { sector = "", severity: judged = "1" }: Flags) {
  const type = INCIDENT_TYPES.find((one) => one === typed);
  if (type === undefined) throw new UsageError(`An incident is one of ${INCIDENT_TYPES.join(", ")}.`);
  if (!/^[1-9]\d{0,8}$/.test(sector)) throw new UsageError("incident needs --sector, a sector's number.");
  const severity = SEVERITIES.find((one) => String(one) === judged);
  if (severity === undefined) throw new UsageError(`--severity is one of ${SEVERITIES.join(", ")}.`);
  return { type, sectorId: Number(sector), severity };
}

function deadlineOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  if (!/^\d{1,3}$/.test(text) || Number(text) > DEADLINE_SECONDS_MAX)
    throw new UsageError(
      `--deadline is a number of seconds from 0 to ${DEADLINE_SECONDS_MAX}, not "${text}".`,
    );
  return Number(text);
}
