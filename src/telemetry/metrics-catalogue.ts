/** Every metric: what it says, and what to do when it turns red. `docs/metrics.md` is made of this. */

/** Seconds; around the goals of a tick (10 ms) and a batch (some tens of ms). */
const FAST_SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
/** Items of a batch; 200 is the most it takes (`BATCH_ITEMS_MAX`). */
const BATCH_ITEMS = [1, 2, 5, 10, 20, 35, 50, 75, 100, 150, 200];

interface Described {
  readonly help: string;
  readonly labels: readonly string[];
  /** When it is red, and what to do then. */
  readonly red: string;
}

export interface HistogramSpec extends Described {
  readonly buckets: readonly number[];
}

export const HISTOGRAMS = {
  sectorkeep_tick_seconds: {
    help: "One beat of the heartbeat in which a room had something due or changed. Each room has ten a second; a beat is that of a tenth of the process' rooms.",
    labels: [],
    buckets: FAST_SECONDS,
    red: "p99 above 0.01: the process has more live sectors than its core carries. Start another process; see docs/performance.md for what a tick costs.",
  },
  sectorkeep_answer_seconds: {
    help: "From a request's arrival in its room to its answer's departure.",
    labels: ["command"],
    buckets: FAST_SECONDS,
    red: "p99 above 0.1: for commands that cost (harvest, attack, warp) look at sectorkeep_commit_seconds first, then at sectorkeep_tick_seconds and the event loop.",
  },
  sectorkeep_http_seconds: {
    help: "From an HTTP request's arrival to its answer.",
    labels: ["route", "status"],
    buckets: FAST_SECONDS,
    red: "p99 above 0.25 on /matchmake: sectorkeep_database_waiting says whether DATABASE_POOL_MAX is too small.",
  },
  sectorkeep_commit_seconds: {
    help: "One batch of outcomes at the database, from BEGIN to the answer to COMMIT.",
    labels: [],
    buckets: FAST_SECONDS,
    red: "p99 above 0.1: the database's disk or CPU is the limit, or the tables lack statistics (ANALYZE).",
  },
  sectorkeep_commit_items: {
    help: "Outcomes in one batch: small when it is quiet, large when it is busy.",
    labels: [],
    buckets: BATCH_ITEMS,
    red: "Nearly always 200: the queue is at its limit; see sectorkeep_queue_items.",
  },
  sectorkeep_feed_read_seconds: {
    help: "One look at the feeds of all connected pilots, once a second and at each join.",
    labels: [],
    buckets: FAST_SECONDS,
    red: "p99 above 0.25: pilots hear late of what others wrote. VACUUM ANALYZE events; look at the database's load.",
  },
} as const satisfies Record<string, HistogramSpec>;

/** Told where it happens. */
export const COUNTERS = {
  sectorkeep_commands_total: {
    help: "Requests answered in rooms; outcome is accepted or refused.",
    labels: ["command", "outcome"],
    red: 'No increase while sectorkeep_clients{kind="pilot"} is above 0: nobody is answered. See sectorkeep_queue_away and the log.',
  },
  sectorkeep_refusals_total: {
    help: "Refusals by code, over a room (via=room) or HTTP (via=http).",
    labels: ["code", "via"],
    red: "internal: a fault of ours, in the log with its requestId. busy, store_unavailable, clock_skew: the server cannot keep up with its database; see the queue (store_unavailable also where several processes have lost Redis; see /readyz). too_many_requests: one address asks too much, or a proxy is in front and TRUST_PROXY is off.",
  },
  sectorkeep_outcomes_total: {
    help: "Outcomes settled by the commit queue: kind of work, and what became of it.",
    labels: ["kind", "settlement"],
    red: "fenced and failed have metrics of their own below.",
  },
  sectorkeep_feed_events_total: {
    help: "Events that the reader of feeds found for pilots: written by jobs or other processes, or missed while away.",
    labels: [],
    red: "Never by itself.",
  },
  sectorkeep_joins_total: {
    help: "Seats taken: pilot (new here), takeover (from another client of the same pilot), reconnect, spectator.",
    labels: ["kind"],
    red: "Many reconnects with few joins: clients lose their lines. Look at the proxy's timeouts and sectorkeep_tick_seconds.",
  },
  sectorkeep_sectors_lost_total: {
    help: "Rooms that gave their sector up: fenced (another room has it) or failed (it could not be trusted any more).",
    labels: ["cause"],
    red: "failed: a fault of ours, in the log. fenced: this process could not be reached for a while; see sectorkeep_fenced_writes_total.",
  },
} as const satisfies Record<string, Described>;

