/** `npm run admin`: what operators do to a running installation. docs/operations.md is its manual. */
import { randomInt } from "node:crypto";
import { hostname } from "node:os";
import { z } from "zod";
import { DatabaseClock } from "../clock.ts";
import { type Config, loadConfig } from "../config.ts";
import { Refusal } from "../errors.ts";
import { accountName } from "../persistence/account-name.ts";
import {
  type AdminAction,
  type AdminOrder,
  findUsers,
  readActionsAfter,
  readNewestActionId,
  recordOrder,
} from "../persistence/admin.ts";
import { readBans } from "../persistence/bans.ts";
import type { Database } from "../persistence/database.ts";
import { readGuardrails, type Share } from "../persistence/guardrails.ts";
import { readProcesses } from "../persistence/processes.ts";
import { hasReached } from "../rules/phases.ts";
import { type AdminTask, readAdminFlags, USAGE } from "./admin-flags.ts";
import { runCommand } from "./command.ts";
import { awaitDrained } from "./drained.ts";
import { nameOf, withInstallation } from "./open-database.ts";
import { CommandError, UsageError } from "./usage.ts";

/** As many as fit on a screen. */
const ACTIONS_SHOWN = 15;
const U32_VALUES = 2 ** 32;

await runCommand({ usage: USAGE, run });

async function run(args: readonly string[]): Promise<number> {
  const task = readAdminFlags(args, Date.now());
  if (task.kind === "help") {
    process.stdout.write(USAGE);
    return 0;
  }
  const config = loadConfig(process.env);
  return withInstallation(config, "sectorkeep admin", { othersToo: true }, (database) =>
    carryOut(task, database, config),
  );
}

/** @returns the exit code */
async function carryOut(
  task: Exclude<AdminTask, { kind: "help" }>,
  { pool }: Database,
  config: Config,
): Promise<number> {
  const { drainSeconds, clockCheckSeconds, ecosystemPhase } = config;
  const clock = await DatabaseClock.start(pool, clockCheckSeconds * 1000, (line) => console.error(line));
  try {
    if (task.kind === "status") return await showStatus(pool, clock.nowMs());
    if (task.kind === "guardrails") return await showGuardrails(pool, clock.nowMs());
    const processes = await readProcesses(pool);
    if (processes.length === 0) refuseIdle(task.kind, config);
    const order = await orderOf(task, pool);
    if (order.kind === "incident" && !hasReached(ecosystemPhase, "live"))
      throw new UsageError(`Incidents come with ECOSYSTEM_PHASE live; here it is ${ecosystemPhase}.`);
    if (order.kind === "drain") refuseUnknown(order.processId, processes);
    await record(pool, order, clock.nowMs());
    const asked = order.kind === "drain" && order.processId !== null ? [order.processId] : processes;
    console.log(`${describe(order)} (${whoActs(asked)})`);
    if (order.kind !== "drain") return 0;
    // A drained server may take its Postgres along, and the time is not needed any more.
    await clock.stop();
    return await awaitDrained(pool, asked, order.deadlineSeconds ?? drainSeconds, config);
  } finally {
    await clock.stop();
  }
}

type Pool = Database["pool"];

/** @throws UsageError when nobody, or more than one, has the name */
async function orderOf(
  task: Exclude<AdminTask, { kind: "help" | "status" | "guardrails" }>,
  pool: Pool,
): Promise<AdminOrder> {
  if (task.kind === "broadcast" || task.kind === "drain") return task;
  if (task.kind === "incident") return { ...task, seed: randomInt(U32_VALUES) };
  const { user, ...order } = task;
  return { ...order, userId: await userIdOf(pool, user) };
}

async function userIdOf(pool: Pool, user: string): Promise<string> {
  const id = z.uuid().safeParse(user.toLowerCase());
  // A user who has never joined is known to nobody here, and may be banned all the same.
  if (id.success) return id.data;
  const found = await findUsers(pool, user);
  const [only] = found;
  if (only === undefined) throw new UsageError(`There is no user of the name "${user}".`);
  if (found.length === 1) return only.userId;
  const ids = found.map(({ userId }) => `  ${userId}`).join("\n");
  throw new UsageError(`Several users have the name "${user}". Say which by id:\n${ids}`);
}

