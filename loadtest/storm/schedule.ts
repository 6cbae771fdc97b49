/** Which faults a storm throws, when, and in which order: a function of the seed alone. */
import { createHash } from "node:crypto";
import { Prng } from "../../src/rules/galaxy/prng.ts";
import { REFUSALS, type SqlState } from "./refusals.ts";

/** The moments of a command's life at which a server is killed. */
const MOMENTS = [
  /** A pilot has just been told that a harvest has begun. */
  "after_start",
  /** The batch is written; COMMIT does not reach Postgres any more. */
  "before_commit",
  /** COMMIT is on its way to Postgres. */
  "during_commit",
  /** Postgres has committed and the server does not hear of it: nothing is published. */
  "before_publish",
  /** Another server is opening the sectors of one that was killed. */
  "during_takeover",
] as const;
export type Moment = (typeof MOMENTS)[number];

/** What happens to a connection between COMMIT sent and answered. */
const LINE_FAULTS = ["cut", "stalled", "half_open"] as const;
export type LineFault = (typeof LINE_FAULTS)[number];

interface Timed {
  /** How long the bots play before it. */
  readonly afterMs: number;
}

export type Fault = Timed &
  (
    | { readonly kind: "server_killed"; readonly moment: Moment }
    /** `everyone`: not the postmaster alone, but each process it has started. */
    | { readonly kind: "postgres_killed"; readonly everyone: boolean }
    | { readonly kind: "both_killed"; readonly everyone: boolean }
    | { readonly kind: "commit_line"; readonly fault: LineFault; readonly stallMs: number }
    /** Stopped (SIGSTOP) until another server has had its sectors for so long. */
    | { readonly kind: "zombie"; readonly sleepMs: number }
    /** The database's clock is set by so much. */
    | { readonly kind: "clock_jump"; readonly byMs: number }
    /** A batch ends at a statement that Postgres refuses, once. */
    | { readonly kind: "batch_refused"; readonly sqlstate: SqlState }
  );

const PLAY_MS = [300, 1_500] as const;
/** Both sides of what a server waits for an answer (4 s): one reply comes late, the other too late. */
const STALL_MS = [500, 6_000] as const;
const SLEEP_MS = [500, 3_000] as const;
/** From just past what counts as a jump (1 s) to a time zone's mistake. */
const JUMP_MS = [1_500, 3_600_000] as const;
/** After so many kills comes one fault that kills nobody. */
const KILLS_PER_OTHER = 3;

type Draft = (prng: Prng) => Fault;

const afterMs = (prng: Prng) => prng.int(...PLAY_MS);
const killed = (moment: Moment): Draft => {
  return (prng) => ({ kind: "server_killed", moment, afterMs: afterMs(prng) });
};
const lineFault = (fault: LineFault): Draft => {
  return (prng) => ({ kind: "commit_line", fault, stallMs: prng.int(...STALL_MS), afterMs: afterMs(prng) });
};

const killedPostgres: Draft = (prng) => ({
  kind: "postgres_killed",
  everyone: prng.int(0, 1) === 1,
  afterMs: afterMs(prng),
});
// Small jumps as often as large ones, forwards as often as back.
const clockJumps = [1, -1].map((sign): Draft => {
  return (prng) => ({
    kind: "clock_jump",
    byMs: sign * Math.round(JUMP_MS[0] * (JUMP_MS[1] / JUMP_MS[0]) ** (prng.int(0, 1_000) / 1_000)),
    afterMs: afterMs(prng),
  });
});

const refusals = REFUSALS.map((sqlstate): Draft => {
  return (prng) => ({ kind: "batch_refused", sqlstate, afterMs: afterMs(prng) });
});

const KILLS: readonly Draft[] = [
  ...MOMENTS.map(killed),
  killedPostgres,
  (prng) => ({ kind: "both_killed", everyone: prng.int(0, 1) === 1, afterMs: afterMs(prng) }),
];

const OTHERS: readonly Draft[] = [
  ...LINE_FAULTS.map(lineFault),
  (prng) => ({ kind: "zombie", sleepMs: prng.int(...SLEEP_MS), afterMs: afterMs(prng) }),
  ...clockJumps,
  ...refusals,
];

/** Deals the drafts out round after round, each round in an order of its own, so that every kind gets its share. */
function* dealt(prng: Prng, drafts: readonly Draft[]): Generator<Fault, never> {
  for (;;) for (const draft of prng.shuffled(drafts)) yield draft(prng);
}

/**
 * @param kills how often a process is killed: the server, Postgres, or both. Other faults come on top, one after every
 *   third kill.
 */
export function scheduleOf(seed: number, kills: number): Fault[] {
  const prng = new Prng(`storm ${seed}`);
  const [killing, other] = [dealt(prng, KILLS), dealt(prng, OTHERS)];
  const faults: Fault[] = [];
  for (let kill = 1; kill <= kills; kill++) {
    faults.push(killing.next().value);
    if (kill % KILLS_PER_OTHER === 0) faults.push(other.next().value);
  }
  return faults;
}

/** Faults that the server lives through, one every `everyMs`, without end: for watching one process for hours. */
export function* soakOf(seed: number, everyMs: number): Generator<Fault, never> {
  const prng = new Prng(`soak ${seed}`);
  const survivable = [killedPostgres, ...LINE_FAULTS.map(lineFault), ...clockJumps, ...refusals];
  for (const fault of dealt(prng, survivable)) yield { ...fault, afterMs: everyMs };
  throw new Error("a deck without end has ended");
}

/** The same for the same schedule: two runs can be told to have had the same faults. */
export function fingerprintOf(faults: readonly Fault[]): string {
  return createHash("sha256").update(JSON.stringify(faults)).digest("hex").slice(0, 12);
}

/** Whether what a server has in its memory alone is gone with it. */
export function killsServer({ kind }: Fault): boolean {
  return kind === "server_killed" || kind === "both_killed" || kind === "zombie";
}

const REFUSED_AS: Readonly<Record<SqlState, string>> = {
  "40001": "batch not serializable",
  "40P01": "batch ended by a deadlock",
  "23514": "batch refused by a CHECK",
};

/** What kind of fault it is, as tables and progress lines name it. */
export function labelOf(fault: Fault): string {
  if (fault.kind === "server_killed") return `server killed ${fault.moment.replaceAll("_", " ")}`;
  if (fault.kind === "commit_line") return `COMMIT's line ${fault.fault.replaceAll("_", " ")}`;
  if (fault.kind === "postgres_killed") return "Postgres killed";
  if (fault.kind === "both_killed") return "server and Postgres killed";
  if (fault.kind === "zombie") return "server stopped, woken as a zombie";
  if (fault.kind === "batch_refused") return REFUSED_AS[fault.sqlstate];
  return `clock set ${fault.byMs > 0 ? "forward" : "back"}`;
}