/** Read from the running server when somebody asks. */
export const READ_COUNTERS = {
  sectorkeep_fenced_writes_total: {
    help: "Outcomes refused because another process has the sector: what a process wrote that had been given up for dead.",
    labels: [],
    red: "Any increase without a takeover that you caused: this process stood still (swap, a paused machine, a blocked event loop) or lost Redis. Nothing was written twice; its clients have joined again.",
  },
  sectorkeep_failed_outcomes_total: {
    help: "Outcomes that the database refused for a reason nobody foresaw; their pilots keep their turns.",
    labels: [],
    red: "Any: a fault of ours. The log has each with its requestId.",
  },
  sectorkeep_locked_waits_total: {
    help: "Times an outcome waited because somebody outside held one of its rows.",
    labels: [],
    red: "Steady increase: a long transaction of your own (a report, a psql session) holds players or ships. pg_stat_activity names it.",
  },
  sectorkeep_batches_halved_total: {
    help: "Batches taken apart to find the item that the database refuses.",
    labels: [],
    red: "Steady increase: see sectorkeep_failed_outcomes_total.",
  },
  sectorkeep_database_losses_total: {
    help: "Times the commit queue lost the database.",
    labels: [],
    red: "Any increase that is not yours: the database restarts or the network breaks. Nothing is lost; due outcomes wait.",
  },
} as const satisfies Record<string, Described>;

/** Read from the running server when somebody asks. */
export const GAUGES = {
  sectorkeep_queue_items: {
    help: "Outcomes that are not durable yet: waiting, or in_flight at the database.",
    labels: ["state"],
    red: "Above half of COMMIT_QUEUE_ITEMS_MAX: the database does not keep up; at the limit new commands are refused with busy. See sectorkeep_commit_seconds.",
  },
  sectorkeep_queue_oldest_seconds: {
    help: "How long the oldest of them has waited; 0 when there is none.",
    labels: [],
    red: "Above 1: the database is away or stuck, or one row is locked from outside (sectorkeep_locked_waits_total).",
  },
  sectorkeep_queue_away: {
    help: "1 once an outcome was due while the database is away: outcomes wait, new commands are refused with store_unavailable. See sectorkeep_database_up for whether it is away at all.",
    labels: [],
    red: "1 for longer than a restart of your database takes.",
  },
  sectorkeep_database_up: {
    help: "1 while the database answers, which is looked at each second whether anybody plays or not; 0 while it does not.",
    labels: [],
    red: "0 for longer than a restart of your database takes: nobody gets in, and the log says why. A database that hangs rather than refuses is noticed after some seconds.",
  },
  sectorkeep_patch_hz: {
    help: "Patches a second that a sector sends at most: 10, or 5 or 2.5 while the process is busy (not below PATCH_HZ_MIN).",
    labels: [],
    red: "Below 10 for minutes: the event loop has been at work for more than half of the time, and clients see what happens in their sector up to 0.4 s later; answers are not later. Start another process before it gets worse.",
  },
  sectorkeep_rooms: {
    help: "Live sectors of this process.",
    labels: [],
    red: "Never by itself; the basis for the others.",
  },
  sectorkeep_ships: {
    help: "Ships with a pilot in live sectors, those of pilots who have just dropped out included.",
    labels: [],
    red: "Never by itself.",
  },
  sectorkeep_clients: {
    help: "Connected clients: pilot or spectator of a sector, or galaxy (who watches it from afar).",
    labels: ["kind"],
    red: "Their sum near CONNECTIONS_MAX: raise it and ulimit -n, or start another process.",
  },
  sectorkeep_database_connections: {
    help: "Open connections of a pool (queries or queue), busy or idle.",
    labels: ["pool", "state"],
    red: "All busy for minutes: see sectorkeep_database_waiting.",
  },
  sectorkeep_database_waiting: {
    help: "Requests that wait for a connection of the pool.",
    labels: ["pool"],
    red: "Above 0 for minutes: raise DATABASE_POOL_MAX, but not past twice the database's cores.",
  },
  sectorkeep_clock_skewed: {
    help: "1 while the database's clock is in doubt: commands are refused with clock_skew.",
    labels: [],
    red: "1 for longer than CLOCK_CHECK_SECONDS: the database machine's time jumps; look at its NTP.",
  },
  sectorkeep_draining: {
    help: "1 once this process has been told to stop.",
    labels: [],
    red: "1 for longer than DRAIN_SECONDS and ten more: the process hangs; its log says on what.",
  },
  sectorkeep_bans: {
    help: "Bans that this process knows of and that have not ended.",
    labels: [],
    red: "Different between processes for more than a second: one of them cannot read the database.",
  },
} as const satisfies Record<string, Described>;