function refuseUnknown(processId: string | null, running: readonly string[]): void {
  if (processId === null || running.includes(processId)) return;
  throw new UsageError(
    `No process "${processId}" runs on this database. There are: ${running.join(", ") || "none"}.`,
  );
}

/** @throws CommandError when the task is for processes alone: nobody would ever carry it out */
function refuseIdle(kind: AdminTask["kind"], config: Config): void {
  if (kind !== "kick" && kind !== "broadcast" && kind !== "drain") return;
  throw new CommandError(
    `No process runs on ${nameOf(config)}, so there is nothing to ${kind}. Set DATABASE_URL or DATA_DIR as the server has it.`,
  );
}

/** @throws CommandError when an incident cannot befall its sector */
async function record(pool: Pool, order: AdminOrder, nowMs: number): Promise<void> {
  try {
    await recordOrder(pool, order, { operator: `${accountName()}@${hostname()}`, nowMs });
  } catch (error) {
    if (!(error instanceof Refusal) || order.kind !== "incident") throw error;
    const { sectorId } = order;
    if (error.code === "sector_not_found")
      throw new CommandError(`There is no sector ${sectorId}. GET /galaxy/map lists those there are.`);
    if (error.code === "incident_open")
      throw new CommandError(
        `Something has befallen sector ${sectorId} already. Wait for its end (GET /incidents), or choose another sector.`,
      );
    throw error;
  }
}

function whoActs(processes: readonly string[]): string {
  const [only] = processes;
  if (only === undefined) return "no process runs; it holds from the next start";
  if (processes.length === 1) return `${only} acts on it within a second`;
  return `${processes.length} running processes act on it within a second`;
}

function untilText(untilMs: number | null): string {
  return untilMs === null ? "until lifted" : `until ${new Date(untilMs).toISOString()}`;
}

function describe(order: AdminOrder): string {
  switch (order.kind) {
    case "ban":
      return `ban ${order.userId} ${untilText(order.untilMs)}: ${order.reason}`;
    case "unban":
      return `unban ${order.userId}`;
    case "kick":
      return `kick ${order.userId}${order.reason === "" ? "" : `: ${order.reason}`}`;
    case "broadcast":
      return `broadcast: ${order.text}`;
    case "incident":
      return `incident ${order.type} of severity ${order.severity} in sector ${order.sectorId}`;
    case "drain":
      return `drain ${order.processId ?? "all"}${order.deadlineSeconds === null ? "" : ` in ${order.deadlineSeconds} s`}`;
  }
}

async function showStatus(pool: Pool, nowMs: number): Promise<number> {
  const [processes, bans, newest] = await Promise.all([
    readProcesses(pool),
    readBans(pool, nowMs),
    readNewestActionId(pool),
  ]);
  const actions = await readActionsAfter(pool, newest - ACTIONS_SHOWN);
  section("Processes", processes, (processId) => processId);
  section("Bans", bans, (ban) => `${ban.userId}  ${untilText(ban.untilMs)}  ${ban.reason}`);
  section("Last actions", actions, showAction);
  return 0;
}

async function showGuardrails(pool: Pool, nowMs: number): Promise<number> {
  const { runCompletion, grantFailures, duplicatesPrevented, retention } = await readGuardrails(pool, nowMs);
  const share = ({ part, of, rate }: Share) =>
    rate === null ? "nothing yet" : `${(rate * 100).toFixed(1)} % (${part} of ${of})`;
  section("Runs completed, by surface", runCompletion, (one) => `${one.surface}  ${share(one)}`);
  section("Grants that failed", [grantFailures], share);
  section("Grants that were asked for again", [duplicatesPrevented], share);
  const cohort = (one: (typeof retention)[number]) => `${one.surface}  day ${one.day}  ${share(one)}`;
  section("Users who came back, by the surface they came through first", retention, cohort);
  return 0;
}

function section<Item>(title: string, items: readonly Item[], show: (item: Item) => string): void {
  console.log(title);
  for (const item of items) console.log(`  ${show(item)}`);
  if (items.length === 0) console.log("  none");
}

function showAction({ id, atMs, operator, kind, order }: AdminAction): string {
  const what = order === null ? `${kind}, which this version does not know` : describe(order);
  return `${id}  ${new Date(atMs).toISOString()}  ${operator}  ${what}`;
}
