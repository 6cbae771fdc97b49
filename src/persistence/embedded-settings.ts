interface Setting {
  name: string;
  value: string;
  why: string;
}

/** For a database that shares a small machine with its game server. */
const SETTINGS: readonly Setting[] = [
  { name: "listen_addresses", value: "127.0.0.1", why: "nobody but this machine has business with it" },
  { name: "unix_socket_directories", value: "", why: "one way in is enough, and /tmp may be shared or full" },
  { name: "max_connections", value: "100", why: "several processes with their two pools each, and a shell" },
  {
    name: "shared_buffers",
    value: "128MB",
    why: "everything hot (ships, pilots, fields) fits many times over",
  },
  { name: "synchronous_commit", value: "on", why: "what a pilot is told must survive the next crash" },
  { name: "max_wal_size", value: "1GB", why: "bounds both the disk used and the time a recovery takes" },
  {
    name: "checkpoint_timeout",
    value: "15min",
    why: "fewer checkpoints: fewer bursts of writes during play",
  },
  { name: "io_method", value: "sync", why: "the data is in memory; worker processes would only take a core" },
  {
    name: "max_parallel_workers_per_gather",
    value: "0",
    why: "a report must not take both cores from the rooms",
  },
  { name: "jit", value: "off", why: "statements are short; compiling one costs more than running it" },
  {
    name: "deadlock_timeout",
    value: "100ms",
    why: "locks are held for milliseconds, so longer is a deadlock",
  },
  {
    name: "autovacuum_naptime",
    value: "15s",
    why: "few rows change very often; dead versions pile up quickly",
  },
  { name: "timezone", value: "UTC", why: "days begin at the same moment on every machine" },
  { name: "log_timezone", value: "UTC", why: "the log lines up with ours" },
  { name: "log_checkpoints", value: "off", why: "a quiet server's log stays empty" },
];

/** For databases that nobody will miss (tests): no waiting for the disk. */
const THROWAWAY: readonly Setting[] = [
  { name: "fsync", value: "off", why: "the folder is deleted at the end, whatever happens" },
  { name: "full_page_writes", value: "off", why: "only a crash of the machine would need them" },
  { name: "checkpoint_timeout", value: "1h", why: "nothing to keep" },
];

/** The settings as arguments of `postgres`. */
export function serverArguments(durable: boolean): string[] {
  const settings = durable ? SETTINGS : [...SETTINGS, ...THROWAWAY];
  return settings.flatMap(({ name, value }) => ["-c", `${name}=${value}`]);
}