/**
 * The ecosystem's guardrails, read from the database at most once a minute: the same from every process. A share that has
 * no whole yet is not told, or as 0 where it has no labels.
 */
export const GUARDRAILS = {
  sectorkeep_ecosystem_run_completion_ratio: {
    help: "Runs that were completed, of those begun in the last 28 days, by surface.",
    labels: ["surface"],
    red: "Well below what it was: a build of that surface loses runs, or a mission is too hard. Compare with the surface's own crash reports.",
  },
  sectorkeep_ecosystem_grant_failure_ratio: {
    help: "Rewards whose grant failed, of all tried in the last 28 days.",
    labels: [],
    red: "Above 0.001: the log has each with its requestId; nothing was given twice, and what failed is tried again.",
  },
  sectorkeep_ecosystem_duplicate_grant_ratio: {
    help: "Rewards that were asked for again and not given again, of all asked for in the last 28 days.",
    labels: [],
    red: "A sudden rise: a client repeats itself without end, or somebody tries to be paid twice.",
  },
  sectorkeep_ecosystem_retention_ratio: {
    help: "Users who were there again on the UTC day so many days after their first, by the surface they came through first; those of the last 28 days whose day is over.",
    labels: ["surface", "day"],
    red: "Never by itself: look at it by cohort before and after a release.",
  },
} as const satisfies Record<string, Described>;

/** What prom-client says of the process by itself; these matter most. */
export const PROCESS_METRICS = {
  process_cpu_seconds_total: {
    help: "CPU time used, of one core.",
    red: "Its rate above 0.8: the process fills its core. Start another process.",
  },
  process_resident_memory_bytes: {
    help: "Memory of the process.",
    red: "Rising for hours at the same number of clients: a leak. Take a heap snapshot (kill -USR2 with --heapsnapshot-signal) and drain the process.",
  },
  nodejs_eventloop_lag_p99_seconds: {
    help: "How late timers run, since the last time somebody asked; 0.02 when nothing holds them up.",
    red: "Above 0.05: something blocks the process, or it has no core of its own.",
  },
  nodejs_heap_size_used_bytes: {
    help: "JavaScript objects in memory.",
    red: "As process_resident_memory_bytes.",
  },
  nodejs_gc_duration_seconds: {
    help: "Pauses for garbage collection, by kind.",
    red: "Major ones above 0.1: too much memory for one process; start another.",
  },
} as const satisfies Record<string, { help: string; red: string }>;
